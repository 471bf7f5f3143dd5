# Variables that say what was decided, and why.

use lib 't/lib';
use PrintTask;

our $conf = http_conf(extra => "log_format task '" . join(' ', map {
    "\$print_task_$_" } qw(from to verdict reason lookup fence)) . "';");

sub logged {
    return gateway_conf(extra => "access_log logs/task.log task; @_");
}

run_tests();

__DATA__

=== a change that is legal by the record
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key state pending rev 7
--- error_code: 200
--- pt_log
pending completed forwarded - hit 8



=== a change after a refetch of an unknown task
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key rev 4
--- error_code: 200
--- pt_log
pending completed forwarded - miss 5



=== a change after the record was found to be old
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key state completed app another rev 4
--- error_code: 200
--- pt_log
pending completed forwarded - stale 5



=== a change of the description alone has no new state
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key state processing rev 4
--- request eval: patch('{"status":{"description":"x"}}')
--- error_code: 200
--- pt_log
processing - forwarded - hit 5



=== a repeat
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key state completed app $PrintTask::app rev 4
--- error_code: 200
--- pt_log
completed completed repeated - hit -
--- pt_backend_saw



=== a change that is not legal
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key state completed app $PrintTask::app rev 4
--- request eval: patch('{"status":{"state":"aborted"}}')
--- error_code: 409
--- pt_log
completed aborted refused transitionNotAllowed hit -



=== a change that is illegal by the answer of the back end
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key rev 4
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- error_code: 409
--- pt_log
aborted completed refused transitionNotAllowed miss 5



=== a refusal before the state is of interest
--- http_config eval: $main::conf
--- config eval: logged()
--- request eval
[patch_uri('/print//x'), 'PUT ' . task_uri(), patch(), patch('{'),
 patch('{"x":1}')]
--- more_headers eval
[(auth_headers()) x 2, '', (auth_headers()) x 2]
--- error_code eval: [400, 405, 401, 400, 400]
--- pt_log
- - refused pathInvalid off -
- - refused methodNotAllowed off -
- - refused tokenMissing off -
- - refused jsonSyntax off -
- - refused propertyUnknown off -



=== a task that another request holds
--- http_config eval: $main::conf
--- config eval: logged('print_task_lease 75s 10ms;')
--- pt_redis
HSET $key state pending rev 4 app $PrintTask::app lease x leaseUntil 99999999999999
--- error_code: 503
--- pt_log
pending completed refused taskBusy busy -



=== a refetch is impossible
--- http_config eval: $main::conf
--- config eval: logged()
--- pt_redis
HSET $key rev 4
--- pt_backend
return 404;
--- error_code: 404
--- pt_log
- completed refused taskNotFound miss -
