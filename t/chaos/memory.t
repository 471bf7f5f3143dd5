#!/usr/bin/perl

# One gateway, with its store in memory: workers are killed, and others take
# their place, while it is reloaded.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 10,
    gateways => 1,
    store => 'memory',
    events => [
        [0.10, kill => 1], [0.15, reload => 1], [0.20, kill => 1],
        [0.30, kill => 1], [0.40, reload => 1], [0.45, kill => 1],
        [0.55, kill => 1], [0.65, kill => 1], [0.75, reload => 1],
    ],
    lease => 3,
    timeout => 1,
    refusals => ['503 taskBusy'],
);
