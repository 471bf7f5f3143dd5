# print_task_realm: a name that keeps the tasks of two back ends apart.

use lib 't/lib';
use PrintTask;

our $Old = 'print_task_key "print-task:{$print_task_tenant_id/'
           . '$print_task_definition_id/$print_task_id}";';

our @Final = ('{"status":{"state":"completed"}}',
              '{"status":{"state":"aborted"}}');

sub realm {
    return http_conf(extra => "print_task_realm $_[0];");
}

run_tests();

__DATA__

=== a realm is part of the key
--- http_config eval: main::realm('floor-2.A_b~')
--- error_code: 200
--- pt_expect eval
'HGET ' . task_key('d', 't', "floor-2.A_b~/$PrintTask::Token::Tenant")
. " state => completed\nDBSIZE => 1\n"



=== a realm and a token without a tenant
--- http_config eval: main::realm('r')
--- more_headers eval: auth_headers(without => ['tid'])
--- error_code: 200
--- pt_expect
HGET print-task:{r//d}/t state => completed



=== GUIDs are in lower case, a realm keeps its spelling
--- http_config eval
main::realm('ABCDEF01-2345-6789-ABCD-EF0123456789')
--- request eval: patch(undef, ('ABCDEF01-2345-6789-ABCD-EF0123456789') x 2)
--- error_code: 200
--- pt_expect
EXISTS print-task:{ABCDEF01-2345-6789-ABCD-EF0123456789/$PrintTask::tenant/abcdef01-2345-6789-abcd-ef0123456789}/abcdef01-2345-6789-abcd-ef0123456789 => 1



=== locations of two realms do not see each other's records
--- config eval
gateway_conf(extra => 'print_task_realm a;')
. gateway_conf(path => '/b/', extra => 'print_task_realm b;')
--- request eval
[patch_uri(task_uri(), $main::Final[0]), patch_uri('/b' . task_uri(), $main::Final[1])]
--- error_code eval: [200, 200]
--- pt_expect eval
'HGET ' . task_key('d', 't', "a/$PrintTask::Token::Tenant") . " state => completed\n"
. 'HGET ' . task_key('d', 't', "b/$PrintTask::Token::Tenant") . " state => aborted\n"



=== a realm is inherited, replaced, and taken back
--- http_config eval: main::realm('a')
--- config eval
gateway_conf()
. gateway_conf(path => '/b/', extra => 'print_task_realm b;')
. gateway_conf(path => '/none/', extra => 'print_task_realm "";')
--- request eval
[map { patch_uri($_ . task_uri()) } '', '/b', '/none']
--- error_code eval: [200, 200, 200]
--- pt_expect eval
join '', 'DBSIZE => 3' . "\n",
         map { 'EXISTS ' . task_key('d', 't', "$_$PrintTask::Token::Tenant")
               . " => 1\n" } 'a/', 'b/', ''



=== with "answer", the record of another realm is not there
--- http_config eval: main::realm('a')
--- config eval
gateway_conf(mode => 'answer')
. gateway_conf(path => '/b/', mode => 'answer', extra => 'print_task_realm b;')
--- pt_redis eval
[['HSET', task_key('d', 't', "a/$PrintTask::Token::Tenant"), 'state', 'pending']]
--- request eval
['GET /b' . task_uri(), 'GET ' . task_uri(), patch_uri('/b' . task_uri())]
--- error_code eval: [404, 200, 404]



=== records of the old form stay in use with a key of that form
--- http_config eval: http_conf(extra => $main::Old)
--- config eval: gateway_conf(mode => 'answer')
--- pt_redis
HSET print-task:{$PrintTask::tenant/d/t} state processing rev 4
--- request eval: [patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 200]
--- response_body_like eval: [('"state":"completed"') x 2]
--- pt_expect
HGET print-task:{$PrintTask::tenant/d/t} state => completed
HGET print-task:{$PrintTask::tenant/d/t} rev => 5
DBSIZE => 1



=== a key of the old form, with GUIDs in upper case
--- http_config eval: http_conf(extra => $main::Old)
--- request eval: patch(undef, ('ABCDEF01-2345-6789-ABCD-EF0123456789') x 2)
--- error_code: 200
--- pt_expect
EXISTS print-task:{$PrintTask::tenant/abcdef01-2345-6789-abcd-ef0123456789/abcdef01-2345-6789-abcd-ef0123456789} => 1



=== a realm that is no part of a key
--- http_config eval: main::realm('a/b')
--- must_die
--- error_log: invalid realm "a/b" in "print_task_realm", it must be 1-64 of "A-Za-z0-9._~-", or "" for none



=== a realm with a brace
--- http_config eval: main::realm('"a}b"')
--- must_die
--- error_log: invalid realm "a}b" in "print_task_realm"



=== a realm that is too long
--- http_config eval: main::realm('r' x 65)
--- must_die
--- error_log: invalid realm "rrrr



=== a realm of 64 bytes
--- http_config eval: main::realm('r' x 64)
--- error_code: 200
--- pt_expect eval
'EXISTS ' . task_key('d', 't', ('r' x 64) . "/$PrintTask::Token::Tenant") . " => 1\n"



=== a realm with a variable
--- http_config eval: main::realm('$host')
--- must_die
--- error_log: invalid realm "$host" in "print_task_realm"



=== two realms at one level
--- http_config eval: main::realm('a; print_task_realm b')
--- must_die
--- error_log: "print_task_realm" directive is duplicate



=== a realm and a key
--- http_config eval: main::realm('a')
--- config eval: gateway_conf(extra => 'print_task_key "x:$print_task_id";')
--- must_die
--- error_log: "print_task_realm" cannot be used together with "print_task_key", which must contain the realm itself



=== an address of print_task_admin needs a tenant that a token can have
--- config eval
gateway_conf(mode => 'answer',
             extra => 'print_task_admin 127.0.0.1; print_task_tenant "a/b";')
--- must_die
--- error_log: invalid tenant "a/b" in "print_task_tenant", for an address in "print_task_admin" it must be 1-64 of "A-Za-z0-9._~-"
