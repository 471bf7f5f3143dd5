#!/usr/bin/perl

# Workers come and go: by reloads, and some are killed, whose leases run out.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 10,
    events => [
        [0.10, kill => 1], [0.15, reload => 2], [0.20, kill => 2],
        [0.25, reload => 1], [0.35, kill => 1], [0.40, reload => 1],
        [0.50, kill => 2], [0.55, reload => 2], [0.65, kill => 1],
        [0.75, reload => 1],
    ],
    refusals => ['503 taskBusy'],
    lease => 3,
    wait => 2 + 1 + 1,
    conf => <<'_EOC_',
    print_task_store_down reject;
    print_task_redis_timeout 1s 1s;
    print_task_lease 3s 2s;
    proxy_connect_timeout 1s;
    proxy_send_timeout 1s;
    proxy_read_timeout 1s;
_EOC_
);
