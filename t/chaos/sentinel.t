#!/usr/bin/perl

# The master of a Redis with sentinels is killed, and given another role: its
# replica takes over, without the last leases perhaps, and gateways follow.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    store => 'sentinel',
    events => [[0.15, 'failover'], [0.6, 'change']],
    protect => 'fence',
    refusals => ['503 storeDown', '503 taskBusy', '412 backEnd'],
);
