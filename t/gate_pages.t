# The gate lets requests pass that do not concern tasks: error pages from
# other servers, spare back ends, and other locations.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();

sub limited {
    return http_conf(extra => 'limit_req_zone $server_name zone=one:64k rate=1r/m;');
}

run_tests();

__DATA__

=== an error page of another server
--- config eval
gateway_conf(extra => 'error_page 400 401 409 413 /errors/$status.html;')
. 'location /errors/ { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- pt_backend
return 200 'the page';
--- request eval
["GET $main::Task", patch(), patch('{"status":{"state":"pending"}}'), patch('{')]
--- more_headers eval
["#", "Content-Type: application/json\n", auth_headers(), auth_headers()]
--- error_code eval: [401, 401, 409, 400]
--- response_body eval: ['the page', 'the page', 'the page', 'the page']
--- pt_backend_saw eval
"GET /errors/401.html\nGET /errors/401.html {\"status\":{\"state\":\"completed\"}}\n"
. "GET /errors/409.html {\"status\":{\"state\":\"pending\"}}\nGET /errors/400.html {\n"



=== an error page for nginx's own errors, from an upstream in a variable
--- http_config eval: limited()
--- config eval
gateway_conf(extra => 'limit_req zone=one; error_page 503 /errors/busy;')
. 'location /errors/ { set $be $PrintTask::backend; proxy_pass http://$be; }'
--- pt_backend
return 200 'the page';
--- request eval
["GET $main::Task", "GET $main::Task", patch()]
--- error_code eval: [200, 503, 503]
--- response_body eval: ['the page', 'the page', 'the page']



=== an error page of another server, before a location is chosen
--- config eval
gateway_conf() . 'error_page 400 /errors/400.html;
location /errors/ { proxy_pass http://$PrintTask::backend; }'
--- pt_backend
return 200 'the page';
--- raw_request eval
raw_patch('{"status":{"state":"completed"}}', 'Host: twice', 'Connection: close')
--- error_code: 400
--- response_body: the page



=== a field that names another path does not make a task of the page
--- config eval
gateway_conf(extra => 'error_page 400 401 /errors/x.html;')
. 'location /errors/ { proxy_pass http://$PrintTask::backend; }'
--- request eval
"GET $main::Task"
--- more_headers
X-Original-URL: /print/taskDefinitions/d/tasks/t
--- pt_refused: 400 pathInvalid
--- pt_backend_saw



=== an error page that is the task itself
--- config eval
gateway_conf(extra => 'error_page 401 /page;')
. 'location /page { proxy_pass http://$PrintTask::backend$request_uri; }'
--- request eval
["GET $main::Task", 'GET /print/printers']
--- more_headers
# no token
--- pt_refused: 401 tokenMissing
--- pt_backend_saw



=== an error page that shows another task
--- config eval
gateway_conf(extra => 'error_page 401 /page;')
. 'location /page { proxy_pass http://$PrintTask::backend/print/taskDefinitions/x/tasks/y; }'
--- request eval
"GET $main::Task"
--- more_headers
# no token
--- pt_refused: 401 tokenMissing
--- pt_backend_saw



=== a refused GET is not shown by a named location
--- config eval
gateway_conf(extra => 'error_page 401 403 404 = @fb;')
. 'location @fb { proxy_pass http://$PrintTask::backend; }'
--- request eval
["GET $main::Task", "HEAD $main::Task", 'GET /print/taskDefinitions/d/tasks',
 "GET $main::Task/parent", 'GET /print/printers']
--- more_headers
# no token
--- error_code eval: [(401) x 5]
--- pt_backend_saw



=== nor with another prefix, which is put before or taken away
--- config eval
gateway_conf(path => '/v1/', extra => 'error_page 401 = @fb;')
. gateway_conf(path => '/print/', extra => 'error_page 401 = @api;')
. 'location @fb { rewrite ^/v1(.*)$ $1 break; proxy_pass http://$PrintTask::backend; }
   location @api { rewrite ^ /api$uri break; proxy_pass http://$PrintTask::backend; }'
. gateway_conf(path => '/v3/', extra => 'error_page 401 = @four;')
. 'location @four { rewrite ^/v3(.*)$ /v4$1 break; proxy_pass http://$PrintTask::backend; }'
--- request eval
["GET /v1$main::Task", 'GET /v1/print/printers', "GET $main::Task",
 'GET /print/printers', 'GET /v3/print/printers']
--- more_headers
# no token
--- pt_refused: 401 tokenMissing
--- pt_backend_saw



=== a spare back end gets the change that was forwarded
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'error_page 502 = @spare;')
. 'location @spare { print_task off; proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state processing
--- request eval
patch(' {"Status":{"State":"2"}} ')
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)
--- pt_expect
HGET $key state => completed



=== a spare back end under another prefix, or one that gets something else
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'error_page 502 = @spare; recursive_error_pages on;')
. 'location @spare { rewrite ^ /v2$uri break;
                     proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_4;
                     error_page 502 = @other; }
   location @other { rewrite ^ /other break; proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state processing
--- pt_refused: 500 requestChanged
--- pt_backend_saw
--- pt_expect
HEXISTS $key lease => 0



=== the page for a back end that is not there comes from a server of pages
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'error_page 502 /50x.html;')
. 'location = /50x.html { proxy_pass http://$PrintTask::backend; }'
--- pt_backend
return 200 'the page';
--- pt_redis
HSET $key state processing
--- error_code: 502
--- response_body: the page
--- pt_expect
HEXISTS $key lease => 0



=== maintenance
--- config eval
gateway_conf(extra => 'if ($arg_x) { return 503; } error_page 503 /maintenance.html;')
. 'location = /maintenance.html { root html; internal; }'
--- user_files
>>> maintenance.html
back soon
--- request eval
[patch_uri("$main::Task?x=1"), "GET $main::Task?x=1"]
--- error_code eval: [503, 503]
--- response_body eval: ["back soon\n", "back soon\n"]



=== a named location with a text
--- config eval
gateway_conf(extra => 'error_page 503 = @busy; if ($arg_x) { return 503; }')
. 'location @busy { return 299 "busy"; }'
--- request eval
patch_uri("$main::Task?x=1")
--- error_code: 299
--- response_body: busy



=== other locations of the server, off: everything works
--- config eval
gateway_conf()
. 'location /app/ { try_files /none @app; }
   location @app { proxy_pass http://$PrintTask::backend; }
   location /old/ { rewrite ^/old/(.*)$ /app/$1 last; }
   location /cond/ { error_page 418 = @app; return 418; }
   location /lost/ { proxy_intercept_errors on; error_page 404 = @app;
                     proxy_pass http://$PrintTask::backend/404/; }
   location /task/ { proxy_pass http://$PrintTask::backend/print/; }
   rewrite ^/server/(.*)$ /app/$1;'
--- pt_backend
location /404/ { return 404; }
location / { return 204; }
--- request eval
[map { "POST $_\nbody" } '/app/1', '/old/2', '/cond/3', '/lost/4',
 '/task/taskDefinitions/d/tasks/t', '/server/5']
--- more_headers
# no token
--- error_code eval: [(204) x 6]
--- pt_backend_saw
POST /app/1 body
POST /app/2 body
POST /cond/3 body
POST /404/4 body
POST /lost/4 body
POST /print/taskDefinitions/d/tasks/t body
POST /app/5 body



=== a server beside it, without print_task, keeps its error pages
--- http_config eval
http_conf(extra => 'server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
    error_page 400 413 = @fb;
    location / { client_max_body_size 1; proxy_pass http://$PrintTask::backend; }
    location @fb { proxy_pass http://$PrintTask::backend; }
}')
--- config eval
gateway_conf()
. 'location /x/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_4; }'
--- pt_backend
return 204;
--- request
PUT /x/y
body
--- error_code: 204
--- pt_backend_saw
PUT /x/y



=== X-Accel-Redirect of the back end leads to other resources
--- config eval
gateway_conf()
. 'location /done/ { proxy_pass http://$PrintTask::backend; }'
--- pt_backend
location /done/ { return 200 done; }
location / { add_header X-Accel-Redirect /done/1; return 200; }
--- pt_redis
HSET $key state processing
--- request eval
[patch(), "GET $main::Task"]
--- error_code eval: [200, 200]
--- response_body eval: ['done', 'done']



=== a refused GET is not shown, however its path is spelled
--- config eval
gateway_conf(path => '/users/', extra => 'error_page 400 401 = /off$uri;')
. 'location /off/ { internal; proxy_pass http://$PrintTask::backend/; }'
--- request eval
[map { "GET $_" } '/users/b', '//users/b', '/users/x/../b', '/users/x%2f/../b',
                  '/users/%2e/b']
--- more_headers
# no token
--- error_code eval: [401, (400) x 4]
--- pt_backend_saw



=== nor by a cache behind another prefix
--- http_config eval
http_conf(extra => 'proxy_cache_path $TEST_NGINX_SERVER_ROOT/cache keys_zone=pages:64k;')
--- config eval
gateway_conf(path => '/users/', extra => 'rewrite ^/users/warm$ /off/users/b last;
                                         error_page 401 = /off$uri;')
. 'location /off/ { internal; proxy_pass http://$PrintTask::backend/;
                    proxy_cache pages; proxy_cache_valid 1m; }'
--- request eval
['GET /users/warm', 'GET /users/b']
--- more_headers
# no token
--- error_code eval: [200, 401]
--- pt_backend_saw
GET /users/b
