# An upgraded connection would be a way past the gateway.

use lib 't/lib';
use PrintTask;

our $Conf = gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
    extra => 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection upgrade;');

our $Tunnel = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              . "Connection: upgrade\r\n\r\nHTTP/1.1 200 OK\r\n\r\nraw";

run_tests();

__DATA__

=== bypass: a tunnel to the back end through a GET
--- config eval: $main::Conf
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: $main::Tunnel
--- raw_request eval
"GET /print/printers HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n"
. "Upgrade: websocket\r\n" . auth_headers() =~ s/\n/\r\n/gr . "\r\n"
. 'PATCH /print/taskDefinitions/d/tasks/t HTTP/1.1'
--- ignore_response
--- no_error_log
http upstream process upgraded
--- abort
--- timeout: 0.3



=== in a dry run upgrades work
--- config eval
$main::Conf =~ s/print_task forward;/print_task forward; print_task_dry_run on;/r
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: $main::Tunnel
--- raw_request eval
"GET /print/printers HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n"
. "Upgrade: websocket\r\n" . auth_headers() =~ s/\n/\r\n/gr . "\r\n"
--- ignore_response
--- error_log: http upstream process upgraded
--- abort
--- timeout: 0.3



=== elsewhere upgrades work
--- config eval
$main::Conf =~ s/print_task forward;//r
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: $main::Tunnel
--- raw_request eval
"GET /print/printers HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n"
. "Upgrade: websocket\r\n\r\n"
--- ignore_response
--- error_log: http upstream process upgraded
--- abort
--- timeout: 0.3



=== the back end does not see that one was wanted
--- config eval: $main::Conf
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/\AGET (?!.*upgrade: websocket)/si
--- tcp_reply eval: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
--- request
GET /print/printers
--- more_headers eval
auth_headers() . "Upgrade: websocket\n"
--- error_code: 200
--- response_body: ok
