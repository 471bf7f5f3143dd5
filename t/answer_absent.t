# print_task answer: tasks that are absent, or hidden from the application.

use lib 't/lib';
use PrintTask;

sub answer {
    return "location /print/ { print_task answer; @_ }";
}

# all that may be asked about a task

sub asked {
    return ['GET /print/taskDefinitions/d/tasks/t', patch(), patch('{}')];
}

run_tests();

__DATA__

=== an absent task is 404, and PATCH does not create it
--- config eval
answer()
--- request eval
asked()
--- pt_refused: 404 taskNotFound
--- pt_expect
EXISTS $key => 0
--- pt_backend_saw



=== a task of another application is 404, as if it were not there
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 3 app 8f2c5a1e-3b64-4d0f-9a57-1c0de0000009
--- request eval
asked()
--- pt_refused: 404 taskNotFound
--- pt_expect
HMGET $key state rev => pending 3



=== a final task of another application, too: no repeat, no 409
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 3 app 8f2c5a1e-3b64-4d0f-9a57-1c0de0000009
--- request eval
[patch(), patch('{"status":{"state":"aborted"}}'),
 patch('{"status":{"description":"x"}}')]
--- pt_refused: 404 taskNotFound
--- pt_expect
HMGET $key state rev => completed 3



=== the messages of both are equal in each byte, except for the request
--- config eval
answer()
--- pt_redis eval
[['HSET', task_key('d', 'foreign'), state => 'pending', app => 'another']]
--- request eval
[map { patch(undef, 'd', $_) } 'foreign', 'absent']
--- error_code eval
[404, 404]
--- response_body_filters eval
sub { $_[0] =~ s/"(date|request-id)":"[^"]+"/"$1":""/gr }
--- response_body eval
[('{"error":{"code":"notFound","message":"The print task does not exist.",'
  . '"innerError":{"code":"taskNotFound","date":"","request-id":""}}}') x 2]



=== every application sees a task without an owner
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch('{"status":{"state":"processing"}}'), patch()]
--- more_headers eval
[auth_headers(), auth_headers(claims => { azp => 'another-app' })]
--- error_code eval
[200, 200]
--- pt_expect
HMGET $key state rev app => completed 3 (nil)



=== a task of the own application
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1 app another-app
--- request eval
[patch(), patch()]
--- more_headers eval
[auth_headers(), auth_headers(claims => { azp => 'another-app' })]
--- error_code eval
[404, 200]
--- pt_expect
HMGET $key state rev app => completed 2 another-app



=== no application sees a task of an application without a name
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1 app ''
--- request eval
asked()
--- pt_refused: 404 taskNotFound
--- pt_expect
HMGET $key state rev => pending 1



=== a task of another tenant
--- config eval
answer()
--- pt_redis eval
[['HSET', task_key('d', 't', '8f2c5a1e-3b64-4d0f-9a57-1c0de0000009'),
  state => 'pending']]
--- request eval
asked()
--- pt_refused: 404 taskNotFound



=== a record without a state, or with an invalid state
--- config eval
answer()
--- pt_redis eval
[['HSET', task_key('d', 'c'), rev => 1],
 ['HSET', task_key('d', 'd'), state => ''],
 ['HSET', task_key('d', 'e'), state => 'Pending'],
 ['HSET', task_key('d', 'f'), state => 'completed ']]
--- request eval
[map { (patch(undef, 'd', $_), 'GET ' . task_uri('d', $_)) } 'c' .. 'f']
--- pt_refused: 404 taskNotFound



=== a rev that is no number does not stop a change
--- config eval
answer()
--- pt_redis eval
[['HSET', task_key('d', 'a'), state => 'pending', rev => 'x'],
 ['HSET', task_key('d', 'b'), state => 'pending', rev => '9' x 40],
 ['HSET', task_key('d', 'c'), state => 'pending', rev => '-1']]
--- request eval
[map { patch(undef, 'd', $_) } 'a' .. 'c']
--- error_code eval
[200, 200, 200]



=== an error in the body comes before 404
--- config eval
answer()
--- request eval
[patch('{"status":{"state":"done"}}'), patch('{')]
--- pt_refused
400 stateInvalid
400 jsonSyntax



=== without the store the answer is 503
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- config eval
answer('print_task_store_down pass;')
--- request eval
asked()
--- response_headers
Retry-After: 1
--- pt_refused: 503 storeDown
--- pt_allow: crit
