# print_task answer: lists of tasks.

use lib 't/lib';
use PrintTask;

our $prefix = 'print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/d}/';
our $index = 'print-task-index:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/d}';

sub admin {
    return 'location ~* ^(/v1.0)?/print/ { print_task answer; '
           . 'print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; '
           . "print_task_admin role=Maker valid=1h; @_ }";
}

sub maker {
    return auth_headers(claims => { roles => ['Maker'] })
           . join '', map { "$_\n" } @_;
}

sub memory {
    return http_conf(redis => 0, extra => 'print_task_store memory:m:256k;');
}

sub tasks {
    return '/print/taskDefinitions/d/tasks' . ($_[0] // '');
}

sub list { return 'GET ' . tasks(@_) }

sub put {
    my ($id, $state, $app) = @_;

    return 'PUT ' . task_uri('d', $id) . qq(\n{"status":{"state":"$state"})
           . ($app ? qq(,"definition":{"createdBy":{"appId":"$app"}}) : '')
           . '}';
}

# records with an index

sub records {
    my (%states) = @_;

    return [map { (['HSET', "$prefix$_", 'rev', 7, 'state', @{$states{$_}}],
                   ['ZADD', $index, 0, $_]) } sort keys %states];
}

run_tests();

__DATA__

=== a print service lists its tasks, with owners and versions
--- config eval
admin()
--- request eval
[list(), put('a', 'pending'), put('b', 'processing', $PrintTask::Token::App),
 list(), 'DELETE ' . task_uri('d', 'a'), list(), 'HEAD ' . tasks()]
--- more_headers eval
maker()
--- error_code eval
[200, 201, 201, 200, 204, 200, 200]
--- response_headers_like eval
['Content-Type: application/json', ('') x 6]
--- response_body_like eval
my $context = qr/\{"\@odata.context":"http:\/\/localhost\/\$metadata#print\/taskDefinitions\('d'\)\/tasks","value":\[/;
my $b = qr/\{"\@odata.etag":"\\"\d{13}\\"","id":"b","parentUrl":null,"status":\{"state":"processing","description":null\},"definition":\{"createdBy":\{"appId":"$PrintTask::Token::App"\}\}\}/;
[qr/^$context\]\}$/, qr/pending/, qr/processing/,
 qr/^$context\{"\@odata.etag":"\\"\d{13}\\"","id":"a","parentUrl":null,"status":\{"state":"pending","description":null\}\},$b\]\}$/,
 qr/^$/, qr/^$context$b\]\}$/, qr/^$/]
--- pt_expect eval
"ZRANGE $main::index 0 -1 => b"



=== an application lists its own tasks, and those without an owner
--- config eval
admin()
--- pt_redis eval
main::records(a => ['pending', app => $PrintTask::Token::App],
              b => ['pending', app => 'other'], c => ['pending'])
--- request eval
[list(), list(), list()]
--- more_headers eval
[auth_headers(), auth_headers(claims => { roles => [] }), '#']
--- error_code eval
[200, 403, 401]
--- response_body_like eval
[qr/"value":\[\{[^{]*"id":"a",[^{]*\{[^{]*\}\},\{[^{]*"id":"c",[^{]*\{[^{]*\}\}\]\}$/,
 qr/roleMissing/, qr/tokenMissing/]



=== pages
--- config eval
admin()
--- pt_redis eval
main::records(map { $_ => [$_ lt 'd' ? 'pending' : 'aborted'] } 'a' .. 'e')
--- request eval
[list('?$top=2'), list('?$top=5'), list('?$top=4'),
 list(q{?$filter=status/state%20eq%20'pending'&$top=2}),
 'GET /v1.0' . tasks('?$top=4')]
--- more_headers eval
maker()
--- error_code eval
[(200) x 5]
--- response_body_like eval
[qr/"id":"a".*"id":"b".*\}\],"\@odata.nextLink":"http:\/\/localhost\/print\/taskDefinitions\/d\/tasks\?\$top=2\\u0026\$skiptoken=[\w-]+"\}$/,
 qr/"id":"e".*\}\]\}$/, qr/"id":"d".*nextLink/,
 qr/"id":"b".*\?\$top=2\\u0026\$filter=status\/state%20eq%20'pending'\\u0026\$skiptoken=[\w-]+"\}$/,
 qr/"http:\/\/localhost\/v1.0\/\$metadata#.*\/v1.0\/print\/taskDefinitions\/d\/tasks\?/]



=== a filter
--- config eval
admin()
--- pt_redis eval
main::records(a => ['pending'], b => ['aborted'], c => ['pending'])
--- request eval
[map { list("?\$filter=status/state%20eq%20'$_'") }
     qw(pending aborted completed)]
--- more_headers eval
maker()
--- error_code eval
[(200) x 3]
--- response_body_like eval
[qr/"id":"a".*"id":"c".*\]\}$/, qr/"id":"b"(?!.*"id")/, qr/"value":\[\]\}$/]



=== options that are not supported are named
--- config eval
admin()
--- request eval
[list('?$orderby=id'), list('?$top=0'), list('?$top=101'),
 list('?$top=1&%24top=1'), list('?$filter=a'), list('?$skiptoken=a'),
 list('?$skiptoken=AAAAAAAAAAAAYQ'), list('?$count=%00"'), list('?$a"<%C3=')]
--- more_headers eval
maker()
--- error_code eval
[(400) x 9]
--- response_body_like eval
[map { qr/"code":"badRequest","message":"[^"]*: \Q$_\E\.",.*"code":"queryNotSupported"/ }
     '$orderby', '$top', '$top', '$top', '$filter', '$skiptoken', '$skiptoken',
     '$count', '$a\\"\\u003C?']



=== other arguments are ignored
--- config eval
admin()
--- request eval
list('?a=b&top=x&&=')
--- more_headers eval
maker()
--- error_code: 200
--- response_body_like: "value":\[\]\}$



=== ids whose records are gone leave the index
--- config eval
admin()
--- pt_redis eval
[@{main::records(a => ['pending'], c => ['pending'])},
 ['ZADD', $main::index, 0, 'b'],
 ['HSET', "${main::prefix}d", 'rev', 1], ['ZADD', $main::index, 0, 'd']]
--- request eval
list()
--- more_headers eval
maker()
--- error_code: 200
--- response_body_like: "id":"a".*"id":"c"(?!.*"id")
--- pt_expect eval
"ZRANGE $main::index 0 -1 => a c d"



=== an index does not grow with tasks that have expired
--- config eval
admin()
--- pt_redis eval
[map { ['ZADD', $main::index, 0, "gone$_"] } 1 .. 9]
--- request eval
[map { put("t$_", 'pending') } 1 .. 9]
--- more_headers eval
maker()
--- error_code eval
[(201) x 9]
--- pt_expect eval
"ZCARD $main::index => /^(?:9|1[0-3])\$/"



=== a key of another program is kept
--- config eval
admin()
--- pt_redis eval
[['SET', $main::index, 'mine']]
--- request eval
[list(), put('a', 'pending'), 'DELETE ' . task_uri('d', 'a')]
--- more_headers eval
maker()
--- error_code eval
[503, 503, 404]
--- pt_error_log
has no record in key
--- pt_expect eval
"GET $main::index => mine\nDBSIZE => 1"



=== POST without print_task_admin, and other methods
--- config
location /print/ { print_task answer; }
--- request eval
[map { "$_ " . tasks() . "\n{}" } qw(POST PUT PATCH DELETE)]
--- pt_refused: 405 methodNotAllowed
--- response_headers eval
[('Allow: GET, HEAD') x 4]



=== a key of the operator's has no index
--- config eval
admin('print_task_key "k:$print_task_definition_id:$print_task_id";')
--- request eval
[put('a', 'pending'), list()]
--- more_headers eval
maker()
--- error_code eval
[201, 501]
--- response_body_like eval
[qr/pending/, qr/listNotSupported/]



=== in front of a back end the list is the back end's
--- request eval
list('?$top=1000&$expand=a')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks?$top=1000&$expand=a



=== in shared memory
--- http_config eval: main::memory()
--- config eval
admin()
--- request eval
[put('a', 'pending'), put('b', 'aborted'), put('c', 'pending', 'other'),
 list(), list("?\$filter=status/state%20eq%20'aborted'"), list('?$top=1'),
 'DELETE ' . task_uri('d', 'a'), list(), list(), list('?$skiptoken=a')]
--- more_headers eval
[(maker()) x 8, auth_headers(), maker()]
--- error_code eval
[201, 201, 201, 200, 200, 200, 204, 200, 200, 400]
--- response_body_like eval
[qr/a/, qr/b/, qr/c/, qr/^(?=.*"id":"a")(?=.*"id":"b")(?=.*"id":"c".*"other")/,
 qr/"value":\[\{[^\[]*"id":"b"[^\[]*\}\]\}$/, qr/nextLink/, qr/^$/,
 qr/^(?!.*"id":"a")(?=.*"id":"b")(?=.*"id":"c")/,
 qr/^(?=.*"id":"b")(?!.*"id":"c")/, qr/queryNotSupported/]
