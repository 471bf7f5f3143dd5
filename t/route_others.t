# Other resources need only a token: request and answer pass unchanged.

use lib 't/lib';
use PrintTask;

no_root_location();

run_tests();

__DATA__

=== a token is needed for any resource of the location
--- request eval
['GET /print/printers', "POST /print/connectors/c/jobs\n{}",
 'DELETE /print/shares/s', 'GET /print/printers', 'GET /print/']
--- more_headers eval
[('') x 3, auth_headers(exp => -3600), '']
--- pt_refused
401 tokenMissing
401 tokenMissing
401 tokenMissing
401 tokenExpired
401 tokenMissing
--- pt_backend_saw



=== any method is passed on with one
--- pt_backend
location / { return 200 $request_method; }
--- request eval
[map { "$_ /print/connectors/c" } qw(GET PUT POST DELETE OPTIONS MERGE FOO)]
--- error_code eval: [(200) x 7]
--- response_body eval
[qw(GET PUT POST DELETE OPTIONS MERGE FOO)]



=== the path and the arguments are passed on as spelled
--- config eval: gateway_conf(path => '/')
--- pt_backend
location / { return 204; }
--- request eval
[map { "GET /print/$_" } '%70rinters/%7Ea%27b?c=%2F&d=..//&e=%00',
                         'printers/a%20b%3Fc', 'PRINTERS(%27p%27)/JOBS/?']
--- error_code eval: [(204) x 3]
--- pt_backend_saw
GET /print/%70rinters/%7Ea%27b?c=%2F&d=..//&e=%00
GET /print/printers/a%20b%3Fc
GET /print/PRINTERS(%27p%27)/JOBS/?



=== a body is passed on byte for byte
--- request eval
"PATCH /print/connectors/c\n{\"a\":1,\"a\":\t\x01\xff\x{c0}\x{80}NaN]"
--- more_headers eval
auth_headers() =~ s/application.json/text\/odd/r
--- pt_backend
location / { return 200 $http_content_type; }
--- error_code: 200
--- response_body chomp
text/odd
--- pt_backend_saw eval
"PATCH /print/connectors/c {\"a\":1,\"a\":\t\x01\xff\x{c0}\x{80}NaN]"



=== so are its encoding and the client's header fields
--- request eval
"POST /print/connectors/c\n\x1f\x8bnot gzip"
--- more_headers eval
auth_headers() . "Content-Encoding: odd\nAccept-Encoding: br\nPrefer: x\n"
--- pt_backend
location / { return 200 "$http_content_encoding $http_accept_encoding $http_prefer"; }
--- error_code: 200
--- response_body chomp
odd br x
--- pt_backend_saw eval
"POST /print/connectors/c \x1f\x8bnot gzip"



=== the token is the back end's to see
--- request
GET /print/printers
--- pt_backend
location / { return 200 $http_authorization; }
--- error_code: 200
--- response_body eval
'Bearer ' . token()



=== print_task_body_max is for tasks
--- config eval
gateway_conf(extra => 'print_task_body_max 64;')
--- request eval
"PUT /print/connectors/c\n" . 'x' x 30000
--- pt_backend
location / { return 200 $http_content_length; }
--- error_code: 200
--- response_body chomp
30000
--- pt_backend_saw eval
'PUT /print/connectors/c ' . 'x' x 30000



=== chunked bodies are passed on
--- raw_request eval
"POST /print/connectors/c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. 'Authorization: Bearer ' . token() . "\r\nTransfer-Encoding: chunked\r\n\r\n"
. chunks('ab', 'cd')
--- pt_backend
location / { return 204; }
--- error_code: 204
--- pt_backend_saw
POST /print/connectors/c abcd



=== an error of the back end is forwarded unchanged
--- request eval
['GET /print/printers/x', 'GET /print/printers/y']
--- pt_backend
location /print/printers/x {
    default_type text/html;
    add_header Retry-After 77 always;
    return 503 '<h1>later</h1>';
}
location /print/printers/y { return 409; }
--- error_code eval: [503, 409]
--- response_headers eval
["Content-Type: text/html\nRetry-After: 77", 'Content-Type: text/html']
--- response_body_like eval
[qr{^<h1>later</h1>$}, qr{<center>nginx}]



=== and so is an empty success without a type
--- request
POST /print/connectors/c
{}
--- pt_backend
location / {
    default_type "";
    return 202;
}
--- error_code: 202
--- response_headers
! Content-Type
--- response_body:



=== an answer of the back end has our ids beside it
--- request
GET /print/printers
--- more_headers eval
auth_headers() . "client-request-id: a b-1\n"
--- pt_backend
location / { return 200 "x"; }
--- error_code: 200
--- response_headers_like
request-id: [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}
client-request-id: a b-1



=== a back end that cannot be reached: an error in the form of Graph
--- config eval
gateway_conf(pass => 'http://unix:$TEST_NGINX_SERVROOT/no.sock')
--- request eval
['GET /print/printers', "POST /print/connectors/c\n{}"]
--- pt_allow: crit
--- pt_refused: 502 -



=== locations without print_task are no business of ours
--- config
location /open/ {
    return 200 "$uri$print_task_verdict";
}
location / {
    return 404;
}
--- request eval
['GET /open/print/taskDefinitions/d/tasks/t',
 patch_uri('/open/x//../print/taskDefinitions/d/tasks/t'),
 "POST /\$batch\n{}"]
--- more_headers: X-HTTP-Method: PUT
--- error_code eval: [200, 200, 404]
--- response_body_like eval
[qr{^/open/print/taskDefinitions/d/tasks/t$},
 qr{^/open/print/taskDefinitions/d/tasks/t$}, qr/<html>/]
--- raw_response_headers_unlike eval: [('request-id') x 3]
