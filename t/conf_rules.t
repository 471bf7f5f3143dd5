# Rules and keys: a bad value stops nginx, with a message that names it.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "@_;");
}

run_tests();

__DATA__

=== print_task_fresh: no time
--- config eval: with('print_task_fresh soon')
--- must_die
--- error_log eval: qr/\[emerg\].*"print_task_fresh".*"soon"|"soon".*"print_task_fresh"/



=== print_task_fresh: negative
--- config eval: with('print_task_fresh -1s')
--- must_die
--- error_log: "-1s"



=== print_task_fresh: twice
--- config eval: with('print_task_fresh 1s; print_task_fresh 1s')
--- must_die
--- error_log: "print_task_fresh" directive is duplicate



=== print_task_key: empty, so that all tasks would be one
--- config eval: with('print_task_key ""')
--- must_die
--- error_log: print_task_key



=== print_task_key: the same for all tasks
--- config eval: with('print_task_key print-task')
--- must_die
--- error_log: print_task_key



=== print_task_key: a variable that is not known
--- config eval: with('print_task_key a:$print_task_id:$print_task_nothing')
--- must_die
--- error_log: unknown "print_task_nothing" variable



=== print_task_key: twice
--- config eval: with('print_task_key a$print_task_id; print_task_key b$print_task_id')
--- must_die
--- error_log: "print_task_key" directive is duplicate



=== print_task_transition: from no state
--- config eval: with('print_task_transition started completed')
--- must_die
--- error_log: invalid state "started"



=== print_task_transition: to no state
--- config eval: with('print_task_transition pending completed unknownFutureValue')
--- must_die
--- error_log: invalid state "unknownFutureValue"



=== print_task_transition: states have one spelling here
--- config eval: with('print_task_transition Pending completed')
--- must_die
--- error_log: invalid state "Pending"



=== print_task_transition: to itself, which is no transition
--- config eval: with('print_task_transition pending pending')
--- must_die
--- error_log: invalid transition from "pending" to "pending"



=== print_task_transition: to a state twice
--- config eval: with('print_task_transition pending aborted completed aborted')
--- must_die
--- error_log: invalid transition from "pending" to "aborted"



=== print_task_transition: from a state twice
--- config eval
with('print_task_transition aborted pending; print_task_transition aborted completed')
--- must_die
--- error_log: duplicate transition from "aborted"



=== print_task_transition: without a target
--- config eval: with('print_task_transition pending')
--- must_die
--- error_log: invalid number of arguments in "print_task_transition" directive
