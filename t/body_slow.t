# Bodies that arrive slowly, or never end.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"status":{"state":"completed"}}';
}

sub logged {
    return http_conf(extra => q(log_format task '$request_method $status '
                                '$print_task_verdict';));
}

sub logging {
    my ($extra) = @_;

    return gateway_conf(extra => 'access_log logs/task.log task;'
                                 . ($extra // ''));
}

run_tests();

__DATA__

=== a body a byte at a time
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Content-Length: 32', 'Connection: close'), split //, body()]
--- raw_request_middle_delay: 0.002
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a gzip body a byte at a time
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
my $gzip = gzip(body());

[raw_patch('', 'Content-Length: ' . length($gzip), 'Content-Encoding: gzip',
           'Connection: close'), split //, $gzip]
--- raw_request_middle_delay: 0.002
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== chunks a byte at a time
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Transfer-Encoding: chunked', 'Connection: close'),
 split //, chunks(body() =~ /(.{1,16})/g)]
--- raw_request_middle_delay: 0.002
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a header that is split, and the body with its end
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
my $request = raw_patch(body(), 'Connection: close');

[substr($request, 0, 5), substr($request, 5, 100), substr($request, 105)]
--- raw_request_middle_delay: 0.005
--- response_body_like: "state":"completed"



=== a refusal does not wait for a body that it has no use for
--- raw_request eval
raw_patch('{', 'Content-Length: 32') =~ s/^Authorization.*?\r\n//mr
--- shutdown: 1
--- pt_refused: 401 tokenMissing



=== the lease is taken after the body is complete
--- http_config eval
logged()
--- config eval
logging()
--- raw_request eval
raw_patch(substr(body(), 0, 31), 'Content-Length: 32')
--- shutdown: 1
--- ignore_response
--- pt_log
PATCH 400 -
--- pt_expect
EXISTS $key => 0
--- pt_backend_saw



=== a body that stops coming: client_body_timeout
--- http_config eval
logged()
--- config eval
logging('client_body_timeout 50ms;')
--- raw_request eval
raw_patch('{', 'Content-Length: 32')
--- ignore_response
--- pt_log
PATCH 408 -
--- pt_expect
EXISTS $key => 0
--- pt_backend_saw



=== chunks that stop coming
--- http_config eval
logged()
--- config eval
logging('client_body_timeout 50ms;')
--- raw_request eval
raw_patch("20\r\n" . body(), 'Transfer-Encoding: chunked')
--- ignore_response
--- pt_log
PATCH 408 -
--- pt_expect
EXISTS $key => 0
--- pt_backend_saw



=== a client that goes away before the chunk that is too much
--- http_config eval
logged()
--- config eval
logging()
--- raw_request eval
raw_patch(sprintf("%x\r\n", BODY_MAX) . ' ' x BODY_MAX . "\r\n", 'Transfer-Encoding: chunked')
--- shutdown: 1
--- ignore_response
--- pt_log
PATCH 400 -
--- pt_backend_saw
