# The requirements of "print_task forward" for the location.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== not for FastCGI, which would not know the GET from the PATCH
--- config
location /print/ {
    print_task forward;
    fastcgi_pass 127.0.0.1:9;
}
--- must_die
--- error_log: "print_task forward" needs "proxy_pass", it does not work with ngx_http_fastcgi_module



=== nor for uwsgi and SCGI
--- config
location /print/ {
    print_task forward;
    uwsgi_pass 127.0.0.1:9;
}
--- must_die
--- error_log: it does not work with ngx_http_uwsgi_module



=== no cache, because a refetch needs the answer of the back end
--- http_config eval
http_conf(extra => 'proxy_cache_path /tmp/pt-cache keys_zone=z:1m;')
--- config eval
gateway_conf(extra => 'proxy_cache z;')
--- must_die
--- error_log: "proxy_cache" cannot be used with "print_task forward"



=== the body has to be passed
--- config eval: gateway_conf(extra => 'proxy_pass_request_body off;')
--- must_die
--- error_log: "proxy_pass_request_body off" cannot be used with "print_task forward"



=== and so the header
--- config eval: gateway_conf(extra => 'proxy_pass_request_headers off;')
--- must_die
--- error_log: "proxy_pass_request_headers off" cannot be used



=== a lease that only just outlasts the proxy leaves no time for Redis
--- config eval: gateway_conf(extra => 'print_task_lease 60100ms;')
--- must_die
--- error_log: "print_task_lease" of 60100ms must be longer than the time-outs of the proxy, 60000ms, and of the store, 250ms
