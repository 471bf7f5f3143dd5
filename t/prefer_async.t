# "Prefer: respond-async": the outcome of a change has to be known.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== respond-async does not reach the back end with a change
--- pt_redis
HSET $key state pending
--- more_headers eval
auth_headers() . "Prefer: return=minimal, respond-async, wait=5\n"
--- error_code: 200
--- pt_backend_fields
Prefer: return=minimal,wait=5



=== without other preferences, the field is removed
--- pt_redis
HSET $key state pending
--- more_headers eval
auth_headers() . "Prefer: Respond-Async\n"
--- error_code: 200
--- pt_backend_fields
Prefer: -



=== it does with other requests
--- request
GET /print/printers
--- more_headers eval
auth_headers() . "Prefer: respond-async\n"
--- error_code: 200
--- pt_backend_fields
Prefer: respond-async



=== 202 of the back end: the outcome is not known, and the task is held
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- pt_backend eval
backend(PATCH => [202, '{}'])
--- error_code: 202
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1
