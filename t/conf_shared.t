# Locations with different rules must not share the record of a task: "nginx
# -t" names the locations and the remedy.

use lib 't/lib';
use PrintTask;

our $V1 = 'https://sts.windows.net/{tid}/';
our $V2 = 'https://login.microsoftonline.com/{tid}/v2.0';
our $Old = 'print_task_key "print-task:{$print_task_tenant_id/'
           . '$print_task_definition_id}/$print_task_id";';

# the second is in a server of its own, which is written after this one

sub two {
    my ($one, $two, %opt) = @_;

    return gateway_conf(path => '/v1.0/', extra => $one // '',
                        mode => $opt{mode1} // 'forward')
           . "} server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_3;\n"
           . gateway_conf(path => '/legacy/', extra => $two // '',
                          mode => $opt{mode2} // 'forward')
           . "location /check { return 204; }\n";
}

sub modes {
    return two(@_[0, 1], mode1 => 'answer');
}

add_block_preprocessor(sub {
    my $block = shift;

    return if defined $block->must_die;

    $block->set_value(request => 'GET /v1.0/print/x');
    $block->set_value(error_code_like => '^(?:200|401|404|503)$');
});

run_tests();

__DATA__

=== an "answer" and a "forward" location on one Redis
--- config eval: main::modes()
--- must_die
--- error_log eval
qr!location "/v1\.0/" of the server in \S+:\d+ and location "/legacy/" of the server in \S+:\d+ have the same records in store "redis", but not the same mode in "print_task": set "print_task_realm name;" in one of them, or another store!



=== the same in one server
--- config eval
gateway_conf(mode => 'answer', path => '/v1.0/') . gateway_conf(path => '/legacy/')
--- must_die
--- error_log: but not the same mode in "print_task"



=== the same in the memory of the default
--- http_config eval: http_conf(redis => 0)
--- config eval: main::modes()
--- must_die
--- error_log: have the same records in store "memory", but not the same mode



=== a server and a location of it
--- config eval
'print_task answer;' . gateway_conf(path => '/legacy/')
--- must_die
--- error_log eval
qr/: the server in \S+:\d+ and location "\/legacy\/" of the server in/



=== memory of two names in one file
--- http_config eval: http_conf(redis => 0)
--- config eval
main::modes(map { "print_task_store memory:$_:1m file=one;" } 'a', 'b')
--- must_die
--- error_log: but not the same mode



=== Redis by two directives, by two names, and in the first database
--- http_config eval: http_conf(redis => 0)
--- config eval
main::modes('print_task_redis 127.0.0.1:6379;',
            'print_task_redis localhost db=0 ping=1s;')
--- must_die
--- error_log: but not the same mode



=== nodes of one cluster
--- http_config eval: http_conf(redis => 0)
--- config eval
main::modes('print_task_redis 127.0.0.1:7001 127.0.0.1:7002 cluster;',
            'print_task_redis 127.0.0.1:7003 127.0.0.1:7002 cluster;')
--- must_die
--- error_log: but not the same mode



=== one master for sentinels
--- http_config eval: http_conf(redis => 0)
--- config eval
main::modes('print_task_redis 127.0.0.1:7001 127.0.0.1:7002 sentinel=m;',
            'print_task_redis 127.0.0.1:7002 sentinel=m;')
--- must_die
--- error_log: but not the same mode



=== two key files
--- config eval
main::two('', 'print_task_key_file ' . jwks_file('rsa1') . ';')
--- must_die
--- error_log: but not the same keys in "print_task_key_file" or "print_task_key_request"



=== a key file, and keys that are fetched
--- config eval: main::two('', 'print_task_key_request /_keys;')
--- must_die
--- error_log: but not the same keys in



=== two issuers
--- config eval
main::two("print_task_issuer '$main::V1';", "print_task_issuer '$main::V2';")
--- must_die
--- error_log: but not the same issuers in "print_task_issuer"



=== one issuer more
--- config eval
main::two("print_task_issuer '$main::V1' '$main::V2';",
          "print_task_issuer '$main::V2';")
--- must_die
--- error_log: but not the same issuers in "print_task_issuer"



=== two issuers, and tenants on one side only
--- config eval
main::two("print_task_issuer '$main::V1'; print_task_tenant a;",
          "print_task_issuer '$main::V2';")
--- must_die
--- error_log: but not the same issuers in "print_task_issuer"



=== two issuers, and one tenant on both sides
--- config eval
my $guid = 'abcdef01-2345-6789-abcd-ef0123456789';
main::two("print_task_issuer '$main::V1'; print_task_tenant a $guid;",
          "print_task_issuer '$main::V2'; print_task_tenant b " . uc($guid) . ';')
--- must_die
--- error_log: but not the same issuers in "print_task_issuer"



=== the default key, spelled out in another way
--- config eval
main::modes('', $main::Old =~ s/\$print_task_id/\${print_task_id}/r)
--- must_die
--- error_log: but not the same mode



=== a realm, spelled out as a key
--- config eval
main::modes('print_task_realm a;', $main::Old =~ s/\{/{a\//r)
--- must_die
--- error_log: but not the same mode



=== one realm for both
--- config eval
main::modes('print_task_realm a;', 'print_task_realm a;')
--- must_die
--- error_log: but not the same mode



=== one key for both, and tenants, which it need not hold
--- config eval
main::modes(map { "print_task_key k:\$print_task_id; print_task_tenant $_;" } 'a', 'b')
--- must_die
--- error_log: but not the same mode



=== good: two realms
--- config eval
main::modes('print_task_realm a;', 'print_task_realm b;')



=== good: a realm, and no realm
--- config eval: main::modes('', 'print_task_realm b;')



=== good: two keys
--- config eval
main::modes('print_task_key a:$print_task_id;')



=== good: two databases
--- config eval
main::modes('', 'print_task_redis $PrintTask::redis db=1;')



=== good: two memories
--- config eval
main::modes(map { "print_task_store memory:$_:1m;" } 'a', 'b')



=== good: two masters for the same sentinels
--- http_config eval: http_conf(redis => 0)
--- config eval
main::modes(map { "print_task_redis 127.0.0.1:7001 sentinel=$_;" } 'a', 'b')



=== good: two clouds, with tenants that keep their records apart
--- config eval
main::two("print_task_issuer '$main::V1'; print_task_tenant a b;",
          "print_task_issuer '$main::V2'; print_task_tenant c;")



=== good: the same issuers in another order, versions 1 and 2 of one tenant
--- config eval
main::two("print_task_issuer '$main::V1' '$main::V2';",
          "print_task_issuer '$main::V2' '$main::V1';")



=== good: keys that are fetched, in two servers
--- http_config eval: http_conf() =~ s/print_task_key_file .*;//r
--- config eval
main::two(('print_task_key_request /_keys;') x 2)



=== good: other audiences, roles, applications and rules
--- config eval
main::two('print_task_audience a; print_task_role b; print_task_app c;
           print_task_transition aborted pending;')



=== good: a dry run beside a location that refuses
--- config eval: main::two('', 'print_task_dry_run on;')



=== good: many locations, and nested ones
--- config eval
main::two('if ($arg_a) { set $x 1; } limit_except GET { allow all; }')
. join '', map { gateway_conf(path => "/$_/") } 1 .. 20
