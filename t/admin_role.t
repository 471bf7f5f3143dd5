# print_task_admin role=...: the rights of a token with the role, and of
# others.

use lib 't/lib';
use PrintTask;

no_root_location();

sub admin {
    my ($params, @extra) = @_;

    return 'location /print/ { print_task answer; '
           . "print_task_admin $params; @extra }";
}

sub roles {
    return auth_headers(claims => { roles => \@_ });
}

sub put {
    return 'PUT ' . task_uri() . qq(\n{"status":{"state":"pending"}});
}

sub get {
    return 'GET ' . task_uri();
}

sub role { 'PrintTaskDefinition.ReadWrite.All' }

run_tests();

__DATA__

=== PUT needs the role, for an existing and for an absent task
--- config eval
admin('role=Maker')
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- request eval
[put(), put() =~ s/tasks.t/tasks\/none/r, (put()) x 6]
--- more_headers eval
[(roles(role())) x 2, roles(), roles('maker'), roles('Maker.All'), '#',
 auth_headers(exp => -3600, claims => { roles => ['Maker'] }),
 auth_headers(key => 'stranger', claims => { roles => ['Maker'] })]
--- pt_refused
403 roleMissing
403 roleMissing
403 roleMissing
403 roleMissing
403 roleMissing
401 tokenMissing
401 tokenExpired
401 tokenKeyUnknown
--- pt_expect
HMGET $key state rev app => pending 1 $PrintTask::app
DBSIZE => 1



=== any of several roles, among others
--- config eval
admin('role=Boss role=Maker')
--- request eval
[(put()) x 3]
--- more_headers eval
[roles('Maker'), roles('x', 'Boss'), roles('Boss', 'Maker', role())]
--- error_code eval
[201, 200, 200]



=== the role is only for tasks and their lists
--- config eval
admin('role=Maker') . 'location /print/printers { print_task answer; '
. 'print_task_admin role=Maker; return 200; }'
--- pt_redis
HSET $key state pending rev 1 app other
--- request eval
[get(), 'HEAD ' . task_uri(), 'GET /print/taskDefinitions/d/tasks', patch(),
 get() . '/definition', 'PUT /print/taskDefinitions/d']
--- more_headers eval
roles('Maker')
--- error_code eval
[200, 200, 200, 403, 403, 403]
--- response_body_like eval
[qr/"appId":"other"/, qr/^$/, qr/"value":/, (qr/"code":"roleMissing"/) x 3]
--- pt_expect
HMGET $key state rev => pending 1



=== with both roles PATCH is of the application, GET of the admin
--- config eval
admin('role=Maker')
--- pt_redis
HSET $key state pending rev 1 app other
--- request eval
[get(), patch(), patch('{}')]
--- more_headers eval
roles('Maker', role())
--- error_code eval
[200, 404, 404]



=== and of its own task, without the owner
--- config eval
admin('role=Maker')
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- request eval
patch()
--- more_headers eval
roles('Maker', role())
--- response_body chomp
{"@odata.etag":"\"2\"","id":"t","parentUrl":null,"status":{"state":"completed","description":null}}



=== in front of a back end the role has no effect
--- config eval
gateway_conf(extra => 'print_task_admin role=Maker;')
--- request eval
[get(), patch()]
--- more_headers eval
roles('Maker')
--- pt_refused: 403 roleMissing
--- pt_backend_saw



=== a user with the role is a user
--- config eval
admin('role=Maker')
--- request eval
[put(), get()]
--- more_headers eval
auth_headers(claims => { roles => ['Maker'], idtyp => 'user', scp => 'x' })
--- pt_refused: 403 tokenDelegated



=== all other rules for tokens hold, too
--- config eval
admin('role=Maker', 'print_task_app other;')
. admin('role=Maker', "print_task_tenant $PrintTask::Token::Tenant;")
      =~ s{/print/}{/v1.0/}r
--- request eval
[put(), put() =~ s{/}{/v1.0/}r]
--- more_headers eval
[roles('Maker'), auth_headers(claims => { roles => ['Maker'], tid => 'other' })]
--- pt_refused
403 appNotAllowed
403 tenantNotAllowed



=== print_task_require holds, too
--- config eval
admin('role=Maker', 'print_task_require $arg_ok error=404;')
--- request eval
[put(), put() =~ s/tasks.t/tasks\/t?ok=1/r]
--- more_headers eval
roles('Maker')
--- error_code eval
[404, 201]
--- response_body_like eval
[qr/requireNotFound/, qr/pending/]



=== a cached token keeps its roles
--- config eval
admin('role=Maker')
. admin('role=Other', 'print_task_role Maker;') =~ s{/print/}{/v1.0/}r
. 'add_header X-Token $print_task_token_cache always;'
--- request eval
[(put()) x 2, patch(), put() =~ s{/}{/v1.0/}r, (patch()) x 2, put()]
--- more_headers eval
[(roles('Maker')) x 4, (roles(role())) x 3]
--- error_code eval
[201, 200, 403, 403, 200, 200, 403]
--- response_headers eval
[map { "X-Token: $_" } qw(miss hit hit miss miss hit hit)]



=== "satisfy any" does not make a client an admin
--- config eval
admin('role=Maker', 'satisfy any; allow 127.0.0.1; deny all;')
--- request eval
[(put()) x 3]
--- more_headers eval
['#', roles(role()), roles('Maker')]
--- error_code eval
[401, 403, 201]
