# Requests of the PowerShell SDK of Microsoft Graph: names and states as typed
# by users, indented JSON, and a second attempt after any 401.

use lib 't/lib';
use PrintTask;

no_root_location();

sub powershell {
    my ($body, @lines) = @_;

    return raw_patch($body =~ s/\r?\n/\r\n/gr,
                     'User-Agent: Mozilla/5.0 (Windows NT 10.0; Microsoft '
                     . 'Windows 10.0; en-US) PowerShell/7.4 Update-MgPrintTask',
                     'SdkVersion: graph-powershell/2.25.0', @lines,
                     'Connection: close');
}

run_tests();

__DATA__

=== -Status @{ State = "completed"; Description = "completed" }
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
powershell('{"status":{"State":"completed","Description":"completed"}}')
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== -BodyParameter, indented, with line ends of Windows
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
powershell(<<'_EOC_')
{
  "status": {
    "state": "Completed",
    "description": "completed"
  }
}
_EOC_
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== a state in any case is that state, any other is an error
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch(qq({"status":{"State":"$_"}})) } 'PROCESSING', 'Done', '', 'Aborted']
--- error_code eval
[200, 400, 400, 200]
--- response_body_like eval
[qr/"processing"/, qr/"stateInvalid"/, qr/"stateInvalid"/, qr/"aborted"/]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"aborted"}}



=== -Id and -ParentUrl, which are only echoed
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
powershell('{"id":"t","parentUrl":"https://print.example/jobs/9",'
           . '"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== -Id of another task
--- raw_request eval
powershell('{"id":"u","status":{"state":"completed"}}')
--- pt_refused: 400 idMismatch



=== -AdditionalProperties: annotations, and other properties
--- pt_redis
HSET $key state processing rev 1
--- request eval
[patch('{"status":{"description":"a"},"@x.y":{"a":[1]}}'),
 patch('{"status":{"description":"a"},"x":1}')]
--- error_code eval
[200, 400]
--- response_body_like eval
[qr/"description":"a"/, qr/"propertyUnknown"/]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"a"}}



=== Windows PowerShell 5.1 waits for 100 Continue
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
[powershell('', 'Content-Length: 32', 'Expect: 100-continue'),
 '{"status":{"state":"completed"}}']
--- raw_request_middle_delay: 0.05
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK.*"state":"completed"



=== Invoke-MgGraphRequest: the path as it was typed
--- config eval
gateway_conf(path => '/')
--- pt_redis
HSET $key state processing rev 1
--- request eval
[map { patch_uri($_, '{"status":{"description":"a"}}') }
     "/v1.0/print/taskDefinitions('d')/tasks('t')",
     '/beta/Print/TASKdefinitions/d/Tasks/t?$select=status']
--- error_code eval
[200, 200]
--- pt_expect
HGET $key rev => 3



=== the second try after a 401 is answered as the first one
--- request eval
[(patch()) x 2]
--- more_headers eval
auth_headers(exp => -3600)
--- pt_refused: 401 tokenExpired



=== a proof-of-possession token is refused
--- more_headers eval
auth_headers() =~ s/Bearer/Pop/r
--- response_headers
WWW-Authenticate: Bearer realm="print"
--- pt_refused: 401 tokenMissing
