# The list of revoked tokens, and the client's certificate, in a configuration.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => 'print_task_revoked_file ../html/list.json;');
}

sub file {
    return ">>> list.json\n@_";
}

run_tests();

__DATA__

=== a file that is not there
--- config eval
gateway_conf(extra => 'print_task_revoked_file nowhere.json;')
--- must_die
--- error_log eval
qr/\[emerg\].*nowhere\.json" failed: it could not be opened .*\(2: No such file/



=== a directory
--- config eval
gateway_conf(extra => 'print_task_revoked_file ../html;')
--- must_die
--- pt_allow: crit
--- error_log eval: qr/"[^"]*\/conf\/\.\.\/html" failed: it is not a file/



=== twice
--- config eval
gateway_conf(extra => 'print_task_revoked_file ../html/list.json;
                       print_task_revoked_file ../html/list.json;')
--- user_files eval: file('{}')
--- must_die
--- error_log: "print_task_revoked_file" directive is duplicate



=== an empty file
--- config eval: with()
--- user_files eval: file('')
--- must_die
--- error_log eval
qr/invalid list of revoked tokens in ".*list\.json": is not valid JSON/



=== an unknown member
--- config eval: with()
--- user_files eval: file('{"users":[]}')
--- must_die
--- error_log: has a member other than "apps", "objects", "tokens" and "keys"



=== a time in milliseconds
--- config eval: with()
--- user_files eval: file('{"apps":[{"id":"a","before":1796000000000}]}')
--- must_die
--- error_log: has a "before" that is not a time in seconds



=== an empty list revokes no token
--- config eval: with()
--- user_files eval: file('{}')



=== a list of the level above
--- http_config eval
http_conf(extra => 'print_task_revoked_file ../html/list.json;')
--- user_files eval: file(qq({"apps":[{"id":"$PrintTask::Token::App"}]}))
--- pt_refused: 401 tokenRevoked



=== a list instead of that of the level above
--- http_config eval
http_conf(extra => 'print_task_revoked_file ../html/list.json;')
--- config eval
gateway_conf(extra => 'print_task_revoked_file ../html/own.json;')
--- user_files eval
file(qq({"apps":[{"id":"$PrintTask::Token::App"}]}), "\n>>> own.json\n{}")



=== a key set is not a list
--- config eval
gateway_conf(extra => 'print_task_revoked_file $PrintTask::key_file;')
--- must_die
--- error_log: has an entry without an "id" that is a string



=== a verdict that a location with another list has reached
--- config eval
with() . gateway_conf(path => '/other/', extra => 'print_task_realm o;
                      print_task_revoked_file ../html/other.json;')
--- user_files eval
file('{}', qq(\n>>> other.json\n{"apps":[{"id":"$PrintTask::Token::App"}]}))
--- request eval
[map { patch_uri($_, '{"status":{"state":"pending"}}') } task_uri(),
 '/other' . task_uri(), task_uri(), '/other' . task_uri()]
--- error_code eval: [200, 401, 200, 401]



=== a dry run lets a revoked token pass
--- config eval
gateway_conf(extra => 'print_task_revoked_file ../html/list.json;
                       print_task_dry_run on;')
--- user_files eval: file(qq({"apps":[{"id":"$PrintTask::Token::App"}]}))
--- error_log: print task would be refused: tokenRevoked (401)



=== a certificate that is not a variable
--- config eval
gateway_conf(extra => 'print_task_client_certificate ssl_client_raw_cert;')
--- must_die
--- error_log
invalid variable "ssl_client_raw_cert" in "print_task_client_certificate", it must be "$name"



=== a variable without a name
--- config eval
gateway_conf(extra => 'print_task_client_certificate $;')
--- must_die
--- error_log
invalid variable "$" in "print_task_client_certificate", it must be "$name"



=== a variable that does not exist
--- config eval
gateway_conf(extra => 'print_task_client_certificate $nowhere;')
--- must_die
--- error_log: unknown "nowhere" variable



=== an unknown parameter
--- config eval
gateway_conf(extra => 'print_task_client_certificate $http_x required;')
--- must_die
--- error_log
invalid parameter "required" in "print_task_client_certificate", it must be "require"



=== a certificate twice
--- config eval
gateway_conf(extra => 'print_task_client_certificate $http_x;
                       print_task_client_certificate $http_y;')
--- must_die
--- error_log: "print_task_client_certificate" directive is duplicate



=== a requirement of the level above
--- http_config eval
http_conf(extra => 'print_task_client_certificate $http_x require;')
--- pt_refused: 401 tokenBound



=== none in a location of its own directive
--- http_config eval
http_conf(extra => 'print_task_client_certificate $http_x require;')
--- config eval
gateway_conf(extra => 'print_task_client_certificate $http_x;')
