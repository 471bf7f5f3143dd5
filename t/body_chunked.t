# Chunked bodies, with and without extensions that RFC 9112 allows.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"status":{"state":"completed"}}';
}

sub chunked {
    return raw_patch($_[0], 'Transfer-Encoding: chunked',
                     'Connection: close');
}

run_tests();

__DATA__

=== one chunk
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
chunked(chunks(body()))
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Transfer-Encoding: -



=== one chunk a byte
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
chunked(chunks(split //, body()))
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Transfer-Encoding: -



=== one chunk a packet
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[chunked(''), map { sprintf "%x\r\n%s\r\n", length, $_ }
                  body() =~ /(.{1,8})/g, '']
--- raw_request_middle_delay: 0.005
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== chunk extensions, leading zeros, upper case digits, trailer fields
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
chunked("001F;name=\"value\"\r\n" . substr(body(), 0, 31) . "\r\n"
        . "1 ; x\r\n}\r\n0;last\r\nContent-Encoding: gzip\r\n"
        . "X-Http-Method: DELETE\r\n\r\n")
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a split in the middle of a character
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
chunked(chunks("{\"status\":{\"description\":\"\xe2\x82", "\xac\"}}"))
--- response_body_like eval
"\"description\":\"\xe2\x82\xac\""
--- pt_backend_saw eval
"PATCH /print/taskDefinitions/d/tasks/t "
. "{\"status\":{\"description\":\"\xe2\x82\xac\"}}\n"



=== chunks of gzip
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(gzip(body()) =~ /(.{1,7})/gs), 'Connection: close',
          'Content-Encoding: gzip', 'Transfer-Encoding: chunked')
--- response_body_like: "state":"completed"
--- pt_backend_fields
Content-Length: 32
Content-Encoding: -
Transfer-Encoding: -



=== chunks that are not are 400, in the form of all errors
--- raw_request eval
chunked("zz\r\n" . body() . "\r\n0\r\n\r\n")
--- pt_refused: 400 -
--- pt_expect
EXISTS $key => 0



=== a chunk that is longer than its length is 400
--- raw_request eval
chunked("1f\r\n" . body() . "\r\n0\r\n\r\n")
--- pt_refused: 400 -
--- pt_expect
EXISTS $key => 0



=== Content-Length beside Transfer-Encoding is 400: request smuggling
--- raw_request eval
raw_patch(chunks(body()), 'Transfer-Encoding: chunked',
          'Content-Length: 32', 'Connection: close')
--- error_code: 400
--- pt_backend_saw
--- pt_expect
EXISTS $key => 0



=== a second transfer coding is 501
--- raw_request eval
raw_patch(chunks(body()), 'Transfer-Encoding: gzip, chunked',
          'Connection: close')
--- error_code: 501
--- pt_backend_saw



=== JSON that ends with the last chunk, not with the first
--- raw_request eval
chunked(chunks(body(), body()))
--- pt_refused: 400 jsonSyntax
--- pt_expect
EXISTS $key => 0



=== a body that is never finished changes nothing
--- raw_request eval
chunked("20\r\n" . body() . "\r\n")
--- shutdown: 1
--- ignore_response
--- pt_backend_saw
--- pt_expect
EXISTS $key => 0
