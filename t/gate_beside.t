# The gate and requests that nginx sends in addition to the client's.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();

# a server that logs the copies that it gets, which come whenever they come

sub copies {
    return http_conf(extra => <<'_EOC_');
    log_format copy escape=none '$request_method $request_uri $request_body';

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
        access_log logs/task.log copy;

        location / {
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        }
    }
_EOC_
}

our $Copy = 'location = /copy { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_4%s; }';

sub copy {
    my ($uri) = @_;

    return sprintf $Copy, $uri;
}

run_tests();

__DATA__

=== mirror of a change to another path
--- http_config eval: copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . copy('/copies')
--- pt_redis
HSET $key state pending
--- request eval
patch(' {"Status":{"State":"Completed"}} ')
--- error_code: 200
--- pt_log
PATCH /copies {"status":{"state":"completed"}}



=== mirror of a change to the same path
--- http_config eval: copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . copy('$request_uri')
--- pt_redis
HSET $key state pending
--- request eval
patch(' {"Status":{"State":"Completed"}} ')
--- error_code: 200
--- pt_log eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== mirror in a location that inherits print_task
--- http_config eval: copies()
--- config eval
'print_task forward;'
. gateway_conf(extra => 'mirror /copy;') . copy('/copies')
--- pt_redis
HSET $key state pending
--- error_code: 200
--- pt_log
PATCH /copies {"status":{"state":"completed"}}



=== mirror of a change is not the change of another task
--- http_config eval: copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . copy('/print/taskDefinitions/d/tasks/other')
--- pt_redis
HSET $key state pending
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)
--- pt_log
--- error_log
print task refused: requestChanged



=== mirror of a GET to the path of a task with another method
--- http_config eval: copies()
--- config eval
gateway_conf(extra => 'mirror /copy;')
. copy('/print/taskDefinitions/d/tasks/other; proxy_method PATCH')
--- request eval
"GET $main::Task"
--- error_code: 200
--- pt_log
--- error_log
print task refused: requestChanged



=== auth_request with a method and a body of its own
--- config eval
gateway_conf(extra => 'auth_request /auth;')
. 'location = /auth { internal; proxy_method POST; proxy_set_body "token=x";
                      proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/introspect; }'
--- pt_backend eval
'location = /introspect { if ($request_method = POST) { return 204; } return 403; }'
. backend()
--- pt_redis
HSET $key state pending
--- request eval
[patch(), "GET $main::Task"]
--- error_code eval: [200, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\nGET $main::Task\n)



=== auth_request that would change a task
--- config eval
gateway_conf(extra => 'auth_request /auth;')
. 'location = /auth { internal; proxy_method PATCH;
                      proxy_set_body \'{"status":{"state":"aborted"}}\';
                      proxy_pass http://$PrintTask::backend$request_uri; }'
--- pt_redis
HSET $key state pending
--- error_code: 500
--- pt_backend_saw



=== SSI of a page elsewhere: tasks may be read
--- config eval
gateway_conf()
. 'location = /page.html { ssi on; root html; }'
--- user_files eval
">>> page.html\n" . '<!--#include virtual="' . task_uri() . '" -->'
--- request
GET /page.html
--- response_body_like: "state":"pending"
--- pt_backend_saw eval
"GET $main::Task\n"



=== SSI in the page of a refusal does not show the refused resource
--- config eval
gateway_conf(extra => 'error_page 401 /page.html;')
. 'location = /page.html { ssi on; root html; }
   location = /again { internal; proxy_pass http://$PrintTask::backend$request_uri; }
   location = /footer { internal; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2; }'
--- user_files eval
">>> page.html\n" . '<!--#include virtual="$request_uri" --> <!--#include virtual="/again" --> '
. '<!--#include virtual="/footer" -->'
--- pt_backend eval
'location = /footer { return 200 "the footer"; }' . backend()
--- request eval
"GET $main::Task"
--- more_headers
# no token
--- error_code: 401
--- response_body_unlike: pending
--- response_body_like: the footer
--- pt_backend_saw



=== post_action with a change that was forwarded
--- http_config eval: copies()
--- config eval
gateway_conf(extra => 'post_action @log;')
. 'location @log { rewrite ^ /log break; proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_4; }'
--- pt_redis
HSET $key state pending
--- error_code: 200
--- pt_log
PATCH /log {"status":{"state":"completed"}}



=== post_action after a refusal
--- http_config eval: copies()
--- config eval
gateway_conf(extra => 'post_action @log;')
. 'location @log { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_4; }'
--- more_headers
Content-Type: application/json
--- pt_refused: 401 tokenMissing
--- pt_log
