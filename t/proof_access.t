# The record must not widen access: another application does not get the
# answer of the first one.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== a stranger does not get an exact repeat answered
--- pt_redis
HSET $key state completed description done app somebody-else
--- pt_backend eval
backend(GET => [403, '{"error":{"code":"accessDenied","message":"not yours"}}'])
--- request eval
patch('{"status":{"state":"completed","description":"done"}}')
--- pt_refused: 403 refetchRefused
--- response_body_unlike: done
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state app => completed somebody-else
HEXISTS $key lease => 0



=== a refusal does not show the state to a stranger
--- pt_redis
HSET $key state completed app somebody-else
--- pt_backend eval
backend(GET => [404, '{"error":{"code":"notFound","message":"none"}}'])
--- request eval
patch('{"status":{"state":"processing"}}')
--- pt_refused: 404 taskNotFound
--- response_body_unlike: completed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== nor by an empty update
--- config eval
gateway_conf(extra => 'print_task_fresh 1h;')
--- pt_redis
HSET $key state completed app somebody-else
--- pt_backend eval
backend(GET => [401, '', 'X-None' => 'x'])
--- request eval
patch('{}')
--- pt_refused: 401 refetchUnauthorized
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== an application that the back end admits is answered from then on
--- pt_redis
HSET $key state completed description done app somebody-else
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'done')])
--- request eval
[(patch('{"status":{"state":"completed","description":"done"}}')) x 3]
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HGET $key app => $PrintTask::app



=== the refetch has the client's own token
--- pt_redis
HSET $key state completed app somebody-else
--- pt_backend_fields eval
'Authorization: Bearer ' . token()
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'done')])
--- request eval
patch('{"status":{"state":"completed"}}')
--- error_code: 200



=== a record without an application answers no request
--- pt_redis
HSET $key state completed description secret
--- pt_backend eval
backend(GET => [403, '{}'])
--- request eval
patch('{"status":{"state":"completed"}}')
--- pt_refused: 403 refetchRefused
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== the tenant is a part of the key
--- request eval
[patch(), patch()]
--- more_headers eval
[auth_headers(),
 auth_headers(claims => { tid => '8f2c5a1e-3b64-4d0f-9a57-1c0de0000099',
    iss => 'https://login.microsoftonline.com/8f2c5a1e-3b64-4d0f-9a57-1c0de0000099/v2.0' })]
--- http_config eval
http_conf(extra => 'print_task_issuer '
          . 'https://login.microsoftonline.com/8f2c5a1e-3b64-4d0f-9a57-1c0de0000099/v2.0;')
--- error_code eval
[200, 200]
--- pt_expect
EXISTS print-task:{$PrintTask::tenant/d}/t print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000099/d}/t => 2
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a GUID is one task in any case, another id is not
--- request eval
[patch(undef, 'd', 'ABCDEF01-2345-6789-abcd-ef0123456789'),
 patch(undef, 'D', 'x'), patch(undef, 'd', 'x')]
--- error_code eval
[200, 200, 200]
--- pt_expect
EXISTS print-task:{$PrintTask::tenant/d}/abcdef01-2345-6789-abcd-ef0123456789 => 1
EXISTS print-task:{$PrintTask::tenant/D}/x print-task:{$PrintTask::tenant/d}/x => 2



=== a stranger's 404 does not take the record away
--- pt_redis
HSET $key state completed app somebody-else rev 5
--- pt_backend eval
backend(GET => [404, '{}'])
--- pt_refused: 404 taskNotFound
--- request eval
patch()
--- pt_expect
HMGET $key state app rev => completed somebody-else 5
HEXISTS $key lease => 0
