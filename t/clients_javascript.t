# Requests of the JavaScript clients of Microsoft Graph.  t/clients runs the
# clients themselves; this file needs no registry.

use lib 't/lib';
use PrintTask;

no_root_location();

our $Json = '{"status":{"description":"completed","state":"completed"}}';

# microsoft-graph-client

sub client {
    my ($body, @lines) = @_;

    return raw_patch($body, 'Accept: */*', 'Accept-Language: *',
                     'Sec-Fetch-Mode: cors', 'User-Agent: node',
                     'Accept-Encoding: gzip, deflate',
                     'client-request-id: 9f2c5a1e-3b64-4d0f-9a57-1c0de0000001',
                     @lines, 'Connection: close');
}

# msgraph-sdk

sub sdk {
    my ($body, @lines) = @_;

    return raw_patch($body, 'Accept: application/json',
                     'User-Agent: kiota-typescript/1.0.0-preview.109',
                     'SdkVersion: graph-typescript/1.0.0-preview.90', @lines,
                     'Connection: close');
}

run_tests();

__DATA__

=== microsoft-graph-client: the object of the application
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
client('{"status":{"state":"completed","description":"completed"}}',
       'SdkVersion: graph-js/3.0.7 (featureUsage=7)')
--- response_headers
client-request-id: 9f2c5a1e-3b64-4d0f-9a57-1c0de0000001
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== microsoft-graph-client: again, with a version for each try
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
client($main::Json, 'Retry-Attempt: 1', 'SdkVersion: graph-js/3.0.7 '
       . '(featureUsage=7),graph-js/3.0.7 (featureUsage=7)')
--- error_code: 200



=== microsoft-graph-client: a batch, whose URLs keep the version
--- config eval
gateway_conf(path => '/')
--- request eval
"POST /v1.0/\$batch\n"
. '{"requests":[{"id":"1","url":"/v1.0/print/taskDefinitions/d/tasks/t",'
. '"method":"PATCH","headers":{"content-type":"application/json"},'
. '"body":{"status":{"state":"completed"}}}]}'
--- pt_refused: 501 batchNotSupported



=== msgraph-sdk
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
sdk($main::Json)
--- response_headers
! client-request-id
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== msgraph-sdk: the task as it was read, with properties outside the model
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
sdk('{"id":"t","parentUrl":null,"status":{"description":null,"state":'
    . '"completed"},"@odata.context":"https://print.example/$metadata"}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":null}}



=== msgraph-sdk: any text for a state
--- raw_request eval
sdk('{"status":{"state":"Cancelled"}}')
--- pt_refused: 400 stateInvalid



=== msgraph-sdk, compressed
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
sdk(gzip($main::Json), 'Content-Encoding: gzip')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== msgraph-sdk, compressed, again: packed twice, which is an error that it reports
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
sdk(gzip(gzip($main::Json)), 'Content-Encoding: gzip', 'Retry-Attempt: 1')
--- pt_refused: 400 bodyCompression
--- pt_expect
HMGET $key state rev lease => processing 1 (nil)



=== msgraph-sdk fails on a success without a body and a type
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state processing rev 1
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
--- raw_request eval
sdk($main::Json)
--- error_code: 204
