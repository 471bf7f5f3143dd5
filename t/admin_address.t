# print_task_admin ADDRESS: requests without a token, judged by their address.

use lib 't/lib';
use PrintTask;

use File::Temp ();

# the path of a socket has to be short

our $dir = File::Temp->newdir('pt-admin-XXXXXX', TMPDIR => 1);

sub admin {
    my ($params, @extra) = @_;

    return <<"_EOC_";
    set_real_ip_from 127.0.0.1;
    real_ip_header X-From;

    location /print/ {
        print_task answer;
        print_task_tenant $PrintTask::Token::Tenant;
        print_task_admin $params;
        @extra
    }
_EOC_
}

sub put {
    return 'PUT ' . task_uri() . qq(\n{"status":{"state":"pending"}});
}

sub from {
    return [map { "Content-Type: application/json\nX-From: $_" } @_];
}

run_tests();

__DATA__

=== an address that is listed needs no token
--- config eval
admin('127.0.0.1')
--- request eval
[put(), 'GET ' . task_uri(), 'HEAD ' . task_uri(), put()]
--- more_headers
Content-Type: application/json
--- error_code eval
[201, 200, 200, 200]
--- pt_expect
HMGET $key state app => pending (nil)



=== the address is only for tasks and their lists
--- config eval
admin('127.0.0.1')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch(), 'PATCH /print/taskDefinitions/d',
 'GET ' . task_uri() . '/definition', 'PUT /print/taskDefinitions/d']
--- more_headers
Content-Type: application/json
--- pt_refused: 401 tokenMissing
--- pt_expect
HMGET $key state rev => pending 1



=== the address sees the tasks of all applications, with their owners
--- config eval
admin('127.0.0.1')
--- pt_redis
HSET $key state pending rev 1 app other
--- request eval
'GET ' . task_uri()
--- more_headers: #
--- response_body chomp
{"@odata.etag":"\"1\"","id":"t","parentUrl":null,"status":{"state":"pending","description":null},"definition":{"createdBy":{"appId":"other"}}}



=== addresses and networks
--- config eval
admin('192.0.2.7 198.51.100.0/24 2001:db8::/32')
--- request eval
[(put()) x 9]
--- more_headers eval
from(qw(192.0.2.7 198.51.100.0 198.51.100.255 2001:db8:1::2 ::ffff:192.0.2.7
        192.0.2.8 198.51.101.0 2001:db9::1 127.0.0.1))
--- error_code eval
[201, (200) x 4, (401) x 4]



=== the address of the peer counts, not that in a header
--- config eval
admin('192.0.2.7') =~ s/set_real_ip_from.*\n.*\n//r
--- request eval
[(put()) x 3]
--- more_headers eval
[map { "Content-Type: application/json\n$_: 192.0.2.7" }
     qw(X-From X-Real-IP X-Forwarded-For)]
--- pt_refused: 401 tokenMissing



=== a request with a token is judged by the token
--- config eval
admin('127.0.0.1 role=Maker')
--- request eval
[(put()) x 6]
--- more_headers eval
[auth_headers(), auth_headers(exp => -3600),
 map({ "Content-Type: application/json\nAuthorization: $_" }
     'Basic eDp5', 'Bearer', 'Bearer x'),
 auth_headers(claims => { roles => ['Maker'] })]
--- error_code eval
[403, (401) x 4, 201]
--- response_body_like eval
[qr/roleMissing/, qr/tokenExpired/, (qr/tokenMissing/) x 2, qr/tokenMalformed/,
 qr/pending/]



=== an application reads its task from a listed address as from any other
--- config eval
admin('127.0.0.1')
--- pt_redis
HSET $key state pending rev 1 app other
--- request eval
'GET ' . task_uri()
--- pt_refused: 404 taskNotFound



=== a unix socket
--- config eval
<<"_EOC_" . admin('unix:')
    location / {
        proxy_pass http://unix:$main::dir/admin.sock:;
    }
}

server {
    listen unix:$main::dir/admin.sock;
_EOC_
--- request eval
[(put()) x 2]
--- more_headers eval
['Content-Type: application/json',
 "Content-Type: application/json\nAuthorization: Bearer x"]
--- error_code eval
[201, 401]



=== "unix:" is not every address
--- config eval
admin('unix:')
--- request eval
put()
--- more_headers
Content-Type: application/json
--- pt_refused: 401 tokenMissing



=== the tenant is that of the location, with GUIDs in lower case
--- config eval
admin('127.0.0.1', 'add_header X-Ids "$print_task_tenant_id $print_task_app_id.";')
    =~ s/(?<=tenant )\S+(?=;)/\U$&/r
--- request eval
put()
--- more_headers
Content-Type: application/json
--- error_code: 201
--- response_headers eval
"X-Ids: $PrintTask::Token::Tenant ."
--- pt_expect
HGET $key state => pending



=== a refused request without a token has no tenant
--- config eval
admin('127.0.0.1', 'add_header X-Ids "$print_task_tenant_id." always;')
--- request eval
patch()
--- more_headers
Content-Type: application/json
--- pt_refused: 401 tokenMissing
--- response_headers
X-Ids: .



=== "deny" of nginx comes before
--- config eval
admin('127.0.0.1', 'deny 127.0.0.1;')
--- request eval
put()
--- more_headers
Content-Type: application/json
--- pt_refused: 403 -
