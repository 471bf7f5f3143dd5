# The header fields of a change that do not describe its body.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"Status":{"State":"Completed"}}   ';
}

run_tests();

__DATA__

=== an answer that is compressed could not be read: Accept-Encoding is removed
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), 'Accept-Encoding: gzip', 'accept-encoding: br',
          'Connection: close')
--- pt_backend_fields
Accept-Encoding: -



=== it stays for requests that are passed on as they are
--- request
GET /print/taskDefinitions/d/tasks/t
--- more_headers eval
auth_headers() . "Accept-Encoding: gzip\nContent-Encoding: x\n"
--- pt_backend_fields
Accept-Encoding: gzip
Content-Encoding: x
Content-Type: application/json



=== a change of another resource is forwarded unchanged
--- raw_request eval
raw_patch(gzip(body()), 'Content-Encoding: gzip', 'Accept-Encoding: gzip',
          'Content-Type: application/merge-patch+json', 'Connection: close')
=~ s/taskDefinitions\/d\/tasks\/t/connectors\/c/r
--- pt_backend eval
backend(PATCH => [204, ''])
--- error_code: 204
--- pt_backend_fields eval
'Content-Length: ' . length(gzip(body())) . "\n" . <<'_EOC_'
Content-Type: application/merge-patch+json
Content-Encoding: gzip
Accept-Encoding: gzip
_EOC_
--- pt_backend_saw eval
'PATCH /print/connectors/c ' . gzip(body()) . "\n"



=== all other fields are kept
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), 'Authorization2: a', 'X-Content-Type: b', 'Prefer: c',
          'client-request-id: d', 'SdkVersion: e', 'Cookie: g',
          'Content-Language: h', 'Accept: i', 'Connection: close')
--- pt_backend_fields eval
'Authorization: Bearer ' . token() . "\n" . <<'_EOC_'
Authorization2: a
X-Content-Type: b
Prefer: c
Client-Request-Id: d
SdkVersion: e
Cookie: g
Content-Language: h
Accept: i
_EOC_



=== a condition is for the back end to judge
--- pt_redis
HSET $key state pending rev 1
--- pt_backend
location / { return 412 '{"error":{"code":"preconditionFailed"}}'; }
--- raw_request eval
raw_patch(body(), 'If-Match: "7"', 'Connection: close')
--- error_code: 412
--- response_body chomp
{"error":{"code":"preconditionFailed"}}
--- pt_backend_fields
If-Match: "7"
--- pt_expect
HMGET $key state lease => (nil) (nil)



=== more fields than one part of the list holds
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), (map { "X-Field-$_: $_" } 1 .. 60), 'Connection: close')
--- pt_backend_fields eval
join "\n", (map { "X-Field-$_: $_" } 1, 19, 20, 21, 22, 39, 40, 41, 60),
           'Content-Length: 32', 'Content-Type: application/json'



=== the operator has the last word on a field
--- config eval
gateway_conf(extra => 'proxy_set_header Content-Type text/json;
                       proxy_set_header X-Length $content_length;
                       proxy_set_header X-Type $content_type;
                       proxy_set_header X-Fence $print_task_fence;
                       proxy_set_header X-App $print_task_app_id;')
--- pt_redis
HSET $key state pending rev 41
--- raw_request eval
raw_patch(chunks(body()), 'Transfer-Encoding: chunked', 'X-Fence: 1',
          'X-App: me', 'Connection: close')
--- pt_backend_fields eval
'X-App: ' . $PrintTask::Token::App . "\n" . <<'_EOC_'
Content-Type: text/json
Content-Length: 32
X-Length: 32
X-Type: application/json
X-Fence: 42
_EOC_



=== dry run changes no field
--- config eval
gateway_conf(extra => 'print_task_dry_run on;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(gzip(body()), 'Content-Encoding: gzip',
          'Content-Type: application/json; a=b', 'Connection: close')
--- pt_backend_fields eval
'Content-Length: ' . length(gzip(body())) . "\n" . <<'_EOC_'
Content-Type: application/json; a=b
Content-Encoding: gzip
_EOC_
