# Refusals over HTTP/2 before the body.  The test writes the frames itself,
# because clients differ in their reaction to an answer while they send.

use lib 't/lib';
use PrintTask;
use PrintTask::HTTP2;

# the header of a request; the body follows, unless its length is 0

sub header {
    my ($stream, $length, @fields) = @_;
    my %fields = (
        ':method' => 'PATCH', ':path' => task_uri(), ':scheme' => 'http',
        ':authority' => 'localhost', 'content-type' => 'application/json',
        'authorization' => 'Bearer ' . token(), 'content-length' => $length,
        @fields
    );

    return h2_headers($stream, $length ? 4 : 5,
                      map { [$_, $fields{$_}] }
                      grep { defined $fields{$_} } sort keys %fields);
}

sub data {
    my ($stream, $body) = @_;

    return h2_frame('DATA', 1, $stream, $body);
}

# The first server of a port decides on the protocol and on how long an idle
# connection is kept; the client waits for its end.

sub http2_conf {
    return http_conf() . <<'_EOC_';
    server {
        listen $TEST_NGINX_SERVER_PORT http2;
        server_name none;
        keepalive_timeout 500ms;
    }
_EOC_
}

run_tests();

__DATA__

=== no token
--- http09
--- http_config eval
http2_conf()
--- raw_request eval
h2_start() . header(1, 32, authorization => undef)
. data(1, '{"status":{"state":"completed"}}')
--- response_body_like: \x48\x03401.*\{"error":\{"code":"unauthorized",.*"tokenMissing"
--- pt_backend_saw



=== a body that comes after the refusal is skipped, and the next stream served
--- http09
--- http_config eval
http2_conf()
--- raw_request eval
[h2_start() . header(1, 32, authorization => undef),
 data(1, '{"status":{"state":"completed"}}')
 . header(3, 0, ':method' => 'GET', 'content-length' => undef)]
--- raw_request_middle_delay: 0.01
--- response_body_like: \{"error":.*"tokenMissing".*"state":"pending"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== another type
--- http09
--- http_config eval
http2_conf()
--- raw_request eval
h2_start() . header(1, 32, 'content-type' => 'text/plain')
. data(1, '{"status":{"state":"completed"}}')
--- response_body_like: \x48\x03415.*\{"error":\{"code":"unsupportedMediaType",.*"contentType"
--- pt_backend_saw



=== a body that is too large, by its length
--- http09
--- http_config eval
http2_conf()
--- raw_request eval
h2_start() . header(1, BODY_MAX + 1) . h2_frame('DATA', 0, 1, 'x' x 100)
--- response_body_like: \x48\x03413.*\{"error":\{"code":"contentTooLarge",.*"bodyTooLarge"
--- pt_backend_saw



=== a body that turns out to be too large, and the stream after it
--- http09
--- http_config eval
http2_conf()
--- raw_request eval
h2_start() . header(1, 32, 'content-length' => undef)
. h2_frame('DATA', 0, 1, 'x' x 16000) x (1 + BODY_MAX / 16000)
. header(3, 0, ':method' => 'GET', 'content-length' => undef)
--- response_body_like: \x48\x03413.*"bodyTooLarge".*"state":"pending"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== a length that the frames do not keep to
--- http09
--- http_config eval
http2_conf()
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
h2_start() . header(1, 31) . data(1, '{"status":{"state":"completed"}}')
. header(3, 33) . data(3, '{"status":{"state":"completed"}}')
--- response_body_unlike: "state":"completed"
--- pt_backend_saw
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== a stream that is reset before its body is complete
--- http09
--- http_config eval
http2_conf()
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
h2_start() . header(1, 32) . h2_frame('DATA', 0, 1, '{"status":{"state":"completed"}')
. h2_frame('RST_STREAM', 0, 1, pack 'N', 8)
. header(3, 0, ':method' => 'GET', 'content-length' => undef)
--- response_body_like: "state":"pending"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== a body without a length is read to the end of its stream
--- http09
--- http_config eval
http2_conf()
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
h2_start() . header(1, 1, 'content-length' => undef)
. h2_frame('DATA', 0, 1, '{"Status":{"State":')
. data(1, '"Completed"}}')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Transfer-Encoding: -



=== changes of one task on streams side by side are made one by one
--- http09
--- http_config eval
http2_conf()
--- raw_request eval
h2_start() . header(1, 33) . header(3, 33)
. data(3, '{"status":{"state":"processing"}}')
. data(1, '{"status":{"state":"processing"}}')
--- response_body_like: "state":"processing".*"state":"processing"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
--- pt_expect
HMGET $key state lease => processing (nil)
