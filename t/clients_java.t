# Requests of the Java SDK of Microsoft Graph: only changed properties, raw
# characters, and one client-request-id for all requests of a client.

use lib 't/lib';
use PrintTask;

our @Head = ('Accept: application/json', 'User-Agent: okhttp/4.12.0',
             'client-request-id: 7f2c5a1e-3b64-4d0f-9a57-1c0de0000001',
             'SdkVersion: graph-java/6.29.0, graph-java-core/3.4.0 '
             . '(java/17.0.13)', 'Accept-Encoding: gzip');

sub java {
    my ($body, @lines) = @_;

    return raw_patch($body, @main::Head, @lines, 'Connection: close');
}

run_tests();

__DATA__

=== an update
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
java('{"status":{"description":"completed","state":"completed"}}')
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}
--- pt_backend_fields
Accept-Encoding: -
SdkVersion: graph-java/6.29.0, graph-java-core/3.4.0 (java/17.0.13)



=== characters as they are, and the two line ends that JavaScript does not like
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
java("{\"status\":{\"description\":\"gr\xc3\xb6\xc3\x9fer \xe6\x97\xa5 "
     . "\xf0\x9f\x96\xa8\\u2028\"}}")
--- error_code: 200
--- pt_backend_saw eval
"PATCH /print/taskDefinitions/d/tasks/t {\"status\":{\"description\":"
. "\"gr\xc3\xb6\xc3\x9fer \xe6\x97\xa5 \xf0\x9f\x96\xa8\xe2\x80\xa8\"}}"



=== null, for a property that was set to null
--- pt_redis
HSET $key state processing description old rev 1
--- raw_request eval
java('{"id":null,"status":{"description":null,"state":"aborted"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"aborted","description":null}}



=== a status that was set to null counts as absent
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
java('{"status":null}')
--- pt_refused: 400 propertyType



=== requests with the same id are different requests
--- pt_redis eval
[map { ['HSET', task_key('d', $_), state => 'processing', rev => 1] } 't', 'u']
--- request eval
[patch('{"status":{"description":"1"}}'), patch('{"status":{"description":"2"}}'),
 patch('{"status":{"state":"aborted"}}', 'd', 'u')]
--- more_headers eval
join '', auth_headers(), map { "$_\n" } @main::Head
--- error_code eval
[200, 200, 200]
--- response_headers eval
[('client-request-id: 7f2c5a1e-3b64-4d0f-9a57-1c0de0000001') x 3]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"1"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"2"}}
PATCH /print/taskDefinitions/d/tasks/u {"status":{"state":"aborted"}}



=== the same object once more
--- pt_redis
HSET $key state aborted rev 4 app $PrintTask::app
--- raw_request eval
java('{}')
--- response_body_like: "state":"aborted"
--- pt_backend_saw



=== over HTTP/2, as with TLS
--- http2
--- pt_redis
HSET $key state processing rev 1
--- request eval
patch('{"status":{"description":"completed","state":"completed"}}')
--- more_headers eval
join '', auth_headers(), map { "$_\n" } @main::Head
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== a retry, after a 503 or a time-out
--- pt_redis
HSET $key state completed description completed rev 7 app $PrintTask::app
--- raw_request eval
java('{"status":{"description":"completed","state":"completed"}}',
     'Retry-Attempt: 1')
--- response_body_like: "state":"completed"
--- pt_backend_saw
