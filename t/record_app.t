# A record belongs to the application that has seen its content, in a dry run,
# too: no application sees the content through another one.

use lib 't/lib';
use PrintTask;

our $Other = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000099';

# An enforcing location and a dry run over the same records.

our $Conf = gateway_conf()
    . gateway_conf(path => '/dry/', extra => 'print_task_dry_run on;
          rewrite ^/dry(/.*)$ $1 break;');

sub dry { return patch_uri('/dry' . task_uri(), @_) }

# A back end that does not show the task to anyone, and takes changes.

our $Blind = backend(GET => [403, '{}'], PATCH => [204, '']);

# The lines about a request in an operator's log.

our $Http = http_conf(extra => 'log_format seen
    "$print_task_reason from=$print_task_from fence=$print_task_fence";');

our $Log = 'access_log logs/task.log seen;';

run_tests();

__DATA__

=== a dry run of an application that may not see the task does not give it the record
--- config eval: $main::Conf
--- pt_redis eval
[['HSET', task_key(), 'state', 'completed', 'description', 'secret',
  'parentUrl', 'https://a/b', 'app', $main::Other, 'rev', 7]]
--- pt_backend eval: $main::Blind
--- request eval: [main::dry(), patch()]
--- error_code eval: [204, 403]
--- response_body_unlike eval: ['secret', 'secret']
--- pt_expect
HMGET $key state description parentUrl app => (nil) (nil) (nil) (nil)



=== nor does one that is not refused
--- config eval: $main::Conf
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'description', 'secret',
  'parentUrl', 'https://a/b', 'app', $main::Other, 'rev', 7]]
--- pt_backend eval: $main::Blind
--- request eval: main::dry('{"status":{"state":"processing"}}')
--- error_code: 204
--- pt_expect
HMGET $key state description parentUrl app => (nil) (nil) (nil) (nil)
HEXISTS $key lease => 0



=== nor does a record without an application
--- pt_redis
HSET $key state pending description secret parentUrl https://a/b rev 7
--- pt_backend eval: $main::Blind
--- request eval: patch('{"status":{"state":"processing"}}')
--- error_code: 204
--- pt_expect
HMGET $key state description parentUrl app => (nil) (nil) (nil) (nil)
HEXISTS $key lease => 0



=== without a lease the answer is not stored
--- config eval: $main::Conf
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'description', 'secret',
  'parentUrl', 'https://a/b', 'app', $main::Other, 'rev', 7]]
--- pt_backend eval
backend(GET => [403, '{}'], PATCH => [200, '{"id":"t","status":{"state":"processing"}}'])
--- request eval: main::dry('{"status":{"state":"processing"}}')
--- error_code: 200
--- pt_expect
HMGET $key state description parentUrl app => (nil) (nil) (nil) (nil)



=== a refetched task is merged with the update
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'description', 'secret',
  'parentUrl', 'https://a/b', 'app', $main::Other, 'rev', 7]]
--- pt_backend eval
backend(GET => [200, task('t', 'pending', 'mine')], PATCH => [204, ''])
--- request eval: patch('{"status":{"state":"processing"}}')
--- error_code: 204
--- pt_expect
HMGET $key state description parentUrl app => processing mine https://print.example/jobs/1 $PrintTask::app



=== an application that has not seen the task gets neither its state nor its revision
--- http_config eval: $main::Http
--- config eval: gateway_conf(extra => $main::Log)
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'app', $main::Other, 'rev', 7]]
--- pt_backend eval: $main::Blind
--- pt_refused: 403 refetchRefused
--- pt_log
refetchRefused from=- fence=-



=== nor an application that finds it busy
--- http_config eval: $main::Http
--- config eval
gateway_conf(extra => "$main::Log print_task_lease 75s 50ms;")
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'app', $main::Other, 'rev', 7,
  'lease', 'other', 'leaseUntil', 99999999999999]]
--- request eval: patch('{"status":{"state":"processing"}}')
--- pt_refused: 503 taskBusy
--- pt_log
taskBusy from=- fence=-



=== nor where the back end does not answer
--- http_config eval: $main::Http
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3', extra => $main::Log)
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'app', $main::Other, 'rev', 7]]
--- pt_refused: 502 refetchFailed
--- pt_log
refetchFailed from=- fence=-



=== an application that has seen the task gets both
--- http_config eval: $main::Http
--- config eval: gateway_conf(extra => $main::Log)
--- pt_redis
HSET $key state aborted app $PrintTask::app rev 7
--- pt_refused: 409 transitionNotAllowed
--- pt_log
transitionNotAllowed from=aborted fence=-



=== an application that is refused after it has seen the task gets both
--- http_config eval: $main::Http
--- config eval: gateway_conf(extra => $main::Log)
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'app', $main::Other, 'rev', 7]]
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- pt_refused: 409 transitionNotAllowed
--- pt_log
transitionNotAllowed from=aborted fence=8
