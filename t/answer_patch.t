# print_task answer: PATCH of a task that the store owns.

use lib 't/lib';
use PrintTask;

sub answer {
    return "location /print/ { print_task answer; @_ }";
}

sub to {
    my ($state, $description) = @_;

    return patch(qq({"status":{"state":"$state")
                 . (defined $description ? qq(,"description":"$description")
                                         : '') . '}}');
}

run_tests();

__DATA__

=== a legal change is made and answered with the task
--- config eval
answer()
--- pt_redis
HSET $key state pending description old parentUrl https://print.example/jobs/1 rev 7 app $PrintTask::app
--- request eval
to('processing', 'page 1')
--- response_headers
Content-Type: application/json
--- response_body chomp
{"@odata.etag":"\"8\"","id":"t","parentUrl":"https://print.example/jobs/1","status":{"state":"processing","description":"page 1"}}
--- pt_expect
HMGET $key state description parentUrl rev app => processing page 1 https://print.example/jobs/1 8 8f2c5a1e-3b64-4d0f-9a57-1c0de0000002
HMGET $key lease leaseUntil => (nil) (nil)
HGET $key confirmed => /^\d{13}$/
--- pt_backend_saw



=== an absent property is unchanged
--- config eval
answer()
--- pt_redis
HSET $key state pending description old rev 1
--- request eval
[to('processing'), patch('{"status":{"description":"new"}}')]
--- error_code eval
[200, 200]
--- response_body eval
['{"@odata.etag":"\"2\"","id":"t","parentUrl":null,"status":{"state":"processing","description":"old"}}',
 '{"@odata.etag":"\"3\"","id":"t","parentUrl":null,"status":{"state":"processing","description":"new"}}']
--- pt_expect
HMGET $key state description rev => processing new 3



=== null takes the description away
--- config eval
answer()
--- pt_redis
HSET $key state processing description old rev 1
--- request eval
patch('{"status":{"state":"completed","description":null}}')
--- response_body chomp
{"@odata.etag":"\"2\"","id":"t","parentUrl":null,"status":{"state":"completed","description":null}}
--- pt_expect
HEXISTS $key description => 0
HGET $key rev => 2



=== the time that a record has left is its owner's business
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
PEXPIRE $key 5000000
--- request eval
[to('processing'), to('completed')]
--- error_code eval
[200, 200]
--- pt_expect
HGET $key rev => 3
PTTL $key => /^4[89]\d{5}$/



=== a record without an end stays so
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- request eval
to('completed')
--- pt_expect
HGET $key rev => 2
PTTL $key => -1



=== a final task is repeated, and its record is left alone
--- config eval
answer()
--- pt_redis
HSET $key state completed description done rev 4 confirmed 1000
--- request eval
[to('completed'), to('completed', 'done'), to('Completed'),
 patch('{"status":{"description":"done"}}')]
--- error_code eval
[(200) x 4]
--- response_body eval
[('{"@odata.etag":"\"4\"","id":"t","parentUrl":null,"status":{"state":"completed","description":"done"}}') x 4]
--- pt_expect
HMGET $key state description rev confirmed => completed done 4 1000



=== a final task with another description is 409
--- config eval
answer()
--- pt_redis
HSET $key state aborted description jam rev 4
--- request eval
[to('aborted', 'fire'), to('aborted', ''),
 patch('{"status":{"description":null}}')]
--- pt_refused: 409 taskFinal
--- pt_expect
HMGET $key state description rev => aborted jam 4



=== an illegal change is 409, with both states
--- config eval
answer()
--- pt_redis
HSET $key state processing rev 4
--- request eval
to('pending')
--- error_code: 409
--- response_body_like: ^\{"error":\{"code":"conflict","message":"[^"]+: from processing to pending\.","innerError":\{"code":"transitionNotAllowed",
--- pt_expect
HMGET $key state rev => processing 4



=== from a final state no change is legal
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 4
--- request eval
[to('pending'), to('processing'), to('aborted')]
--- pt_refused: 409 transitionNotAllowed
--- pt_expect
HMGET $key state rev => completed 4



=== print_task_transition decides
--- config eval
answer('print_task_transition completed pending; print_task_transition pending completed;')
--- pt_redis
HSET $key state completed rev 4
--- request eval
[to('pending'), to('processing'), to('completed')]
--- error_code eval
[200, 409, 200]
--- pt_reason eval
['-', 'transitionNotAllowed', '-']
--- pt_expect
HMGET $key state rev => completed 6



=== a leased record is changed, too
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1 lease other leaseUntil 99999999999999
--- request eval
to('processing')
--- pt_expect
HMGET $key state rev => processing 2



=== $print_task_... of a change, a repeat and a refusal
--- http_config eval
http_conf(extra => q(log_format task
    '$status $print_task_verdict $print_task_reason $print_task_from,'
    '$print_task_to $print_task_lookup $print_task_fence';))
--- config eval
answer('access_log logs/task.log task;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[to('completed'), to('completed'), to('aborted')]
--- error_code eval
[200, 200, 409]
--- pt_log
200 answered - pending,completed hit 2
200 repeated - completed,completed hit 2
409 refused transitionNotAllowed completed,aborted hit 2
