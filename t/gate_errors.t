# The gate: nginx ends a request early, and an error page leads it to a back
# end past the location that would have checked it.

use lib 't/lib';
use PrintTask;

our $Fallback = 'location @fallback { print_task off;
                                      proxy_pass http://$PrintTask::backend; }';

our $Errors = 'error_page 400 401 403 404 405 408 409 413 415 429 500 501 502
                          503 504 = @fallback;';

sub conf {
    my (%opt) = @_;

    return ($opt{server} // '')
           . gateway_conf(extra => "$Errors " . ($opt{extra} // ''))
           . ($opt{fallback} // $Fallback);
}

# one request in a minute: all but the first one are limited; a zone of another
# size is a new one, also after a reload

my $size = 64;

sub limited {
    $size += 4;

    return http_conf(extra => "
        limit_req_zone \$server_name zone=one:${size}k rate=1r/m;
        limit_conn_zone \$server_name zone=two:${size}k;");
}

run_tests();

__DATA__

=== a body whose chunks are broken is not sent in part
--- config eval: conf()
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- raw_request eval
raw_patch("20\r\n" . '{"status":{"state":"aborted"}}  ' . "\r\nxyz\r\n",
          'Transfer-Encoding: chunked', 'Connection: close')
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== the status of the error page is kept where it is known
--- config eval
gateway_conf(extra => 'error_page 400 413 @fallback;') . $main::Fallback
--- raw_request eval
raw_patch("20\r\n" . '{"status":{"state":"aborted"}}  ' . "\r\nxyz\r\n",
          'Transfer-Encoding: chunked', 'Connection: close')
--- pt_refused: 400 -
--- pt_backend_saw



=== client_max_body_size, without a token
--- config eval
conf(extra => 'client_max_body_size 100;')
--- request eval
patch('{"status":{"state":"completed"}}' . ' ' x 200)
--- more_headers eval
"Content-Type: application/json\nContent-Length: 232\n"
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== client_max_body_size, and recursive_error_pages
--- config eval
conf(extra => 'client_max_body_size 100; recursive_error_pages on;')
--- request eval
patch('{"status":{"state":"completed"}}' . ' ' x 200)
--- more_headers eval
body_headers(' ' x 232)
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== limit_req: neither a change nor a GET without a token
--- http_config eval: limited()
--- config eval
conf(extra => 'limit_req zone=one;')
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri(), 'GET /print/printers']
--- more_headers eval
[auth_headers(), ("Content-Type: application/json\n") x 3]
--- error_code eval: [200, 503, 503, 503]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== limit_req with recursive_error_pages
--- http_config eval: limited()
--- config eval
conf(extra => 'limit_req zone=one; recursive_error_pages on;')
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 503, 503]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== return in the location
--- config eval
conf(extra => 'if ($http_content_type) { return 403; }')
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== return in the location, with recursive_error_pages
--- config eval
conf(extra => 'recursive_error_pages on; if ($http_content_type) { return 403; }')
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== an address that is denied
--- config eval
conf(extra => 'deny all;')
--- request eval
[patch(), 'GET ' . task_uri()]
--- more_headers eval
[auth_headers(), "#\n"]
--- error_code eval: [503, 401]
--- pt_backend_saw



=== an accepted token, but another module refuses the request
--- config eval
conf(extra => 'deny all;')
--- request eval
[patch(), 'GET ' . task_uri(), 'GET /print/printers', "POST /print/printers\n{}"]
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== a header that nginx does not accept, before a location is chosen
--- config eval
conf(server => $main::Errors)
--- raw_request eval
raw_patch('{"status":{"state":"completed"}}', 'Host: twice')
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== a GET with such a header
--- config eval
conf(server => $main::Errors)
--- raw_request eval
"GET /print/taskDefinitions/d/tasks/t HTTP/1.1\r\nHost: a\r\nHost: b\r\n"
. "Connection: close\r\n\r\n"
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== chunked and a length, before a location is chosen
--- config eval
conf(server => $main::Errors)
--- raw_request eval
raw_patch(chunks('{"status":{"state":"completed"}}'),
          'Transfer-Encoding: chunked', 'Content-Length: 5', 'Connection: close')
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== a transfer encoding that is not known
--- config eval
conf(server => $main::Errors)
--- raw_request eval
raw_patch('{"status":{"state":"completed"}}', 'Transfer-Encoding: gzip')
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== a refusal is answered again, not sent
--- config eval: conf()
--- request eval
[patch('{"status":{"state":"done"}}'), patch(), 'DELETE ' . task_uri(), patch()]
--- more_headers eval
[auth_headers(), "Content-Type: application/json\n", auth_headers(),
 auth_headers() =~ s/json/xml/r]
--- pt_refused
400 stateInvalid
401 tokenMissing
405 methodNotAllowed
415 contentType
--- pt_backend_saw



=== an upstream that depends on the request
--- config eval
conf(extra => 'limit_req zone=one;',
     fallback => 'location @fallback { set $be $PrintTask::backend;
                                       proxy_pass http://$be; }')
--- http_config eval: limited()
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 503, 503]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== the same with proxy_bind
--- config eval
conf(extra => 'limit_req zone=one;',
     fallback => 'location @fallback { set $be $PrintTask::backend;
                                       proxy_bind 127.0.0.1;
                                       proxy_pass http://$be; }')
--- http_config eval: limited()
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 503, 503]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== an upstream block with keepalive
--- http_config eval
limited() . 'upstream be { server $PrintTask::backend; keepalive 4; }'
--- config eval
conf(extra => 'limit_req zone=one;',
     fallback => 'location @fallback { proxy_pass http://be; }')
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 503, 503]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== a cache of the fallback does not show it either
--- http_config eval
limited() . 'proxy_cache_path $TEST_NGINX_SERVER_ROOT/cache keys_zone=cache:1m;'
--- config eval
conf(extra => 'limit_req zone=one;',
     fallback => 'location @fallback { proxy_cache cache; proxy_cache_valid 1h;
                                       proxy_cache_key k;
                                       proxy_pass http://$PrintTask::backend; }
                  location /warm { proxy_cache cache; proxy_cache_valid 1h;
                                       proxy_cache_key k;
                                       proxy_pass http://$PrintTask::backend; }')
--- request eval
['GET /warm', 'GET ' . task_uri(), 'GET ' . task_uri()]
--- more_headers eval
['#', auth_headers(), '#']
--- pt_backend
return 200 'warm';
--- error_code eval: [200, 200, 503]
--- pt_backend_saw eval
"GET /warm\nGET " . task_uri() . "\n"



=== 429 of limit_req
--- http_config eval: limited()
--- config eval
conf(extra => 'limit_req zone=one; limit_req_status 429;')
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 503, 503]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== 429 where its status is known
--- http_config eval: limited()
--- config eval
gateway_conf(extra => 'limit_req zone=one; limit_req_status 429;
                       error_page 429 @fallback;') . $main::Fallback
--- request eval
['GET ' . task_uri(), patch(), 'GET ' . task_uri()]
--- error_code eval: [200, 429, 429]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"



=== 408: nginx closes the connection without a page
--- config eval
conf(extra => 'client_body_timeout 200ms;')
--- raw_request eval
raw_patch('{"status":', 'Content-Length: 32')
--- ignore_response
--- timeout: 10
--- pt_backend_saw



=== limit_except, which has the proxy_pass
--- config eval
'location /print/ { print_task forward; limit_except GET { proxy_pass http://$PrintTask::backend; } }'
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
[patch('{"status":{"state":"pending"}}'), patch(' {"Status":{"State":"completed"}} ')]
--- error_code eval: [409, 200]



=== limit_except with deny
--- config eval
conf(extra => 'limit_except GET { deny all; }')
--- request eval
[patch(), 'GET ' . task_uri()]
--- error_code eval: [503, 200]
--- pt_backend_saw eval
'GET ' . task_uri() . "\n"
