# Errors in the form that clients of Microsoft Graph read.

use lib 't/lib';
use PrintTask;

use IO::Uncompress::Gunzip ();

$ENV{TZ} = 'LINT-14';

# The body of an error: what is between the braces of "innerError" is an id
# and a time that each request has anew.

sub shape {
    my ($code, $message, $reason) = @_;

    return qr/^\{"error":\{"code":"$code","message":"\Q$message\E",
               "innerError":\{"code":"$reason",
               "date":"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d",
               "request-id":"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
               \}\}\}\z/x;
}

run_tests();

__DATA__

=== the whole response to a request without a token
--- http09
--- raw_request eval
raw_patch('', 'Content-Length: 0', 'Connection: close')
=~ s/^Authorization.*?\r\n//mr
--- response_body_like eval
qr/^HTTP\/1\.1\ 401\ Unauthorized\r\n
   Server:\ nginx[^\r]*\r\n
   Date:\ [^\r]+\r\n
   Content-Type:\ application\/json\r\n
   Content-Length:\ (\d+)\r\n
   Connection:\ close\r\n
   WWW-Authenticate:\ Bearer\ [^\r]+\r\n
   request-id:\ ([-0-9a-f]{36})\r\n
   \r\n
   \{"error":\{"code":"unauthorized","message":"[^"]+",
   "innerError":\{"code":"tokenMissing","date":"[^"]{19}",
   "request-id":"\2"\}\}\}\z/x



=== 400: badRequest
--- request eval
patch('{"status":{"state":"done"}}')
--- error_code: 400
--- response_body_like eval
shape('badRequest', 'The state is not pending, processing, completed or '
      . 'aborted.', 'stateInvalid')



=== 403: forbidden
--- more_headers eval
auth_headers(claims => { roles => [] })
--- error_code: 403
--- response_body_like eval
shape('forbidden', 'The application does not have the required role.',
      'roleMissing')



=== 404: notFound
--- config
location /print/ { print_task answer; }
--- error_code: 404
--- response_body_like eval
shape('notFound', 'The print task does not exist.', 'taskNotFound')



=== 405: methodNotAllowed, with Allow
--- request
DELETE /print/taskDefinitions/d/tasks/t
--- error_code: 405
--- response_headers
Allow: GET, HEAD, PATCH
Content-Type: application/json
--- response_body_like eval
shape('methodNotAllowed', 'The method is not allowed for a print task.',
      'methodNotAllowed')



=== 409: conflict, with both states in the message
--- pt_redis
HSET $key state aborted rev 1 app $PrintTask::app
--- error_code: 409
--- response_body_like eval
shape('conflict', 'The state of the print task may not be changed in this '
      . 'way: from aborted to completed.', 'transitionNotAllowed')



=== 409 of a final task names its state
--- pt_redis
HSET $key state aborted description jam rev 1 app $PrintTask::app
--- request eval
patch('{"status":{"description":"no jam"}}')
--- error_code: 409
--- response_body_like eval
shape('conflict', 'The print task has ended and may not be changed: from '
      . 'aborted to aborted.', 'taskFinal')



=== 413: contentTooLarge
--- request eval
patch('x' x (BODY_MAX + 1))
--- error_code: 413
--- response_body_like eval
shape('contentTooLarge', 'The body is too large.', 'bodyTooLarge')



=== 415: unsupportedMediaType
--- more_headers eval
auth_headers() =~ s/json/xml/r
--- error_code: 415
--- response_body_like eval
shape('unsupportedMediaType', 'The body must be application/json in UTF-8.',
      'contentType')



=== 501: notImplemented
--- request
POST /print/$batch
{}
--- error_code: 501
--- response_body_like eval
shape('notImplemented', 'JSON batching is not supported. Send each request by itself.', 'batchNotSupported')



=== the date is that of the response, in UTC, without a zone
--- http09
--- raw_request eval
raw_patch('', 'Content-Length: 0', 'Connection: close')
--- response_body_like eval
qr/\r\nDate:\ \w+,\ (\d\d)\ \w+\ (20\d\d)\ (\d\d:\d\d:\d\d)\ GMT\r\n
   .*"date":"\2-\d\d-\1T\3"/xs



=== HEAD has the header of an error, and no body
--- request
HEAD /print/taskDefinitions/d/tasks/t
--- more_headers
# no token
--- error_code: 401
--- response_headers
Content-Type: application/json
--- response_headers_like
Content-Length: \d+
request-id: [-0-9a-f]{36}
--- response_body



=== HTTP/1.0
--- request
PATCH /print/taskDefinitions/d/tasks/t HTTP/1.0
{"status":{"state":"done"}}
--- pt_refused: 400 stateInvalid



=== errors contain no part of the token or the body
--- request eval
patch('{"status":{"state":"<b>secret</b>"}}')
--- error_code: 400
--- response_body_unlike: eyJ|secret|<b>



=== browsers get no padding, and no page of their own
--- request eval
patch('{')
--- more_headers eval
auth_headers() . "User-Agent: Mozilla/4.0 (compatible; MSIE 7.0)\n"
--- pt_refused: 400 jsonSyntax



=== a charset of the operator does not get into the type
--- config eval
gateway_conf(extra => 'charset utf-8; default_type text/html;')
--- request eval
patch('{')
--- pt_refused: 400 jsonSyntax



=== gzip of an error, if the operator asks for it
--- config eval
gateway_conf(extra => 'gzip on; gzip_types application/json; gzip_min_length 1;')
--- more_headers eval
auth_headers(claims => { roles => [] }) . "Accept-Encoding: gzip\n"
--- error_code: 403
--- response_headers
Content-Encoding: gzip
Content-Type: application/json
--- response_body_filters eval
sub { IO::Uncompress::Gunzip::gunzip(\$_[0] => \my $text); $text }
--- response_body_like eval
shape('forbidden', 'The application does not have the required role.',
      'roleMissing')
