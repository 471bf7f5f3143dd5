# Which key a token is verified with.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

use Digest::SHA qw(sha256);

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



=== a key without "kid" is for tokens without one
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
my $jwk = jwk('rsa1');
delete $jwk->{kid};
">>> keys.json\n" . jwks($jwk)
--- request eval: [(patch()) x 2]
--- more_headers eval: [auth_headers(kid => undef), auth_headers()]
--- error_code eval: [200, 401]
--- response_body_like eval: [qr/"completed"/, qr/"tokenKeyUnknown"/]



=== threat: keys that are not for signatures
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n"
. jwks('ec1', jwk('rsa1', use => 'enc'), jwk('rsa1', kid => 'u', use => \1),
       jwk('rsa1', kid => 'o', key_ops => ['encrypt', 'sign']),
       jwk('rsa1', kid => 's', key_ops => 'verify'),
       jwk('rsa1', kid => 'a', alg => 'RSA-OAEP'))
--- suppress_stderr
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(kid => $_) } qw(rsa1 u o s a), undef]
--- pt_refused: 401 tokenKeyUnknown



=== "key_ops" with "verify", and no "use" at all
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
my $bare = jwk('rsa2');
delete $bare->{use};
">>> keys.json\n" . jwks(jwk('rsa1', key_ops => ['encrypt', 'verify']), $bare)
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval: [auth_headers(), auth_headers(key => 'rsa2')]
--- error_code eval: [200, 200]



=== threat: RSA under 2048 bits
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n" . jwks('rsa1', 'weak')
--- suppress_stderr
--- request eval: [(patch()) x 2]
--- more_headers eval
[auth_headers(key => 'weak'), auth_headers(key => 'weak', kid => undef)]
--- pt_refused
401 tokenKeyUnknown
401 tokenSignature



=== threat: an RSA exponent of 1, or even: anybody could sign
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n" . jwks('ec1', map { jwk('rsa1', kid => $_, e => $_) }
                                    'AQ', 'AAE', 'Ag', 'AQAC', '')
--- suppress_stderr
--- request eval: [(patch()) x 3]
--- more_headers eval
my $padding = "\0\1" . "\xff" x 202 . "\0"
              . pack('H*', '3031300d060960864801650304020105000420');
my $forged = sub {
    my ($text) = token(kid => $_[0]) =~ /(.*)\./;
    auth_headers(kid => $_[0], signature => $padding . sha256($text));
};
[map { $forged->($_) } 'AQ', 'AAE', undef]
--- pt_refused: 401 tokenKeyUnknown



=== threat: a point that is not on the curve
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
my $ec = jwk('ec1');
">>> keys.json\n" . jwks('rsa1', jwk('ec1', x => $ec->{y}, y => $ec->{x}),
                         jwk('ec1', kid => 'zero', x => 'A' x 43, y => 'A' x 43))
--- suppress_stderr
--- request eval: [(patch()) x 2]
--- more_headers eval
[map { auth_headers(alg => 'ES256', kid => $_) } 'ec1', 'zero']
--- pt_refused: 401 tokenKeyUnknown
