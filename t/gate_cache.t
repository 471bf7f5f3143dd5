# The gate and caches: a request that was refused or not checked gets no
# cached answer, whatever the key of the cache.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();
our $Port = '127.0.0.1:$TEST_NGINX_RAND_PORT_3';

sub cached {
    my ($protocol) = @_;

    $protocol //= 'proxy';

    return http_conf(extra =>
        "${protocol}_cache_path \$TEST_NGINX_SERVER_ROOT/cache keys_zone=pages:64k;");
}

# directives of a cache with that key

sub cache {
    my ($key, $protocol) = @_;

    $protocol //= 'proxy';

    return "${protocol}_cache pages; ${protocol}_cache_valid any 1m;
            ${protocol}_cache_key $key;";
}

# another protocol, an error page of which has the key that it was filled with

sub other {
    my ($protocol) = @_;

    return gateway_conf(extra => 'error_page 401 = /page;')
           . "location /page { ${protocol}_pass $main::Port; "
           . cache('$request_uri', $protocol) . '}'
           . "location /warm { ${protocol}_pass $main::Port; "
           . cache('$arg_k', $protocol) . '}';
}

run_tests();

__DATA__

=== an error page that is the resource itself
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'error_page 401 = /page;')
. 'location /page { proxy_pass http://$PrintTask::backend$request_uri;'
. cache('$request_uri') . '}
   location /warm { proxy_pass http://$PrintTask::backend;' . cache('$arg_k') . '}'
--- pt_backend
return 200 'the resource';
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task", "HEAD $main::Task",
 'GET /warm?k=/print/printers', 'GET /print/printers']
--- more_headers
# no token
--- error_code eval: [200, 401, 401, 200, 401]
--- pt_backend_saw eval
"GET /warm?k=$main::Task\nGET /warm?k=/print/printers\n"



=== a page of errors from another server, whose key is the resource
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'error_page 401 /errors/401.html;')
. 'location /errors/ { proxy_pass http://$PrintTask::backend;'
. cache('$request_uri') . '}
   location /warm { proxy_pass http://$PrintTask::backend;' . cache('$arg_k') . '}'
--- pt_backend
location /errors/ { return 200 'the page'; }
location / { return 200 'the resource'; }
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task", "GET /warm?k=$main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 401, 200]
--- response_body eval: ['the resource', 'the page', 'the resource']



=== a refused request does not write to a cache
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'error_page 401 /errors/401.html;')
. 'location /errors/ { proxy_pass http://$PrintTask::backend;'
. cache('$request_uri') . '}
   location /show { proxy_pass http://$PrintTask::backend;' . cache('$arg_k') . '}'
--- pt_backend
location /errors/ { return 200 'the page'; }
location / { return 200 'the resource'; }
--- request eval
["GET $main::Task", "GET /show?k=$main::Task"]
--- more_headers
# no token
--- error_code eval: [401, 200]
--- response_body eval: ['the page', 'the resource']



=== a named location with a fixed key
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'error_page 401 = @fb;')
. 'location @fb { rewrite ^ /other break; proxy_pass http://$PrintTask::backend;'
. cache('k') . '}
   location /warm { proxy_pass http://$PrintTask::backend;' . cache('k') . '}'
--- pt_backend
location /other { return 200 'something else'; }
location / { return 200 'the resource'; }
--- request eval
['GET /warm', 'GET /print/printers']
--- more_headers
# no token
--- error_code eval: [200, 200]
--- response_body eval: ['the resource', 'something else']



=== an upstream and a cache that depend on the request
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'error_page 401 = /page;')
. 'set $be $PrintTask::backend; set $zone pages;
   location /page { proxy_pass http://$be$request_uri; '
. cache('$request_uri') =~ s/pages/\$zone/r . '}
   location /warm { proxy_pass http://$be;' . cache('$arg_k') . '}'
--- pt_backend
return 200 'the resource';
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 401]



=== a "proxy_cache_bypass" of the location still counts
--- http_config eval: cached()
--- config eval
gateway_conf()
. 'proxy_cache_bypass $arg_bypass; proxy_no_cache $arg_no;
   location /app { proxy_pass http://$PrintTask::backend;' . cache('k') . '
                   add_header X-Cache $upstream_cache_status; }'
--- pt_backend
return 200 'app';
--- request eval
['GET /app?no=1', 'GET /app', 'GET /app', 'GET /app?bypass=1']
--- raw_response_headers_like eval
['X-Cache: MISS', 'X-Cache: MISS', 'X-Cache: HIT', 'X-Cache: BYPASS']



=== a task that a rewrite leads to, unchecked
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'rewrite ^ /off$uri last;')
. 'location /off/ { internal; proxy_pass http://$PrintTask::backend/;'
. cache('$request_uri') . '}
   location /warm { proxy_pass http://$PrintTask::backend;' . cache('$arg_k') . '}'
--- pt_backend
return 200 'from the back end';
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task", 'GET /print/connectors',
 'GET /print/connectors']
--- more_headers
# no token
--- error_code eval: [200, 503, 200, 200]
--- pt_backend_saw eval
"GET /warm?k=$main::Task\nGET /print/connectors\n"



=== a script reads a cache beside a refused request
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'error_page 401 /ssi.html;')
. 'location = /ssi.html { ssi on; root html; }
   location /part { proxy_pass http://$PrintTask::backend; ' . cache('$request_uri') . '}
   location /warm { proxy_pass http://$PrintTask::backend;' . cache('$arg_k') . '}'
--- user_files
>>> ssi.html
<!--#include virtual="/part" -->
--- pt_backend
location /part { return 200 'the part'; }
location / { return 200 'the resource'; }
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 401]
--- response_body eval: ['the resource', "the part\n"]



=== the cache of "auth_request" is used before the request is checked
--- http_config eval: cached()
--- config eval
gateway_conf(extra => 'auth_request /auth;')
. 'location = /auth { internal; proxy_pass http://$PrintTask::backend/auth;
                      proxy_pass_request_body off; proxy_set_header Content-Length "";'
. cache('k') . '}'
--- pt_backend
return 200 '{}';
--- request eval
['GET /print/printers', 'GET /print/shares']
--- error_code eval: [200, 200]
--- pt_backend_saw
GET /auth
GET /print/printers
GET /print/shares



=== SCGI
--- http_config eval: cached('scgi')
--- config eval: other('scgi')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"Status: 200 OK\r\nContent-Length: 8\r\n\r\nresource"
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 401]



=== uwsgi
--- http_config eval: cached('uwsgi')
--- config eval: other('uwsgi')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nresource"
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 401]



=== FastCGI
--- http_config eval: cached('fastcgi')
--- config eval: other('fastcgi')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"\1\6\0\1\0\36\0\0Status: 200 OK\r\n\r\nthe resource"
. "\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"
--- request eval
["GET /warm?k=$main::Task", "GET $main::Task"]
--- more_headers
# no token
--- error_code eval: [200, 401]
