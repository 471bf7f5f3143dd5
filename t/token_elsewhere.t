# More tokens than one, and tokens where none is looked for.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(tamper);

run_tests();

__DATA__

=== two tokens in one field
--- more_headers eval
'Authorization: Bearer ' . token() . ', Bearer ' . token() . "\n"
--- error_code: 401
--- pt_backend_saw



=== two Authorization fields are refused in nginx itself
--- config eval
'print_task forward;' . gateway_conf()
--- request eval: [(patch()) x 2]
--- more_headers eval
[auth_headers() . "Authorization: Basic dTpw\n",
 "Authorization: Basic dTpw\n" . auth_headers()]
--- pt_refused: 400 -



=== a token in the arguments does not count
--- request eval
[map { patch_uri(task_uri() . "?$_=" . token()) }
     'access_token', 'token', 'Authorization', 'authorization']
--- more_headers: #
--- pt_refused: 401 tokenMissing



=== a token in a cookie or in another field does not count
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { "$_" . token() . "\n" }
     'Cookie: access_token=', 'Proxy-Authorization: Bearer ',
     'X-Authorization: Bearer ']
--- pt_refused: 401 tokenMissing



=== a token in a body does not count
--- request eval
patch_uri(task_uri(), 'access_token=' . token())
--- more_headers: Content-Type: application/x-www-form-urlencoded
--- pt_refused: 401 tokenMissing



=== a bad token in the arguments does no harm to a good one
--- request eval
patch_uri(task_uri() . '?access_token=' . token(exp => -3600))
--- error_code: 200



=== a token counts for its request, not for the connection
--- pipelined_requests eval
[(patch()) x 4]
--- more_headers eval
['', auth_headers(), '', 'Authorization: Bearer ' . tamper(token(), 2)]
--- error_code eval: [401, 200, 401, 401]
--- response_body_like eval
[qr/tokenMissing/, qr/"state":"completed"/, qr/tokenMissing/, qr/./]



=== a request of HTTP/0.9 has no header, and so no token
--- raw_request eval: "GET /print/x\r\n"
--- http09
--- response_body_like: "tokenMissing"
--- pt_backend_saw
