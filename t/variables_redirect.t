# What was decided can still be read after nginx has sent the request to
# another location, and no other location is taken for the one that decided.

use lib 't/lib';
use PrintTask;

our $conf = http_conf(extra => "log_format task '\$uri \$status " . join(' ', map {
    "\$print_task_$_" } qw(id app_id from to verdict reason cache)) . "';");

our $app = $PrintTask::Token::App;

sub logged {
    return 'access_log logs/task.log task;' . gateway_conf(extra => "@_");
}

run_tests();

__DATA__

=== a refusal with a page of the operator
--- http_config eval: $main::conf
--- config eval
logged('error_page 409 /page;')
. 'location = /page { return 409 "$print_task_verdict $print_task_reason
    $print_task_from $print_task_to $print_task_id"; }'
--- pt_redis
HSET $key state completed app $PrintTask::app rev 4
--- request eval: patch('{"status":{"state":"aborted"}}')
--- error_code: 409
--- response_body_like chomp
^refused transitionNotAllowed\s+completed aborted t$
--- pt_log eval
"/page 409 - $main::app completed aborted refused transitionNotAllowed hit\n"
=~ s/ - / t /r



=== a refusal that goes to a named location
--- http_config eval: $main::conf
--- config eval
logged('error_page 401 = @page;')
. 'location @page { return 418 "$print_task_reason"; }'
--- more_headers: #
--- error_code: 418
--- response_body chomp
tokenMissing
--- pt_log eval
task_uri() . " 418 t - - - refused tokenMissing off\n"



=== an answer of the back end that is replaced
--- http_config eval: $main::conf
--- config eval
logged('proxy_intercept_errors on; error_page 400 /page;')
. 'location = /page { return 200 "page"; }'
--- pt_redis
HSET $key state pending rev 4
--- pt_backend
return 400;
--- error_code: 400
--- response_body chomp
page
--- pt_log eval
"/page 400 t $main::app pending completed forwarded - hit\n"
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => pending



=== X-Accel-Redirect
--- http_config eval: $main::conf
--- config eval
logged() =~ s/\$PrintTask::backend/127.0.0.1:\$TEST_NGINX_RAND_PORT_2/r
. 'location = /other { return 200 "other"; }'
--- pt_redis
HSET $key state pending rev 4
--- pt_backend eval
backend(PATCH => [200, 'x', 'X-Accel-Redirect' => '/other'])
--- error_code: 200
--- response_body chomp
other
--- pt_log eval
"/other 200 t $main::app pending completed forwarded - hit\n"
--- pt_expect
HEXISTS $key lease => 0



=== threat: a token that was accepted in one location counts in the next
--- http_config eval: $main::conf
--- config eval
'access_log logs/task.log task;
location = /start {
    print_task forward;
    set $app $print_task_app_id;
    rewrite ^ /print/x last;
}'
. gateway_conf(extra => 'print_task_audience other;')
--- request
GET /start
--- error_code: 401
--- response_body_like: "tokenAudience"
--- pt_log
/print/x 401 - - - - refused tokenAudience off
--- pt_backend_saw



=== a location without print_task in front says nothing about the one behind
--- http_config eval: $main::conf
--- config eval
logged() . '
location = /start {
    set $app $print_task_app_id;
    rewrite ^ /print/taskDefinitions/d/tasks/t last;
}'
--- pt_redis
HSET $key state pending rev 4
--- request eval: patch_uri('/start')
--- error_code: 200
--- pt_log eval
task_uri() . " 200 t $main::app pending completed forwarded - hit\n"



=== threat: a refusal by error_page to a location that would let it pass
--- http_config eval: $main::conf
--- config eval
logged('error_page 401 = /print/open;')
. 'location = /print/open { print_task forward; proxy_pass http://$PrintTask::backend; }'
--- request eval: ['GET /print/x', 'GET /print/x']
--- more_headers eval: ['', auth_headers()]
--- error_code_like eval: ['^401$', '^200$']
--- pt_backend_saw
GET /print/x



=== a change that is sent on to a second location with print_task is judged there
--- http_config eval: $main::conf
--- config eval
'access_log logs/task.log task;'
. gateway_conf(path => '/a/', extra => 'rewrite ^/a(/.*) $1 last;
                                       print_task_role x;')
. gateway_conf()
--- pt_redis
HSET $key state pending rev 4
--- request eval: patch_uri('/a' . task_uri())
--- error_code: 200
--- pt_log eval
task_uri() . " 200 t $main::app pending completed forwarded - hit\n"



=== try_files to a named location keeps the change
--- http_config eval: $main::conf
--- config
access_log logs/task.log task;
location /print/ {
    print_task forward;
    try_files /none @back;
}
location @back {
    print_task forward;
    proxy_pass http://$PrintTask::backend;
}
--- pt_redis
HSET $key state pending rev 4
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== variables that were read before the decision do not keep what they were
--- http_config eval: $main::conf
--- config eval
logged('set $before "[$print_task_verdict$print_task_reason$print_task_cache]";
        add_header X-Before $before always;
        add_header X-After "$print_task_verdict $print_task_cache" always;')
--- pt_redis
HSET $key state pending rev 4
--- error_code: 200
--- response_headers
X-Before: []
X-After: forwarded hit
--- pt_log eval
task_uri() . " 200 t $main::app pending completed forwarded - hit\n"
