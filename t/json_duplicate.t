# A member twice in one object: servers use the first one, the last one, or
# both, so the meaning is ambiguous.

use lib 't/lib';
use PrintTask;

sub bodies {
    return [map { patch($_) } @_];
}

run_tests();

__DATA__

=== the state twice
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed","state":"aborted"}}
--- pt_refused: 400 jsonDuplicate
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== the state twice with the same value
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed","state":"completed"}}
--- pt_refused: 400 jsonDuplicate



=== the status twice, in one piece or in two
--- request eval
bodies('{"status":{"state":"completed"},"status":{"state":"aborted"}}',
       '{"status":{"state":"completed"},"status":{"description":"x"}}',
       '{"status":{},"@a":{"b":[1,2]},"status":{}}')
--- pt_refused: 400 jsonDuplicate



=== the description twice, and null once
--- request eval
bodies('{"status":{"description":null,"description":"x"}}',
       '{"status":{"description":"x","description":null}}')
--- pt_refused: 400 jsonDuplicate



=== names that differ in case only
--- request eval
bodies('{"status":{"state":"completed","State":"aborted"}}',
       '{"status":{"STATE":"completed","description":"","state":"aborted"}}',
       '{"Status":{"state":"completed"},"status":{"state":"aborted"}}',
       '{"id":"t","ID":"t"}')
--- pt_refused: 400 jsonDuplicate



=== names that are the same once they are decoded
--- request eval
bodies('{"status":{"state":"completed","st\u0061te":"aborted"}}',
       '{"status":{"\u0073\u0074\u0061\u0074\u0065":"aborted","state":"pending"}}',
       '{"st\u0061tus":{},"\u0073tatus":{}}',
       '{"@a\/b":1,"@a/b":2}')
--- pt_refused: 400 jsonDuplicate



=== names that are the same once they are decoded and folded
--- request eval
bodies('{"status":{"state":"completed","st\u0041te":"aborted"}}',
       '{"\u0053tatus":{},"status":{}}')
--- pt_refused: 400 jsonDuplicate



=== members that are dropped count, too
--- request eval
bodies('{"id":"t","status":{},"id":"t"}',
       '{"parentUrl":"a","parentUrl":"b"}',
       '{"@odata.type":"#a","status":{},"@odata.type":"#a"}',
       '{"status":{"@odata.type":"#a","@odata.type":"#b"}}')
--- pt_refused: 400 jsonDuplicate



=== duplicates deep in an ignored value are refused, too
--- request eval
bodies('{"definition":{"a":{"b":1,"b":2}}}',
       '{"trigger":[{"c":[{"d":1,"D":2}]}]}',
       '{"@a":[[{"":1,"":2}]]}')
--- pt_refused: 400 jsonDuplicate



=== the first error is the reason: the duplicate, or what follows it
--- request eval
bodies('{"status":{},"status":{},}', '{"status":{},,"status":{}}',
       '{"oops":1,"oops":2}')
--- pt_refused
400 jsonDuplicate
400 jsonSyntax
400 jsonDuplicate



=== the same name in objects that are not the same one
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies('{"@odata.type":"#a","status":{"@odata.type":"#b","description":"1"}}',
       '{"@a":[{"b":1},{"b":2}],"@c":{"b":{"b":3}},'
       . '"status":{"description":"2"}}',
       '{"definition":{"id":"d","status":1},"id":"t",'
       . '"status":{"description":"3"}}')
--- error_code eval
[(200) x 3]
--- response_body_like eval
['"description":"1"', '"description":"2"', '"description":"3"']



=== only ASCII is folded
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies("{\"\@\xc3\xa9\":1,\"\@\xc3\x89\":2,\"status\":{\"description\":\"1\"}}",
       "{\"\@\xe2\x84\xaa\":1,\"\@k\":2,\"status\":{\"description\":\"2\"}}")
--- error_code eval
[200, 200]
--- response_body_like eval
['"description":"1"', '"description":"2"']



=== letters that only Unicode folds to ours make another name
--- request eval
bodies("{\"\xc5\xbftatus\":{\"state\":\"completed\"}}",
       "{\"status\":{\"de\xc5\xbfcription\":\"x\"}}",
       '{"\uff53tatus":{}}')
--- pt_refused: 400 propertyUnknown



=== many members, the last one twice
--- request eval
bodies('{' . join(',', map { qq("\@$_":$_) } 1 .. 400) . ',"@400":1}')
--- pt_refused: 400 jsonDuplicate
