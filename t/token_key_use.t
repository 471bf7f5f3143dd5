# Which keys of a set are good for tokens: the others are as if they were not
# there.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

use Digest::SHA qw(sha256);

run_tests();

__DATA__

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
