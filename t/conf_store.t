# print_task_store: its values, and the store of a location.

use lib 't/lib';
use PrintTask;

sub with {
    return http_conf(redis => 0, extra => "print_task_store @_;");
}

# which of two locations share their records: the second request is a repeat,
# which is answered without the back end if they do

sub two {
    return join '', map { gateway_conf(path => "/$_/", extra => shift // '') }
                    'a', 'b';
}

sub both {
    return [map { patch_uri("/$_/print/taskDefinitions/d/tasks/t") } 'a', 'b'];
}

our $Once = <<'_EOC_';
GET /a/print/taskDefinitions/d/tasks/t
PATCH /a/print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
_EOC_

our $Twice = $Once . $Once =~ s{/a/}{/b/}gr;

run_tests();

__DATA__

=== no arguments
--- http_config eval: main::with('')
--- must_die
--- error_log: invalid number of arguments in "print_task_store" directive



=== a word that is not known
--- http_config eval: main::with('disk')
--- must_die
--- error_log: invalid store "disk", it must be "memory:name:size" or "redis"



=== memory: no name
--- http_config eval: main::with('memory::1m')
--- must_die
--- error_log: invalid store "memory::1m", it must be "memory:name:size"



=== memory: no size
--- http_config eval: main::with('memory:name')
--- must_die
--- error_log: invalid store "memory:name", it must be "memory:name:size"



=== memory: an invalid size
--- http_config eval: main::with('memory:name:big')
--- must_die
--- error_log: invalid size "big" in store "memory:name:big", it must be from 256k to 64g



=== memory: too small
--- http_config eval: main::with('memory:name:255k')
--- must_die
--- error_log: invalid size "255k" in store "memory:name:255k"



=== memory: too large
--- http_config eval: main::with('memory:name:65g')
--- must_die
--- error_log: invalid size "65g" in store "memory:name:65g"



=== memory: a name that is too long
--- http_config eval: main::with('memory:' . 'n' x 129 . ':1m')
--- must_die
--- error_log eval: qr/invalid store "memory:n{129}:1m"/



=== memory: a parameter that is not known
--- http_config eval: main::with('memory:name:1m path=x')
--- must_die
--- error_log: invalid parameter "path=x"



=== memory: a file without a name
--- http_config eval: main::with('memory:name:1m file=')
--- must_die
--- error_log: invalid parameter "file="



=== redis: takes no parameter
--- http_config eval: main::with('redis file=x')
--- must_die
--- error_log: invalid parameter "file=x"



=== redis: but where?
--- http_config eval: main::with('redis')
--- must_die
--- error_log: "print_task_store redis" needs "print_task_redis"



=== twice
--- http_config eval: main::with('redis; print_task_store memory:a:1m')
--- must_die
--- error_log: "print_task_store" directive is duplicate



=== the name of a zone of tokens
--- http_config eval: main::with('memory:print_task_tokens:4m; print_task_token_zone print_task_tokens:32k')
--- must_die
--- error_log: zone "print_task_tokens" is in use for another purpose



=== the name of a zone of another module
--- http_config eval: main::with('memory:a:4m; limit_req_zone $uri zone=a:32k rate=1r/s')
--- must_die
--- error_log: is already declared for a different use



=== one name, two sizes
--- http_config eval: main::with('memory:a:1m')
--- config eval: gateway_conf(extra => 'print_task_store memory:a:2m;')
--- must_die
--- error_log: "a" in "print_task_store" must have the same size and file everywhere



=== one name, two files
--- http_config eval: main::with('memory:a:1m')
--- config eval: gateway_conf(extra => 'print_task_store memory:a:1m file=x;')
--- must_die
--- error_log: "a" in "print_task_store" must have the same size and file everywhere



=== Redis below a level with memory would not be used
--- http_config eval: main::with('memory:a:1m')
--- config eval: gateway_conf(extra => 'print_task_redis 127.0.0.1;')
--- must_die
--- error_log: "print_task_redis" is not used here, it needs "print_task_store redis" at its level



=== one name is one store
--- http_config eval
http_conf(redis => 0, extra => 'print_task_key "k:$print_task_id";')
--- config eval
main::two(('print_task_store memory:a:1m;') x 2)
--- request eval: main::both()
--- error_code eval: [200, 200]
--- pt_backend_saw eval: $main::Once



=== two names are two
--- http_config eval
http_conf(redis => 0, extra => 'print_task_key "k:$print_task_id";')
--- config eval
main::two(map { "print_task_store memory:$_:1m;" } 'a', 'b')
--- request eval: main::both()
--- error_code eval: [200, 200]
--- pt_backend_saw eval: $main::Twice



=== the default is one for all locations
--- http_config eval
http_conf(redis => 0, extra => 'print_task_key "k:$print_task_id";')
--- config eval: main::two()
--- request eval: main::both()
--- error_code eval: [200, 200]
--- pt_backend_saw eval: $main::Once



=== and has a name, too
--- http_config eval
http_conf(redis => 0, extra => 'print_task_key "k:$print_task_id";')
--- config eval: main::two('', 'print_task_store memory:print_task:16m;')
--- request eval: main::both()
--- error_code eval: [200, 200]
--- pt_backend_saw eval: $main::Once



=== Redis goes before the default, memory that is named before Redis
--- http_config eval
http_conf(extra => 'print_task_key "k:$print_task_id";')
--- config eval: main::two('', 'print_task_store memory:a:1m;')
--- request eval: main::both()
--- error_code eval: [200, 200]
--- pt_backend_saw eval: $main::Twice
--- pt_expect
HGET k:t state => completed



=== Redis again, below a level with memory
--- http_config eval
http_conf(extra => 'print_task_key "k:$print_task_id"; print_task_store memory:a:1m;')
--- config eval: main::two('print_task_store redis;')
--- request eval: main::both()
--- error_code eval: [200, 200]
--- pt_backend_saw eval: $main::Twice
--- pt_expect
HGET k:t state => completed



=== without Redis, a lease may be shorter than its time-out
--- http_config eval
http_conf(redis => 0, extra => 'print_task_redis_timeout 10s 10s;')
--- config eval
gateway_conf(extra => 'proxy_connect_timeout 5s; proxy_send_timeout 5s;
                       proxy_read_timeout 5s; print_task_lease 6s;')
--- error_code: 200
