# Which key a token is verified with.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

run_tests();

__DATA__

=== the key that "kid" names
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 3]
--- more_headers eval
[auth_headers(key => 'rsa1'), auth_headers(key => 'rsa2'),
 auth_headers(alg => 'ES256', key => 'ec1')]
--- error_code eval: [(200) x 3]



=== threat: a "kid" that is not known
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(kid => $_) }
     'stranger', 'rsa', 'rsa11', 'RSA1', ' rsa1', 'rsa1 ']
--- pt_refused: 401 tokenKeyUnknown
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== threat: a "kid" that is a path, a command, or a piece of JSON
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(kid => $_) }
     '../../keys/rsa1', '/dev/null', 'rsa1"', "rsa1' OR '1'='1", 'rsa1%00',
     "\$(id)\n"]
--- log_level: info
--- pt_refused: 401 tokenKeyUnknown
--- no_error_log eval
[qr/rsa1|dev.null|OR '1'/, qr/open\(\)/]



=== threat: a "kid" with NUL, of more than 128 bytes, or not a string
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(kid => $_) }
     "rsa1\0", "rsa1\0x", 'x' x 129, \'null', ['rsa1'], \'1']
--- pt_refused: 401 tokenMalformed



=== threat: the "kid" of another key
--- request eval: [(patch()) x 4]
--- more_headers eval
[auth_headers(key => 'rsa1', kid => 'rsa2'),
 auth_headers(key => 'stranger', kid => 'rsa1'),
 auth_headers(alg => 'ES256', key => 'stranger-ec', kid => 'ec1'),
 auth_headers(alg => 'PS256', key => 'stranger', kid => 'rsa2')]
--- pt_refused: 401 tokenSignature



=== without "kid" all keys are tried that are good for the algorithm
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(@$_, kid => undef) }
     [key => 'rsa1'], [key => 'rsa2'], [alg => 'PS256', key => 'rsa2'],
     [alg => 'ES256']]
--- error_code eval: [(200) x 4]



=== threat: no "kid", and a key that is not known
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { auth_headers(@$_, kid => undef) }
     [key => 'stranger'], [alg => 'PS256', key => 'stranger'],
     [alg => 'ES256', key => 'stranger-ec']]
--- pt_refused: 401 tokenSignature



=== without "kid" the eighth key is tried
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n"
. jwks('ec1', (map { jwk('stranger', kid => "s$_") } 1 .. 7), 'rsa1')
--- more_headers eval: auth_headers(kid => undef)
--- error_code: 200



=== threat: but not the ninth: a token is not worth more work
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n"
. jwks('ec1', (map { jwk('stranger', kid => "s$_") } 1 .. 8), 'rsa1')
--- request eval: [(patch()) x 2]
--- more_headers eval: [auth_headers(kid => undef), auth_headers()]
--- error_code eval: [401, 200]
--- response_body_like eval: [qr/"tokenSignature"/, qr/"completed"/]



=== threat: no "kid", and no key for the algorithm
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n" . jwks('rsa1')
--- more_headers eval: auth_headers(alg => 'ES256', kid => undef)
--- pt_refused: 401 tokenKeyUnknown
