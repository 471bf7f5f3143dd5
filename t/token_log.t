# Tokens and bodies are in no log, and in no answer.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== the error log has neither token nor body
--- log_level: info
--- request eval
[(patch('{"status":{"state":"pending","description":"sesame"}}')) x 4]
--- more_headers eval
[auth_headers(), auth_headers(key => 'stranger', kid => 'rsa1'),
 auth_headers(exp => -3600), auth_headers(claims => { scp => 'sesame' })]
--- error_code eval: [200, 401, 401, 403]
--- no_error_log eval
['eyJ', 'sesame', (split /\./, token())[2], $PrintTask::Token::Object]



=== nor in those lines of the debug log that are ours
--- log_level: debug
--- request eval
[(patch('{"status":{"state":"pending","description":"sesame"}}')) x 4]
--- more_headers eval
[auth_headers(), auth_headers(key => 'stranger', kid => 'rsa1'),
 auth_headers(exp => -3600), auth_headers(claims => { scp => 'sesame' })]
--- error_code eval: [200, 401, 401, 403]
--- error_log: print task step: token
--- no_error_log eval
[qr/print.task.*(?:eyJ|sesame)/]



=== nor in an answer
--- request eval
[map { patch_uri($_, 'sesame') }
     (task_uri()) x 3, task_uri('d', 'sesame,'), task_uri() . '//sesame']
--- more_headers eval
[auth_headers(claims => { scp => 'sesame' }),
 auth_headers(claims => { aud => 'sesame' }), auth_headers(kid => 'sesame'),
 auth_headers(), auth_headers()]
--- error_code eval: [403, 401, 401, 400, 400]
--- response_body_unlike eval: [('sesame|eyJ') x 5]
--- raw_response_headers_unlike eval: [('sesame|eyJ') x 5]
