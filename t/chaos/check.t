#!/usr/bin/perl

# While Redis is away the back end is asked, and has the last word: only then
# may two changes meet there.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 12,
    events => [[0.08, crash => 0.3], [0.2, pause => 1.2], [0.4, 'drop'],
               [0.5, full => 1], [0.7, crash => 1]],
    policy => 'check',
    protect => 'rules',
    refusals => ['503 taskBusy', '409 backEnd'],
);
