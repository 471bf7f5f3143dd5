#!/usr/bin/perl

# Redis crashes twice and stands still once, and without it nothing is changed:
# each task goes one legal way, one change after the other.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    events => [[0.2, crash => 0.7], [0.45, freeze => 1.5], [0.7, crash => 0.3]],
    lease => 10,
    wait => 2 + 1 + 1,
    refusals => ['503 storeDown', '503 taskBusy'],
    conf => <<'_EOC_',
    print_task_store_down reject;
    print_task_redis_timeout 1s 1s;
    print_task_lease 10s 2s;
    proxy_connect_timeout 3s;
    proxy_send_timeout 3s;
    proxy_read_timeout 3s;
_EOC_
);
