#!/usr/bin/perl

# TLS: connections break in the middle of a record, or bring what is none, and
# Redis is away, or shows a certificate of another name.

use strict;
use warnings;

use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

chaos(
    seconds => 14,
    store => 'tls',
    events => [[0.08, garbage => 1], [0.25, impostor => 1], [0.42, half => 1],
               [0.6, crash => 0.5], [0.72, 'drop']],
    refusals => ['503 storeDown', '503 taskBusy'],
);
