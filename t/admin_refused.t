# print_task_admin: requests that create no task.

use lib 't/lib';
use PrintTask;

no_root_location();

sub admin {
    my ($path, @extra) = @_;

    return "location $path { print_task answer; "
           . "print_task_admin role=Maker; @extra }";
}

sub maker {
    return auth_headers(claims => { roles => ['Maker'] })
           . join '', map { "$_\n" } @_;
}

sub put {
    my ($body, $uri) = @_;

    $body //= '{"status":{"state":"pending"}}';

    return 'PUT ' . ($uri // task_uri()) . "\n$body";
}

run_tests();

__DATA__

=== bodies that are not a whole print task
--- config eval
admin('/print/')
--- request eval
[map { put($_) }
 '{}', '{"status":{}}', '{"status":null}', '[]', '{"status":{"state":"done"}}',
 '{"status":{"state":"unknownFutureValue"}}', '{"status":{"state":null}}',
 '{"status":{"state":"pending"},"id":"other"}',
 '{"status":{"state":"pending"},"app":"x"}',
 '{"status":{"state":"pending"},"definition":{"createdBy":{"appId":"a/b"}}}',
 '{"status":{"state":"pending"},"parentUrl":"' . 'x' x 2049 . '"}',
 '{"status":{"state":"pending","description":"' . 'x' x 1025 . '"}}',
 '{"status":{"state":"pending"},"Status":{"state":"pending"}}',
 '{"status":{"state":"pending"}', '{"status":{"state":"pending"}}x',
 "{\"status\":{\"state\":\"pending\",\"description\":\"\xff\"}}"]
--- more_headers eval
maker()
--- pt_refused
400 propertyMissing
400 propertyMissing
400 propertyType
400 propertyType
400 stateInvalid
400 stateInvalid
400 stateInvalid
400 idMismatch
400 propertyUnknown
400 ownerInvalid
400 parentUrlTooLong
400 descriptionTooLong
400 jsonDuplicate
400 jsonSyntax
400 jsonSyntax
400 jsonEncoding
--- pt_expect
DBSIZE => 0



=== the checks of the body are those of PATCH
--- config eval
admin('/print/', 'print_task_body_max 64;')
--- request eval
[put('{"status":{"state":"pending","description":"' . 'x' x 40 . '"}}'),
 put(), put(), put(), 'PUT ' . task_uri(),
 put(gzip('{"status":{"state":"pending","description":"' . 'x' x 60 . '"}}'))]
--- more_headers eval
[maker(), maker() =~ s/application.json/text\/plain/r,
 maker() =~ s/Content-Type.*\n//r, maker('Content-Encoding: br'), maker(),
 maker('Content-Encoding: gzip')]
--- pt_refused
413 bodyTooLarge
415 contentType
415 contentType
415 contentEncoding
400 bodyEmpty
413 bodyTooLarge
--- pt_expect
DBSIZE => 0



=== gzip is taken
--- config eval
admin('/print/')
--- request eval
put(gzip('{"status":{"state":"pending"}}'))
--- more_headers eval
maker('Content-Encoding: gzip')
--- error_code: 201



=== the checks of the path are those of PATCH
--- config eval
admin('/')
--- request eval
[map { put(undef, $_) }
 '/print/taskDefinitions/d/tasks/./t', '/print//taskDefinitions/d/tasks/t',
 '/print/taskDefinitions/d%2Ftasks/t', '/print/taskDefinitions/d/tasks;x/t',
 '/print/taskDefinitions/d/tasks/a%20b', '/print/taskDefinitions/d/tasks/..t/..',
 '/print/printers/p/jobs/1/tasks/t', task_uri() . '/definition', '/$batch',
 '/print/taskDefinitions/d/tasks']
--- more_headers eval
maker()
--- pt_refused
400 pathInvalid
400 pathInvalid
400 pathInvalid
400 pathInvalid
400 idInvalid
400 pathInvalid
405 notCanonicalPath
405 notCanonicalPath
501 batchNotSupported
405 methodNotAllowed
--- pt_expect
DBSIZE => 0



=== no other method is made PUT
--- config eval
admin('/print/')
--- pt_redis
HSET $key state completed rev 1
--- request eval
[map { put() =~ s/^PUT/$_/r } qw(PATCH POST GET)]
--- more_headers eval
[map { maker("$_: PUT") } 'X-HTTP-Method-Override', 'X-HTTP-Method',
      'X-Method-Override']
--- pt_refused: 400 methodOverride
--- pt_expect
HMGET $key state rev => completed 1



=== Allow names PUT if some client may use it
--- config eval
admin('/print/')
. 'location /v1/ { print_task answer; }'
. 'location /v2/ { print_task answer; print_task_admin off; }'
. gateway_conf(path => '/v3/',
               extra => 'print_task_realm v3; print_task_admin role=Maker;')
--- request eval
[map { ("POST $_" . task_uri()) } '', qw(/v1 /v2 /v3)]
--- more_headers: #
--- pt_refused: 405 methodNotAllowed
--- response_headers eval
[map { "Content-Type: application/json\nAllow: GET, HEAD, PATCH$_" }
     ', PUT, DELETE', '', '', '']



=== PUT is 405 without clients that may put, and in front of a back end
--- config eval
'location /v1/ { print_task answer; }'
. gateway_conf(path => '/v2/',
               extra => 'print_task_realm v2; print_task_admin role=Maker;')
--- request eval
[map { put(undef, $_ . task_uri()) } qw(/v1 /v2)]
--- more_headers eval
maker()
--- pt_refused: 405 methodNotAllowed
--- pt_backend_saw



=== without Redis there are no tasks
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- config eval
admin('/print/')
--- request eval
[put(), 'GET ' . task_uri()]
--- more_headers eval
maker()
--- pt_refused: 503 storeDown



=== error_page does not lead a refused request to a back end
--- config eval
admin('/print/', 'error_page 403 412 = @other;')
. 'location @other { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state completed rev 1
--- request eval
[put(), put()]
--- more_headers eval
[auth_headers(), maker('If-None-Match: *')]
--- pt_refused
403 roleMissing
412 taskExists
--- pt_backend_saw
