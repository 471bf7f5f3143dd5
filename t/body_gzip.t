# Compressed bodies: detected by their bytes, not by the header field.

use lib 't/lib';
use PrintTask;

use Compress::Zlib qw(compress);
use IO::Compress::Bzip2 qw(bzip2);

sub body {
    return '{"status":{"state":"completed"}}';
}

# the body in formats that some servers also unpack, and the beginnings of others

sub others {
    my $body = body();

    bzip2(\$body => \my $bzip2);

    return (compress($body), $bzip2, "\x28\xb5\x2f\xfd\x20\x20", "\xfd7zXZ\0");
}

# the same request with other bytes for each block, labelled or not

sub labelled {
    return map { body_headers($_, 'Content-Encoding: gzip') } @_;
}

run_tests();

__DATA__

=== gzip is inflated, and the back end gets it plain
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(gzip(body()))
--- more_headers eval
labelled(gzip(body()))
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Content-Encoding: -
Content-Type: application/json



=== gzip in any case of the label
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(gzip(body()))
--- more_headers eval
body_headers(gzip(body()), 'content-encoding: GZip')
--- response_body_like: "state":"completed"



=== plain JSON that is labelled gzip: the retry of a Go client
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(body()), 'Transfer-Encoding: chunked',
          'Content-Encoding: gzip', 'Retry-Attempt: 1', 'Connection: close')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Encoding: -
Transfer-Encoding: -
Retry-Attempt: 1



=== gzip without a label, and labelled identity
--- pt_redis
HSET $key state pending rev 1
--- request eval
[(patch(gzip(body()))) x 2]
--- more_headers eval
[body_headers(gzip(body())),
 body_headers(gzip(body()), 'Content-Encoding: identity')]
--- error_code eval
[200, 200]
--- response_body_like eval
[('"state":"completed"') x 2]



=== any other format in gzip is 400, too
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch(gzip($_)) } others()]
--- more_headers eval
[labelled(map { gzip($_) } others())]
--- pt_refused: 400 jsonEncoding
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== gzip in gzip is 400
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch(gzip(gzip(body()))), patch(gzip(gzip(gzip(body()))))]
--- more_headers eval
[labelled(gzip(gzip(body())), gzip(gzip(gzip(body()))))]
--- pt_refused: 400 bodyCompression
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== ... with this reason
--- request eval
patch(gzip(gzip(body())))
--- more_headers eval
labelled(gzip(gzip(body())))
--- error_code: 400
--- response_body_like: compressed twice



=== a name, a comment and an extra field in the header
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(gzip(body(), -Name => 'a', -Comment => 'b', -ExtraField => [ab => 1],
           -Time => 1))
--- more_headers eval
labelled(gzip(body(), -Name => 'a', -Comment => 'b', -ExtraField => [ab => 1],
              -Time => 1))
--- response_body_like: "state":"completed"



=== blocks that are stored
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(gzip(body(), -Level => 0))
--- more_headers eval
labelled(gzip(body(), -Level => 0))
--- response_body_like: "state":"completed"



=== gzip that is cut at any byte is 400
--- request eval
[map { patch(substr gzip(body()), 0, $_) } 2, 9, 10, 11, 20, -9, -8, -4, -1]
--- more_headers eval
[map { labelled(substr gzip(body()), 0, $_) } 2, 9, 10, 11, 20, -9, -8, -4, -1]
--- pt_refused: 400 bodyCompression
--- pt_expect
EXISTS $key => 0



=== a wrong checksum or length is 400
--- request eval
[map { patch(substr(gzip(body()), 0, $_) . pack 'V*', 1, 32) } -8, -4]
--- more_headers eval
[map { labelled(substr(gzip(body()), 0, $_) . pack 'V*', 1, 32) } -8, -4]
--- pt_refused: 400 bodyCompression



=== data that is damaged is 400
--- request eval
[map { my $gzip = gzip(body()); substr($gzip, $_, 1) ^= "\xff"; patch($gzip) }
     2, 3, 10, 12, 20]
--- more_headers eval
[(labelled(gzip(body()))) x 5]
--- pt_refused: 400 bodyCompression



=== bytes behind the end are 400: another reader may take them in
--- request eval
[map { patch(gzip(body()) . $_) } ' ', "\0", body()]
--- more_headers eval
[map { labelled(gzip(body()) . $_) } ' ', "\0", body()]
--- pt_refused: 400 bodyCompression



=== a second member is 400
--- request eval
[map { patch(gzip($_) . gzip(body())) } '', body(), '{"status":{}}']
--- more_headers eval
[map { labelled(gzip($_) . gzip(body())) } '', body(), '{"status":{}}']
--- pt_refused: 400 bodyCompression



=== zlib and raw deflate data that is labelled gzip is no JSON
--- request eval
[map { patch($_) } "x\x9c\xab\x56\x02\x04", "\xab\x56\x0a\x2e", "\x1f"]
--- more_headers eval
[map { labelled($_) } "x\x9c\xab\x56\x02\x04", "\xab\x56\x0a\x2e", "\x1f"]
--- pt_refused
400 jsonEncoding
400 jsonEncoding
400 jsonSyntax



=== a decompressed body is checked like any other body
--- request eval
[map { patch(gzip($_)) } '{"status":{"state":1}}', "\xff", '[]', '{}}']
--- more_headers eval
[map { labelled(gzip($_)) } '{"status":{"state":1}}', "\xff", '[]', '{}}']
--- pt_refused
400 stateInvalid
400 jsonEncoding
400 propertyType
400 jsonSyntax
