# What the Python SDK of Microsoft Graph sends: JSON with spaces, characters as
# \uXXXX, and no ids where the host is not Microsoft's.

use lib 't/lib';
use PrintTask;

no_root_location();

our @Head = ('Accept: application/json', 'Accept-Encoding: gzip, deflate',
             'User-Agent: python-httpx/0.23.0 kiota-python/1.9.8');

sub python {
    my ($body, @lines) = @_;

    return raw_patch($body, @main::Head, @lines, 'Connection: close');
}

run_tests();

__DATA__

=== an update
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
python('{"status": {"description": "completed", "state": "completed"}}')
--- response_headers
! client-request-id
--- response_headers_like
request-id: [-0-9a-f]{36}
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}
--- pt_backend_fields
Content-Length: 58
Accept-Encoding: -



=== characters as \uXXXX, and as a pair of them
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
python('{"status": {"description": "gr\u00f6\u00dfer \ud83d\udda8", "state": '
       . '"processing"}}')
--- error_code: 200
--- pt_backend_saw eval
"PATCH /print/taskDefinitions/d/tasks/t {\"status\":{\"state\":\"processing\","
. "\"description\":\"gr\xc3\xb6\xc3\x9fer \xf0\x9f\x96\xa8\"}}"



=== half of a pair, which Python can have in a string
--- raw_request eval
python('{"status": {"description": "\ud83d"}}')
--- pt_refused: 400 jsonEncoding



=== the task as it was read, with a new state
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
python('{"id": "t", "@odata.context": "https://print.example/v1.0/$metadata#pri'
       . 'nt/taskDefinitions(\'d\')/tasks/$entity", "parentUrl": "https://print.'
       . 'example/jobs/1", "status": {"description": "completed", "state": '
       . '"completed"}}')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== a task of the model without values
--- pt_redis
HSET $key state completed rev 4 app $PrintTask::app
--- raw_request eval
python('{}')
--- response_body_like: "state":"completed"
--- pt_backend_saw



=== over HTTP/2
--- http2
--- pt_redis
HSET $key state processing rev 1
--- request eval
patch('{"status": {"description": "completed", "state": "completed"}}')
--- more_headers eval
join '', auth_headers(), map { "$_\n" } @main::Head
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== no token goes to a host that is not configured
--- raw_request eval
python('{"status": {"state": "completed"}}') =~ s/Authorization.*?\r\n//r
--- pt_refused: 401 tokenMissing



=== a batch, of absolute URLs
--- config eval
gateway_conf(path => '/')
--- request eval
patch_uri('/v1.0/$batch', '{"requests": [{"id": "1", "method": "PATCH", "url": '
          . '"https://print.example/v1.0/print/taskDefinitions/d/tasks/t", '
          . '"body": {"status": {"state": "completed"}}, "depends_on": []}]}')
=~ s/PATCH/POST/r
--- pt_refused: 501 batchNotSupported



=== Retry-After is at least 1, because it ignores 0
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [503, '{}', 'Retry-After' => '0'])
--- raw_request eval
python('{"status": {"state": "completed"}}')
--- error_code: 503
--- response_headers
Retry-After: 1
