# Several workers, a reload, and a shutdown that is quiet.

use lib 't/lib';
use PrintTask;

use Time::HiRes ();

master_on();
workers(2);

sub pid {
    open my $in, '<', "$ENV{TEST_NGINX_SERVROOT}/logs/nginx.pid" or die $!;
    chomp(my $pid = <$in>);

    return $pid;
}

sub children {
    return map { split ' ' } qx(ps -o pid= --ppid @{[pid()]});
}

# a reload is over when the workers are others

sub reload {
    my %old = map { $_ => 1 } children();

    kill HUP => pid();

    for (1 .. 500) {
        my @now = children();

        return if @now && !grep { $old{$_} } @now;

        Time::HiRes::sleep(0.01);
    }

    die "workers of before the reload are still there\n";
}

run_tests();

__DATA__

=== requests of several workers share the record
--- request eval
[patch('{"status":{"state":"processing"}}'), (patch()) x 9]
--- error_code eval
[(200) x 10]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== after a reload the connection is a new one, the record the same
--- pt_redis
HSET $key state processing app $PrintTask::app
--- init
main::reload() for 1 .. 3;
--- request eval
[(patch()) x 4]
--- error_code eval
[(200) x 4]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== workers end although Redis never answers
--- http_config eval
http_conf(redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3',
          extra => 'print_task_redis_timeout 100ms 100ms; print_task_store_down reject;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply_delay: 1
--- tcp_reply: late
--- pt_refused: 503 storeDown



=== workers end although Redis is gone
--- http_config eval
http_conf(redis => 'unix:/nonexistent', extra => 'print_task_store_down reject;')
--- pt_refused: 503 storeDown



=== answer mode in two workers
--- config
location /print/ {
    print_task answer;
}
--- pt_redis
HSET $key state pending
--- request eval
[patch('{"status":{"state":"processing"}}'), patch(), (patch()) x 5]
--- error_code eval
[(200) x 7]
--- pt_expect
HMGET $key state rev => completed 2
