# Tokens that were accepted are remembered, and nothing is gained by it but
# time: each block says what must not be taken from one request to another.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(tamper);

# a change of nothing may be sent as often as wanted

our $Stay = '{"status":{"state":"pending"}}';
our $Header = 'add_header X-Token $print_task_token_cache always;
               add_header X-App $print_task_app_id always;
               add_header X-Tenant $print_task_tenant_id always;';

sub requests {
    return [map { my $uri = $_ || task_uri(); patch_uri($uri, $Stay) } @_];
}

sub seen {
    return [map { "X-Token: $_" } @_];
}

no_shuffle();
run_tests();

__DATA__

=== a token is verified once, then remembered, with its ids
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests('', '', '')
--- error_code eval: [200, 200, 200]
--- response_headers eval
[map { "X-Token: $_\nX-App: $PrintTask::Token::App\n"
       . "X-Tenant: $PrintTask::Token::Tenant" } qw(miss hit hit)]



=== also of the longest ids, and without a tenant
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests(('') x 4)
--- more_headers eval
my @long = (claims => { azp => 'a' x 128, tid => 't' x 64,
                        iss => $PrintTask::Token::Issuer });
my @short = (claims => { azp => 'a' }, without => ['tid']);
[auth_headers(@long), auth_headers(@long),
 auth_headers(@short), auth_headers(@short)]
--- error_code eval: [200, 200, 200, 200]
--- response_headers eval
my @long = ('X-App: ' . 'a' x 128, 'X-Tenant: ' . 't' x 64);
[join("\n", 'X-Token: miss', @long), join("\n", 'X-Token: hit', @long),
 "X-Token: miss\nX-App: a\n!X-Tenant", "X-Token: hit\nX-App: a\n!X-Tenant"]



=== a token that has expired is that for good
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests('', '', '')
--- more_headers eval: [(auth_headers(exp => -3600)) x 2, auth_headers()]
--- error_code eval: [401, 401, 200]
--- response_body_like eval: [('"tokenExpired"') x 2, '"id"']
--- response_headers eval: main::seen(qw(miss hit miss))



=== a forged one of the same text is not taken for it
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests(('') x 5)
--- more_headers eval
my ($expired) = auth_headers(exp => -3600) =~ /Bearer (\S+)/;
[map { "Authorization: Bearer $_\n" } ($expired) x 3,
                                      (tamper($expired, 2)) x 2]
--- error_code eval: [(401) x 5]
--- response_body_like eval
[('"tokenExpired"') x 3, ('"tokenSignature"') x 2]
--- response_headers eval: main::seen(qw(miss hit hit miss miss))



=== off
--- http_config eval: http_conf(extra => 'print_task_token_zone off;')
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests('', '')
--- error_code eval: [200, 200]
--- response_headers eval: main::seen(qw(off off))



=== a zone of another name and size
--- http_config eval: http_conf(extra => 'print_task_token_zone t:64k;')
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests('', '')
--- error_code eval: [200, 200]
--- response_headers eval: main::seen(qw(miss hit))



=== threat: a verdict that another location reached by another policy
--- config eval
my @others = ('audience other ' . $PrintTask::Token::Audience,
              'role x ' . $PrintTask::Token::Role, 'leeway 59s',
              'tenant ' . $PrintTask::Token::Tenant,
              'app ' . $PrintTask::Token::App,
              "issuer $PrintTask::Token::Issuer other",
              'key_file ../html/keys.json');
join '', gateway_conf(extra => $main::Header),
    gateway_conf(path => '/same/', extra => $main::Header),
    map { gateway_conf(path => "/$_/",
                       extra => "print_task_$others[$_]; print_task_realm r$_;
                                 $main::Header") }
        0 .. $#others
--- user_files eval: ">>> keys.json\n" . jwks('rsa1')
--- request eval
main::requests((task_uri(), map { "/$_" . task_uri() } 'same', 0 .. 6) x 3)
--- error_code eval: [(200) x 27]
--- response_headers eval
main::seen(qw(miss hit), ('miss') x 7, ('hit') x 18)



=== threat: a location that would refuse a remembered token
--- config eval
my @others = ('audience other', 'role x', 'tenant x', 'app x', 'issuer other',
              'key_file ../html/keys.json');
join '', gateway_conf(),
    map { gateway_conf(path => "/$_/", extra => "print_task_$others[$_];
                                                 print_task_realm r$_;") }
        0 .. $#others
--- user_files eval: ">>> keys.json\n" . jwks('ec1')
--- request eval
main::requests(('') x 3, map { "/$_" . task_uri() } 0 .. 5)
--- error_code eval: [(200) x 3, 401, 403, 403, 403, 401, 401]
--- response_body_like eval
[('"id"') x 3, map { qr/"$_"/ } qw(tokenAudience roleMissing tenantNotAllowed
                                   appNotAllowed tokenIssuer tokenKeyUnknown)]



=== threat: lists that look the same when they are put together
--- config eval
join '', map { gateway_conf(path => "/$_->[0]/", extra =>
                   "print_task_audience $_->[1]; print_task_role $_->[2];
                    $main::Header") }
    [a => 'ab c', $PrintTask::Token::Role . ' d'],
    [b => 'a bc', $PrintTask::Token::Role . ' d'],
    [c => 'ab', "c $PrintTask::Token::Role d"]
--- request eval: main::requests(map { "/$_" . task_uri() } qw(a b c))
--- more_headers eval
[(auth_headers(claims => { aud => ['ab', 'a'] })) x 3]
--- error_code eval: [200, 200, 200]
--- response_headers eval: main::seen(('miss') x 3)



=== threat: a forged token after the good one that it was made of
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests(('') x 8)
--- more_headers eval
my $good = token();
my ($head) = $good =~ /(.*)\./;
[map { "Authorization: Bearer $_\nContent-Type: application/json\n" }
     ($good) x 3, tamper($good, 1), tamper($good, 2), "$head.",
     token(key => 'stranger', kid => 'rsa1'), $good]
--- error_code eval: [(200) x 3, (401) x 4, 200]
--- response_headers eval: main::seen(qw(miss hit hit), ('miss') x 4, 'hit')



=== other refusals are not remembered
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests(('') x 4)
--- more_headers eval
[(auth_headers(claims => { scp => 'x' })) x 2,
 (auth_headers(claims => { aud => 'x' })) x 2]
--- error_code eval: [403, 403, 401, 401]
--- response_headers eval: main::seen(('miss') x 4)



=== no look-up without a token, or with one that is too large
--- config eval: gateway_conf(extra => $main::Header)
--- request eval: main::requests('', '')
--- more_headers eval: ["X: x\n", 'Authorization: Bearer ' . 'x' x 8193 . "\n"]
--- http_config eval: http_conf(extra => 'large_client_header_buffers 4 16k;')
--- pt_refused
401 tokenMissing
401 tokenTooLarge
--- response_headers: X-Token: off



=== bad values of print_task_token_zone
--- http_config eval: http_conf(extra => 'print_task_token_zone t;')
--- must_die
--- error_log: invalid zone "t"



=== a size that is not one
--- http_config eval: http_conf(extra => 'print_task_token_zone t:x;')
--- must_die
--- error_log: invalid zone "t:x"



=== no name
--- http_config eval: http_conf(extra => 'print_task_token_zone :64k;')
--- must_die
--- error_log: invalid zone ":64k"



=== too small
--- http_config eval: http_conf(extra => 'print_task_token_zone t:31k;')
--- must_die
--- error_log: zone "t:31k" is too small



=== twice
--- http_config eval
http_conf(extra => 'print_task_token_zone off; print_task_token_zone t:64k;')
--- must_die
--- error_log: "print_task_token_zone" directive is duplicate



=== a zone of another module
--- http_config eval
http_conf(extra => 'limit_req_zone $uri zone=t:64k rate=1r/s;
                    print_task_token_zone t:64k;')
--- must_die
--- error_log: "t" is already declared for a different use



=== not below the level of http
--- config: print_task_token_zone off;
--- must_die
--- error_log: "print_task_token_zone" directive is not allowed here
