# UTF-8 and escapes: text that readers repair in different ways is refused.

use lib 't/lib';
use PrintTask;

# a description of these bytes, as they are

sub described {
    return [map { patch(qq({"status":{"description":"$_"}})) } @_];
}

run_tests();

__DATA__

=== overlong forms
--- request eval
described("\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
          "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xc0\x80")
--- pt_refused: 400 jsonEncoding
--- pt_expect
EXISTS $key => 0



=== an overlong quote does not end a string
--- request eval
described("a\xc0\xa2", "a\xe0\x80\xa2", "a\xc0\xa2,\xc0\xa2state")
--- pt_refused: 400 jsonEncoding



=== surrogates in UTF-8
--- request eval
described("\xed\xa0\x80", "\xed\xbf\xbf", "\xed\xa0\xbd\xed\xb8\x80")
--- pt_refused: 400 jsonEncoding



=== code points over U+10FFFF
--- request eval
described("\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
          "\xfc\x84\x80\x80\x80\x80", "\xfe", "\xff")
--- pt_refused: 400 jsonEncoding



=== bytes that are missing, or too many
--- request eval
described("\x80", "\xbf", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xe2\x82a",
          "\xc3\xa9\xa9", "\xf0\x9f\x98\x80\x80")
--- pt_refused: 400 jsonEncoding



=== a character that ends with the body
--- request eval
[map { patch($_) } "{\"status\":{\"description\":\"\xe2\x82", "\xc3"]
--- pt_refused: 400 jsonEncoding



=== Latin-1
--- request eval
described("caf\xe9")
--- pt_refused: 400 jsonEncoding



=== UTF-16 and UTF-32, with and without a byte order mark
--- request eval
[map { patch($_) } map { pack 'C*', unpack 'C*', $_ }
     "\xff\xfe{\0}\0", "\xfe\xff\0{\0}", "{\0}\0", "\0{\0}",
     "\0\0\0{\0\0\0}", "\xff\xfe\0\0{\0\0\0}\0\0\0"]
--- pt_refused: 400 jsonEncoding



=== NUL, as a byte and as an escape, in a value and in a name
--- request eval
[@{described("a\0b", '\u0000', 'a\u0000b')},
 map { patch($_) } "{\"status\0\":{}}", '{"status\u0000":{}}', "{}\0",
                   '{"@a\u0000":1}', "{\0}"]
--- pt_refused: 400 jsonEncoding
--- pt_expect
EXISTS $key => 0



=== half a surrogate pair, as an escape
--- request eval
described('\ud800', '\udc00', '\ud800\ud800', '\udc00\ud800', '\udfff',
          '\ud83dx', '\ud83d\n', '\ud83d\u0041', '\ud83d')
--- pt_refused: 400 jsonEncoding



=== invalid escapes
--- request eval
described('\x41', '\a', '\0', '\\'.q('), '\U0041', '\u00g0', '\u 041',
          '\u+041', '\v', '\101')
--- pt_refused: 400 jsonEncoding



=== an escape that is cut by the end of the string or of the body
--- request eval
[@{described('\u00', '\u')},
 map { patch($_) } '{"status":{"description":"\\', '{"\u00', '\\']
--- pt_refused: 400 jsonEncoding



=== escapes and bytes outside of strings
--- request eval
[map { patch($_) } '{\u0022status":{}}', "{\xc3\xa9:1}", '{}\n', '\{}']
--- pt_refused
400 jsonSyntax
400 jsonSyntax
400 jsonSyntax
400 jsonEncoding



=== the ends of all ranges are accepted, and passed on in UTF-8
--- pt_redis
HSET $key state pending rev 1
--- request eval
described("\xc2\x80\xdf\xbf", "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80",
          "\xef\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xef\xbf\xbd")
--- error_code eval
[(200) x 5]
--- pt_backend_saw eval
join '', map { patch(qq({"status":{"description":"$_"}})) =~ tr/\n/ /r . "\n" }
    "\xc2\x80\xdf\xbf", "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80",
    "\xef\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xef\xbf\xbd"



=== escapes are forwarded as the characters that they stand for
--- pt_redis
HSET $key state pending rev 1
--- request eval
described('\u00e9\u20ac', '\uD83D\uDE00', '\/\u002f\u0041', '\uffff')
--- error_code eval
[(200) x 4]
--- pt_backend_saw eval
join '', map { patch(qq({"status":{"description":"$_"}})) =~ tr/\n/ /r . "\n" }
    "\xc3\xa9\xe2\x82\xac", "\xf0\x9f\x98\x80", '//A', "\xef\xbf\xbf"
