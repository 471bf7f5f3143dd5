#!/usr/bin/perl

# The master of a Redis with sentinels is killed: its replica takes over,
# without the last leases perhaps, and gateways follow, also when the old one
# is back, as a master that nobody asks for.  Then the two change their roles.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    sanitize => 1,
    store => 'sentinel',
    sockets => 2,
    events => [[0.15, 'failover'], [0.45, 'demote'], [0.55, 'change']],
    lease => 3,
    timeout => 1,
    protect => 'fence',
    refusals => ['503 storeDown', '503 taskBusy', '412 backEnd'],
);
