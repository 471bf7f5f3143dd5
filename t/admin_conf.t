# print_task_admin: its values, and the directives that it needs.

use lib 't/lib';
use PrintTask;

no_root_location();

sub with {
    my ($params, @extra) = @_;

    return 'location /print/ { print_task answer; '
           . "print_task_admin $params; @extra }";
}

sub tenant {
    return "print_task_tenant $PrintTask::Token::Tenant;";
}

sub put {
    return 'PUT ' . task_uri() . qq(\n{"status":{"state":"pending"}});
}

sub maker {
    return auth_headers(claims => { roles => ['Maker'] });
}

run_tests();

__DATA__

=== not an address
--- config eval: with('localhost', tenant())
--- must_die
--- error_log: invalid address "localhost" in "print_task_admin"



=== not a network
--- config eval: with('192.0.2.0/33', tenant())
--- must_die
--- error_log: invalid address "192.0.2.0/33" in "print_task_admin"



=== not a unix socket: all of them are meant
--- config eval: with('unix:/run/x.sock', tenant())
--- must_die
--- error_log: invalid address "unix:/run/x.sock" in "print_task_admin"



=== "off" beside others is no address
--- config eval: with('off role=Maker')
--- must_die
--- error_log: invalid address "off" in "print_task_admin"



=== bits beyond the mask are warned of
--- config eval: with('192.0.2.7/24', tenant())
--- request eval: put()
--- more_headers
Content-Type: application/json
--- error_code: 401
--- suppress_stderr
--- grep_error_log: low address bits of 192.0.2.7/24 are meaningless
--- grep_error_log_out
low address bits of 192.0.2.7/24 are meaningless



=== a role without a name
--- config eval: with('role=')
--- must_die
--- error_log: empty role "" in "print_task_admin"



=== a role twice
--- config eval: with('role=Maker role=Maker')
--- must_die
--- error_log: duplicate role "Maker" in "print_task_admin"



=== a role that all applications have
--- config eval: with('role=Maker role=PrintTaskDefinition.ReadWrite.All')
--- must_die
--- error_log: role "PrintTaskDefinition.ReadWrite.All" of "print_task_admin" is also one of "print_task_role"



=== ... or that those of the location have
--- config eval: with('role=Maker', 'print_task_role A Maker;')
--- must_die
--- error_log: role "Maker" of "print_task_admin" is also one of "print_task_role"



=== no client
--- config eval: with('valid=1d')
--- must_die
--- error_log: "print_task_admin" directive has neither an address nor a role



=== not a time
--- config eval: with('role=Maker valid=soon')
--- must_die
--- error_log: invalid time "valid=soon" in "print_task_admin", it must be from 1ms to 3650d



=== a time that would wrap
--- config eval: with('role=Maker valid=9223372036854775s')
--- must_die
--- error_log: invalid time "valid=9223372036854775s" in "print_task_admin", it must be from 1ms to 3650d



=== the longest time
--- config eval: with('role=Maker valid=3650d')
--- request eval
[put(), 'GET ' . task_uri()]
--- more_headers eval
maker()
--- error_code eval
[201, 200]



=== longer than that
--- config eval: with('role=Maker valid=3651d')
--- must_die
--- error_log: invalid time "valid=3651d" in "print_task_admin", it must be from 1ms to 3650d



=== no time at all
--- config eval: with('role=Maker valid=0')
--- must_die
--- error_log: invalid time "valid=0" in "print_task_admin"



=== two times
--- config eval: with('role=Maker valid=1d valid=2d')
--- must_die
--- error_log: duplicate parameter "valid=2d" in "print_task_admin"



=== twice
--- config eval: with('role=Maker', 'print_task_admin off;')
--- must_die
--- error_log: "print_task_admin" directive is duplicate



=== an address without a tenant
--- config eval: with('127.0.0.1')
--- must_die
--- error_log: an address in "print_task_admin" needs exactly one "print_task_tenant", whose tasks it may make



=== an address, and a choice of tenants
--- config eval: with('role=Maker 127.0.0.1', 'print_task_tenant a b;')
--- must_die
--- error_log: an address in "print_task_admin" needs exactly one "print_task_tenant", whose tasks it may make



=== inherited, replaced, switched off
--- config eval
'print_task answer; print_task_admin role=Maker;'
. 'location /print/ { print_task_role Other; }'
. 'location /v1/ { print_task_admin role=Boss; }'
. 'location /v2/ { print_task_admin off; }'
--- request eval
[map { put() =~ s{ }{ $_}r } '', '/v1', '/v2']
--- more_headers eval
maker()
--- error_code eval
[201, 403, 405]



=== without a meaning, it needs nothing, and levels below inherit it
--- config eval
'print_task_admin 127.0.0.1; print_task forward; print_task_realm f;'
. 'location / { proxy_pass http://$PrintTask::backend; }'
. 'location /print/ { print_task answer; print_task_realm ""; ' . tenant() . '}'
. 'location /off { print_task off; }'
--- request eval
[put(), put() =~ s{ }{ /v1}r]
--- more_headers
Content-Type: application/json
--- error_code eval
[201, 405]
