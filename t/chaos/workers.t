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
    lease => 3,
    timeout => 1,
    refusals => ['503 taskBusy'],
);
