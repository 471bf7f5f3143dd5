#!/usr/bin/perl

# A dry run: all goes to the back end, whatever became of Redis, and what would
# be refused is what the back end refuses.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 10,
    events => [[0.2, crash => 0.6], [0.5, pause => 1.2]],
    dry => 1,
);
