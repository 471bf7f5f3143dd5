# A bad value stops nginx, with a message that names it.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "@_;");
}

run_tests();

__DATA__

=== print_task_queue: no value
--- config eval: with('print_task_queue 0')
--- must_die
--- error_log: invalid number "0", it must be from 1 to 65536 in "print_task_queue"



=== print_task_queue: too many
--- config eval: with('print_task_queue 65537')
--- must_die
--- error_log: invalid number "65537", it must be from 1 to 65536 in "print_task_queue"



=== print_task_queue: not a number
--- config eval: with('print_task_queue 1k')
--- must_die
--- error_log: invalid number "1k", it must be from 1 to 65536 in "print_task_queue"



=== print_task_queue: twice
--- config eval: with('print_task_queue 1; print_task_queue 2')
--- must_die
--- error_log: "print_task_queue" directive is duplicate



=== print_task_queue: below the Redis that it should be for
--- config eval: with('print_task_queue 1')
--- must_die
--- error_log: "print_task_queue" must be at the level of "print_task_redis" or above



=== print_task: no such mode
--- config eval: gateway_conf(mode => 'on')
--- must_die
--- error_log: invalid value "on"



=== print_task: no mode
--- config eval: gateway_conf(mode => '')
--- must_die
--- error_log: invalid number of arguments in "print_task" directive



=== print_task: twice
--- config eval: with('print_task off')
--- must_die
--- error_log: "print_task" directive is duplicate



=== print_task: not in the main context
--- main_config: print_task off;
--- must_die
--- error_log: "print_task" directive is not allowed here



=== print_task: not in "if", where it would be half a configuration
--- config eval: with('if ($args) { print_task off; }')
--- must_die
--- error_log: "print_task" directive is not allowed here



=== print_task: not in "limit_except"
--- config eval: with('limit_except GET { print_task off; }')
--- must_die
--- error_log: "print_task" directive is not allowed here



=== print_task_dry_run: another value than on and off
--- config eval: with('print_task_dry_run maybe')
--- must_die
--- error_log: invalid value "maybe" in "print_task_dry_run" directive



=== print_task_dry_run: answer mode has no back end
--- config eval
gateway_conf(mode => 'answer', extra => 'print_task_dry_run on;')
--- must_die
--- error_log: "print_task_dry_run" cannot be used with "print_task answer"



=== print_task_store_down: no such way
--- config eval: with('print_task_store_down ignore')
--- must_die
--- error_log: invalid value "ignore"



=== print_task_log_level: no such level
--- config eval: with('print_task_log_level debug')
--- must_die
--- error_log: invalid value "debug"



=== print_task_body_max: no size
--- config eval: with('print_task_body_max large')
--- must_die
--- error_log eval: qr/\[emerg\].*"print_task_body_max".*"large"|"large".*"print_task_body_max"/



=== print_task_body_max: too small for any change
--- config eval: with('print_task_body_max 63')
--- must_die
--- error_log: invalid size "63", it must be from 64 to 1048576



=== print_task_body_max: more than is sane
--- config eval: with('print_task_body_max 1048577')
--- must_die
--- error_log: invalid size "1048577", it must be from 64 to 1048576



=== print_task_body_max: the least and the most
--- config eval
with('print_task_body_max 64') . gateway_conf(path => '/v2/',
                                     extra => 'print_task_body_max 1m;')
--- pt_redis
HSET $key state pending
--- request eval
[map { patch_uri("$_/print/taskDefinitions/d/tasks/t",
                 '{"status":{"description":"' . 'x' x 90 . '"}}') } '/v2', '']
--- error_code eval: [200, 413]
