# print_task_events: values, and the locations that allow it.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "@_;");
}

run_tests();

__DATA__

=== on
--- config eval: with('print_task_events on')
--- error_code: 200



=== on, with the least and the most events
--- config eval
PrintTask::gateway_conf(extra => 'print_task_events on keep=1;')
. 'location /other/ { print_task_events on listeners=1 keep=1000000; }'
--- error_code: 200



=== off
--- config eval: with('print_task_events off')
--- error_code: 200



=== another value than on and off
--- config eval: with('print_task_events yes')
--- must_die
--- error_log: invalid value "yes" in "print_task_events", it must be "off" or "on [keep=number] [listeners=number]"



=== a parameter of off
--- config eval: with('print_task_events off keep=1')
--- must_die
--- error_log: invalid value "keep=1" in "print_task_events", it must be "off" or "on [keep=number] [listeners=number]"



=== another parameter
--- config eval: with('print_task_events on save=1')
--- must_die
--- error_log: invalid parameter "save=1" in "print_task_events", it must be "keep=number" or "listeners=number", each once and from 1 to 1000000



=== no events
--- config eval: with('print_task_events on keep=0')
--- must_die
--- error_log: invalid parameter "keep=0" in "print_task_events", it must be "keep=number" or "listeners=number", each once and from 1 to 1000000



=== too many events
--- config eval: with('print_task_events on keep=1000001')
--- must_die
--- error_log: invalid parameter "keep=1000001" in "print_task_events", it must be "keep=number" or "listeners=number", each once and from 1 to 1000000



=== keep twice
--- config eval: with('print_task_events on keep=1 keep=2')
--- must_die
--- error_log: invalid parameter "keep=2" in "print_task_events", it must be "keep=number" or "listeners=number", each once and from 1 to 1000000



=== no listeners
--- config eval: with('print_task_events on keep=1 listeners=0')
--- must_die
--- error_log: invalid parameter "listeners=0" in "print_task_events", it must be "keep=number" or "listeners=number", each once and from 1 to 1000000



=== not a number
--- config eval: with('print_task_events on keep=1k')
--- must_die
--- error_log: invalid parameter "keep=1k" in "print_task_events", it must be "keep=number" or "listeners=number", each once and from 1 to 1000000



=== twice
--- config eval: with('print_task_events on; print_task_events off')
--- must_die
--- error_log: "print_task_events" directive is duplicate



=== with keys of the operator's
--- config eval
with('print_task_events on; print_task_key "t:$print_task_tenant_id/$print_task_definition_id/$print_task_id"')
--- must_die
--- error_log: "print_task_events" cannot be used together with "print_task_key"



=== keys of the operator's, and events at a level above that are off here
--- http_config eval: PrintTask::http_conf() . 'print_task_events on;'
--- config eval
with('print_task_events off; print_task_key "t:$print_task_tenant_id/$print_task_definition_id/$print_task_id"')
--- error_code: 200
