# Who made a token, and for whom.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== threat: an issuer that is not in the list, or only looks like one that is
--- request eval: [(patch()) x 8]
--- more_headers eval
my $iss = $PrintTask::Token::Issuer;
[map { auth_headers(claims => { iss => $_ }) }
     'https://login.example/', "$iss/", $iss =~ s/.$//r, uc $iss, " $iss",
     "$iss\n", $iss =~ s/https/http/r, '']
--- pt_refused: 401 tokenIssuer
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== threat: an issuer of the other version, where only one is in the list
--- more_headers eval: auth_headers(ver => '1.0')
--- pt_refused: 401 tokenIssuer



=== threat: no issuer, or one that is not a string
--- request eval: [(patch()) x 4]
--- more_headers eval
[auth_headers(without => ['iss']),
 map { auth_headers(claims => { iss => $_ }) }
     [$PrintTask::Token::Issuer], \'null', \'1']
--- pt_refused: 401 tokenClaims



=== several issuers
--- config eval
gateway_conf(extra => "print_task_issuer $PrintTask::Token::Issuer
                                         $PrintTask::Token::IssuerV1;")
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 3]
--- more_headers eval
[auth_headers(), auth_headers(ver => '1.0'),
 auth_headers(claims => { iss => 'https://login.example/' })]
--- error_code eval: [200, 200, 401]



=== "{tid}" is the tenant of the token: any tenant, each by its own issuer
--- config eval
gateway_conf(extra => 'print_task_issuer
                           "https://login.microsoftonline.com/{tid}/v2.0"
                           "https://sts.windows.net/{tid}/";')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
my $tid = '11111111-2222-4333-8444-555555555555';
[map { auth_headers(@$_) }
     [], [ver => '1.0'],
     [claims => { tid => $tid, iss => "https://sts.windows.net/$tid/" }],
     [claims => { tid => 'contoso.example',
          iss => 'https://login.microsoftonline.com/contoso.example/v2.0' }]]
--- error_code eval: [(200) x 4]
--- pt_expect eval
'EXISTS ' . task_key() . " => 1\n"
. 'EXISTS ' . task_key('d', 't', '11111111-2222-4333-8444-555555555555')
. " => 1\n"
. 'EXISTS ' . task_key('d', 't', 'contoso.example') . " => 1\n"



=== threat: a tenant that is not the one of the issuer
--- config eval
gateway_conf(extra => 'print_task_issuer "https://sts.windows.net/{tid}/";')
--- request eval: [(patch()) x 5]
--- more_headers eval
my $tid = '11111111-2222-4333-8444-555555555555';
[auth_headers(ver => '1.0', claims => { tid => $tid }),
 auth_headers(ver => '1.0', claims => { iss => "https://sts.windows.net/$tid/" }),
 auth_headers(ver => '1.0', without => ['tid']),
 auth_headers(ver => '1.0', claims => { iss => 'https://sts.windows.net/{tid}/' }),
 auth_headers(ver => '1.0', claims => { iss => 'https://sts.windows.net//' },
              without => ['tid'])]
--- pt_refused: 401 tokenIssuer



=== threat: a tenant that would reach further into an issuer or a key
--- config eval
gateway_conf(extra => 'print_task_issuer "https://sts.windows.net/{tid}/";')
--- request eval: [(patch()) x 8]
--- more_headers eval
[map { auth_headers(claims => { tid => $_,
                                iss => "https://sts.windows.net/$_/" }) }
     'a/b', '../x', 'a{b}', 'a b', "a\n", 'a:b', 'x' x 65, '']
--- pt_refused: 401 tokenClaims



=== threat: a tenant that is not a string
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { auth_headers(claims => { tid => \$_ }) } 'null', '1', '["x"]']
--- pt_refused: 401 tokenClaims



=== threat: the same task ids in two tenants are two tasks
--- config eval
gateway_conf(extra => 'print_task_issuer "https://sts.windows.net/{tid}/";')
--- pt_redis eval
[['HSET', task_key('d', 't', 'a'), state => 'completed', rev => 1,
  app => $PrintTask::Token::App]]
--- request eval: [(patch('{"status":{"state":"aborted"}}')) x 2]
--- more_headers eval
[map { auth_headers(claims => { tid => $_,
                                iss => "https://sts.windows.net/$_/" }) }
     'a', 'b']
--- error_code eval: [409, 200]
--- pt_expect eval
'HGET ' . task_key('d', 't', 'a') . " state => completed\n"
. 'HGET ' . task_key('d', 't', 'b') . " state => aborted\n"



=== the audience may be one of a list
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 3]
--- more_headers eval
my $aud = $PrintTask::Token::Audience;
[map { auth_headers(claims => { aud => $_ }) }
     [$aud], ['x', $aud, 'y'], [$aud, $aud]]
--- error_code eval: [(200) x 3]



=== threat: a token for another audience
--- request eval: [(patch()) x 9]
--- more_headers eval
my $aud = $PrintTask::Token::Audience;
[map { auth_headers(claims => { aud => $_ }) }
     'https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000',
     "$aud/", "$aud $aud", "x$aud", uc($aud) . 'X', '', [], ['x', "$aud "]]
--- pt_refused: 401 tokenAudience



=== threat: an audience that is no string or list of strings
--- request eval: [(patch()) x 7]
--- more_headers eval
my $aud = $PrintTask::Token::Audience;
[auth_headers(without => ['aud']),
 map { auth_headers(claims => { aud => $_ }) }
     \'null', \'1', { $aud => 1 }, \qq(["$aud",1]), [[$aud]], \qq([null,"$aud"])]
--- pt_refused: 401 tokenClaims



=== several audiences
--- config eval
gateway_conf(extra => 'print_task_audience api://print/ api://print;')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => { aud => $_ }) }
     'api://print/', 'api://print', ['api://print'], $PrintTask::Token::Audience]
--- error_code eval: [200, 200, 200, 401]
--- response_body_like eval
[(qr/"id":"t"/) x 3, qr/"tokenAudience"/]
