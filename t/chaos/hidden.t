#!/usr/bin/perl

# The back end does not show some tasks to one of two applications, but would
# make its changes.  It gets none of them, and the application gets no answer
# of these tasks, out of records neither; the other one is not kept waiting.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 16,
    hidden => 1,
    events => [[0.1, reload => 1], [0.2, crash => 0.5], [0.5, pause => 1],
               [0.6, 'unload'], [0.7, reload => 2]],
    refusals => ['503 storeDown', '503 taskBusy', '403 backEnd',
                 '403 refetchRefused'],
    reason => 'refetchRefused',
);
