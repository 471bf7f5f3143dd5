# Requests of the C# SDK of Microsoft Graph: compact JSON with a length; it
# writes characters as \uXXXX that other clients send raw.

use lib 't/lib';
use PrintTask;

our @Head = ('Accept: application/json', 'Cache-Control: no-store, no-cache',
             'client-request-id: 5f2c5a1e-3b64-4d0f-9a57-1c0de0000001',
             'SdkVersion: graph-dotnet-5.68.0, graph-dotnet-core/3.2.2 '
             . '(hostOS=Linux; hostArch=X64; runtimeEnvironment=.NET 8.0)',
             'User-Agent: kiota-dotnet/1.16.4');

sub csharp {
    my ($body, @lines) = @_;

    return raw_patch($body, @main::Head, @lines, 'Connection: close');
}

run_tests();

__DATA__

=== an update
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
csharp('{"status":{"description":"completed","state":"completed"}}')
--- response_headers
client-request-id: 5f2c5a1e-3b64-4d0f-9a57-1c0de0000001
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== types at each level
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
csharp('{"@odata.type":"#microsoft.graph.printTask","status":{"description":'
       . '"done","@odata.type":"#microsoft.graph.printTaskStatus",'
       . '"state":"completed"}}')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"done"}}



=== characters as \uXXXX: umlauts, quotes, plus, a pair for one over U+FFFF
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
csharp('{"status":{"description":"Gr\u00F6\u00DFe \u0027A4\u0027 \u002B 1 '
       . '\u0026 \u003C2\u003E \uD83D\uDDA8","state":"processing"}}')
--- response_body_like eval
"Gr\xc3\xb6\xc3\x9fe 'A4' \\+ 1 \\\\u0026 \\\\u003C2\\\\u003E \xf0\x9f\x96\xa8"
--- pt_backend_saw eval
"PATCH /print/taskDefinitions/d/tasks/t {\"status\":{\"state\":\"processing\","
. "\"description\":\"Gr\xc3\xb6\xc3\x9fe 'A4' + 1 \\u0026 \\u003C2\\u003E \xf0\x9f\x96\xa8\"}}"



=== a property that was set to null
--- pt_redis
HSET $key state processing description old rev 1
--- raw_request eval
csharp('{"status":{"description":null}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":null}}



=== null for a property that was never read
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
csharp('{"id":null,"definition":null,"parentUrl":null,"trigger":null,'
       . '"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== the same object once more: {} is sent
--- pt_redis eval
[['HSET', task_key(), state => 'completed', description => 'done', rev => 4,
  app => $PrintTask::Token::App]]
--- raw_request eval
csharp('{}')
--- response_body_like: "state":"completed","description":"done"
--- pt_backend_saw
--- pt_expect
HGET $key rev => 4



=== .NET Framework waits for 100 Continue
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
[csharp('', 'Content-Length: 32', 'Expect: 100-continue'),
 '{"status":{"state":"completed"}}']
--- raw_request_middle_delay: 0.05
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK.*"state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== ... and sends no request after a refusal
--- raw_request eval
csharp('', 'Content-Length: 32', 'Expect: 100-continue')
=~ s/Authorization.*?\r\n//r
--- shutdown: 1
--- pt_refused: 401 tokenMissing



=== a retry has the same id
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
csharp('{"status":{"state":"completed"}}', 'Retry-Attempt: 1')
--- response_headers
client-request-id: 5f2c5a1e-3b64-4d0f-9a57-1c0de0000001
--- pt_backend_fields
Retry-Attempt: 1
client-request-id: 5f2c5a1e-3b64-4d0f-9a57-1c0de0000001



=== an answer without a body is one that it takes
--- pt_redis
HSET $key state processing rev 1
--- pt_backend eval
backend(PATCH => [204, ''])
--- raw_request eval
csharp('{"status":{"state":"completed"}}')
--- error_code: 204
--- response_body:



=== an error has all that becomes an ODataError
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- raw_request eval
csharp('{"status":{"state":"aborted"}}')
--- error_code: 409
--- response_headers
Content-Type: application/json
--- response_body_like eval
qr/^\{"error":\{"code":"conflict","message":"[^"]+","innerError":\{
   "code":"transitionNotAllowed","date":"[^"]{19}","request-id":"[^"]{36}",
   "client-request-id":"5f2c5a1e-3b64-4d0f-9a57-1c0de0000001"\}\}\}\z/x
