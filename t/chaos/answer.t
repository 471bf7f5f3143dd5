#!/usr/bin/perl

# The store owns the tasks, and Redis is away in each way that there is, while
# gateways are reloaded, and workers killed: what was answered 200 stays, and
# what was answered 503 is made once, or not at all.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 24,
    mode => 'answer',
    tasks => 6,
    events => [[0.05, crash => 0.5], [0.2, 'unload'], [0.22, kill => 1],
               [0.25, pause => 1.5], [0.4, reload => 2], [0.42, 'drop'],
               [0.5, freeze => 3], [0.75, kill => 2], [0.76, reload => 1],
               [0.8, crash => 0.3]],
    refusals => ['503 storeDown'],
);
