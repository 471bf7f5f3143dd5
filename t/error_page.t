# error_page: the client gets the operator's page for an error.

use lib 't/lib';
use PrintTask;

sub refused {
    return patch('{"status":{"state":"done"}}');
}

run_tests();

__DATA__

=== a static page
--- config eval
gateway_conf(extra => 'error_page 400 /400.json;')
. 'location = /400.json { internal; root html; default_type text/x-own; }'
--- user_files
>>> 400.json
own page
--- request eval
refused()
--- error_code: 400
--- response_headers
Content-Type: text/x-own
--- response_body
own page



=== a static page in the same location
--- config
location /print/ { print_task forward; error_page 405 /print/405.html; root html; }
--- user_files
>>> print/405.html
own page
--- request
DELETE /print/taskDefinitions/d/tasks/t
--- error_code: 405
--- response_body
own page



=== a named location with a text
--- config eval
gateway_conf(extra => 'error_page 401 = @own;')
. 'location @own { return 401 "own text"; }'
--- more_headers
# no token
--- error_code: 401
--- response_headers_like
WWW-Authenticate: Bearer .*
--- response_body chomp
own text



=== another status
--- config eval
gateway_conf(extra => 'error_page 409 =422 /own;')
. 'location = /own { internal; return 200 "own text"; }'
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch('{"status":{"state":"aborted"}}')
--- error_code: 422
--- response_body chomp
own text



=== an error that becomes a success: the page is left alone
--- config eval
gateway_conf(extra => 'error_page 400 =200 /own;')
. 'location = /own { internal; return 200 "own text"; }'
--- request eval
refused()
--- error_code: 200
--- response_body chomp
own text



=== a redirect
--- config eval
gateway_conf(extra => 'error_page 401 =302 https://login.example/;')
--- more_headers
# no token
--- error_code: 302
--- response_headers
Location: https://login.example/
Content-Type: text/html



=== a page for nginx's own error
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4',
             extra => 'error_page 502 504 = @own;')
. 'location @own { return 502 "own text"; }'
--- pt_redis
HSET $key state pending rev 1
--- error_code: 502
--- response_body chomp
own text
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== a page for the errors of the back end
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on; error_page 404 = @own;')
. 'location @own { return 404 "own text"; }'
--- pt_redis
HSET $key state pending rev 1
--- pt_backend
return 404 'of the back end';
--- error_code: 404
--- response_body chomp
own text
--- pt_expect
HMGET $key state lease => (nil) (nil)



=== the variables keep the verdict
--- http_config eval
http_conf(extra => q(log_format task '$status $uri $print_task_verdict '
                                     '$print_task_reason $print_task_id';))
--- config eval
gateway_conf(extra => 'error_page 400 = @own;')
. 'access_log logs/task.log task;
   location @own { return 400 "$print_task_reason in $request_id"; }'
--- request eval
refused()
--- error_code: 400
--- response_body_like: ^stateInvalid in [0-9a-f]{32}$
--- pt_log
400 /print/taskDefinitions/d/tasks/t refused stateInvalid t
