# The algorithm of a token is one of three, and it is for the key to say which
# ones it is good for.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

run_tests();

__DATA__

=== RS256, PS256 and ES256 are accepted
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(@$_) } [], [alg => 'PS256'], [alg => 'ES256'],
                           [alg => 'PS256', key => 'rsa2']]
--- error_code eval: [(200) x 4]
--- pt_expect
HGET $key state => pending



=== threat: "alg" none, in any case
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(header => { alg => $_ }, signature => 'x') }
     'none', 'None', 'NONE', 'nOnE', 'none ', '']
--- pt_refused: 401 tokenAlgorithm
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== threat: "alg" none with no signature, and with a good one
--- request eval: [(patch()) x 3]
--- more_headers eval
[auth_headers(alg => 'none'), auth_headers(header => { alg => 'none' }),
 auth_headers(alg => 'none', kid => undef)]
--- error_code eval: [(401) x 3]
--- pt_backend_saw



=== threat: "alg" missing, or not a string
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(raw_header => $_) } '{"kid":"rsa1"}',
     map { qq({"alg":$_,"kid":"rsa1"}) } 'null', '0', 'true', '["RS256"]',
                                         '{"a":"RS256"}']
--- pt_refused: 401 tokenAlgorithm



=== threat: HMAC with a public key as the secret
--- request eval: [(patch()) x 4]
--- more_headers eval
[auth_headers(alg => 'HS256'), auth_headers(alg => 'HS256', secret => ''),
 auth_headers(alg => 'HS256', secret => jwk('rsa1')->{n}),
 auth_headers(alg => 'HS256', secret => jwks(), kid => undef)]
--- pt_refused: 401 tokenAlgorithm



=== threat: an algorithm that is not in the list, with a signature of it
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n" . jwks('rsa1', 'ec1', 'ec384')
--- suppress_stderr
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { auth_headers(@$_) }
     [alg => 'RS512'], [alg => 'RS512', kid => undef],
     [alg => 'ES384', key => 'ec384']]
--- pt_refused: 401 tokenAlgorithm



=== threat: the name of another algorithm, with a signature of the right one
--- request eval: [(patch()) x 8]
--- more_headers eval
[map { auth_headers(header => { alg => $_ }) }
     'RS384', 'RS512', 'PS384', 'ES512', 'EdDSA', 'rs256', 'RS256 ',
     ' RS256']
--- pt_refused: 401 tokenAlgorithm



=== threat: an algorithm of another kind of key
--- request eval: [(patch()) x 3]
--- more_headers eval
[auth_headers(alg => 'ES256', kid => 'rsa1'),
 auth_headers(alg => 'RS256', kid => 'ec1'),
 auth_headers(alg => 'PS256', kid => 'ec1')]
--- pt_refused: 401 tokenAlgorithm



=== threat: an algorithm that the key is not for
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n" . jwks(jwk('rsa1', alg => 'RS256'),
                         jwk('rsa2', alg => 'PS256'))
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(alg => $_->[0], key => $_->[1]) }
     [qw(RS256 rsa1)], [qw(PS256 rsa1)], [qw(PS256 rsa2)], [qw(RS256 rsa2)]]
--- error_code eval: [200, 401, 200, 401]
--- response_body_like eval
[qr/"id"/, qr/"tokenAlgorithm"/, qr/"id"/, qr/"tokenAlgorithm"/]



=== threat: a critical parameter of any kind
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(header => $_) }
     { crit => ['b64'], b64 => \'false' }, { crit => ['exp'] },
     { crit => ['urn:x'], 'urn:x' => 1 }, { crit => [] }, { crit => \'null' },
     { b64 => \'false' }]
--- pt_refused: 401 tokenCritical



=== threat: a token that brings its key along
--- request eval: [(patch()) x 4]
--- more_headers eval
my $jwk = jwk('stranger');
[map { auth_headers(key => 'stranger', header => $_) }
     { jwk => $jwk, kid => 'stranger' }, { jwk => $jwk, kid => 'rsa1' },
     { jku => 'http://127.0.0.1/jwks', x5u => 'http://127.0.0.1/x5u' },
     { x5c => ['MIIB'], x5t => 'x', kid => 'rsa1' }]
--- error_code eval: [(401) x 4]
--- pt_backend_saw



=== such parameters do no harm to a good token
--- more_headers eval
auth_headers(header => { jwk => jwk('stranger'), jku => 'http://127.0.0.1/',
                         x5u => 'x', x5c => ['x'], x5t => 'x', typ => 'at+jwt',
                         cty => 'x' })
--- error_code: 200
