# Times: a bad one stops nginx, with a message that names it.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "@_;");
}

run_tests();

__DATA__

=== print_task_leeway: more than five minutes
--- config eval: with('print_task_leeway 301s')
--- must_die
--- error_log: invalid leeway "301s", it must be from 0 to 300s



=== print_task_leeway: negative
--- config eval: with('print_task_leeway -1')
--- must_die
--- error_log: invalid leeway "-1"



=== print_task_leeway: so large that it would wrap
--- config eval: with('print_task_leeway 99999999999999999999')
--- must_die
--- error_log: invalid leeway "99999999999999999999"



=== print_task_leeway: no time, and parts of a second
--- config eval: with('print_task_leeway 500ms')
--- must_die
--- error_log: invalid leeway "500ms"



=== print_task_leeway: twice
--- config eval: with('print_task_leeway 1s; print_task_leeway 2s')
--- must_die
--- error_log: "print_task_leeway" directive is duplicate



=== print_task_redis_timeout: no time to connect
--- config eval: with('print_task_redis $PrintTask::redis; print_task_redis_timeout never')
--- must_die
--- error_log: invalid time "never" in "print_task_redis_timeout"



=== print_task_redis_timeout: no time for a command
--- config eval: with('print_task_redis $PrintTask::redis; print_task_redis_timeout 1s 0')
--- must_die
--- error_log: invalid time "0" in "print_task_redis_timeout"



=== print_task_redis_timeout: three times
--- config eval: with('print_task_redis_timeout 1s 2s 3s')
--- must_die
--- error_log: invalid number of arguments in "print_task_redis_timeout"



=== print_task_redis_timeout: twice
--- config eval
with('print_task_redis $PrintTask::redis; print_task_redis_timeout 1s 1s;
      print_task_redis_timeout 1s')
--- must_die
--- error_log: "print_task_redis_timeout" directive is duplicate



=== print_task_redis_timeout: below the Redis that it should be for
--- config eval: with('print_task_redis_timeout 1s')
--- must_die
--- error_log: "print_task_redis_timeout" must be at the level of "print_task_redis"



=== print_task_redis_timeout: above the Redis that it is for
--- http_config eval
http_conf(redis => 0, extra => 'print_task_redis_timeout 2s 2s;')
--- config eval: with('print_task_redis $PrintTask::redis')
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== print_task_cache_valid: no time
--- config eval: with('print_task_cache_valid 1m forever')
--- must_die
--- error_log: invalid time "forever" in "print_task_cache_valid"



=== print_task_cache_valid: not at all
--- config eval: with('print_task_cache_valid 0')
--- must_die
--- error_log: invalid time "0" in "print_task_cache_valid"



=== print_task_cache_valid: twice
--- config eval
with('print_task_cache_valid 1m; print_task_cache_valid 1m 1m')
--- must_die
--- error_log: "print_task_cache_valid" directive is duplicate



=== print_task_cache_valid: so long that it would wrap with a clock
--- config eval: with('print_task_cache_valid 1m 9223372036854775s')
--- must_die
--- error_log: invalid time "9223372036854775s" in "print_task_cache_valid"




=== print_task_fresh: so long that it would wrap with a clock
--- config eval: with('print_task_fresh 3651d')
--- must_die
--- error_log: invalid time "3651d" in "print_task_fresh"




=== print_task_lease: so long that it would wrap with a clock
--- config eval: with('print_task_lease 3651d')
--- must_die
--- error_log: invalid time "3651d" in "print_task_lease"
