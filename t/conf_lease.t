# A lease must be longer than the wait for the back end.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "@_;");
}

run_tests();

__DATA__

=== print_task_lease: no time
--- config eval: with('print_task_lease 2x')
--- must_die
--- error_log: invalid time "2x" in "print_task_lease"



=== print_task_lease: no time to wait
--- config eval: with('print_task_lease 75s -1')
--- must_die
--- error_log: invalid time "-1" in "print_task_lease"



=== print_task_lease: twice
--- config eval: with('print_task_lease 75s; print_task_lease 76s')
--- must_die
--- error_log: "print_task_lease" directive is duplicate



=== print_task_lease: as long as the time-outs of the proxy, not longer
--- config eval: with('print_task_lease 60s')
--- must_die
--- error_log: "print_task_lease" of 60000ms must be longer than the time-outs of the proxy, 60000ms



=== print_task_lease: shorter than a time-out of the same location
--- config eval: with('proxy_read_timeout 80s')
--- must_die
--- error_log: "print_task_lease" of 75000ms must be longer than the time-outs of the proxy, 80000ms



=== print_task_lease: shorter than the time to connect, from a level above
--- http_config eval: http_conf(extra => 'proxy_connect_timeout 75s;')
--- must_die
--- error_log: must be longer than the time-outs of the proxy, 75000ms



=== print_task_lease: shorter than the time to send
--- config eval: with('proxy_send_timeout 100s')
--- must_die
--- error_log: must be longer than the time-outs of the proxy, 100000ms



=== print_task_lease: shorter than a time-out, where only "limit_except" has a proxy
--- config
location /print/ {
    print_task forward;
    proxy_read_timeout 80s;
    limit_except GET {
        proxy_pass http://$PrintTask::backend;
    }
}
--- must_die
--- error_log: must be longer than the time-outs of the proxy, 80000ms



=== print_task_lease: shorter than a time-out, where only "if" has a proxy
--- config
location /print/ {
    print_task forward;
    if ($args) {
        proxy_pass http://$PrintTask::backend;
    }
    proxy_read_timeout 80s;
}
--- must_die
--- error_log: must be longer than the time-outs of the proxy, 80000ms



=== print_task_lease: the wait for Redis comes on top of it
--- config eval: with('print_task_lease 60250ms')
--- must_die
--- error_log: and of the store, 250ms



=== print_task_lease: a little longer than both
--- config eval: with('print_task_lease 60251ms')
--- error_code: 200



=== print_task_lease: a short one beside short time-outs
--- config eval
with('print_task_lease 5s; proxy_read_timeout 4s; proxy_send_timeout 4s;
      proxy_connect_timeout 1s')
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== print_task_lease: without a back end its length does not matter
--- http_config eval: http_conf(extra => 'proxy_read_timeout 1h;')
--- config eval
gateway_conf(mode => 'off') . gateway_conf(path => '/answer/', mode => 'answer')
--- pt_redis
HSET $key state pending
--- request eval: patch_uri('/answer' . task_uri())
--- error_code: 200
