#!/usr/bin/perl

# The clock of Redis is set ahead and back, by less and by more than a lease
# lasts.  No lease ends early, so no two changes of a task meet, and none lasts
# longer than it was taken for.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    events => [[0.1, clock => 8000], [0.25, clock => 0],
               [0.4, clock => -40_000], [0.5, clock => 30_000],
               [0.6, crash => 0.5], [0.75, clock => -5000],
               [0.85, clock => 3_600_000]],
    refusals => ['503 storeDown', '503 taskBusy'],
);
