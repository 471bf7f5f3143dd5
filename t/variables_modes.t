# What the variables of the decision say where there was none, or another way.

use lib 't/lib';
use PrintTask;

our $conf = http_conf(extra => "log_format task '" . join(' ', map {
    "\$print_task_$_" } qw(from to verdict reason lookup fence)) . "';");

our $down = $conf =~ s/\$PrintTask::redis/unix:no.sock/r;

sub logged {
    return gateway_conf(extra => "access_log logs/task.log task; @_");
}

run_tests();

__DATA__

=== Redis is down: reject
--- http_config eval: $main::down
--- config eval: logged('print_task_store_down reject;')
--- error_code: 503
--- pt_allow: crit
--- pt_log
- completed refused storeDown down -



=== Redis is down: check, and the change is legal
--- http_config eval: $main::down
--- config eval: logged()
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- error_code: 200
--- pt_allow: crit
--- pt_log
processing completed forwarded - down -



=== Redis is down: check, and the change is not legal
--- http_config eval: $main::down
--- config eval: logged()
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- pt_allow: crit
--- pt_refused: 409 transitionNotAllowed
--- pt_log
aborted completed refused transitionNotAllowed down -



=== Redis is down: pass
--- http_config eval: $main::down
--- config eval: logged('print_task_store_down pass;')
--- error_code: 200
--- pt_allow: crit
--- pt_log
- completed passed - down -



=== GET of a task, and other resources
--- http_config eval: $main::conf
--- config eval: logged()
--- request eval: ['GET ' . task_uri(), "POST /print/printers/p/jobs\n{}"]
--- pt_backend
location / { return 200 "x"; }
--- error_code eval: [200, 200]
--- pt_log
- - passed - off -
- - passed - off -



=== answer mode
--- http_config eval: $main::conf
--- config eval: logged() =~ s/forward/answer/r
--- pt_redis
HSET $key state pending rev 4
--- request eval
['GET ' . task_uri(), patch('{}'), patch(), patch(),
 patch('{"status":{"state":"pending"}}'), patch(undef, 'd', 'x')]
--- error_code eval: [200, 200, 200, 200, 409, 404]
--- pt_log
pending - answered - hit 4
pending - answered - hit 4
pending completed answered - hit 5
completed completed repeated - hit 5
completed pending refused transitionNotAllowed hit 5
- completed refused taskNotFound miss -



=== print_task_dry_run: the refusal
--- http_config eval: $main::conf
--- config eval: logged('print_task_dry_run on;')
--- pt_redis
HSET $key state completed app $PrintTask::app rev 4
--- request eval
[patch('{"status":{"state":"aborted"}}'), 'PUT ' . task_uri(), 'GET /print/x']
--- more_headers eval: [auth_headers(), auth_headers(), '']
--- pt_backend
location / { return 200 "x"; }
--- error_code eval: [(200) x 3]
--- pt_log
completed aborted would_refuse transitionNotAllowed hit 5
- - would_refuse methodNotAllowed off -
- - would_refuse tokenMissing off -



=== an error of nginx itself is no decision of ours
--- http_config eval: $main::conf
--- config eval: logged('client_max_body_size 1;')
--- error_code: 413
--- pt_log
- - - - off -
