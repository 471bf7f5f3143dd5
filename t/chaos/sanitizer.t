#!/usr/bin/perl

# Some of the rest, shorter, with the module built by "util/build --sanitize".

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 14,
    sanitize => 1,
    events => [[0.05, garbage => 1], [0.2, crash => 0.5], [0.35, half => 0.7],
               [0.45, full => 0.5], [0.55, 'hang-up' => 0.7],
               [0.62, freeze => 2.5]],
    refusals => ['503 storeDown', '503 taskBusy', '502', '502 refetchFailed'],
);
