# print_task_overdue: values, inheritance, and the locations that allow it.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(mode => 'answer', extra => "@_;");
}

run_tests();

__DATA__

=== a time
--- config eval: with('print_task_overdue 4h')
--- pt_redis
HSET $key state pending
--- error_code: 200



=== the least and the greatest time
--- config eval: with('print_task_overdue 1s')
--- pt_redis
HSET $key state pending
--- error_code: 200



=== the greatest time
--- config eval: with('print_task_overdue 3650d')
--- pt_redis
HSET $key state pending
--- error_code: 200



=== off
--- config eval: with('print_task_overdue off')
--- pt_redis
HSET $key state pending
--- error_code: 200



=== less than a second
--- config eval: with('print_task_overdue 999ms')
--- must_die
--- error_log: invalid time "999ms" in "print_task_overdue", it must be from 1s to 3650d, or "off"



=== zero
--- config eval: with('print_task_overdue 0')
--- must_die
--- error_log: invalid time "0" in "print_task_overdue"



=== more than ten years
--- config eval: with('print_task_overdue 3651d')
--- must_die
--- error_log: invalid time "3651d" in "print_task_overdue"



=== no time
--- config eval: with('print_task_overdue on')
--- must_die
--- error_log: invalid time "on" in "print_task_overdue"



=== twice
--- config eval: with('print_task_overdue 1h; print_task_overdue 1h')
--- must_die
--- error_log: "print_task_overdue" directive is duplicate



=== with forward
--- config eval
PrintTask::gateway_conf(extra => 'print_task_overdue 1h;')
--- must_die
--- error_log: "print_task_overdue" cannot be used with "print_task forward", it needs "print_task answer"



=== forward, and a time at a level above
--- http_config eval: PrintTask::http_conf() . 'print_task_overdue 1h;'
--- error_code: 200



=== with keys of the operator's
--- config eval
with('print_task_overdue 1h; print_task_key "t:$print_task_tenant_id/$print_task_definition_id/$print_task_id"')
--- must_die
--- error_log: "print_task_overdue" cannot be used together with "print_task_key"



=== keys of the operator's, and a time at a level above that is off here
--- http_config eval: PrintTask::http_conf() . 'print_task_overdue 1h;'
--- config eval
with('print_task_overdue off; print_task_key "t:$print_task_tenant_id/$print_task_definition_id/$print_task_id"')
--- error_code: 404



=== one store, two times
--- config eval
with('print_task_overdue 1h') . PrintTask::gateway_conf(mode => 'answer',
path => '/other/', extra => 'print_task_overdue 2h;')
--- must_die
--- error_log eval
qr/locations with the same store "redis:.+" must have the same time in "print_task_overdue", and the same final states/



=== one store, other final states
--- config eval
with('print_task_overdue 1h') . PrintTask::gateway_conf(mode => 'answer',
path => '/other/', extra => 'print_task_overdue 1h; print_task_transition completed pending;')
--- must_die
--- error_log: and the same final states



=== one store, realms with the same time, and a location with none
--- config eval
with('print_task_overdue 1h')
. PrintTask::gateway_conf(mode => 'answer', path => '/a/',
extra => 'print_task_overdue 60m; print_task_realm a;')
. PrintTask::gateway_conf(mode => 'answer', path => '/b/')
--- pt_redis
HSET $key state pending
--- error_code: 200



=== two stores, two times
--- config eval
with('print_task_overdue 1h')
. PrintTask::gateway_conf(mode => 'answer', path => '/memory/',
extra => 'print_task_store memory:overdue:1m; print_task_overdue 2h;')
--- pt_redis
HSET $key state pending
--- error_code: 200
