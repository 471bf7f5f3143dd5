# print_task_redis ... ssl: authentication in both directions.

use lib 't/lib';
use PrintTask;
use PrintTask::Certificates;

our $certs = PrintTask::Certificates->new;

$certs->authority($_) for qw(ca other);
$certs->issue('named', 'ca', names => 'DNS:redis.test,DNS:localhost');
$certs->issue('address', 'ca', names => 'IP:127.0.0.1');
$certs->issue('expired', 'ca', names => 'DNS:redis.test', days => -1);
$certs->issue('revoked', 'ca', names => 'DNS:redis.test');
$certs->issue('client', 'ca');
$certs->revoke('ca', 'revoked');

our ($port, $tls_port) = map { Test::Nginx::Util::gen_rand_port(1000) } 1 .. 2;

redis(port => $port, 'tls-port' => $tls_port,
      'tls-cert-file' => $certs->file('named.crt'),
      'tls-key-file' => $certs->file('named.key'),
      'tls-ca-cert-file' => $certs->file('ca.crt'),
      'tls-auth-clients' => 'no');

# a gateway that has the certificate of the authority, and more words

sub with {
    my (@words) = @_;

    return without('ssl_trusted_certificate=' . $certs->file('ca.crt'),
                   @words);
}

sub without {
    my (@words) = @_;
    my $host = @words && $words[0] =~ /^host=(.*)/ ? $1 : '127.0.0.1';

    return http_conf(redis => join(' ', "$host:$tls_port ssl",
                                   grep { !/^host=/ } @words),
                     extra => 'print_task_store_down reject;');
}

# what Redis is to show

sub shows {
    my ($name, $clients) = @_;

    return [['CONFIG', 'SET', 'tls-cert-file', $certs->file("$name.crt"),
             'tls-key-file', $certs->file("$name.key"),
             'tls-auth-clients', $clients // 'no']];
}

sub client {
    my ($name) = @_;

    return ('ssl_certificate=' . $certs->file("$name.crt"),
            'ssl_certificate_key=' . $certs->file("$name.key"));
}

run_tests();

__DATA__

=== the right name
--- http_config eval: main::with('ssl_name=redis.test')
--- pt_redis eval: main::shows('named')
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== the name of the host, if no other is given
--- http_config eval: main::without('host=localhost', 'ssl_trusted_certificate=' . $main::certs->file('ca.crt'))
--- pt_redis eval: main::shows('named')
--- error_code: 200



=== another name
--- http_config eval: main::with('ssl_name=other.test')
--- pt_redis eval: main::shows('named')
--- pt_refused: 503 storeDown
--- error_log: is unreachable: SSL certificate does not match "other.test"



=== the right address
--- http_config eval: main::with()
--- pt_redis eval: main::shows('address')
--- error_code: 200



=== a certificate with a name instead of the address
--- http_config eval: main::with()
--- pt_redis eval: main::shows('named')
--- pt_refused: 503 storeDown
--- error_log: is unreachable: SSL certificate does not match "127.0.0.1"



=== of another authority
--- http_config eval: main::without('ssl_name=redis.test', 'ssl_trusted_certificate=' . $main::certs->file('other.crt'))
--- pt_redis eval: main::shows('named')
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: SSL certificate verify error: \((?:19|20):/



=== expired
--- http_config eval: main::with('ssl_name=redis.test')
--- pt_redis eval: main::shows('expired')
--- pt_refused: 503 storeDown
--- error_log: is unreachable: SSL certificate verify error: (10:certificate has expired)



=== revoked
--- http_config eval: main::with('ssl_name=redis.test', 'ssl_crl=' . $main::certs->file('ca.crl'))
--- pt_redis eval: main::shows('revoked')
--- pt_refused: 503 storeDown
--- error_log: is unreachable: SSL certificate verify error: (23:certificate revoked)



=== not revoked, with the same list
--- http_config eval: main::with('ssl_name=redis.test', 'ssl_crl=' . $main::certs->file('ca.crl'))
--- pt_redis eval: main::shows('named')
--- error_code: 200



=== ssl_verify=off: anything
--- http_config eval: main::without('ssl_verify=off')
--- pt_redis eval: main::shows('other')
--- error_code: 200



=== a client certificate where one is required
--- http_config eval: main::with('ssl_name=redis.test', main::client('client'))
--- pt_redis eval: main::shows('named', 'yes')
--- error_code: 200



=== a required certificate is missing
--- http_config eval: main::with('ssl_name=redis.test')
--- pt_redis eval: main::shows('named', 'yes')
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: SSL_read\(\) failed \(SSL: .*certificate required/



=== one of another authority
--- http_config eval: main::with('ssl_name=redis.test', main::client('other'))
--- pt_redis eval: main::shows('named', 'yes')
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: SSL_read\(\) failed/



=== Redis without TLS: it waits for the end of the line
--- http_config eval
http_conf(redis => "127.0.0.1:$main::port ssl ssl_verify=off",
          extra => 'print_task_redis_timeout 100ms 2s; print_task_store_down reject;')
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: SSL(?: handshake|_do_handshake\(\)) failed/



=== a server without TLS that answers
--- http_config eval
http_conf(redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3 ssl ssl_verify=off',
          extra => 'print_task_store_down reject;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "-ERR Protocol error\r\n"
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: SSL_do_handshake\(\) failed \(SSL: .*wrong version number/



=== a server with TLS, and no "ssl"
--- http_config eval: http_conf(redis => "127.0.0.1:$main::tls_port", extra => 'print_task_store_down reject;')
--- pt_redis eval: main::shows('named')
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: (?:invalid reply|it closed the connection)/



=== a silent server
--- http_config eval
http_conf(redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3 ssl ssl_verify=off',
          extra => 'print_task_redis_timeout 100ms 2s; print_task_store_down reject;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply_delay: 2
--- tcp_reply: x
--- pt_refused: 503 storeDown
--- error_log: is unreachable: SSL handshake failed (110: Connection timed out)



=== a server that closes
--- http_config eval
http_conf(redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3 ssl ssl_verify=off',
          extra => 'print_task_store_down reject;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: ""
--- pt_refused: 503 storeDown
--- error_log eval: qr/is unreachable: (?:peer closed connection in SSL handshake|SSL_do_handshake\(\) failed)/



=== the name is sent to the server, an address is not
--- log_level: debug
--- http_config eval
my $files = "ssl_certificate " . $main::certs->file('named.crt') . ";
             ssl_certificate_key " . $main::certs->file('named.key') . ";";
http_conf(redis => 'localhost:$TEST_NGINX_RAND_PORT_3 ssl ssl_name=redis.test ssl_verify=off',
          extra => 'print_task_store_down reject;')
. "server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_3 ssl; $files }"
--- pt_refused: 503 storeDown
--- error_log: SSL server name: "redis.test"



=== an address is not sent
--- log_level: debug
--- http_config eval
my $files = "ssl_certificate " . $main::certs->file('named.crt') . ";
             ssl_certificate_key " . $main::certs->file('named.key') . ";";
http_conf(redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3 ssl ssl_verify=off',
          extra => 'print_task_store_down reject;')
. "server { listen 127.0.0.1:\$TEST_NGINX_RAND_PORT_3 ssl; $files }"
--- pt_refused: 503 storeDown
--- error_log: is unreachable: invalid reply
--- no_error_log eval: qr/SSL server name: "/



=== answers of several records, and of several reads
--- http_config eval: main::with('ssl_name=redis.test')
--- config
location /print/ {
    print_task answer;
}
--- pt_redis eval
[@{main::shows('named')}, ['HSET', task_key(), 'state', 'pending', 'description', 'x' x 100000]]
--- request eval
[('GET ' . task_uri()) x 3]
--- error_code eval
[(200) x 3]
--- response_body_like eval
[('x{1000}"') x 3]
