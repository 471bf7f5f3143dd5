# print_task_status: the record of a task as an operator sees it, and what
# print_task_status_actions lets him do to it.

use lib 't/lib';
use PrintTask;

our $Query = 'tenant=$PrintTask::tenant&definition=d&task=t';
our @Action = ('Content-Type: application/json', 'Print-Task-Action:');

sub conf {
    my ($mode, $extra) = @_;

    return gateway_conf(mode => $mode)
           . 'location = /status { print_task_status; ' . ($extra // '') . ' }';
}

sub acts { return conf($_[0] // 'forward', 'print_task_status_actions on;') }

sub action { return "Content-Type: application/json\nPrint-Task-Action: @_\n" }

run_tests();

__DATA__

=== a record, and the lease on it
--- config eval: main::conf('forward')
--- pt_redis
HSET $key state processing description "a <b>" parentUrl u rev 7 confirmed 1796000000000 app $PrintTask::app lease other leaseUntil 99999999999999
--- request
GET /status?tenant=$PrintTask::tenant&definition=d&task=t
--- more_headers: #
--- response_headers
Content-Type: application/json
Cache-Control: no-store
X-Content-Type-Options: nosniff
! Access-Control-Allow-Origin
--- response_body_like: \A\{"store":"redis:unix:[^"]+","realm":"","key":"print-task:\{[0-9a-f-]{36}/d\}/t","time":\d{13},"record":\{"state":"processing","description":"a \\u003Cb\\u003E","parentUrl":"u","application":"[0-9a-f-]{36}","rev":7,"confirmed":1796000000000,"lease":\{"left":\d+\}\}\}\n\z



=== a record without anything
--- config eval: main::conf('answer')
--- pt_redis
HSET $key rev 5
--- request
HEAD /status?tenant=$PrintTask::tenant&definition=d&task=t
--- more_headers: #
--- response_headers_like
Content-Length: \d+
--- response_body:



=== no record is 404
--- config eval: main::conf('answer')
--- request
GET /status?tenant=$PrintTask::tenant&definition=d&task=t
--- more_headers: #
--- error_code: 404
--- response_body_like: ,"record":null\}\n\z



=== ids are compared as in a path: GUIDs without regard to case
--- config eval: main::conf('answer')
--- pt_redis
HSET print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/d}/8f2c5a1e-3b64-4d0f-9a57-1c0de00000ff state pending rev 1
--- request
GET /status?task=8F2C5A1E-3B64-4D0F-9A57-1C0DE00000FF&definition=%64&tenant=8f2c5a1e-3b64-4d0f-9a57-1c0de0000001
--- more_headers: #
--- response_body_like: "record":\{"state":"pending","description":null,"parentUrl":null,"application":null,"rev":1,"confirmed":null,"lease":null\}



=== what names no record is 400, and says which stores there are
--- config eval: main::conf('answer')
--- request eval
["GET /status?task=t", "GET /status?definition=d&task=%2F",
 "GET /status?definition=d&task=t&task=t", "GET /status?definition=d&task=%zz",
 "GET /status?definition=d&task=t&x=1", "GET /status?definition=d&task=%00",
 "GET /status?definition=d&task=t&tenant=a%7D", "GET /status?key=",
 "GET /status?key=k&task=t", "GET /status?definition=d&task=" . 'a' x (ID_MAX + 1),
 "GET /status?definition=d&task=" . 'a' x 3000]
--- more_headers: #
--- error_code eval: [(400) x 11]
--- response_body_like eval
[(qr/\A\{"error":\{"code":"badRequest","message":".*"\},"stores":\[\{"store":"redis:unix:[^"]+","realm":"","print_task_key":null\}\]\}\n\z/) x 11]



=== other arguments are those of the page
--- config eval: main::conf('answer')
--- request: GET /status?a=b&=&tasks=1
--- more_headers: #
--- response_body_like: nginx_print_task_build_info



=== a format for Prometheus shows no records
--- config eval
gateway_conf(mode => 'answer')
. 'location = /status { print_task_status prometheus; }'
--- pt_redis
HSET $key state processing description secret
--- request
GET /status?tenant=$PrintTask::tenant&definition=d&task=t
--- more_headers: #
--- response_body_like: nginx_print_task_build_info
--- response_body_unlike: secret



=== a key that has no record
--- config eval: main::conf('answer')
--- pt_redis
SET $key x
--- request
GET /status?tenant=$PrintTask::tenant&definition=d&task=t
--- more_headers: #
--- error_code: 409
--- response_body_like: "code":"notARecord"



=== a store that does not answer
--- http_config eval: http_conf(redis => '127.0.0.1:1')
--- config eval: main::acts()
--- request eval
["GET /status?$main::Query", "POST /status?$main::Query\n{}"]
--- more_headers eval: main::action('release')
--- error_code eval: [503, 503]
--- response_body_like eval: [(qr/"code":"storeDown"/) x 2]



=== with several stores or realms, one is chosen
--- config
location /print/ { print_task answer; print_task_admin 127.0.0.1; print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; print_task_store memory:one:1m; print_task_realm a; }
location /b/ { print_task answer; print_task_admin 127.0.0.1; print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; print_task_store memory:one:1m; print_task_realm b; }
location = /status { print_task_status json; }
--- request eval
['PUT /print/taskDefinitions/d/tasks/t' . "\n" . '{"status":{"state":"pending"}}',
 'GET /status?definition=d&task=t', 'GET /status?tenant=8f2c5a1e-3b64-4d0f-9a57-1c0de0000001&definition=d&task=t&realm=a',
 'GET /status?tenant=8f2c5a1e-3b64-4d0f-9a57-1c0de0000001&definition=d&task=t&realm=b&store=memory:one',
 'GET /status?tenant=8f2c5a1e-3b64-4d0f-9a57-1c0de0000001&definition=d&task=t&realm=b&store=memory:two']
--- more_headers: Content-Type: application/json
--- error_code eval: [201, 400, 200, 404, 404]
--- response_body_like eval
[qr/./, qr/"storeAmbiguous".*"stores":\[\{"store":"memory:one","realm":"a","print_task_key":null\},\{"store":"memory:one","realm":"b","print_task_key":null\}\]/,
 qr/"store":"memory:one","realm":"a","key":"print-task:\{a\/8f2c5a1e-3b64-4d0f-9a57-1c0de0000001\/d\}\/t",.*"state":"pending"/,
 qr/"realm":"b".*"record":null/, qr/"storeNotFound".*"stores"/]



=== keys of the operator's are given whole
--- config
location /print/ { print_task answer; print_task_key my/$print_task_tenant_id/$print_task_definition_id/$print_task_id; }
location = /status { print_task_status; }
--- pt_redis
HSET my/a/d/t state aborted
--- request eval
['GET /status?key=my/a/d%2Ft', 'GET /status?definition=d&task=t']
--- more_headers: #
--- error_code eval: [200, 404]
--- response_body_like eval: [qr/"state":"aborted"/, qr/"storeNotFound".*"print_task_key":"my\/\$/]



=== without print_task_status_actions nothing is done
--- config eval: main::conf('forward')
--- pt_redis
HSET $key state processing rev 7
--- request
POST /status?tenant=$PrintTask::tenant&definition=d&task=t
{}
--- more_headers eval: main::action('invalidate')
--- error_code: 405
--- response_headers
Allow: GET, HEAD
--- pt_expect
HGET $key rev => 7



=== invalidate: the state is not known any more, a lease stays
--- config eval: main::acts()
--- pt_redis
HSET $key state processing rev 7 lease other leaseUntil 99999999999999
--- request
POST /status?tenant=$PrintTask::tenant&definition=d&task=t
{}
--- more_headers eval: main::action('invalidate')
--- response_body_like: "action":"invalidate","record":\{"state":null,.*"rev":8,.*"lease":\{
--- error_log eval
qr/\[notice\] .* print task: invalidate of key "print-task:\{[^"]*" rev 7 in store "redis:[^"]*" by user "": done/
--- pt_expect
HGET $key rev => 8
HEXISTS $key state => 0
HGET $key lease => other



=== release: the lease ends, and the state is not known any more
--- config eval: main::acts()
--- pt_redis
HSET $key state processing rev 7 lease other leaseUntil 99999999999999
--- request
POST /status?tenant=$PrintTask::tenant&definition=d&task=t
{}
--- more_headers eval: main::action('release') . "Authorization: Basic YWxpY2U6c2VjcmV0"
--- response_body_like: "action":"release","record":\{"state":null,.*"rev":8,.*"lease":null
--- error_log eval
qr/\[notice\] .* print task: release of key "[^"]*" rev 7 in store "[^"]*" by user "alice": done/
--- pt_expect
HGET $key rev => 8
HEXISTS $key lease => 0
HEXISTS $key state => 0



=== release without a lease does nothing
--- config eval: main::acts()
--- pt_redis
HSET $key state processing rev 7
--- request
POST /status?tenant=$PrintTask::tenant&definition=d&task=t
{}
--- more_headers eval: main::action('release')
--- error_code: 409
--- response_body_like: "leaseNotFound"
--- pt_expect
HGET $key rev => 7
HGET $key state => processing



=== a revision that is no number counts as 0, as for all that change a record
--- config eval: main::acts()
--- pt_redis
HSET $key state processing rev 7x
--- request
POST /status?tenant=$PrintTask::tenant&definition=d&task=t
{}
--- more_headers eval: main::action('invalidate')
--- response_body_like: "action":"invalidate"



=== no request that a browser can be led to send
--- config eval: main::acts()
--- pt_redis
HSET $key state processing rev 7
--- request eval
my $uri = "/status?tenant=$PrintTask::Token::Tenant&definition=d&task=t";
[("POST $uri\n{}") x 8, "GET $uri", "OPTIONS $uri", "PUT $uri\n{}"]
--- more_headers eval
[map { "$_\n" } 'X: y', 'Content-Type: application/json',
 "Content-Type: text/plain\nPrint-Task-Action: invalidate",
 "Content-Type: application/jsonp\nPrint-Task-Action: invalidate",
 "Content-Type: application/json\nPrint-Task-Action: other",
 "Content-Type: application/json\nPrint-Task-Action: invalidate\nPrint-Task-Action: release",
 "Content-Type: application/json\nPrint-Task-Action: invalidate\nSec-Fetch-Site: cross-site",
 "Content-Type: application/json\nPrint-Task-Action: invalidate\nSec-Fetch-Site: same-site",
 'Print-Task-Action: invalidate', 'Origin: https://a.example', 'Print-Task-Action: invalidate']
--- error_code eval: [415, 400, 415, 415, 400, 400, 403, 403, 200, 405, 405]
--- pt_expect
HGET $key rev => 7
HGET $key state => processing



=== no action by a subrequest, whose request may be another one
--- config eval
main::acts()
. "location = /page { ssi on; ssi_types *;
       return 200 '<!--#include virtual=\"/status?$main::Query\" -->'; }
   location = /asked { auth_request '/asking'; return 200 asked; }
   location = /asking { rewrite ^ /status?$main::Query?; }
   location = /copied { mirror /asking; return 200 copied; }"
--- pt_redis
HSET $key state processing rev 7
--- request eval: [('POST /page', 'POST /asked', 'POST /copied')]
--- more_headers eval: [(main::action('invalidate')) x 3]
--- response_body_like eval: [qr/"state":"processing"/, qr/asked/, qr/copied/]
--- pt_expect
HGET $key state => processing
HGET $key rev => 7



=== a request whose lease was released does not settle it
--- http_config eval
http_conf() . <<'_EOC_';
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_4;

        location / {
            if ($request_method = GET) {
                return 200 '{"id":"t","status":{"state":"processing"}}';
            }

            auth_request /release;
            proxy_pass http://$PrintTask::backend;
        }

        location = /release {
            proxy_pass http://127.0.0.1:$TEST_NGINX_SERVER_PORT/status?tenant=$PrintTask::tenant&definition=d&task=t;
            proxy_method POST;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Content-Type application/json;
            proxy_set_header Print-Task-Action release;
        }
    }
_EOC_
--- config eval
main::acts() =~ s/proxy_pass \S+/proxy_pass http:\/\/127.0.0.1:\$TEST_NGINX_RAND_PORT_4;/r
--- request eval
patch()
--- error_log eval
[qr/print task: release of key .*: done/, qr/the lease of key .* was lost before the change ended/]
--- pt_expect
HEXISTS $key lease => 0
HEXISTS $key state => 0



=== what was done is counted
--- config
location /print/ { print_task answer; print_task_admin 127.0.0.1; print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; print_task_store memory:one:1m; }
location = /status { print_task_status; print_task_status_actions on; }
--- request eval
['PUT /print/taskDefinitions/d/tasks/t' . "\n" . '{"status":{"state":"pending"}}',
 "POST /status?tenant=8f2c5a1e-3b64-4d0f-9a57-1c0de0000001&definition=d&task=t\n{}", "GET /status"]
--- more_headers eval: main::action('invalidate')
--- error_code eval: [201, 200, 200]
--- response_body_like eval
[qr/./, qr/"action":"invalidate","record":\{"state":null/,
 qr/^nginx_print_task_operator_actions_total\{action="invalidate"\} 1$/m]



=== print_task_status_actions without a status
--- config: location / { print_task_status_actions on; }
--- must_die
--- error_log: "print_task_status_actions" needs "print_task_status" in its location



=== print_task_status_actions with a format that shows no records
--- config: location / { print_task_status openmetrics; print_task_status_actions on; }
--- must_die
--- error_log: "print_task_status_actions" needs "print_task_status" in its location, without a format or with "json" or "html"
