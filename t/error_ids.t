# The ids of a request: those of the gateway and of the client.

use lib 't/lib';
use PrintTask;

sub asking {
    return [map { auth_headers() . "client-request-id: $_\n" } @_];
}

# an access log that says whether the id in the header is $request_id

sub logged {
    return http_conf(extra => <<'_EOC_');
    map "$sent_http_request_id $request_id" $same {
        "~^(\w{8})-(\w{4})-(\w{4})-(\w{4})-(\w{12}) \1\2\3\4\5$"  same;
        default  other;
    }

    log_format task '$status $same';
_EOC_
}

run_tests();

__DATA__

=== request-id is in the header of every response, and in the access log
--- http_config eval
logged()
--- config eval
gateway_conf(extra => 'access_log logs/task.log task;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch(), patch(), patch('{"status":{"state":"aborted"}}'), patch('{'),
 'GET /print/taskDefinitions', 'GET /print/a//b']
--- error_code eval
[200, 200, 409, 400, 200, 400]
--- response_headers_like eval
[('request-id: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}') x 6]
--- pt_log
200 same
200 same
409 same
400 same
200 same
400 same



=== the one in the body is the one in the header
--- http09
--- raw_request eval
raw_patch('{', 'client-request-id: me', 'Connection: close')
--- response_body_like eval
qr/\r\nrequest-id: (\S{36})\r\nclient-request-id: me\r\n\r\n.*"request-id":"\1","client-request-id":"me"\}\}\}\z/s



=== two requests have two ids
--- http09
--- raw_request eval
raw_patch('{', 'Content-Type: text/xml')
. raw_patch('{', 'Connection: close')
--- response_body_like eval
qr/request-id: (\S{36}).*request-id: (?!\1)\S{36}/s



=== and so have a hundred
--- http09
--- raw_request eval
raw_patch('{', 'Content-Type: text/xml') x 99
. raw_patch('{', 'Connection: close')
--- response_body_like eval
qr/\A(?!.*\nrequest-id: (\S{36})\r.*\nrequest-id: \1\r)(?:.*?\nrequest-id: ){100}/s



=== client-request-id is given back: in the header
--- pt_redis
HSET $key state pending rev 1
--- request eval
[(patch()) x 3]
--- more_headers eval
asking('b7c9d7f4-3b64-4d0f-9a57-1c0de0000001', 'x', 'x' x 64)
--- error_code eval
[200, 200, 200]
--- response_headers eval
[map { "client-request-id: $_" }
     'b7c9d7f4-3b64-4d0f-9a57-1c0de0000001', 'x', 'x' x 64]



=== ... and in the body of an error
--- request eval
[(patch('{')) x 2]
--- more_headers eval
asking('b7c9d7f4-3b64-4d0f-9a57-1c0de0000001', 'a b')
--- error_code eval
[400, 400]
--- response_headers eval
[map { "client-request-id: $_" } 'b7c9d7f4-3b64-4d0f-9a57-1c0de0000001', 'a b']
--- response_body_like eval
[map { qr/","client-request-id":"$_"\}\}\}\z/ }
     'b7c9d7f4-3b64-4d0f-9a57-1c0de0000001', 'a b']



=== characters of JSON in the id are escaped
--- request eval
patch('{')
--- more_headers eval
asking('a"},"b\\c</script>')->[0]
--- error_code: 400
--- response_headers eval
'client-request-id: a"},"b\\c</script>'
--- response_body_like eval
qr/,"client-request-id":"a\\"\},\\"b\\\\c\\u003C\/script\\u003E"\}\}\}\z/



=== a filter for markup does not match in the id
--- config eval
gateway_conf(extra => 'ssi on; ssi_types *; sub_filter "<b" "<i";
                       sub_filter_types *;')
. 'location /part { return 200 "the part"; }'
--- request eval
[("GET " . task_uri()) x 2]
--- more_headers eval
["client-request-id: <!--#include virtual=\"/part\" -->",
 "client-request-id: <b>&amp;</b>"]
--- error_code eval: [401, 401]
--- response_body_like eval
[qr/"client-request-id":"\\u003C!--#include virtual=\\"\/part\\" --\\u003E"\}/,
 qr/"client-request-id":"\\u003Cb\\u003E\\u0026amp;\\u003C\/b\\u003E"\}/]



=== one that is longer than 64 characters is not
--- request eval
patch('{')
--- more_headers eval
asking('x' x 65)->[0]
--- response_headers
! client-request-id
--- pt_refused: 400 jsonSyntax



=== nor is one with other characters
--- request eval
[(patch('{')) x 4]
--- more_headers eval
asking("a\tb", "caf\xc3\xa9", "a\x7f", "\x80")
--- error_code eval
[(400) x 4]
--- response_headers eval
[('! client-request-id') x 4]
--- response_body_like eval
[('"request-id":"[^"]{36}"\}\}\}$') x 4]



=== nor is an empty one
--- request eval
patch('{')
--- more_headers eval
asking('')->[0]
--- response_headers
! client-request-id
--- pt_refused: 400 jsonSyntax



=== the name in any case
--- request eval
patch('{')
--- more_headers eval
auth_headers() . "Client-Request-ID: me\n"
--- error_code: 400
--- response_headers
client-request-id: me



=== ids of the back end are kept, and are not doubled
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [200, '{}', 'request-id' => 'its-own',
                  'client-request-id' => 'named'])
--- more_headers eval
asking('me')->[0]
--- response_headers
request-id: its-own
client-request-id: named



=== a request-id of the client is not ours
--- request eval
patch('{')
--- more_headers eval
auth_headers() . "request-id: mine\n"
--- error_code: 400
--- response_headers_like
request-id: [-0-9a-f]{36}



=== a repeated change has an id of its own
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- more_headers eval
asking('me')->[0]
--- response_headers_like
request-id: [-0-9a-f]{36}
client-request-id: me
--- pt_backend_saw



=== other locations are left alone
--- config eval
gateway_conf() . 'location /other { return 200 ok; }'
--- request
GET /other
--- more_headers eval
asking('me')->[0]
--- response_headers
! request-id
! client-request-id
