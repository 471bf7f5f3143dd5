# Signatures that are almost right: of another curve, form or padding.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

run_tests();

__DATA__

=== threat: RS256 for PS256, and the other way round
--- request eval: [(patch()) x 2]
--- more_headers eval
[auth_headers(alg => 'PS256', header => { alg => 'RS256' }),
 auth_headers(alg => 'RS256', header => { alg => 'PS256' })]
--- pt_refused: 401 tokenSignature



=== threat: ES256 with a key of another curve
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;')
--- user_files eval
">>> keys.json\n" . jwks('ec1', 'ec384',
                         jwk('ec384', kid => 'liar', crv => 'P-256'))
--- suppress_stderr
--- request eval: [(patch()) x 4]
--- more_headers eval
[auth_headers(alg => 'ES256', key => 'ec384'),
 auth_headers(alg => 'ES256', key => 'ec384', kid => 'liar'),
 auth_headers(alg => 'ES256', key => 'ec384', kid => 'ec1'),
 auth_headers(alg => 'ES256', key => 'ec384', kid => undef)]
--- pt_refused
401 tokenKeyUnknown
401 tokenKeyUnknown
401 tokenSignature
401 tokenSignature



=== threat: an ES256 signature of any other length, or in DER
--- request eval: [(patch()) x 7]
--- more_headers eval
[map { auth_headers(alg => 'ES256', signature => $_) }
     sub { substr $_[0], 0, 63 }, sub { "$_[0]\0" }, sub { "\0$_[0]" },
     sub { $_[0] . $_[0] }, sub { substr $_[0], 0, 32 },
     sub { join '', "\x30\x44", map { "\x02\x20" . substr $_[0], $_, 32 } 0, 32 },
     sub { "\0" x 16 . substr($_[0], 0, 32) . "\0" x 16 . substr $_[0], 32 }]
--- pt_refused: 401 tokenSignature



=== threat: ES256 with empty, too large or swapped numbers
--- request eval: [(patch()) x 5]
--- more_headers eval
[map { auth_headers(alg => 'ES256', signature => $_) }
     "\0" x 64, "\xff" x 64, "\0" x 31 . "\1" . "\0" x 31 . "\1",
     sub { substr($_[0], 32) . substr $_[0], 0, 32 },
     sub { "\0" x 32 . substr $_[0], 32 }]
--- pt_refused: 401 tokenSignature



=== threat: an RSA signature of any other length
--- request eval: [(patch()) x 5]
--- more_headers eval
[map { auth_headers(signature => $_) }
     sub { substr $_[0], 1 }, sub { substr $_[0], 0, 255 }, sub { "\0$_[0]" },
     sub { "$_[0]\0" }, "\0"]
--- pt_refused: 401 tokenSignature



=== threat: RSA with an empty signature, or one larger than the modulus
--- request eval: [(patch()) x 4]
--- more_headers eval
[map { auth_headers(signature => $_) }
     "\0" x 256, "\0" x 255 . "\1", "\xff" x 256,
     "\0\1" . "\xff" x 202 . "\0" . 'x' x 51]
--- pt_refused: 401 tokenSignature
