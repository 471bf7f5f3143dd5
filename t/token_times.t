# When a token is valid.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== threat: an expired token
--- request eval: [(patch()) x 3]
--- more_headers eval: [map { auth_headers(exp => $_) } -70, -3600, -1000000000]
--- pt_refused: 401 tokenExpired
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token has expired"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== a clock that is a little ahead is no reason
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval
my $now = $PrintTask::Token::Now;
[auth_headers(exp => -40), auth_headers(claims => { nbf => $now + 40,
                                                    iat => $now + 40 })]
--- error_code eval: [200, 200]



=== print_task_leeway 0
--- config eval
gateway_conf(extra => 'print_task_leeway 0;')
--- request eval: [(patch()) x 4]
--- more_headers eval
my $now = $PrintTask::Token::Now;
[auth_headers(exp => -1), auth_headers(claims => { nbf => $now + 50 }),
 auth_headers(claims => { iat => $now + 50 }), auth_headers()]
--- error_code eval: [401, 401, 401, 200]
--- response_body_like eval
[qr/"tokenExpired"/, qr/"tokenNotYetValid"/, qr/"tokenNotYetValid"/,
 qr/"completed"/]



=== print_task_leeway 5m, the most
--- config eval
gateway_conf(extra => 'print_task_leeway 5m;')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
my $now = $PrintTask::Token::Now;
[auth_headers(exp => -270), auth_headers(claims => { nbf => $now + 290 }),
 auth_headers(exp => -310), auth_headers(claims => { nbf => $now + 400 })]
--- error_code eval: [200, 200, 401, 401]



=== threat: no "exp"
--- more_headers eval: auth_headers(without => ['exp'])
--- pt_refused: 401 tokenClaims
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"



=== threat: "exp" that is not a number
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(claims => { exp => \$_ }) }
     '"4102444800"', 'null', 'true', '[4102444800]', '{}', '""']
--- pt_refused: 401 tokenClaims



=== threat: "exp" that is negative, has a fraction, or is too large
--- request eval: [(patch()) x 8]
--- more_headers eval
[map { auth_headers(claims => { exp => \$_ }) }
     '-1', '-4102444800', '4102444800.5', '1e300', '1e-300',
     '9007199254740993', '99999999999999999999999999', '9' x 400]
--- pt_refused: 401 tokenClaims



=== "exp" that is an integer in another spelling, and the largest one
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 6]
--- more_headers eval
[map { auth_headers(claims => { exp => \$_ }) }
     '4102444800.0', '4.1024448e9', '41024448E+2', '410244480000e-2',
     '9007199254740991', '9007199254740992']
--- error_code eval: [(200) x 6]



=== "exp" of 0
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { auth_headers(claims => { exp => \$_ }) } '0', '0.0', '0e999']
--- pt_refused: 401 tokenExpired



=== threat: "nbf" or "iat" in the future
--- request eval: [(patch()) x 4]
--- more_headers eval
my $now = $PrintTask::Token::Now;
[map { auth_headers(claims => $_) }
     { nbf => $now + 100 }, { iat => $now + 100 }, { nbf => \'9e15' },
     { nbf => $now - 100, iat => $now + 3000 }]
--- pt_refused: 401 tokenNotYetValid
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"



=== threat: "nbf" or "iat" that is not a time
--- request eval: [(patch()) x 8]
--- more_headers eval
[map { auth_headers(claims => $_) }
     map { ({ nbf => \$_ }, { iat => \$_ }) } '"1"', 'null', '-1', '1.5']
--- pt_refused: 401 tokenClaims



=== "nbf" and "iat" may be absent
--- more_headers eval: auth_headers(without => ['nbf', 'iat'])
--- error_code: 200



=== an expired token is that first, whatever else is wrong with it
--- request eval: [(patch()) x 4]
--- more_headers eval
[map { auth_headers(exp => -3600, %$_) }
     { claims => { iss => 'x' } }, { claims => { aud => 'x' } },
     { claims => { scp => 'x' } }, { without => ['roles'] }]
--- pt_refused: 401 tokenExpired

