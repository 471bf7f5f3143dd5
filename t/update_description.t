# The description that a body asks for.

use lib 't/lib';
use PrintTask;

sub described {
    return [map { patch(qq({"status":{"description":$_}})) } @_];
}

# what the back end gets of these descriptions

sub seen {
    return join '', map { s/\n/ /r . "\n" } @{described(@_)};
}

run_tests();

__DATA__

=== the description alone
--- pt_redis
HSET $key state processing description old rev 1
--- request eval
described('"out of paper"')->[0]
--- response_body_like: "description":"out of paper"
--- pt_backend_saw eval
seen('"out of paper"')
--- pt_expect
HMGET $key description rev lease => out of paper 2 (nil)



=== an empty description differs from null
--- pt_redis
HSET $key state processing description old rev 1
--- request eval
described('""')->[0]
--- response_body_like: "description":""
--- pt_backend_saw eval
seen('""')



=== null is passed on as null
--- pt_redis
HSET $key state processing description old rev 1
--- pt_backend eval
backend(PATCH => [200, task('$backend_id', 'processing') =~ s/"description":"[^"]*"/"description":null/r])
--- request eval
described('null')->[0]
--- pt_backend_saw eval
seen('null')
--- pt_expect
HMGET $key state description => processing (nil)



=== a name in any case
--- pt_redis
HSET $key state processing rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"DESCRIPTION":"x"}}
--- pt_backend_saw eval
seen('"x"')



=== 1024 bytes
--- pt_redis
HSET $key state processing rev 1
--- request eval
described('"' . 'x' x 1024 . '"')->[0]
--- pt_backend_saw eval
seen('"' . 'x' x 1024 . '"')



=== 1025 bytes
--- request eval
described('"' . 'x' x 1025 . '"')->[0]
--- pt_refused: 400 descriptionTooLong
--- pt_expect
EXISTS $key => 0



=== bytes are counted, not characters, and not escapes
--- pt_redis
HSET $key state processing rev 1
--- request eval
described('"' . "\xc3\xa9" x 512 . '"', '"' . "\xc3\xa9" x 512 . 'x"',
          '"' . '\u00e9' x 512 . '"', '"' . '\u00e9' x 513 . '"',
          '"' . '\ud83d\ude00' x 256 . '"', '"' . '\ud83d\ude00' x 257 . '"',
          '"' . '\n' x 1024 . '"', '"' . '\n' x 1025 . '"')
--- error_code eval
[(200, 400) x 4]
--- pt_reason eval
[('-', 'descriptionTooLong') x 4]
--- pt_backend_saw eval
seen('"' . "\xc3\xa9" x 512 . '"', '"' . "\xc3\xa9" x 512 . '"',
     '"' . "\xf0\x9f\x98\x80" x 256 . '"', '"' . '\n' x 1024 . '"')



=== all of Unicode is passed on in UTF-8
--- pt_redis
HSET $key state processing rev 1
--- request eval
described("\"\xe5\x8d\xb0\xe5\x88\xb7 \xf0\x9f\x96\xa8 \xd7\xa2\"",
          '"\u5370\u5237 \ud83d\udda8 \u05e2"')
--- error_code eval
[200, 200]
--- response_body_like eval
[("\xe5\x8d\xb0\xe5\x88\xb7 \xf0\x9f\x96\xa8 \xd7\xa2") x 2]
--- pt_backend_saw eval
seen(("\"\xe5\x8d\xb0\xe5\x88\xb7 \xf0\x9f\x96\xa8 \xd7\xa2\"") x 2)



=== quotes, backslashes and control characters stay escaped
--- pt_redis
HSET $key state processing rev 1 app $PrintTask::app
--- request eval
described('"a\"b\\\\c\/d"', '"\b\f\n\r\t"', '"\u0001\u001f\u001b[31m"',
          '"\u007f"')
--- error_code eval
[(200) x 4]
--- pt_backend_saw eval
seen('"a\"b\\\\c/d"', '"\b\f\n\r\t"', '"\u0001\u001F\u001B[31m"',
     "\"\x7f\"")



=== a line break does not become one of the answer or of a header
--- config eval
gateway_conf(mode => 'answer')
--- pt_redis
HSET $key state processing rev 1
--- request eval
described('"a\r\nSet-Cookie: x\r\n\r\n"')->[0]
--- response_headers
! Set-Cookie
--- response_body chomp
{"@odata.etag":"\"2\"","id":"t","parentUrl":null,"status":{"state":"processing","description":"a\r\nSet-Cookie: x\r\n\r\n"}}
--- pt_expect
HSTRLEN $key description => 20



=== text that means something to Redis, nginx or Lua is only text
--- config eval
gateway_conf(mode => 'answer')
--- pt_redis
HSET $key state processing rev 1
--- request eval
described('"*3\\\\r\\\\n$3 $uri {tag} %s %n \' -- ]] ${x}"')->[0]
--- response_body_like eval
quotemeta '*3\\\\r\\\\n$3 $uri {tag} %s %n \' -- ]] ${x}'



=== other types
--- request eval
described('1', 'true', '{}', '[]', '["x"]', '-0.5')
--- pt_refused: 400 propertyType
--- pt_expect
EXISTS $key => 0
