#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Requests at random through all that nginx can put around the module, while the
# back end, the store and nginx itself fail.  No change reaches the back end that
# is not judged, canonical and legal.
#
# STORM_SEED=N makes the same random choices again, STORM_REQUESTS=N sends more,
# STORM_STORES=memory leaves Redis out, and with STORM_FAULTS=10 there are ten times
# as many reloads, killed workers and faults of Redis.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Storm;

my $seed = $ENV{STORM_SEED} // 20261130;
my $requests = $ENV{STORM_REQUESTS} // 3000;

for my $store (split ' ', $ENV{STORM_STORES} // 'redis memory') {
    my $storm = PrintTask::Storm->new(seed => $seed, requests => $requests / 2,
                                      store => $store,
                                      faults => $ENV{STORM_FAULTS} // 1);

    diag("STORM_SEED=$seed STORM_REQUESTS=$requests, $store");
    $storm->run;

    none("$store: the back end has got nothing but what was judged",
         $storm->complaints);
    none("$store: no alarm, and no report", $storm->alarms);

    my %count = $storm->count;

    diag(join ', ', map { "$_: $count{$_}" } sort keys %count);
    cmp_ok($count{changes}, '>', $requests / 50, "$store: changes were made");
    none("$store: each request has an answer", $storm->silences);
}

done_testing();

sub none {
    my ($name, @lines) = @_;

    is(@lines, 0, $name) or diag(@lines[0 .. ($#lines < 6 ? $#lines : 6)]);
}
