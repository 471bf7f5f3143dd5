#!/usr/bin/perl

# While Redis is away changes are sent unseen, and the back end decides; before
# and after, the gateways do.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 10,
    events => [[0.15, crash => 0.6], [0.4, hold => 1.2], [0.6, full => 0.8]],
    policy => 'pass',
    protect => 'rules',
    refusals => ['503 taskBusy', '409 backEnd'],
);
