#!/usr/bin/perl

# Redis loses its scripts, has no memory left, and loses what it had in it,
# leases among them: then the fence protects the tasks of a back end that looks
# at it.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 12,
    events => [[0.1, 'unload'], [0.2, full => 1], [0.4, 'flush'],
               [0.5, 'unload'], [0.55, 'flush'], [0.65, 'flush'],
               [0.7, full => 0.5]],
    protect => 'fence',
    refusals => ['503 storeDown', '503 taskBusy', '412 backEnd'],
);
