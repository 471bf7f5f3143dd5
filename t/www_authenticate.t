# The challenge of RFC 6750, in a form that no client trips over: one field,
# the scheme Bearer, all values quoted, no comma in a value, and no "claims",
# for which some clients look without regard to quotes.

use lib 't/lib';
use PrintTask;

my $param = qr/[a-z_]+="[A-Za-z0-9_ ]*"/;

# the header of a response with one such field
our $safe = qr/^(?!.*^WWW-Authenticate:.*^WWW-Authenticate:)
               (?!.*claims)
               .*^WWW-Authenticate:[ ]Bearer[ ]$param(?:,[ ]$param)*\r\n/xmsi;

# one for each reason of a 401
our @hostile = map { "Authorization: $_\n" }
    'Basic x',
    'Bearer x',
    map { 'Bearer ' . token(@$_) }
        [alg => 'none'],
        [header => { crit => ['a'] }],
        [kid => 'claims=x, claims'],
        [key => 'stranger', kid => 'rsa1'],
        [exp => -3600],
        [without => ['exp']],
        [claims => { nbf => $PrintTask::Token::Now + 999 }],
        [header => { typ => 'claims=x' }],
        [claims => { cnf => { jkt => 'claims=x' } }],
        [claims => { iss => 'claims=x' }],
        [claims => { aud => 'claims="x"' }];

run_tests();

__DATA__

=== every 401 of ours is safe for all clients
--- request eval: [(patch()) x @main::hostile]
--- more_headers eval
\@main::hostile
--- error_code eval: [(401) x @main::hostile]
--- raw_response_headers_like eval
[($main::safe) x @main::hostile]



=== no token: no "error" (RFC 6750, 3.1)
--- request eval: [(patch()) x 2]
--- more_headers eval: ['', 'Authorization: Basic dTpw']
--- pt_refused: 401 tokenMissing
--- response_headers
WWW-Authenticate: Bearer realm="print"



=== a token that is not valid
--- more_headers: Authorization: Bearer x.y.z
--- error_code: 401
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"



=== a token that has expired: the client should get a new one
--- more_headers eval: auth_headers(exp => -3600)
--- error_code: 401
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token has expired"



=== a token that may not: the role is missing, or it is delegated
--- request eval: [(patch()) x 2]
--- more_headers eval
[auth_headers(without => ['roles']), auth_headers(claims => { scp => 'x' })]
--- error_code eval: [403, 403]
--- response_headers eval
[('WWW-Authenticate: Bearer realm="print", error="insufficient_scope"') x 2]
--- raw_response_headers_like eval
[($main::safe) x 2]



=== another 403 has no challenge: no other token would help
--- config eval
gateway_conf(extra => 'print_task_app x;')
--- error_code: 403
--- raw_response_headers_unlike: WWW-Authenticate



=== nor has any other refusal
--- request eval
['DELETE ' . task_uri(), patch('{'), patch_uri('/print/tasks/t'),
 patch('{"status":{"state":"pending"}}')]
--- pt_redis
HSET $key state completed app $PrintTask::app rev 1
--- error_code eval: [405, 400, 405, 409]
--- raw_response_headers_unlike eval: [('WWW-Authenticate') x 4]



=== the same for GET, and for other resources
--- request eval: ['GET ' . task_uri(), 'GET /print/printers', 'HEAD /print/x']
--- more_headers eval: ['', 'Authorization: Bearer x', '']
--- error_code eval: [(401) x 3]
--- raw_response_headers_like eval: [($main::safe) x 3]



=== and in answer mode
--- config eval: gateway_conf(mode => 'answer')
--- request eval: [patch(), 'GET ' . task_uri()]
--- more_headers: #
--- pt_refused: 401 tokenMissing
--- raw_response_headers_like eval: [($main::safe) x 2]



=== the back end refuses the token in a refetch: the gateway answers 401
--- pt_backend
location / {
    add_header WWW-Authenticate 'Bearer error="x", claims=abc' always;
    return 401;
}
--- pt_refused: 401 refetchUnauthorized
--- raw_response_headers_like eval: $main::safe
--- pt_expect
HEXISTS $key lease => 0



=== the back end's own 401 to a change is passed on with its challenge
--- pt_redis
HSET $key state pending rev 1
--- pt_backend
location / {
    add_header WWW-Authenticate 'Bearer realm="b", claims="eyJ9"' always;
    return 401 "x";
}
--- error_code: 401
--- response_headers
WWW-Authenticate: Bearer realm="b", claims="eyJ9"
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => pending



=== a page of the operator keeps the challenge
--- config eval
gateway_conf(extra => 'error_page 401 /401.html;')
. 'location = /401.html { return 401 "mine"; }'
--- more_headers: #
--- error_code: 401
--- response_headers
WWW-Authenticate: Bearer realm="print"
--- raw_response_headers_like eval: $main::safe
