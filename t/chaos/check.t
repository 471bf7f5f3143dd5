#!/usr/bin/perl

# While Redis is away the back end is asked, and has the last word: only then
# may two changes meet there.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 10,
    events => [[0.1, crash => 0.3], [0.3, crash => 0.6], [0.5, crash => 1]],
    enforce => 1,
    refusals => ['503 taskBusy', '409 backEnd'],
    lease => 10,
    wait => 2 + 1 + 1,
    conf => <<'_EOC_',
    print_task_store_down check;
    print_task_redis_timeout 1s 1s;
    print_task_lease 10s 2s;
    proxy_connect_timeout 3s;
    proxy_send_timeout 3s;
    proxy_read_timeout 3s;
_EOC_
);
