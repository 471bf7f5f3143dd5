# Nesting and numbers of values: small bodies with a high cost.

use lib 't/lib';
use PrintTask;

# an annotation of that many arrays or objects in each other, with the body
# around it as the first level

sub arrays {
    my ($depth) = @_;

    return '{"@a":' . '[' x ($depth - 1) . ']' x ($depth - 1)
           . ',"status":{"state":"completed"}}';
}

sub objects {
    my ($depth) = @_;

    return '{"@a":' . '{"b":' x ($depth - 2) . '{}' . '}' x ($depth - 2)
           . ',"status":{"state":"completed"}}';
}

sub bodies {
    return [map { patch($_) } @_];
}

run_tests();

__DATA__

=== 16 levels
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(arrays(16))
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== 17 levels
--- request eval
bodies(arrays(17), objects(17))
--- pt_refused: 400 jsonLimit
--- pt_expect
EXISTS $key => 0



=== 16 levels of objects
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(objects(16))
--- response_body_like: "state":"completed"



=== as many brackets as the body may hold
--- request eval
bodies('[' x BODY_MAX, '{"a":' x (BODY_MAX / 5), '[{"":' x (BODY_MAX / 5))
--- pt_refused: 400 jsonLimit



=== a million brackets, if the operator lets them in
--- config eval
gateway_conf(extra => 'print_task_body_max 1m; client_max_body_size 2m;')
--- request eval
patch('[' x 1048576)
--- pt_refused: 400 jsonLimit



=== the same in gzip, and in a kilobyte of it, which is not inflated as far
--- config eval
gateway_conf(extra => 'print_task_body_max 1m; client_max_body_size 2m;')
--- request eval
[patch(gzip('[' x 1048576, -Comment => 'c' x 10000)),
 patch(gzip('[' x 1048576))]
--- more_headers eval
[map { body_headers($_, 'Content-Encoding: gzip') }
     gzip('[' x 1048576, -Comment => 'c' x 10000), gzip('[' x 1048576)]
--- pt_refused
400 jsonLimit
413 bodyTooLarge



=== levels side by side do not add up
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch('{"@a":[' . join(',', ('[[[[[[]]]]]]') x 40)
      . '],"status":{"state":"completed"}}')
--- response_body_like: "state":"completed"



=== brackets in strings are no levels
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch('{"status":{"description":"' . '[{' x 500 . '"}}')
--- response_body_like eval
'"description":"' . '\[\{' x 500 . '"'



=== 512 values
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch('{"@a":[' . join(',', (1) x 508) . '],"status":{"state":"completed"}}')
--- response_body_like: "state":"completed"



=== 513 values
--- request eval
bodies('{"@a":[' . join(',', (1) x 509) . '],"status":{"state":"completed"}}',
       '{' . join(',', map { qq("\@$_":0) } 1 .. 513) . '}')
--- pt_refused: 400 jsonLimit



=== many members whose names differ in one byte
--- config eval
gateway_conf(extra => 'print_task_body_max 1m; client_max_body_size 2m;')
--- request eval
patch('{' . join(',', map { '"@' . 'a' x 200 . qq($_":0) } 1 .. 4000) . '}')
--- pt_refused: 400 jsonLimit



=== a long name, and a long string that is dropped
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies('{"@' . 'n' x (BODY_MAX - 300) . '":1,"status":{"description":"1"}}',
       '{"parentUrl":"' . 'u' x (BODY_MAX - 300) . '","status":{"description":"2"}}')
--- error_code eval
[200, 200]
--- response_body_like eval
['"description":"1"', '"description":"2"']



=== a string of escapes only, as long as the body may be
--- request eval
patch('{"status":{"description":"' . '\u20ac' x 2700 . '"}}')
--- pt_refused: 400 descriptionTooLong
