# Bodies up to print_task_body_max, and over it.

use lib 't/lib';
use PrintTask;

# a body of that many bytes

sub padded {
    my ($size) = @_;
    my $text = '{"@a":"","status":{"state":"completed"}}';

    return $text =~ s/""/'"' . 'x' x ($size - length $text) . '"'/er;
}

run_tests();

__DATA__

=== as many bytes as the limit are accepted
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(padded(BODY_MAX))
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== one byte more is 413, by its Content-Length
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(padded(BODY_MAX + 1))
--- pt_refused: 413 bodyTooLarge
--- pt_expect
HGET $key rev => 1
HEXISTS $key lease => 0



=== as many bytes as the limit in chunks are accepted
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(padded(BODY_MAX) =~ /(.{1,1000})/gs),
          'Transfer-Encoding: chunked', 'Connection: close')
--- response_body_like: "state":"completed"



=== one byte more in chunks is 413
--- raw_request eval
raw_patch(chunks(padded(BODY_MAX + 1) =~ /(.{1,1000})/gs),
          'Transfer-Encoding: chunked', 'Connection: close')
--- pt_refused: 413 bodyTooLarge
--- pt_expect
EXISTS $key => 0



=== the answer to a chunked body does not wait for the end of it
--- raw_request eval
raw_patch("80000\r\n" . ' ' x (BODY_MAX + 1), 'Transfer-Encoding: chunked')
--- shutdown: 1
--- pt_refused: 413 bodyTooLarge



=== a chunk that is announced as too large for nginx is never read
--- raw_request eval
raw_patch("fffffff\r\n{", 'Transfer-Encoding: chunked')
--- shutdown: 1
--- pt_refused: 413 -



=== the Content-Length alone is enough: no byte of the body is awaited
--- raw_request eval
raw_patch('', 'Content-Length: ' . (BODY_MAX + 1))
--- shutdown: 1
--- pt_refused: 413 bodyTooLarge



=== a gzip body that inflates to the limit
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(gzip(padded(BODY_MAX)))
--- more_headers eval
body_headers(gzip(padded(BODY_MAX)), 'Content-Encoding: gzip')
--- response_body_like: "state":"completed"



=== a gzip body that inflates to one byte more
--- request eval
patch(gzip(padded(BODY_MAX + 1)))
--- more_headers eval
body_headers(gzip(padded(BODY_MAX + 1)), 'Content-Encoding: gzip')
--- pt_refused: 413 bodyTooLarge
--- pt_expect
EXISTS $key => 0



=== a gzip bomb: 12 kilobytes that would be 12 megabytes
--- request eval
patch(gzip(padded(12e6)))
--- more_headers eval
body_headers(gzip(padded(12e6)), 'Content-Encoding: gzip')
--- pt_refused: 413 bodyTooLarge



=== a bomb without a label
--- request eval
patch(gzip(padded(12e6)))
--- more_headers eval
body_headers(gzip(padded(12e6)))
--- pt_refused: 413 bodyTooLarge



=== over 16 kilobytes, the limit is 100 times the sent length
--- config eval
gateway_conf(extra => 'print_task_body_max 1m;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch(gzip(padded(BODY_MAX))), patch(gzip(padded(900_000))),
 patch(gzip(padded(900_000), -Comment => 'c' x 9000))]
--- more_headers eval
[map { body_headers($_, 'Content-Encoding: gzip') }
     gzip(padded(BODY_MAX)), gzip(padded(900_000)),
     gzip(padded(900_000), -Comment => 'c' x 9000)]
--- error_code eval
[200, 413, 200]
--- response_body_like eval
['"state":"completed"', 'bodyTooLarge', '"state":"completed"']



=== print_task_body_max is of the location
--- config eval
gateway_conf(extra => 'print_task_body_max 64;')
. gateway_conf(extra => 'print_task_body_max 1m;') =~ s/print/v1.0\/print/r
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch(padded(64)), patch(padded(65)),
 "PATCH /v1.0/print/taskDefinitions/d/tasks/t\n" . padded(900_000),
 "PATCH /v1.0/print/taskDefinitions/d/tasks/t\n" . padded(1_048_577)]
--- error_code eval
[200, 413, 200, 413]
--- response_body_like eval
['"state":"completed"', 'bodyTooLarge', '"state":"completed"', 'too large']



=== a smaller client_max_body_size is nginx's refusal, in the same form
--- config eval
gateway_conf(extra => 'client_max_body_size 100;')
--- request eval
patch(padded(101))
--- pt_refused: 413 -



=== the same for a chunked body
--- config eval
gateway_conf(extra => 'client_max_body_size 100;')
--- raw_request eval
raw_patch(chunks(padded(101)), 'Transfer-Encoding: chunked',
          'Connection: close')
--- pt_refused: 413 -



=== a dry run forwards a body that is too large, within nginx's limit
--- config eval
gateway_conf(extra => 'print_task_dry_run on;')
--- request eval
patch(padded(BODY_MAX + 1))
--- response_body_like: "state":"completed"
--- error_log
would be refused: bodyTooLarge (413)
