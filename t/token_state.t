# What a token that was refused does to others, and to the body: nothing.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk key_file tamper);

use File::Temp ();

my $cert = File::Temp->new;

PrintTask::Token::openssl(qw(req -x509 -days 2 -subj /CN=localhost -key),
                          key_file('stranger'), '-out', $cert);

$ENV{TEST_NGINX_CERT} = "$cert";
$ENV{TEST_NGINX_KEY} = key_file('stranger');

run_tests();

__DATA__

=== threat: a hostile request that opens the door for a forged one
--- pt_redis
HSET $key state pending rev 1
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 9]
--- more_headers eval
[auth_headers(header => { alg => 'none' }, signature => 'x'),
 auth_headers(key => 'stranger', kid => 'rsa1'),
 auth_headers(header => { jwk => jwk('stranger') }, key => 'stranger'),
 auth_headers(key => 'stranger'),
 auth_headers(),
 auth_headers(key => 'stranger', kid => 'rsa1'),
 'Authorization: Bearer ' . tamper(token(), 1) . "\n",
 auth_headers(alg => 'none'),
 auth_headers()]
--- error_code eval: [401, 401, 401, 401, 200, 401, 401, 401, 200]
--- pt_expect
HGET $key rev => 3



=== threat: one location does not use the verdict of another
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;
                       print_task_audience other; print_task_realm own;')
. gateway_conf(path => '/v2/')
--- user_files eval
">>> keys.json\n" . jwks(jwk('stranger', kid => 'rsa1'))
--- request eval
[(map { patch_uri($_, '{"status":{"state":"pending"}}') }
      task_uri(), '/v2' . task_uri()) x 2]
--- more_headers eval
my @token = (key => 'stranger', kid => 'rsa1', claims => { aud => 'other' });
[auth_headers(@token), auth_headers(@token), auth_headers(), auth_headers()]
--- error_code eval: [200, 401, 401, 200]
--- response_body_like eval
[qr/"id"/, qr/"tokenSignature"/, qr/"tokenSignature"/, qr/"id"/]



=== threat: a failed check that breaks the next TLS connection of the worker
--- http_config eval
http_conf(extra => '
    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3 ssl;
        ssl_certificate $TEST_NGINX_CERT;
        ssl_certificate_key $TEST_NGINX_KEY;

        location / {
            proxy_pass http://$PrintTask::backend;
        }
    }
')
--- config eval
gateway_conf(pass => 'https://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'proxy_ssl_session_reuse off;')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 5]
--- more_headers eval
[auth_headers(key => 'stranger', kid => 'rsa1'), auth_headers(),
 auth_headers(alg => 'ES256', signature => "\xff" x 64),
 auth_headers(alg => 'PS256', signature => 'x' x 256), auth_headers()]
--- error_code eval: [401, 200, 401, 401, 200]



=== the body of a stranger is not read
--- raw_request eval
'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
--- shutdown: 1
--- pt_refused: 401 tokenMissing
--- pt_backend_saw



=== nor that of an application that may not change the task
--- raw_request eval
'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. auth_headers(claims => { scp => 'x' }) =~ s/\n/\r\n/gr
. "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
--- shutdown: 1
--- pt_refused: 403 tokenDelegated



=== nor for a chunked one
--- raw_request eval
'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. auth_headers(exp => -3600) =~ s/\n/\r\n/gr
. "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
--- shutdown: 1
--- pt_refused: 401 tokenExpired



=== nor on other resources
--- raw_request eval
"POST /print/printers/p HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
--- shutdown: 1
--- pt_refused: 401 tokenMissing



=== the body of an application that may change the task is read
--- raw_request eval
my $body = '{"status":{"state":"completed"}}';
'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. auth_headers() =~ s/\n/\r\n/gr . 'Content-Length: ' . length($body)
. "\r\nExpect: 100-continue\r\n\r\n$body"
--- error_code: 100
--- response_body_like: ^HTTP/1.1 200 OK.*"state":"completed"
--- pt_expect
HGET $key state => completed



=== a refusal does not wait for the body
--- raw_request eval
'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. "Content-Length: 1000000\r\nContent-Type: application/json\r\n\r\n{"
--- shutdown: 1
--- pt_refused: 401 tokenMissing



=== threat: a request that is smuggled in the body of a refused one
--- pipelined_requests eval
[patch_uri(task_uri(), 'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\n"
           . auth_headers() =~ s/\n/\r\n/gr . "Content-Length: 2\r\n\r\n{}"),
 'GET /print/x']
--- more_headers: #
--- pt_refused: 401 tokenMissing
--- pt_backend_saw
--- pt_expect
DBSIZE => 0
