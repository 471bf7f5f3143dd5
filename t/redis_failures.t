# A Redis with wrong replies.

use lib 't/lib';
use PrintTask;

our @Reject = (redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3',
               extra => 'print_task_store_down reject;');

our $Pong = "+PONG\r\n";

run_tests();

__DATA__

=== refused
--- http_config eval: http_conf(@main::Reject)
--- pt_refused: 503 storeDown



=== silence: no request waits longer than print_task_redis_timeout
--- http_config eval
http_conf(redis => $main::Reject[1],
          extra => 'print_task_redis_timeout 100ms 100ms; print_task_store_down reject;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply_delay: 2
--- tcp_reply eval: $main::Pong
--- timeout: 1
--- pt_refused: 503 storeDown



=== it closes at once
--- http_config eval: http_conf(@main::Reject)
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: ""
--- pt_refused: 503 storeDown



=== garbage
--- http_config eval: http_conf(@main::Reject)
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "HTTP/1.1 400 Bad Request\r\n\r\n"
--- pt_refused: 503 storeDown



=== more replies than commands
--- http_config eval: http_conf(@main::Reject)
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "+PONG\r\n+PONG\r\n+PONG\r\n"
--- pt_refused: 503 storeDown



=== a reply that nests too deeply
--- http_config eval: http_conf(@main::Reject)
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "*1\r\n" x 20
--- pt_refused: 503 storeDown



=== a reply that never ends
--- http_config eval
http_conf(redis => $main::Reject[1],
          extra => 'print_task_redis_timeout 200ms 200ms; print_task_store_down reject;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "\$1000000\r\n" . 'x' x 500
--- tcp_no_close
--- pt_refused: 503 storeDown



=== LOADING
--- http_config eval: http_conf(@main::Reject)
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "-LOADING Redis is loading the dataset in memory\r\n"
--- pt_refused: 503 storeDown



=== MOVED: this is a cluster
--- http_config eval: http_conf(@main::Reject)
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "+PONG\r\n-MOVED 3999 127.0.0.1:6381\r\n"
--- pt_refused: 503 storeDown



=== a script that is not known is sent
--- pt_script_flush
--- pt_redis
HSET $key state processing
--- request eval
[patch('{"status":{"state":"processing"}}'), patch()]
--- error_code eval
[200, 200]
--- pt_expect
HGET $key state => completed



=== a key of another type is an error of this key, and stays
--- pt_redis
SET $key garbage
--- error_code: 503
--- pt_backend_saw
--- pt_expect
TYPE $key => string



=== a record of garbage is not known
--- pt_redis
HSET $key state done rev x confirmed y app ""
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
HGET $key rev => /^\d{13}$/



=== Redis is out of memory: as if it were down
--- http_config eval: http_conf(extra => 'print_task_store_down reject;')
--- pt_redis
CONFIG SET maxmemory 1
--- pt_refused: 503 storeDown
--- pt_expect
CONFIG SET maxmemory 0 => OK



=== a description that is not UTF-8 in Redis
--- config
location /print/ {
    print_task answer;
}
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'description', "caf\xe9"]]
--- request eval
'GET ' . task_uri()
--- error_code: 200
--- response_body: {"@odata.etag":"\"0\"","id":"t","parentUrl":null,"status":{"state":"pending","description":"caf\ufffd"}}
