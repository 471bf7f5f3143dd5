# What was decided can still be read after nginx has sent the request to
# another location.

use lib 't/lib';
use PrintTask;

our $conf = http_conf(extra => "log_format task '\$uri \$status " . join(' ', map {
    "\$print_task_$_" } qw(id app_id from to verdict reason lookup)) . "';");

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



=== variables that were read before the decision get new values
--- http_config eval: $main::conf
--- config eval
logged('set $before "[$print_task_verdict$print_task_reason$print_task_lookup]";
        add_header X-Before $before always;
        add_header X-After "$print_task_verdict $print_task_lookup" always;')
--- pt_redis
HSET $key state pending rev 4
--- error_code: 200
--- response_headers
X-Before: []
X-After: forwarded hit
--- pt_log eval
task_uri() . " 200 t $main::app pending completed forwarded - hit\n"
