# Requests of the CLI of Microsoft Graph (mgc): JSON of the command line, read
# into the model of the C# SDK and written again, and any header.

use lib 't/lib';
use PrintTask;

sub mgc {
    my ($body, @lines) = @_;

    return raw_patch($body, 'Accept: application/json',
                     'client-request-id: 6f2c5a1e-3b64-4d0f-9a57-1c0de0000001',
                     'SdkVersion: graph-cli/1.9.0, graph-dotnet-core/3.2.2',
                     @lines, 'Connection: close');
}

run_tests();

__DATA__

=== the example of the documentation
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
mgc('{"status":{"description":"completed","state":"completed"}}')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== a state that the model does not have is left out: the description is changed
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
mgc('{"status":{"description":"paused"}}')
--- response_body_like: "description":"paused"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"paused"}}



=== properties that the model does not have are kept: an error that names its code
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
mgc('{"status":{"state":"completed"},"displayName":"x"}')
--- pt_refused: 400 propertyUnknown



=== an id of its own
--- raw_request eval
mgc('{"id":"another","status":{"state":"completed"}}')
--- pt_refused: 400 idMismatch



=== --headers Prefer=return=minimal, of a change that was made before
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- raw_request eval
mgc('{"status":{"state":"completed"}}', 'Prefer: return=minimal')
--- error_code: 204
--- response_headers
Preference-Applied: return=minimal
--- response_body:
--- pt_backend_saw



=== --headers with another method
--- raw_request eval
mgc('{"status":{"state":"completed"}}', 'X-HTTP-Method-Override: DELETE')
--- pt_refused: 400 methodOverride



=== --body of the documentation, as a shell takes it: a line that is continued
--- raw_request eval
mgc("{\\\n  \"status\": { \"state\": \"completed\" } \\\n}")
--- error_code: 400
--- response_body_like: ^\{"error":\{"code":"badRequest",
--- pt_backend_saw



=== --body in one line, with the quotes that a shell has kept
--- raw_request eval
mgc('{status:{state:completed}}')
--- pt_refused: 400 jsonSyntax



=== an error: "Error 403(forbidden) from API: ..."
--- raw_request eval
my $token = token(claims => { roles => [] });

mgc('{"status":{"state":"completed"}}') =~ s/Bearer \S+/Bearer $token/r
--- error_code: 403
--- response_headers
Content-Type: application/json
--- response_body_like: ^\{"error":\{"code":"forbidden","message":"The application does not have the required role\."
