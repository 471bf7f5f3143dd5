# JSON of RFC 8259 only.

use lib 't/lib';
use PrintTask;

# Requests with these bodies; Test::Nginx trims white space where it counts
# the length itself.

sub bodies {
    return [map { patch($_) } @_];
}

sub headers_of {
    return [map { body_headers($_) } @_];
}

sub spaced {
    return '{"status":{"state":"completed"}}'
           =~ s/("\w+"|[{}:])/ \t\r\n$1/gr . " \t\r\n";
}

run_tests();

__DATA__

=== white space between all tokens
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(spaced())
--- more_headers eval
body_headers(spaced())
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== vertical tab and form feed are no white space
--- request eval
bodies("{\cK\"status\":{}}", "\cL{\"status\":{}}", "{\"status\":{}}\cK")
--- more_headers eval
headers_of("{\cK\"status\":{}}", "\cL{\"status\":{}}",
                 "{\"status\":{}}\cK")
--- pt_refused: 400 jsonSyntax
--- pt_expect
EXISTS $key => 0



=== other white space of Unicode is not white space of JSON
--- request eval
bodies("\xc2\xa0{}", "{}\xe2\x80\x89", "{\xe2\x80\xa8}", "\xc2\x85{}")
--- pt_refused: 400 jsonSyntax



=== a byte order mark
--- request eval
bodies("\xef\xbb\xbf{}", "{}\xef\xbb\xbf")
--- pt_refused: 400 jsonSyntax



=== something behind the value
--- request eval
bodies('{}{}', '{},', '{} true', '{}}', '{}//', '{}#', '{}"', "{}\n{}", '{};')
--- pt_refused: 400 jsonSyntax



=== comments
--- request eval
bodies('/* a */{}', '{/**/}', "{}// a", "{\n//a\n}", "#\n{}", '{--}')
--- pt_refused: 400 jsonSyntax



=== commas too many, or missing
--- request eval
bodies('{"status":{},}', '{,"status":{}}', '{"status":{"state":"aborted",}}',
       '{"status":{},,"id":"t"}', '{"status":{} "id":"t"}', '{"@a":[1,]}',
       '{"@a":[,]}')
--- pt_refused: 400 jsonSyntax



=== names without quotes, or with others
--- request eval
bodies('{status:{}}', "{'status':{}}", '{"status":{"state":\'aborted\'}}',
       '{`status`:{}}', '{1:2}', '{null:{}}', '{"status"}', '{"status":}',
       '{:{}}')
--- pt_refused: 400 jsonSyntax



=== numbers that only other readers know
--- request eval
bodies(map { qq({"\@a":$_}) } 'NaN', 'Infinity', '-Infinity', '01', '-01',
           '1.', '.5', '+1', '1e', '0x10', '1_000', '-', '--1', '1.e1', '00')
--- pt_refused: 400 jsonSyntax



=== numbers of any size are JSON, and no member of ours is a number
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies(map { qq({"\@a":$_,"status":{"description":"x"}}) }
           '9' x 400, '-0', '1e400', '0.1e-5', '18446744073709551616')
--- error_code eval
[(200) x 5]
--- response_body_like eval
[('"description":"x"') x 5]



=== other words
--- request eval
bodies(map { qq({"\@a":$_}) } 'True', 'nul', 'nulll', 'undefined', 'tru e',
           'FALSE')
--- pt_refused: 400 jsonSyntax



=== an end that is missing
--- request eval
bodies('{', '{"status":', '{"status":{"state":"completed"}',
       '{"status":{"state":"comp', '{"@a":[', '{"@a":tru', '{"@a":1')
--- pt_refused: 400 jsonSyntax



=== brackets that do not fit
--- request eval
bodies('{"@a":[}]', '{"status":{]}', '[}', '}{', ']')
--- pt_refused: 400 jsonSyntax



=== control characters in a string
--- request eval
bodies(map { qq({"status":{"description":"a${_}b"}}) }
           "\n", "\t", "\r", "\x01", "\x1f", "\e")
--- pt_refused: 400 jsonSyntax



=== a value at the top that is no object
--- request eval
bodies('[]', '"completed"', '2', 'null', 'true',
       '[{"status":{"state":"completed"}}]')
--- pt_refused: 400 propertyType
--- pt_expect
EXISTS $key => 0



=== a form, XML, and a line of HTTP
--- request eval
bodies('status=completed', '<status/>', 'PATCH / HTTP/1.1',
       '--a{}', '%7B%7D')
--- pt_refused: 400 jsonSyntax



=== the answer does not repeat the invalid text
--- request eval
patch('{"status":{"state":"<script>"},oops}')
--- error_code: 400
--- response_body_unlike: script|oops|offset|column|line|lexical
