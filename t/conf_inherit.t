# Settings of a location, and those that it inherits.

use lib 't/lib';
use PrintTask;

no_root_location();

our $change = '{"status":{"state":"pending"}}';
our $guid = '03656E-6069-4E10-8147-D25290B00A3C';

# for different prefixes
sub patches {
    return [map { patch_uri("$_/print/taskDefinitions/d/tasks/t", $change) } @_];
}

run_tests();

__DATA__

=== transitions: a location with one inherits no other
--- http_config eval
http_conf(extra => 'print_task_transition aborted pending;
                    print_task_transition pending completed;')
--- config eval
gateway_conf(extra => 'print_task_transition completed pending;')
. gateway_conf(path => '/v2/')
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- request eval: patches('', '/v2')
--- error_code eval: [409, 200]



=== transitions: the other rows are those of the default
--- config eval
gateway_conf(extra => 'print_task_transition completed pending;')
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
[map { patch(qq({"status":{"state":"$_"}})) }
     'aborted', 'pending', 'processing', 'pending', 'aborted', 'pending']
--- pt_backend eval
backend(GET => [200, task('t', 'completed')])
--- error_code eval: [409, 200, 200, 409, 200, 409]



=== print_task_key: of a location, and of a level above
--- http_config eval
http_conf(extra => 'print_task_key all:$print_task_id;')
--- config eval
gateway_conf(extra => 'print_task_key own:$print_task_id;')
. gateway_conf(path => '/v2/')
--- request eval: patches('', '/v2')
--- error_code eval: [200, 200]
--- pt_expect
HGET own:t state => pending
HGET all:t state => pending
DBSIZE => 2



=== print_task_key: its default, if it is spelled out
--- config eval
gateway_conf()
. gateway_conf(path => '/v2/', extra => 'print_task_key "print-task:{'
                                      . '$print_task_tenant_id/'
                                      . '$print_task_definition_id}/'
                                      . '$print_task_id";')
--- request eval
[map { patch_uri("$_/print/taskDefinitions/AB$main::guid/tasks/AB", $main::change) }
     '', '/v2']
--- error_code eval: [200, 200]
--- pt_expect
EXISTS print-task:{$PrintTask::tenant/ab03656e-6069-4e10-8147-d25290b00a3c}/AB => 1
DBSIZE => 1



=== print_task_redis: locations with one each
--- http_config eval: http_conf(redis => 0)
--- config eval
gateway_conf(extra => 'print_task_redis $PrintTask::redis db=1;')
. gateway_conf(path => '/v2/', extra => 'print_task_redis $PrintTask::redis;')
--- request eval: patches('', '/v2', '', '/v2')
--- error_code eval: [(200) x 4]
--- pt_expect
HGET $key state => pending
SELECT 1 => OK
HGET $key state => pending
SELECT 0 => OK



=== print_task_body_max and print_task_leeway
--- http_config eval
http_conf(extra => 'print_task_body_max 64; print_task_leeway 0;')
--- config eval
gateway_conf(extra => 'print_task_body_max 1k; print_task_leeway 300s;')
. gateway_conf(path => '/v2/')
--- request eval
[map { $_ =~ s/pending/pending","description":"@{['x' x 40]}/r }
     @{patches('', '/v2')}, @{patches('/v2', '')}]
--- more_headers eval
[(auth_headers()) x 2, (auth_headers(exp => -5)) x 2]
--- error_code eval: [200, 413, 401, 200]



=== print_task_lease and print_task_store_down from above
--- http_config eval
http_conf(extra => 'print_task_lease 61s 10ms; print_task_store_down reject;')
--- config eval
gateway_conf() . gateway_conf(path => '/v2/',
                              extra => 'print_task_redis unix:no.sock;')
--- pt_redis
HSET $key state pending lease x leaseUntil 99999999999999
--- request eval: patches('', '/v2')
--- pt_allow: crit
--- pt_refused
503 taskBusy
503 storeDown



=== print_task_cache_valid: records of final tasks, and of others
--- http_config eval
http_conf(extra => 'print_task_cache_valid 100s 200s;')
--- config eval
gateway_conf() . gateway_conf(path => '/v2/',
                              extra => 'print_task_cache_valid 300s;')
--- request eval
[patch($main::change), patch(undef, 'd', 'u'),
 patch_uri('/v2' . task_uri('d', 'v'), $main::change)]
--- error_code eval: [200, 200, 200]
--- pt_expect eval
'TTL ' . task_key('d', 't') . " => /^(?:99|100)\$/\n"
. 'TTL ' . task_key('d', 'u') . " => /^(?:199|200)\$/\n"
. 'TTL ' . task_key('d', 'v') . " => /^(?:299|300)\$/\n"



=== print_task_dry_run: on above, off in a location
--- http_config eval
http_conf(extra => 'print_task_dry_run on;')
--- config eval
gateway_conf(extra => 'print_task_dry_run off;') . gateway_conf(path => '/v2/')
--- request eval: ['GET /print/x', 'GET /v2/print/x']
--- more_headers: #
--- error_code eval: [401, 200]
--- pt_backend_saw
GET /v2/print/x



=== print_task_log_level: from above
--- http_config eval
http_conf(extra => 'print_task_log_level warn;')
--- more_headers: #
--- pt_refused: 401 tokenMissing
--- grep_error_log eval: qr/\[\w+\](?=.*print task refused)/
--- grep_error_log_out
[warn]



=== print_task_log_level: of the location
--- http_config eval
http_conf(extra => 'print_task_log_level warn;')
--- config eval
gateway_conf(extra => 'print_task_log_level error;')
--- more_headers: #
--- log_level: error
--- pt_refused: 401 tokenMissing
--- grep_error_log eval: qr/\[\w+\](?=.*print task refused)/
--- grep_error_log_out
[error]
