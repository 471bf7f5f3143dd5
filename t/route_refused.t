# Paths that servers read in different ways go nowhere: what was checked would
# not be what the back end acts on.

use lib 't/lib';
use PrintTask;

no_root_location();

run_tests();

__DATA__

=== dot segments
--- config eval: gateway_conf(path => '/')
--- request eval
[map { patch_uri("/print/$_") }
     'x/../taskDefinitions/d/tasks/t', './taskDefinitions/d/tasks/t',
     'taskDefinitions/d/tasks/x/../t', 'taskDefinitions/d/tasks/./t',
     'taskDefinitions/d/tasks/t/.', 'taskDefinitions/d/tasks/t/x/..']
--- pt_refused: 400 pathInvalid
--- pt_expect
DBSIZE => 0



=== dot segments in percent-encoding
--- config eval: gateway_conf(path => '/')
--- request eval
[map { patch_uri("/print/$_") }
     'x/%2e%2e/taskDefinitions/d/tasks/t', '%2E/taskDefinitions/d/tasks/t',
     'taskDefinitions/d/tasks/x/.%2e/t', 'taskDefinitions/d/tasks/t/%2e%2E']
--- pt_refused: 400 pathInvalid



=== dot segments with parameters, which some servers cut off first
--- request eval
[map { patch_uri("/print/$_") }
     'x/..;a/taskDefinitions/d/tasks/t', 'taskDefinitions/d/tasks/x/..;/t',
     'taskDefinitions/d/tasks/.;a=b/t', 'taskDefinitions/d/tasks/x/%2e%2e;/t']
--- pt_refused: 400 pathInvalid



=== a dot segment that leads out of a location without rules
--- config eval
gateway_conf() . gateway_conf(path => '/open/', mode => 'off')
--- request eval
patch_uri('/open/..' . task_uri())
--- pt_refused: 400 pathInvalid



=== empty segments
--- config eval: gateway_conf(path => '/')
--- request eval
[map { patch_uri($_) }
     '//print/taskDefinitions/d/tasks/t', '/print//taskDefinitions/d/tasks/t',
     '/print/taskDefinitions/d/tasks//t', '/print/taskDefinitions/d//tasks/t',
     '/print/taskDefinitions/d/tasks/t//']
--- pt_refused: 400 pathInvalid



=== empty segments where nginx does not merge them
--- config eval: 'merge_slashes off;' . gateway_conf(path => '/')
--- request eval
[map { patch_uri($_) }
     '//print/taskDefinitions/d/tasks/t', '/print/taskDefinitions/d/tasks//t']
--- pt_refused: 400 pathInvalid



=== an encoded slash or backslash: another path for servers that decode it
--- request eval
[map { patch_uri("/print/$_") }
     'taskDefinitions/d/tasks%2Ft', 'taskDefinitions/d%2ftasks/t',
     'x%2Ftasks/t', 'taskDefinitions/d/tasks%5Ct', 'taskDefinitions%5cd/tasks/t']
--- pt_refused: 400 pathInvalid



=== a raw backslash
--- request eval
[map { patch_uri("/print/$_") }
     'taskDefinitions\d/tasks/t', 'taskDefinitions/d/tasks\t', 'x\..\y']
--- pt_refused: 400 pathInvalid



=== double encoding
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks/$_") }
     '%2574', 't%252e', '%25%37%34', 'x%252f..%252ft']
--- pt_refused: 400 pathInvalid



=== control characters and bytes over 127, encoded
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks/t$_") }
     '%01', '%0a', '%0D%0AX:y', '%7f', '%C3%A9', '%ff', '%c0%af']
--- pt_refused: 400 pathInvalid



=== bytes over 127 as they are
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks/t$_") }
     "\xc3\xa9", "\xef\xbc\x8f", "\xff"]
--- pt_refused: 400 pathInvalid



=== NUL and percent signs without digits are refused in nginx itself
--- config eval
'print_task forward;' . gateway_conf()
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks/$_") }
     't%00', '%00t', 't%', 't%4', 't%zz']
--- pt_refused: 400 -



=== a fragment
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks/$_") } 't#x', 't#', 'x#/../t']
--- pt_refused: 400 pathInvalid



=== spelled in odd ways, for resources that are not tasks, too
--- request eval
[map { "POST /print/printers/$_\n{}" } 'a/../b', 'a//b', 'a%2Fb', 'a%5Cb']
--- pt_refused: 400 pathInvalid
--- pt_backend_saw



=== and for GET
--- request eval
[map { "GET /print/taskDefinitions/d/$_" } 'tasks//t', 'x/../tasks/t',
                                           'tasks%2Ft', 'tasks/%2574']
--- pt_refused: 400 pathInvalid
--- pt_backend_saw



=== the path is looked at before the token
--- request eval
patch_uri('/print/taskDefinitions/d/tasks//t')
--- more_headers: #
--- pt_refused: 400 pathInvalid
--- raw_response_headers_unlike: WWW-Authenticate
