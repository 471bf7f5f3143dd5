# print_task_redis: addresses and users.

use lib 't/lib';
use PrintTask;

use File::Temp ();

redis(requirepass => 'secret', port => 0);

my $dir = File::Temp->newdir;

sub file {
    my ($text) = @_;
    my $path = "$dir/" . unpack 'H*', $text;

    open my $out, '>', $path or die $!;
    print {$out} $text;
    close $out;

    return $path;
}

run_tests();

__DATA__

=== a password from a file
--- http_config eval
http_conf(redis => '$PrintTask::redis password_file=' . main::file("secret\n"),
          extra => 'print_task_store_down reject;')
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== a required password is missing: store down
--- http_config eval
http_conf(extra => 'print_task_store_down reject;')
--- pt_refused: 503 storeDown
--- error_log: is unreachable: it answered "NOAUTH" to PING



=== a wrong one: store down, and the password is not in the log
--- http_config eval
http_conf(redis => '$PrintTask::redis password_file=' . main::file('hunter2'),
          extra => 'print_task_store_down reject;')
--- pt_refused: 503 storeDown
--- error_log: answered "WRONGPASS" to AUTH
--- no_error_log
hunter2



=== another database
--- http_config eval
http_conf(redis => '$PrintTask::redis db=3 password_file=' . main::file('secret'),
          extra => 'print_task_store_down reject;')
--- error_code: 200
--- pt_expect
EXISTS $key => 0
SELECT 3 => OK
HGET $key state => completed
SELECT 0 => OK



=== a user
--- http_config eval
http_conf(redis => '$PrintTask::redis user=gateway password_file=' . main::file('gw'),
          extra => 'print_task_store_down reject;')
--- pt_redis
ACL SETUSER gateway on >gw ~print-task:* ~print-task-index:* +evalsha +eval +hmget +hset +hdel +hincrby +pexpire +pttl +persist +exists +del +zadd +zrem +zscore +zrangebylex +zrandmember +time +ping +type
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== a user without rights: store down
--- http_config eval
http_conf(redis => '$PrintTask::redis user=nobody password_file=' . main::file('gw'),
          extra => 'print_task_store_down reject;')
--- pt_redis
ACL SETUSER nobody on >gw +ping
--- pt_refused: 503 storeDown
