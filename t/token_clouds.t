# The deployments and the permissions of the API, a block a row: with what
# conf/ has for each deployment.

use lib 't/lib';
use PrintTask;

our $Stay = patch('{"status":{"state":"pending"}}');

our %Tenant = map { ($_->[0] => "8f2c5a1e-3b64-4d0f-9a57-1c0de00000$_->[1]") }
              [global => '01'], [l4 => '11'], [l5 => '21'];
our %Audience = map { ($_->[0] => "8f2c5a1e-3b64-4d0f-9a57-1c0de00000$_->[1]") }
                [global => '04'], [l4 => '14'], [l5 => '24'];
our %Login = (global => 'login.microsoftonline.com',
              l4 => 'login.microsoftonline.us',
              l5 => 'login.microsoftonline.us');

our $China = 'https://login.partner.microsoftonline.cn/{tid}/v2.0';
our $ChinaV1 = 'https://sts.chinacloudapi.cn/{tid}/';
our $Personal = '9188040d-6c67-4c5b-b112-36a304b66dad';

# what the servers of an example say of tokens

sub example {
    my ($name) = @_;

    open my $in, '<', "conf/$name.conf" or die "conf/$name.conf: $!";
    my $text = do { local $/; <$in> };

    return map { join '', /^\s*(print_task_(?:issuer|audience|tenant)\s.*?;)$/msg }
           $text =~ /^    server \{\n(.*?)^    \}\n/msg;
}

# a location for each of them: /0/, /1/, ...

sub locations {
    my @servers = @_;

    return join '', map { gateway_conf(path => $_ ? "/$_/" : '/print/',
                                       extra => $servers[$_]) }
                        0 .. $#servers;
}

sub http {
    return http_conf(@_) =~ s/print_task_(?:issuer|audience) .*;\n//gr;
}

# the header of a token of a cloud, or of another issuer for it

sub of {
    my ($cloud, %claims) = @_;

    return auth_headers(claims => {
        iss => "https://$Login{$cloud}/$Tenant{$cloud}/v2.0",
        tid => $Tenant{$cloud}, aud => $Audience{$cloud}, %claims
    });
}

sub china {
    my ($pattern, %claims) = @_;

    return of('global', iss => $pattern =~ s/\{tid\}/$Tenant{global}/r,
              %claims);
}

run_tests();

__DATA__

=== deployment: global
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-global'))
--- request eval: [($main::Stay) x 5]
--- more_headers eval
my $v1 = "https://sts.windows.net/$main::Tenant{global}/";
[main::of('global'), main::of('global', iss => $v1),
 main::of('global', tid => 'x'), main::of('l4'), main::of('l5')]
--- error_code eval: [200, 200, 401, 401, 401]
--- response_body_like eval: ['"id"', '"id"', ('"tokenIssuer"') x 3]



=== deployment: US Government L4
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-us-gov-l4'))
--- request eval: [($main::Stay) x 4]
--- more_headers eval
[main::of('l4'), main::of('global'), main::of('l5'),
 main::of('l5', aud => $main::Audience{l4})]
--- error_code eval: [200, 401, 401, 403]
--- response_body_like eval
['"id"', '"tokenIssuer"', '"tokenAudience"', '"tenantNotAllowed"']



=== deployment: US Government L5
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-us-gov-l5'))
--- request eval: [($main::Stay) x 4]
--- more_headers eval
[main::of('l5'), main::of('global'), main::of('l4'),
 main::of('l4', aud => $main::Audience{l5})]
--- error_code eval: [200, 401, 401, 403]
--- response_body_like eval
['"id"', '"tokenIssuer"', '"tokenAudience"', '"tenantNotAllowed"']



=== several deployments in one gateway, with separate keys
--- http_config eval: main::http()
--- config eval: main::locations(main::example('clouds'))
--- request eval
[map { my $uri = $_; (patch_uri($uri, '{"status":{"state":"pending"}}')) x 3 }
     task_uri(), map { "/$_" . task_uri() } 1, 2]
--- more_headers eval: [(map { main::of($_) } qw(global l4 l5)) x 3]
--- error_code eval: [200, 401, 401, 401, 200, 401, 401, 401, 200]
--- pt_expect
HGET print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/d}/t state => pending
HGET print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000011/d}/t state => pending
HGET print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000021/d}/t state => pending



=== deployment: China, which the API is not offered in
--- http_config eval: main::http()
--- config eval: main::locations(main::example('clouds'))
--- request eval
[map { my $uri = $_; (patch_uri($uri)) x 2 }
     task_uri(), map { "/$_" . task_uri() } 1, 2]
--- more_headers eval
[map { my $aud = $main::Audience{$_};
       map { main::china($_, aud => $aud) } $main::China, $main::ChinaV1 }
     qw(global l4 l5)]
--- pt_refused: 401 tokenIssuer
--- pt_expect
DBSIZE => 0



=== unless its issuer is listed
--- http_config eval: main::http()
--- config eval
main::locations(join '', main::example('cloud-global'),
                "print_task_issuer '$main::China' '$main::ChinaV1';")
--- request eval: [($main::Stay) x 3]
--- more_headers eval
[(map { main::china($_) } $main::China, $main::ChinaV1), main::of('global')]
--- error_code eval: [200, 200, 200]



=== permission: application, PrintTaskDefinition.ReadWrite.All
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-global'))
--- more_headers eval
main::of('global', roles => ['PrintTaskDefinition.ReadWrite.All'])
--- error_code: 200



=== permission: delegated, work or school account: not supported
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-global'))
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { main::of('global', %$_) }
     { scp => 'PrintTaskDefinition.ReadWrite.All' },
     { scp => 'PrintJob.ReadWrite.All Print.Manage', idtyp => 'user' },
     { scp => 'user_impersonation', roles => [], idtyp => 'user' },
     { scp => '' },
     { idtyp => 'user', sub => 'pairwise' },
     { scp => 'PrintTaskDefinition.ReadWrite.All', idtyp => 'app' }]
--- pt_refused: 403 tokenDelegated
--- response_headers
WWW-Authenticate: Bearer realm="print", error="insufficient_scope"
--- pt_expect
DBSIZE => 0



=== permission: delegated, personal account: not supported
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-global'))
--- request eval: [(patch()) x 4]
--- more_headers eval
my @personal = (tid => $main::Personal,
                iss => "https://login.microsoftonline.com/$main::Personal/v2.0",
                idtyp => 'user');
[map { main::of('global', @personal, %$_) }
     { scp => 'PrintTaskDefinition.ReadWrite.All' },
     { scp => 'openid profile' }, { scp => '' },
     { sub => 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ' }]
--- pt_refused: 403 tokenDelegated
--- response_headers
WWW-Authenticate: Bearer realm="print", error="insufficient_scope"
--- pt_expect
DBSIZE => 0



=== another application role does not count
--- http_config eval: main::http()
--- config eval: main::locations(main::example('cloud-global'))
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { main::of('global', roles => $_) }
     ['PrintTaskDefinition.Read.All'], ['printtaskdefinition.readwrite.all'],
     []]
--- pt_refused: 403 roleMissing
