#!/usr/bin/perl

# More requests than commands that may wait for Redis, which answers slowly for
# a while: they are refused.  Load is not an outage, so no request is spared its
# checks, although "pass" would let it through without Redis.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 16,
    events => [[0.1, drip => 3], [0.4, reload => 1], [0.5, drip => 3],
               [0.6, reload => 2], [0.8, 'unload']],
    policy => 'pass',
    conf => "    print_task_queue 2;\n",
    refusals => ['503 taskBusy'],
    reason => 'queueFull',
);
