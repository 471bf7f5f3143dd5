#!/usr/bin/perl

# The store owns the tasks, and the connections to it are bad: changes are made
# whose answers are late, or cut off, or never come.  And once it has no memory
# left.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    mode => 'answer',
    tasks => 6,
    events => [[0.05, cut => 1], [0.25, hold => 2], [0.5, garbage => 0.7],
               [0.68, half => 0.7], [0.84, full => 0.4]],
    refusals => ['503 storeDown'],
);
