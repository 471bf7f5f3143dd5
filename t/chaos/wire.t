#!/usr/bin/perl

# The connections to Redis are bad: what comes is garbage, or half of a reply,
# or late, or cut off, or in small pieces.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 16,
    events => [[0.05, garbage => 1.5], [0.22, half => 1.2], [0.4, drip => 1],
               [0.5, hold => 2.5], [0.75, cut => 1.2]],
    refusals => ['503 storeDown', '503 taskBusy'],
);
