# Only the request line sets the method.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== headers that name another method are 400, whatever the method
--- request eval
[(patch()) x 3, 'GET ' . task_uri(), "POST /print/printers/p\n{}"]
--- more_headers eval
[map { auth_headers() . "$_\n" }
     'X-HTTP-Method: PUT', 'X-HTTP-Method-Override: DELETE',
     'X-Method-Override: PATCH', 'X-HTTP-Method: PATCH',
     'X-HTTP-Method-Override: PATCH']
--- pt_refused: 400 methodOverride
--- pt_backend_saw



=== in any case, empty, and repeated
--- request eval
[(patch()) x 4]
--- more_headers eval
[map { auth_headers() . "$_\n" }
     'x-http-method: PUT', 'X-HTTP-METHOD-OVERRIDE: PUT', 'X-Method-Override:',
     "X-Method-Override: PATCH\nX-Method-Override: PUT"]
--- pt_refused: 400 methodOverride



=== with "_" for "-", which some back ends take for the same
--- http_config eval
"underscores_in_headers on;" . http_conf()
--- request eval
[(patch()) x 3]
--- more_headers eval
[map { auth_headers() . "$_: DELETE\n" }
     'X_HTTP_Method', 'X-HTTP_Method_Override', 'x_method_override']
--- pt_refused: 400 methodOverride



=== by default nginx drops names with "_"
--- more_headers eval
auth_headers() . "X_HTTP_Method: DELETE\n"
--- error_code: 200
--- pt_backend_fields
X_HTTP_Method: -



=== bypass: headers that name another path
--- request eval
[('POST /print/printers') x 4]
--- more_headers eval
[map { auth_headers() . "$_: /print/taskDefinitions/d/tasks/t\n" }
     'X-Original-URL', 'X-Rewrite-URL', 'x-original-url', 'X-REWRITE-URL']
--- pt_refused: 400 pathInvalid



=== with both, in any order, it is the method
--- request eval
[('POST /print/printers') x 2]
--- more_headers eval
[map { auth_headers() . $_ }
     "X-HTTP-Method: PATCH\nX-Rewrite-URL: /a\n",
     "X-Rewrite-URL: /a\nX-HTTP-Method: PATCH\n"]
--- pt_refused: 400 methodOverride



=== behind many other headers, some of the same length
--- http_config eval
"underscores_in_headers on;" . http_conf()
--- request eval
[(patch()) x 3]
--- more_headers eval
[map { auth_headers() . join('', map { "X-Rewrite-UR$_: a\n" } 'a' .. 'z')
       . "$_: /a\n" }
     'X_HTTP_Method', 'X-Http_Method-Override', 'x-method_override']
--- pt_refused: 400 methodOverride
