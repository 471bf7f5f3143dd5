# print_task_redis: addresses and credentials.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "print_task_redis @_;");
}

run_tests();

__DATA__

=== no address
--- config eval: with('db=1')
--- must_die
--- error_log: no address in "print_task_redis"



=== no arguments
--- config eval: with('')
--- must_die
--- error_log: invalid number of arguments in "print_task_redis" directive



=== twice
--- config eval: with('127.0.0.1; print_task_redis 127.0.0.1')
--- must_die
--- error_log: "print_task_redis" directive is duplicate



=== an invalid port
--- config eval: with('127.0.0.1:65536')
--- must_die
--- error_log: invalid address "127.0.0.1:65536" in "print_task_redis": invalid port



=== an address that is empty
--- config eval: with('""')
--- must_die
--- error_log: in "print_task_redis"



=== a socket without a path
--- config eval: with('unix:')
--- must_die
--- error_log: invalid address "unix:" in "print_task_redis"



=== a name that does not resolve
--- config eval: with('r' x 64 . '.invalid')
--- must_die
--- error_log eval: qr/invalid address "r+\.invalid" in "print_task_redis": host not/



=== a parameter that is not known
--- config eval: with('127.0.0.1 timeout=1s')
--- must_die
--- error_log: invalid parameter "timeout=1s"



=== a word that is not known
--- config eval: with('127.0.0.1 fast')
--- must_die
--- error_log: "fast"



=== several addresses without "cluster" or "sentinel"
--- config eval: with('127.0.0.1 127.0.0.2')
--- must_die
--- error_log: several addresses without "cluster" or "sentinel" in "print_task_redis"



=== sentinel: no name
--- config eval: with('127.0.0.1 sentinel=')
--- must_die
--- error_log: invalid sentinel ""



=== sentinel: twice
--- config eval: with('127.0.0.1 sentinel=a sentinel=b')
--- must_die
--- error_log: duplicate parameter "sentinel=b"



=== sentinel: not for a cluster
--- config eval: with('127.0.0.1 sentinel=a cluster')
--- must_die
--- error_log: "cluster" together with "sentinel" in "print_task_redis"



=== sentinel: a user without a sentinel
--- config eval: with('127.0.0.1 sentinel_user=a')
--- must_die
--- error_log: "sentinel_..." without "sentinel" in "print_task_redis"



=== sentinel: a user without a password
--- config eval: with('127.0.0.1 sentinel=a sentinel_user=a')
--- must_die
--- error_log: "sentinel_user" without "sentinel_password_file" in "print_task_redis"



=== cluster: twice
--- config eval: with('127.0.0.1 cluster cluster')
--- must_die
--- error_log: duplicate parameter "cluster"



=== cluster: it has one database
--- config eval: with('127.0.0.1 cluster db=1')
--- must_die
--- error_log: "db" together with "cluster" in "print_task_redis"



=== cluster: nodes have addresses, not sockets
--- config eval: with('unix:/tmp/redis.sock cluster')
--- must_die
--- error_log: a unix domain socket together with "cluster" in "print_task_redis"



=== db: no number
--- config eval: with('127.0.0.1 db=one')
--- must_die
--- error_log: invalid db "one"



=== db: empty
--- config eval: with('127.0.0.1 db=')
--- must_die
--- error_log: invalid db ""



=== db: twice
--- config eval: with('127.0.0.1 db=1 db=2')
--- must_die
--- error_log: duplicate parameter "db=2"



=== user: empty
--- config eval: with('127.0.0.1 user=')
--- must_die
--- error_log: invalid user ""



=== user: without a password
--- config eval: with('127.0.0.1 user=gateway')
--- must_die
--- error_log: "user" without "password_file" in "print_task_redis"



=== password_file: no name
--- config eval: with('127.0.0.1 password_file=')
--- must_die
--- error_log: invalid password_file ""



=== password_file: not there
--- config eval: with('127.0.0.1 password_file=nowhere')
--- must_die
--- error_log eval: qr/open\(\) ".*\/conf\/nowhere" failed \(2: No such file/



=== password_file: empty, or of an empty line
--- config eval: with('127.0.0.1 password_file=../html/p')
--- user_files eval: ">>> p\n\nsesame\n"
--- must_die
--- error_log eval: qr/no password in ".*\/html\/p"/
--- no_error_log: sesame



=== password_file: a directory
--- config eval: with('127.0.0.1 password_file=../html')
--- must_die
--- error_log eval: qr/".*\/html" failed \(21: Is a directory\)/



=== password_file: too long, and the password is not in the log
--- config eval: with('127.0.0.1 password_file=../html/p')
--- user_files eval: ">>> p\n" . 'sesame' x 200 . "\n"
--- must_die
--- error_log eval: qr/too long password in ".*\/html\/p"/
--- no_error_log: sesame



=== a password is not an argument, where "ps" and mail threads show it
--- config eval: with('127.0.0.1 password=sesame')
--- must_die
--- error_log: invalid parameter "password=



=== db: each has records of its own
--- config eval
with('$PrintTask::redis db=3')
. gateway_conf(path => '/v2/')
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
[map { patch_uri("$_/print/taskDefinitions/d/tasks/t",
                 '{"status":{"state":"aborted"}}') } '', '/v2']
--- error_code eval: [200, 409]
--- pt_expect
HGET $key state => completed
SELECT 3 => OK
HGET $key state => aborted
SELECT 0 => OK



=== ping: not a time
--- config eval: with('127.0.0.1 ping=often')
--- must_die
--- error_log: invalid ping "often"



=== ping: empty
--- config eval: with('127.0.0.1 ping=')
--- must_die
--- error_log: invalid ping ""



=== ping: never
--- config eval: with('127.0.0.1 ping=0')
--- request
GET /
--- error_code: 200
