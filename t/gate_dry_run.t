# The gate and a dry run, which sends all requests unchanged.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();
our $Dry = 'print_task_dry_run on;
            add_header X-Verdict "$print_task_verdict:$print_task_reason" always;';

sub dry {
    my (%opt) = @_;

    return gateway_conf(%opt, extra => "$Dry " . ($opt{extra} // ''));
}

run_tests();

__DATA__

=== a prefix that makes a task of another path
--- config eval
dry(path => '/td/', pass => 'http://$PrintTask::backend/print/taskDefinitions/')
--- request eval
patch_uri('/td/d/tasks/t', '{ "x": 1 }')
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:requestChanged
--- pt_backend_saw eval
qq(PATCH $main::Task { "x": 1 }\n)
--- error_log
print task would be refused: requestChanged (500)



=== proxy_method and proxy_set_body
--- config eval
dry(extra => 'proxy_method POST; proxy_set_body other;')
--- pt_redis
HSET $key state pending
--- pt_backend
return 204;
--- error_code: 204
--- response_headers
X-Verdict: would_refuse:requestChanged
--- pt_backend_saw eval
"POST $main::Task other\n"



=== the module asks for no task with another method
--- config eval
dry(extra => 'proxy_method PATCH;')
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:refetchFailed
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== a legal change
--- config eval: dry()
--- pt_redis
HSET $key state pending
--- request eval
patch('{ "Status": {"State": "2"} }')
--- error_code: 200
--- response_headers
X-Verdict: forwarded:
--- pt_backend_saw eval
qq(PATCH $main::Task { "Status": {"State": "2"} }\n)



=== an error page that leads to a back end
--- http_config eval
http_conf(extra => 'limit_req_zone $server_name zone=one:64k rate=1r/m;')
--- config eval
dry(extra => 'limit_req zone=one; error_page 503 = @fb;')
. 'location @fb { proxy_pass http://$PrintTask::backend; }'
--- request eval
["GET $main::Task", patch('{ "x": 1 }'), "GET $main::Task"]
--- more_headers
Content-Type: application/json
--- error_code eval: [200, 200, 200]
--- pt_backend_saw eval
qq(GET $main::Task\nPATCH $main::Task { "x": 1 }\nGET $main::Task\n)



=== rewrite out of the location
--- config eval
dry(extra => 'rewrite ^ /legacy$uri last;')
. 'location /legacy/ { proxy_pass http://$PrintTask::backend/; }'
--- request eval
[patch(), "GET $main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\nGET $main::Task\n)



=== an error before a location is chosen
--- config eval
dry() . 'error_page 400 = @fb;
location @fb { proxy_pass http://$PrintTask::backend; }'
--- raw_request eval
raw_patch('{"status":{"state":"completed"}}', 'Host: twice', 'Connection: close')
--- error_code: 200
--- pt_backend_saw eval
"PATCH $main::Task\n"



=== a refused request does not pass through the dry run of another location
--- config eval
gateway_conf(extra => 'error_page 401 409 = @dry;')
. dry(path => '@dry')
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
[patch('{"status":{"state":"pending"}}'), patch(), "GET $main::Task"]
--- more_headers eval
[auth_headers(), "Content-Type: application/json\n", '#']
--- pt_refused
409 transitionNotAllowed
401 tokenMissing
401 tokenMissing
--- pt_backend_saw



=== a location that checks leads to a dry run by a rewrite: that one counts
--- config eval
gateway_conf(extra => 'rewrite ^ /dry$uri last;')
. dry(path => '/dry/', pass => 'http://$PrintTask::backend/')
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
[patch('{"status":{"state":"pending"}}'), "GET $main::Task"]
--- more_headers eval
[auth_headers(), '#']
--- error_code eval: [200, 200]
--- response_headers eval
["X-Verdict: would_refuse:transitionNotAllowed", "X-Verdict: would_refuse:tokenMissing"]
