# print_task_admin with tasks in shared memory: the life of a task, from the
# print service to the application and back.

use lib 't/lib';
use PrintTask;

sub memory {
    return http_conf(redis => 0, extra => 'print_task_store memory:m:256k;');
}

sub admin {
    return 'location /print/ { print_task answer; '
           . "print_task_admin role=Maker @_; }";
}

sub maker {
    return auth_headers(claims => { roles => ['Maker'] })
           . join '', map { "$_\n" } @_;
}

sub put {
    return 'PUT ' . task_uri(@_[1 .. $#_]) . "\n$_[0]";
}

sub owned {
    my ($state) = @_;

    return qq({"parentUrl":"u","status":{"state":"$state"},"definition":)
           . qq({"createdBy":{"appId":"$PrintTask::Token::App"}}});
}

run_tests();

__DATA__

=== made, seen by its application alone, changed, looked at
--- http_config eval: main::memory()
--- config eval
admin()
--- request eval
['GET ' . task_uri(), put(owned('pending')), ('GET ' . task_uri()) x 2,
 patch(), patch('{"status":{"state":"processing"}}'), 'GET ' . task_uri()]
--- more_headers eval
[maker(), maker(), auth_headers(), auth_headers(claims => { azp => 'other' }),
 (auth_headers()) x 2, maker()]
--- error_code eval
[404, 201, 200, 404, 200, 409, 200]
--- response_body_like eval
my $owner = qq("definition":{"createdBy":{"appId":"$PrintTask::Token::App"}});
[qr/taskNotFound/, qr/"pending".*\Q$owner\E/,
 qr/^\{"\@odata[^,]*,"id":"t","parentUrl":"u","status":\{"state":"pending","description":null\}\}$/,
 qr/taskNotFound/, qr/completed/, qr/transitionNotAllowed/,
 qr/"completed".*\Q$owner\E/]



=== replaced as a whole, by no rule, with the fence growing
--- http_config eval: main::memory()
--- config eval
admin() . 'add_header X-Log "$print_task_from>$print_task_to '
. '$print_task_lookup $print_task_verdict" always;'
--- request eval
[put(owned('completed')), put('{"status":{"state":"pending"}}'),
 'GET ' . task_uri()]
--- more_headers eval
maker()
--- error_code eval
[201, 200, 200]
--- response_headers eval
["Location: " . task_uri() . "\nX-Log: >completed miss answered",
 "! Location\nX-Log: completed>pending hit answered",
 "X-Log: pending> hit answered"]
--- response_body_like eval
[qr/completed/, (qr/^\{"\@odata[^,]*,"id":"t","parentUrl":null,"status":\{"state":"pending","description":null\}\}$/) x 2]



=== If-None-Match: *
--- http_config eval: main::memory()
--- config eval
admin()
--- request eval
[put(owned('pending')), put(owned('aborted')), 'GET ' . task_uri()]
--- more_headers eval
[(maker('If-None-Match: *')) x 2, maker()]
--- error_code eval
[201, 412, 200]
--- response_body_like eval
[qr/pending/, qr/taskExists/, qr/pending/]



=== a task that is larger than a part of memory
--- http_config eval: main::memory()
--- config eval
admin()
--- request eval
my $long = 'x' x 1024;
my $url = 'u' x 2048;
[put(qq({"parentUrl":"$url","status":{"state":"pending","description":"$long"}})),
 'GET ' . task_uri()]
--- more_headers eval
maker()
--- error_code eval
[201, 200]
--- response_body_like eval
[qr/u{2048}.*x{1024}/, qr/u{2048}.*x{1024}/]
