#!/usr/bin/perl

# Redis is away in each way that there is, and without it nothing is changed:
# each task goes one legal way, one change after the other.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 24,
    events => [[0.08, crash => 0.7], [0.16, pause => 2.5], [0.35, 'drop'],
               [0.45, freeze => 5], [0.75, crash => 0.3]],
    refusals => ['503 storeDown', '503 taskBusy'],
);
