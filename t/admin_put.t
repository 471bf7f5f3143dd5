# print_task_admin: PUT creates or replaces a task.

use lib 't/lib';
use PrintTask;

sub admin {
    return 'location /print/ { print_task answer; '
           . "print_task_admin role=PrintTask.Admin @_; }";
}

sub maker {
    return auth_headers(claims => { roles => ['PrintTask.Admin'] })
           . join '', map { "$_\n" } @_;
}

sub put {
    return 'PUT ' . task_uri(@_[1 .. $#_]) . "\n$_[0]";
}

run_tests();

__DATA__

=== a task is made
--- config eval
admin()
--- request eval
put('{"status":{"state":"pending","description":"Sent"},"parentUrl":"https://print.example/jobs/1"}')
--- more_headers eval
maker()
--- error_code: 201
--- response_headers
Content-Type: application/json
Location: /print/taskDefinitions/d/tasks/t
--- response_body_like: ^\{"@odata\.etag":"\\"\d{13}\\"","id":"t","parentUrl":"https://print\.example/jobs/1","status":\{"state":"pending","description":"Sent"\}\}$
--- pt_expect
HMGET $key state description parentUrl app lease => pending Sent https://print.example/jobs/1 (nil) (nil)
HGET $key rev => /^\d{13}$/
HGET $key confirmed => /^\d{13}$/
PTTL $key => -1



=== the application that owns it changes it, no other sees it
--- config eval
admin()
--- request eval
[put('{"status":{"state":"pending"},"definition":{"createdBy":{"appId":"'
     . uc($PrintTask::Token::App) . '"}}}'),
 ('GET ' . task_uri()) x 2, patch(), patch()]
--- more_headers eval
[maker(), auth_headers(), auth_headers(claims => { azp => 'other' }),
 auth_headers(claims => { azp => 'other' }), auth_headers()]
--- error_code eval
[201, 200, 404, 404, 200]
--- response_body_like eval
[map { ref($_) ? $_ : qr/,\Q$_\E$/ }
 '"id":"t","parentUrl":null,"status":{"state":"pending","description":null},'
 . "\"definition\":{\"createdBy\":{\"appId\":\"$PrintTask::Token::App\"}}}",
 '"id":"t","parentUrl":null,"status":{"state":"pending","description":null}}',
 (qr/taskNotFound/) x 2,
 '"id":"t","parentUrl":null,"status":{"state":"completed","description":null}}']
--- pt_expect
HMGET $key state app => completed $PrintTask::app



=== a task is replaced as a whole, whatever its state was
--- config eval
admin()
--- pt_redis
HSET $key state completed description d parentUrl u app other rev 7
--- request eval
put('{"id":"t","status":{"state":"pending"}}')
--- more_headers eval
maker()
--- error_code: 200
--- response_headers
! Location
--- response_body chomp
{"@odata.etag":"\"8\"","id":"t","parentUrl":null,"status":{"state":"pending","description":null}}
--- pt_expect
HMGET $key state description parentUrl app rev => pending (nil) (nil) (nil) 8



=== an admin can put a task that it has read, with its owner
--- config eval
admin()
--- pt_redis
HSET $key state pending description d parentUrl u app $PrintTask::app rev 7
--- request eval
my $task = '{"@odata.etag":"\"7\"","id":"t","parentUrl":"u","status":{"state":"pending",'
           . '"description":"d"},"definition":{"createdBy":{"appId":"'
           . $PrintTask::Token::App . '"}}}';
['GET ' . task_uri(), put($task)]
--- more_headers eval
maker()
--- error_code eval
[200, 200]
--- response_body eval
[map { qq({"\@odata.etag":"\\"$_\\"","id":"t","parentUrl":"u","status":)
       . '{"state":"pending","description":"d"},"definition":{"createdBy":'
       . qq({"appId":"$PrintTask::Token::App"}}}) } 7, 8]
--- pt_expect
HMGET $key state description parentUrl app rev => pending d u $PrintTask::app 8



=== ids are those of the path; GUIDs are one in any case
--- config eval
admin()
--- request eval
["PUT /print/taskDefinitions('3203656E-6069-4E10-8147-D25290B00A3C')/tasks('T%2D1')?a=b\n"
 . '{"id":"T-1","status":{"state":"pending"},"definition":{"id":"3203656e-6069-4e10-8147-d25290b00a3c"}}']
--- more_headers eval
maker()
--- error_code: 201
--- response_headers
Location: /print/taskDefinitions('3203656E-6069-4E10-8147-D25290B00A3C')/tasks('T%2D1')
--- response_body_like: ,"id":"T-1",
--- pt_expect eval
'HGET ' . task_key('3203656e-6069-4e10-8147-d25290b00a3c', 'T-1')
. ' state => pending'



=== "valid" is how long a record lives; a change does not prolong it
--- config eval
admin('valid=5000s')
--- request eval
[put('{"status":{"state":"pending"}}'), patch()]
--- more_headers eval
[maker(), auth_headers()]
--- error_code eval
[201, 200]
--- pt_expect
PTTL $key => /^4[89]\d{5}$/



=== Prefer: return=minimal is 204 with Location
--- config eval
admin()
--- request eval
[(put('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval
maker('Prefer: return=minimal')
--- error_code eval
[204, 204]
--- response_headers eval
["Preference-Applied: return=minimal\nLocation: " . task_uri() . "\n! Content-Type",
 "Preference-Applied: return=minimal\n! Location\n! Content-Type"]
--- pt_expect
HGET $key state => pending



=== a task is of the tenant of the token
--- config eval
admin()
--- request eval
[put('{"status":{"state":"pending"}}'), ('GET ' . task_uri()) x 2]
--- more_headers eval
my $other = '8f2c5a1e-3b64-4d0f-9a57-1c0de000000b';
my %other = (tid => $other);
[auth_headers(claims => { roles => ['PrintTask.Admin'], %other }),
 auth_headers(claims => \%other), auth_headers()]
--- error_code eval
[201, 200, 404]
--- pt_expect eval
'HGET ' . task_key('d', 't', '8f2c5a1e-3b64-4d0f-9a57-1c0de000000b')
. ' state => pending'
