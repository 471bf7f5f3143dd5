#!/usr/bin/perl

# Three masters have the tasks among them.  Slots go from one to the other,
# then a master is killed, and its replica takes over.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    sanitize => 1,
    store => 'cluster',
    connections => 3,
    events => [[0.15, 'load'], [0.2, reshard => 800], [0.5, 'failover']],
    protect => 'fence',
    refusals => ['503 storeDown', '503 taskBusy', '412 backEnd'],
);
