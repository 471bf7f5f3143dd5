# Only an application that has the role, and acts for itself, may change tasks.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== threat: an application without the role
--- request eval: [(patch()) x 3]
--- more_headers eval
[auth_headers(without => ['roles']),
 map { auth_headers(claims => { roles => $_ }) } [], ['Printer.Read.All']]
--- pt_refused: 403 roleMissing
--- response_headers
WWW-Authenticate: Bearer realm="print", error="insufficient_scope"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== threat: a role that only looks like it
--- request eval: [(patch()) x 6]
--- more_headers eval
my $role = $PrintTask::Token::Role;
[map { auth_headers(claims => { roles => [$_] }) }
     lc $role, uc $role, "$role ", " $role", "$role.x", $role =~ s/.All//r]
--- pt_refused: 403 roleMissing



=== threat: roles that are not a list of strings
--- request eval: [(patch()) x 8]
--- more_headers eval
my $role = $PrintTask::Token::Role;
[map { auth_headers(claims => { roles => $_ }) }
     $role, "x $role y", { $role => 1 }, [[$role]], \qq(["$role",1]),
     \qq([null,"$role"]), \'null', ["x,$role"]]
--- pt_refused: 403 roleMissing



=== the role among others
--- more_headers eval
auth_headers(claims => { roles => ['a', $PrintTask::Token::Role, 'b'] })
--- error_code: 200



=== print_task_role: one of several suffices, and replaces the default
--- config eval
gateway_conf(extra => 'print_task_role Print.Write "Print Admin";')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => { roles => $_ }) }
     ['Print.Write'], ['x', 'Print Admin'], ['Print', 'Admin'],
     [$PrintTask::Token::Role]]
--- error_code eval: [200, 200, 403, 403]



=== threat: a delegated token, by its scopes
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(claims => { scp => $_ }) }
     'PrintTaskDefinition.ReadWrite.All', 'user_impersonation', '', ['x'],
     \'null', \'false']
--- pt_refused: 403 tokenDelegated
--- response_headers
WWW-Authenticate: Bearer realm="print", error="insufficient_scope"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== threat: a delegated token, by its type
--- request eval: [(patch()) x 7]
--- more_headers eval
[map { auth_headers(claims => { idtyp => $_ }) }
     'user', 'App', 'app ', '', ['app'], \'null', \'1']
--- pt_refused: 403 tokenDelegated



=== threat: a delegated token, by its subject
--- request eval: [(patch()) x 5]
--- more_headers eval
[auth_headers(claims => { sub => 'x' }, without => ['idtyp']),
 auth_headers(claims => { oid => 'x' }),
 auth_headers(without => ['sub']),
 auth_headers(claims => { oid => \'null', sub => \'null' }),
 auth_headers(claims => { oid => ['x'], sub => ['x'] })]
--- pt_refused: 403 tokenDelegated



=== "idtyp" is present only if the API asks for it
--- more_headers eval: auth_headers(without => ['idtyp'])
--- error_code: 200



=== "oid" may be absent, with or without a subject
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval
[auth_headers(without => ['oid']), auth_headers(without => ['oid', 'sub'])]
--- error_code eval: [200, 200]



=== faults of the token are 401, and come before missing permissions
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { auth_headers(claims => { scp => 'x', roles => [], %$_ }) }
     { aud => 'x' }, { iss => 'x' }, { tid => \'1' }]
--- pt_refused
401 tokenAudience
401 tokenIssuer
401 tokenClaims



=== reading takes the role, too
--- request eval: ['GET ' . task_uri(), 'GET /print/printers']
--- more_headers eval
[auth_headers(without => ['roles']), auth_headers(claims => { scp => 'x' })]
--- pt_refused
403 roleMissing
403 tokenDelegated
--- pt_backend_saw
