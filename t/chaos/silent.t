#!/usr/bin/perl

# The back end does not answer some requests: it has made the change, or has
# not, or will.  Until the lease has run out no other change of the task is
# sent.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 16,
    events => [[0.1, silent => 2], [0.4, 'hang-up' => 2], [0.6, silent => 2]],
    lease => 4,
    timeout => 1,
    refusals => ['502', '502 refetchFailed', '503 taskBusy', '504',
                 '504 refetchTimeout'],
);
