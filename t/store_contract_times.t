#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# What a store promises, continued: how long records and leases last, what is
# kept of keys and strings, and that there is one store for all workers.

use strict;
use warnings;

use lib 't/lib';

use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Store;

my $long = 100_000;
my %task = (state => 'pending', app => 'A');
my @known = (sources => 'pending processing completed aborted');

for my $store (PrintTask::Store->all) {
    my $op = sub { my ($name, $key, @args) = @_;
                   return $store->op($name, key => $key, @args) };
    my $read = sub { return $op->('read', @_) };

    # until the clock of the store has gone on so far

    my $pass = sub {
        my ($from, $ms) = @_;

        sleep 0.005 while $read->('clock')->{now} <= $from + $ms;
    };

    my $result = sub {
        my ($want, $name, @args) = @_;
        my $got = $op->($name, @args);

        is($got->{result}, $want, "$store: $name of \"$args[0]\": $want");
        return $got;
    };

    # --- records

    my $made = $result->('created', 'put', 'short', %task, ttl => 400);
    $op->('put', 'kept', %task, ttl => 0);
    $op->('put', 'later', %task, ttl => 80);
    $op->('put', 'later', %task, ttl => $long);
    my $last = $op->('put', 'changed', %task, ttl => 400);
    $result->('applied', 'apply', 'changed', state => 'completed', @known,
              app => 'A');

    is($read->('short')->{result}, 'seen', "$store: a record lives");
    $pass->($last->{now}, 410);
    is($read->('short')->{result}, 'absent', "$store: as long as its ttl");
    is($read->('kept')->{result}, 'seen', "$store: without an end, if it is 0");
    is($read->('later')->{result}, 'seen', "$store: PUT sets it anew");
    is($read->('changed')->{result}, 'absent', "$store: APPLY does not");

    my $again = $result->('created', 'put', 'short', %task, ttl => 0);

    cmp_ok($again->{rev}, '>', $made->{rev},
        "$store: rev does not go back when a record is made anew");
    is($again->{rev}, $again->{now}, "$store: it starts at the clock");
    cmp_ok(abs($again->{now} / 1000 - time()), '<', 5,
        "$store: which is in ms since the epoch");

    # --- a record outlives its lease

    $op->('put', 'held', %task, ttl => 400);
    $result->('granted', 'reserve', 'held', lease => 'a', lease_time => $long,
              @known);
    my $free = $op->('release', 'held', lease => 'a');
    $result->('granted', 'reserve', 'new', lease => 'a', lease_time => 1,
              @known);
    $pass->($free->{now}, 410);
    is($read->('held')->{state}, 'pending', "$store: a reserved record stays");
    is($read->('new')->{result}, 'seen', "$store: so does a new one");

    # --- commit

    for my $ttl (0, 80) {
        $op->('put', "commit$ttl", %task, ttl => $long);
        $op->('reserve', "commit$ttl", lease => 'a', lease_time => $long,
              @known);
        $made = $op->('commit', "commit$ttl", lease => 'a', %task,
                      ttl => $ttl);
    }

    $pass->($made->{now}, 90);
    is($read->('commit80')->{result}, 'absent', "$store: COMMIT sets the ttl");
    is($read->('commit0')->{result}, 'seen', "$store: or removes it");

    # --- invalidate

    for my $hold (0, 1) {
        $op->('put', "invalid$hold", %task, ttl => 0);
        $op->('reserve', "invalid$hold", lease => 'a', lease_time => 600,
              @known);
        $made = $op->('invalidate', "invalid$hold", lease => 'a', ttl => 80,
                      hold => $hold);
    }

    $result->('busy', 'reserve', 'invalid1', lease => 'b', lease_time => $long,
              @known);
    $pass->($made->{now}, 90);
    is($read->('invalid0')->{result}, 'absent', "$store: INVALIDATE gives an end");

    my $was = $read->('invalid1');

    is($was->{result}, 'seen', "$store: not before that of a lease it leaves");
    $pass->($made->{now}, 610);

    my $taken = $result->('granted', 'reserve', 'invalid1', lease => 'b',
                          lease_time => $long, @known);

    is($taken->{rev}, $was->{rev} + 1, "$store: a new fence for who takes it");
    is($op->('commit', 'invalid1', lease => 'a', %task)->{state}, '-',
        "$store: who had it before may not commit");
    is($op->('commit', 'invalid1', lease => 'b', %task)->{state}, 'pending',
        "$store: who has it, may");

    # --- a lease that ran out, but that nobody else took

    $made = $op->('reserve', 'late', lease => 'a', lease_time => 1, @known);
    $pass->($made->{now}, 1);
    is($op->('commit', 'late', lease => 'a', %task)->{state}, 'pending',
        "$store: a late commit counts");

    # --- a change without the lease, while another has it

    for my $meanwhile (0, 1) {
        my $key = "overtaken$meanwhile";

        $made = $op->('reserve', $key, lease => 'a', lease_time => $long);
        $op->('invalidate', $key, ttl => $long) if $meanwhile;

        is($op->('commit', $key, lease => 'a', rev => $made->{rev}, %task)
               ->{state}, $meanwhile ? '-' : 'pending',
            "$store: COMMIT of what the record was granted as: $meanwhile");
        is($read->($key)->{rev}, $made->{rev} + 1 + $meanwhile,
            "$store: and the fence has grown");
        $result->('granted', 'reserve', $key, lease => 'b',
                  lease_time => $long, @known);
    }

    # --- strings and keys

    my %strings = (app => "A \x01\xff", description => 'd' x 1024,
                   parentUrl => 'https://x/' . 'u' x 1900);

    for my $key ('k', 'K', 'k ', 'k' x 500, "k\x01\xff%", 'k/k:{k}') {
        $op->('put', $key, state => 'aborted', %strings,
              description => "of $key", ttl => 0);
        $op->('put', "$key.", state => 'aborted', %strings, ttl => 0);
    }

    for my $key ('k', 'K', 'k ', 'k' x 500, "k\x01\xff%", 'k/k:{k}') {
        my $got = $read->($key);

        is($got->{description}, "of $key", "$store: a key of its own");
        $got = $read->("$key.");
        is_deeply([@$got{sort keys %strings}],
            [@strings{sort keys %strings}], "$store: strings as they were");
    }
}

# --- one store for all workers

for my $store (PrintTask::Store->all) {
    my @children = map { child($store, $_) } 1 .. 4;
    my (%fence, %workers, $applied, @lines);

    for my $child (@children) {
        push @lines, readline $child;
        close $child;
    }

    for (@lines) {
        $workers{$2}++, $fence{$1}++ if /^fence (\d+) (\d+)/;
        $applied += $1 if /^applied (\d+)/;
    }

    cmp_ok(scalar keys %workers, '>', 1, "$store: two workers");
    cmp_ok(scalar keys %fence, '>', 20, "$store: many leases of one task");
    is_deeply([grep { $fence{$_} > 1 } keys %fence], [],
        "$store: no fence was given twice");

    my $got = $store->op('read', key => 'counted');

    is($got->{rev} - $store->op('read', key => 'base')->{description},
        $applied, "$store: each change has counted");
}

is(PrintTask::Store->server->quiet, '', 'nginx is quiet');

done_testing();

# takes and ends leases, and changes a task, on connections of its own

sub child {
    my ($store, $n) = @_;

    if ($n == 1) {
        my $rev = $store->op('put', key => 'counted', %task, ttl => 0)->{rev};

        $store->op('put', key => 'base', %task, description => $rev, ttl => 0);
    }

    my $pid = open my $out, '-|';

    return $out if $pid;

    my $applied = 0;

    for my $i (1 .. 60) {
        $store->connect if $i % 5 == 1;

        my $got = $store->op('reserve', key => 'fought', lease => "$n-$i",
                             lease_time => $long, @known);

        print "fence $got->{rev} $got->{worker}\n"
            if $got->{result} eq 'granted';

        $store->op($i % 2 ? 'commit' : 'invalidate', key => 'fought',
                   lease => "$n-$i", %task, ttl => 0)
            if $got->{result} eq 'granted';

        $applied += $store->op('apply', key => 'counted', app => 'A', @known,
                               state => 'processing')->{result} eq 'applied';
    }

    print "applied $applied\n";
    close STDOUT;
    POSIX::_exit(0);
}
