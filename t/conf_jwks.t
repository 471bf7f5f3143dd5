# The content of a key set.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

sub with {
    return gateway_conf(extra => 'print_task_key_file ../html/keys.json;');
}

sub file {
    return ">>> keys.json\n@_";
}

run_tests();

__DATA__

=== threat: a member twice, of which others may take the other one
--- config eval: with()
--- user_files eval: file(jwks() =~ s/\}$/,"keys":[]}/r)
--- must_die
--- error_log: is not valid JSON



=== no keys
--- config eval: with()
--- user_files eval: file('{"keys":[]}')
--- must_die
--- error_log: has no usable key



=== only keys that cannot be used
--- config eval: with()
--- user_files eval
file(jwks('weak', 'ec384', jwk('rsa1', use => 'enc'), { kty => 'OKP' }))
--- must_die
--- error_log: has no usable key



=== threat: a private RSA key in the set
--- config eval: with()
--- user_files eval: file(jwks('rsa2', jwk('rsa1', d => 'AQAB')))
--- must_die
--- error_log: holds a private or symmetric key



=== threat: a part of a private key in a key that would be skipped
--- config eval: with()
--- user_files eval: file(jwks('rsa2', jwk('weak', dp => 'AQAB')))
--- must_die
--- error_log: holds a private or symmetric key



=== threat: a private EC key in the set
--- config eval: with()
--- user_files eval: file(jwks('rsa2', jwk('ec1', d => 'A' x 43)))
--- must_die
--- error_log: holds a private or symmetric key



=== threat: a set with a secret: its readers cannot sign tokens
--- config eval: with()
--- user_files eval
file(jwks('rsa1', { kty => 'oct', kid => 'o', alg => 'HS256', k => 'c2VzYW1l' }))
--- must_die
--- error_log: holds a private or symmetric key
--- no_error_log: c2VzYW1l



=== two keys of one "kid"
--- config eval: with()
--- user_files eval: file(jwks('rsa1', jwk('rsa2', kid => 'rsa1')))
--- must_die
--- error_log: has two keys with one "kid"



=== 65 keys
--- config eval: with()
--- user_files eval: file(jwks(map { jwk('rsa1', kid => "k$_") } 1 .. 65))
--- must_die
--- error_log: has more than 64 keys



=== 64 keys
--- config eval: with()
--- user_files eval: file(jwks(map { jwk('rsa1', kid => "k$_") } 1 .. 64))
--- more_headers eval: auth_headers(kid => 'k64')
--- error_code: 200



=== keys that cannot be used are skipped, with a warning
--- config eval: with()
--- user_files eval: file(jwks('rsa1', 'weak', 'ec384', { kty => 'OKP' }))
--- suppress_stderr
--- error_code: 200
--- error_log eval
qr/\[warn\].* 3 keys in ".*keys\.json" cannot be used and are skipped/



=== a set in the form that Microsoft Entra ID publishes
--- config eval: with()
--- user_files eval
file(jwks(map { jwk($_, x5t => $_, x5c => ['MIIC/TCCAeWg+w=='],
                    cloud_instance_name => 'microsoftonline.com',
                    issuer => 'https://login.microsoftonline.com/{tenantid}/v2.0') }
              'rsa1', 'rsa2'))
--- more_headers eval: auth_headers(key => 'rsa2', header => { x5t => 'rsa2' })
--- error_code: 200
--- no_error_log: [warn]
