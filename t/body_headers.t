# The header fields that describe a body.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== application/json is accepted
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed"}}
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== charset utf-8 in any case, token or quoted, and other parameters
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch(qq({"status":{"description":"$_"}})) } 1 .. 7]
--- more_headers eval
[map { auth_headers() =~ s/\bapplication.*/$_/r }
     'application/json;charset=utf-8',
     'application/json ; charset="UTF-8"',
     'APPLICATION/JSON; Charset=Utf-8',
     "application/json\t;\tcharset=utf-8;",
     'application/json;odata.metadata=minimal;IEEE754Compatible=false',
     'application/json; a="; charset=utf-16"',
     'application/json; a="\\"; charset=utf-16"; charset=utf-8']
--- error_code eval
[(200) x 7]
--- response_body_like eval
[map { qr/"description":"$_"/ } 1 .. 7]



=== no Content-Type is 415
--- more_headers eval
auth_headers() =~ s/Content-Type.*\n//r
--- request eval
patch()
--- pt_refused: 415 contentType
--- pt_expect
EXISTS $key => 0



=== types that only look like JSON are 415
--- request eval
[(patch()) x 9]
--- more_headers eval
[map { auth_headers() =~ s/\bapplication.*/$_/r }
     'text/plain', 'text/json', 'application/json-patch+json',
     'application/merge-patch+json', 'application/*', 'application/jsonx',
     'application', '*/*', 'application /json']
--- pt_refused: 415 contentType



=== another charset is 415, even if utf-8 is named, too
--- request eval
[(patch()) x 6]
--- more_headers eval
[map { auth_headers() =~ s/(application.*)/$1;$_/r }
     'charset=utf-16', 'charset=iso-8859-1', 'charset="utf-8 "',
     'charset=utf-8; charset=utf-16', 'charset=utf-16; charset=utf-8',
     'charset=utf8']
--- pt_refused: 415 contentType



=== parameters that servers read in different ways are 415
--- request eval
[(patch()) x 6]
--- more_headers eval
[map { auth_headers() =~ s/(application.*)/$1$_/r }
     '; charset', '; =utf-8', '; charset=', '; charset="utf-8',
     ', application/json', ' text/plain']
--- pt_refused: 415 contentType



=== a repeated Content-Type is 400, also if both say the same
--- request eval
[(patch()) x 3]
--- more_headers eval
[map { auth_headers() . "$_\n" }
     'Content-Type: application/json', 'content-type: text/plain',
     'CONTENT-TYPE:']
--- pt_refused: 400 contentTypeRepeated



=== Content_Type with an underscore is ignored
--- request eval
patch()
--- more_headers eval
auth_headers() =~ s/Content-Type/Content_Type/r
--- pt_refused: 415 contentType



=== Content-Encoding identity is accepted, in any case
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch()
--- more_headers eval
auth_headers() . "Content-Encoding: Identity\n"
--- response_body_like: "state":"completed"
--- pt_backend_fields
Content-Encoding: -



=== encodings that are not read here are 415
--- request eval
[(patch()) x 8]
--- more_headers eval
[map { auth_headers() . "Content-Encoding: $_\n" }
     'br', 'deflate', 'zstd', 'compress', 'gzip, br', 'gzip, gzip',
     'identity, gzip', 'gzip;q=1']
--- pt_refused: 415 contentEncoding



=== a repeated Content-Encoding is 400
--- request eval
[(patch()) x 2]
--- more_headers eval
[map { auth_headers() . "Content-Encoding: gzip\nContent-Encoding: $_\n" }
     'gzip', 'identity']
--- pt_refused: 400 contentTypeRepeated



=== the token is judged before the headers of the body
--- request eval
patch()
--- more_headers
Content-Type: text/plain
Content-Encoding: br
--- pt_refused: 401 tokenMissing



=== the headers of the body are judged before its length
--- request eval
patch('x' x (BODY_MAX + 1))
--- more_headers eval
auth_headers() =~ s/json/xml/r
--- pt_refused: 415 contentType



=== GET needs no Content-Type
--- request
GET /print/taskDefinitions/d/tasks/t
--- more_headers eval
auth_headers() =~ s/Content-Type.*\n//r
--- response_body_like: "state":"pending"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
