#!/usr/bin/perl

# The nodes of a cluster report no addresses, neither of the slots nor with MOVED
# and ASK: each is at the address of the node that has answered, with another
# port.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 20,
    sanitize => 1,
    store => 'cluster',
    nodes => ['--cluster-preferred-endpoint-type', 'unknown-endpoint'],
    connections => 3,
    events => [[0.15, 'load'], [0.2, reshard => 400], [0.5, 'failover']],
    protect => 'fence',
    refusals => ['503 storeDown', '503 taskBusy', '412 backEnd'],
);
