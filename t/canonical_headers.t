# The header fields that the back end gets along with the canonical body.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"Status":{"State":"Completed"}}   ';
}

run_tests();

__DATA__

=== of a body with a Content-Length
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), 'Connection: close')
--- pt_backend_fields
Content-Length: 32
Content-Type: application/json
Content-Encoding: -
Transfer-Encoding: -



=== of a chunked body
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(body()), 'Transfer-Encoding: chunked', 'Connection: close')
--- pt_backend_fields
Content-Length: 32
Content-Type: application/json
Content-Encoding: -
Transfer-Encoding: -



=== variables do not have the removed fields of the body
--- config eval
gateway_conf(extra => 'proxy_set_header X-Length $http_content_length;
                       proxy_set_header X-Type $http_content_type;
                       proxy_set_header X-Coding $http_transfer_encoding;
                       proxy_set_header X-Encoding $http_content_encoding;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(gzip(body())), 'Content-Encoding: gzip',
          'Content-Type: application/json; a=b',
          'Transfer-Encoding: chunked', 'Connection: close')
--- pt_backend_fields
X-Length: 32
X-Type: application/json
X-Coding: -
X-Encoding: -



=== of a chunked body, to a back end of HTTP/1.1
--- config eval
gateway_conf(extra => 'proxy_http_version 1.1;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(body()), 'Transfer-Encoding: chunked', 'Connection: close')
--- pt_backend_fields
Content-Length: 32
Content-Type: application/json
Transfer-Encoding: -



=== of a gzip body
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(gzip(body()), 'Content-Encoding: gzip', 'Connection: close')
--- pt_backend_fields
Content-Length: 32
Content-Type: application/json
Content-Encoding: -
Transfer-Encoding: -



=== of plain JSON labelled gzip
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), 'Content-Encoding: gzip', 'Connection: close')
--- pt_backend_fields
Content-Length: 32
Content-Encoding: -



=== of a body in a file
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(gzip(body())), 'Content-Encoding: gzip',
          'Transfer-Encoding: chunked', 'Connection: close')
--- pt_backend_fields
Content-Length: 32
Content-Type: application/json
Content-Encoding: -
Transfer-Encoding: -



=== parameters of the type are dropped
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), 'content-type: Application/JSON;Charset="utf-8";a=b',
          'Connection: close')
--- pt_backend_fields
Content-Type: application/json



=== the back end gets no field about the client's body
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(body()) =~ s/\r\n\z/X-Trailer: 1\r\n\r\n/r,
          'Transfer-Encoding: chunked', 'Trailer: X-Trailer',
          'Content-Range: bytes 0-34/35', 'Content-MD5: a', 'Digest: b',
          'Content-Digest: c', 'repr-digest: d', 'TE: trailers',
          'Connection: close')
--- pt_backend_fields
Content-Length: 32
Trailer: -
Content-Range: -
Content-MD5: -
Digest: -
Content-Digest: -
Repr-Digest: -
TE: -
X-Trailer: -
