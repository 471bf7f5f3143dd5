# The file of the key set, and its form.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

use JSON::PP ();

sub with {
    return gateway_conf(extra => 'print_task_key_file ../html/keys.json;');
}

sub file {
    return ">>> keys.json\n@_";
}

run_tests();

__DATA__

=== a file that is not there
--- config eval
gateway_conf(extra => 'print_task_key_file nowhere.json;')
--- must_die
--- error_log eval
qr/nowhere\.json".*\(2: No such file/



=== a directory
--- config eval
gateway_conf(extra => 'print_task_key_file ../html;')
--- must_die
--- pt_allow: crit
--- error_log eval: qr/"[^"]*\/conf\/\.\.\/html" failed/



=== twice
--- config eval
gateway_conf(extra => 'print_task_key_file $PrintTask::key_file;
                       print_task_key_file $PrintTask::key_file;')
--- must_die
--- error_log: "print_task_key_file" directive is duplicate



=== an empty file
--- config eval: with()
--- user_files eval: file('')
--- must_die
--- error_log eval: qr/invalid key set in ".*keys\.json": is not valid JSON/



=== a key in PEM
--- config eval
gateway_conf(extra => 'print_task_key_file ' . PrintTask::Token::key_file('rsa1') . ';')
--- must_die
--- error_log: is not valid JSON
--- no_error_log: PRIVATE



=== a set that is cut off
--- config eval: with()
--- user_files eval: file(substr jwks(), 0, -5)
--- must_die
--- error_log: is not valid JSON



=== a set with something behind it
--- config eval: with()
--- user_files eval: file(jwks() . '{"keys":[]}')
--- must_die
--- error_log: is not valid JSON



=== one key, without a set around it
--- config eval: with()
--- user_files eval: file(JSON::PP::encode_json(jwk('rsa1')))
--- must_die
--- error_log: is not a JSON object with an array "keys"



=== "keys" that is no list
--- config eval: with()
--- user_files eval: file(JSON::PP::encode_json({ keys => jwk('rsa1') }))
--- must_die
--- error_log: is not a JSON object with an array "keys"



=== a list with something else in it
--- config eval: with()
--- user_files eval: file('{"keys":["rsa1"]}')
--- must_die
--- error_log: has a key that is not a JSON object



=== more than 256 KiB
--- config eval: with()
--- user_files eval: file(jwks(jwk('rsa1', x5c => ['x' x 262144])))
--- must_die
--- error_log eval: qr/keys\.json".*is larger than 256 KiB/
