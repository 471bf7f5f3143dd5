#!/usr/bin/perl

# One gateway whose store in memory owns the tasks: workers are killed in the
# middle of a change, and others take their place, while it is reloaded.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 12,
    mode => 'answer',
    sanitize => 1,
    gateways => 1,
    store => 'memory',
    tasks => 6,
    events => [
        [0.10, kill => 1], [0.15, reload => 1], [0.20, kill => 1],
        [0.30, kill => 1], [0.40, reload => 1], [0.45, kill => 1],
        [0.55, kill => 1], [0.65, kill => 1], [0.75, reload => 1],
        [0.80, kill => 1], [0.85, kill => 1],
    ],
);
