# The gate and scripts (the Lua module), which may change a request at any time.

use lib 't/lib';

# before the module or after it: the handlers of the one loaded last run first

my @lua;

BEGIN {
    @lua = map { "/usr/lib/nginx/modules/$_.so" }
           qw(ndk_http_module ngx_http_lua_module);
}

use PrintTask;

plan(skip_all => 'no libnginx-mod-http-lua') if grep { !-e } @lua;

our $Task = task_uri();
our $Load = join '', map { "load_module $_;\n" } @lua;

add_block_preprocessor(sub {
    my ($block) = @_;

    $block->set_value(main_config => $Load);
});

# A script that sends the change itself, by a subrequest.

sub sends {
    my ($pass, $answers) = @_;

    return "location /print/ {
                print_task forward;
                content_by_lua_block {
                    local res = ngx.location.capture('/direct' .. ngx.var.uri,
                        { method = ngx.HTTP_PATCH, body = ngx.req.get_body_data() })
                    $answers
                }
            }
            location /direct/ { internal; proxy_pass http://$pass/; }";
}

run_tests();

__DATA__

=== set_uri makes a task of another path: it is checked
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.req.set_uri("/print/taskDefinitions/d/tasks/t") }')
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch_uri('/print/printers', '{"status":{"state":"aborted"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw



=== set_uri makes another task of a task: that one is checked
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.req.set_uri("/print/taskDefinitions/d/tasks/t") }')
--- pt_redis
HSET $key state pending
--- request eval
patch_uri('/print/taskDefinitions/d/tasks/u')
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)
--- pt_expect
HGET $key state => completed



=== set_method makes a change of a GET: it is checked
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.req.set_method(ngx.HTTP_PATCH) }')
--- request eval
"GET $main::Task"
--- pt_refused: 400 bodyEmpty
--- pt_backend_saw



=== set_method makes a DELETE of a GET
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.req.set_method(ngx.HTTP_DELETE) }')
--- request eval
"GET $main::Task"
--- pt_refused: 405 methodNotAllowed
--- pt_backend_saw



=== a script that chooses the server
--- http_config eval
http_conf(extra => 'upstream be { server 0.0.0.1;
    balancer_by_lua_block {
        require("ngx.balancer").set_current_peer("127.0.0.1", $TEST_NGINX_RAND_PORT_1)
    } }')
--- config eval
gateway_conf(pass => 'http://be')
--- pt_redis
HSET $key state pending
--- request eval
[patch(), patch('{"status":{"state":"pending"}}')]
--- error_code eval: [200, 409]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== set_body_data before the check: it is the body that is checked
--- config eval
gateway_conf(extra => 'access_by_lua_block {
    ngx.req.read_body()
    ngx.req.set_body_data([[{"status":{"state":"aborted"}}]])
}')
--- pt_redis
HSET $key state pending
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"aborted"}}\n)
--- pt_expect
HGET $key state => aborted



=== a field that names another method
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.req.set_header("X-HTTP-Method-Override", "DELETE") }')
--- pt_redis
HSET $key state pending
--- request eval
[patch(), "GET $main::Task"]
--- error_code eval: [500, 500]
--- response_body_like eval: [('"code":"requestChanged"') x 2]
--- pt_backend_saw



=== exec to a named location elsewhere
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.exec("@back") }')
. gateway_conf(path => '/v2/print/', extra => 'rewrite_by_lua_block { ngx.exec("@back") }')
. 'location @back { proxy_pass http://$PrintTask::backend; }'
--- request eval
[map { (patch_uri("$_$main::Task"), "GET $_$main::Task") } '', '/v2']
--- more_headers
# no token
--- error_code eval: [401, 401, 503, 503]
--- pt_backend_saw



=== exec to a location that has print_task
--- config eval
'location /api/ { access_by_lua_block { ngx.exec("/print/taskDefinitions/d/tasks/t") } }'
. gateway_conf()
--- pt_redis
HSET $key state pending
--- request eval
[patch_uri('/api/x'), patch_uri('/api/x', '{"status":{"state":"pending"}}')]
--- error_code eval: [200, 409]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== exec in an unguarded location
--- config eval
'location /api/ { rewrite_by_lua_block { ngx.exec("@back") } }
 location /api2/ { access_by_lua_block { ngx.exec("@back") } }
 location @back { proxy_pass http://$PrintTask::backend; }'
--- pt_backend
return 204;
--- request eval
["POST /api/x\nbody", "POST /api2/x\nbody"]
--- more_headers
# no token
--- error_code eval: [204, 204]
--- pt_backend_saw
POST /api/x body
POST /api2/x body



=== capture of a change, from elsewhere
--- config eval
gateway_conf()
. 'location /api/ { content_by_lua_block {
      local res = ngx.location.capture("/print/taskDefinitions/d/tasks/t",
          { method = ngx.HTTP_PATCH, body = [[{"status":{"state":"aborted"}}]] })
      ngx.say(res.status)
      res = ngx.location.capture("/print/taskDefinitions/d/tasks/t",
          { method = ngx.HTTP_GET })
      ngx.say(res.status)
      res = ngx.location.capture("/print/connectors",
          { method = ngx.HTTP_POST, body = "x" })
      ngx.say(res.status)
   } }'
--- pt_backend eval
'if ($request_method = POST) { return 204; } ' . backend()
--- request
GET /api/x
--- response_body
500
200
204
--- pt_backend_saw eval
"GET $main::Task\nPOST /print/connectors x\n"



=== capture of another change, while one is checked
--- config eval
gateway_conf(extra => 'access_by_lua_block {
    local res = ngx.location.capture("/direct/print/taskDefinitions/d/tasks/t",
        { method = ngx.HTTP_PATCH, body = [[{"status":{"state":"aborted"}}]] })
    ngx.header["X-Capture"] = res.status
}')
. 'location /direct/ { internal; proxy_pass http://$PrintTask::backend/; }'
--- pt_redis
HSET $key state pending
--- response_headers
X-Capture: 500
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== capture of a task in the page of a refusal
--- config eval
gateway_conf(extra => 'error_page 401 = @page;')
. 'location @page { content_by_lua_block {
      local res = ngx.location.capture("/direct" .. ngx.var.uri)
      ngx.status = 401
      ngx.print("page ", res.status)
   } }
   location /direct/ { internal; proxy_pass http://$PrintTask::backend/; }'
--- request eval
"GET $main::Task"
--- more_headers
# no token
--- error_code: 401
--- response_body: page 500
--- pt_backend_saw



=== a script that fails, and an error page that leads to a back end
--- config eval
gateway_conf(extra => 'access_by_lua_block { ngx.exit(503) } error_page 503 = @back;')
. gateway_conf(path => '/v2/print/', extra => 'rewrite_by_lua_block { ngx.exit(503) } error_page 503 = @back;')
. 'location @back { proxy_pass http://$PrintTask::backend; }'
--- request eval
[map { (patch_uri("$_$main::Task"), "GET $_$main::Task") } '', '/v2']
--- error_code eval: [(503) x 4]
--- pt_backend_saw



=== a change of a script without an answer: the task is held
--- config eval
main::sends('127.0.0.1:$TEST_NGINX_RAND_PORT_3', 'ngx.exit(res.status)')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing rev 3 app $PrintTask::app
--- pt_refused: 502 -
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1
HGET $key rev => 4



=== a change that a script has sent, and whose answer it passes on
--- config eval
main::sends('$PrintTask::backend', 'ngx.status = res.status ngx.print(res.body)')
--- pt_redis
HSET $key state processing rev 3 app $PrintTask::app
--- error_code: 200
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== a socket that a script opens itself is not seen
--- config eval
'location /print/ {
    print_task forward;
    content_by_lua_block {
        local sock = ngx.socket.tcp()
        local host, port = ("$PrintTask::backend"):match("^(.*):(%d+)$")

        assert(sock:connect(host, tonumber(port)))
        assert(sock:send("PATCH /past/the/gate HTTP/1.0\r\nContent-Length: 0\r\n\r\n"))
        assert(sock:receive("*a"))
        sock:close()
        ngx.exit(204)
    }
}'
--- pt_redis
HSET $key state pending
--- error_code: 204
--- pt_backend_saw
PATCH /past/the/gate
