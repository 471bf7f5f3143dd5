#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Overdue tasks, from one description for all stores: which tasks count, and which
# are reported.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep);

use PrintTask::Store;

sub key { return "print-task:{$_[0]}/$_[1]" }
sub index_of { return "print-task-index:{$_[0]}" }

my %put = (ttl => 1000000, tenant => 't', final => 'completed aborted',
           state => 'pending', overdue => 1);

sub put {
    my ($store, $definition, $id, %args) = @_;
    my $got = $store->op('put', key => key($definition, $id),
                         index => index_of($definition), %put, %args);

    die "$store: put: $got->{result}\n"
        if $got->{result} !~ /^(?:created|applied)$/;

    return $got->{confirmed};
}

sub apply {
    my ($store, $definition, $id, $state) = @_;

    is($store->op('apply', key => key($definition, $id), state => $state,
        final => 'completed aborted',
        sources => 'pending processing')->{result}, 'applied',
        "$store->{name}: $id is $state");
}

# all overdue tasks of all indexes, and those that are reported

sub walk {
    my ($store, $overdue, %args) = @_;
    my (@indexes, %reported, $next);
    my ($count, $parts, $most) = (0, 0, $args{max} // 100);

    do {
        my $got = $store->op('indexes', key => '-',
                             defined $next ? (after => $next) : ());

        is($got->{result}, 'seen', 'indexes') if $got->{result} ne 'seen';
        push @indexes, map { $got->{$_} } grep { /^index/ } keys %$got;
        $next = $got->{next};
    } while (defined $next);

    my %seen;

    for my $index (grep { !$seen{$_}++ } @indexes) {
        do {
            my $got = $store->op('overdue', key => $index, index => $index,
                max => $most, overdue => $overdue,
                sources => 'pending processing',
                defined $next ? (after => $next) : ());

            is($got->{result}, 'seen', 'overdue') if $got->{result} ne 'seen';

            $count += $got->{count};
            $reported{"$got->{qq(definition$_)}/$got->{qq(id$_)}"}
                = $got->{"since$_"} for map { /^id(\d+)/ ? $1 : () } keys %$got;
            $next = $got->{next};
            $parts++;
        } while (defined $next);
    }

    return ($count, \%reported, $parts);
}

sub list {
    my ($store, $definition, $overdue) = @_;
    my (@ids, $next);

    do {
        my $got = $store->op('list', key => '-', index => index_of($definition),
            max => 100, overdue => $overdue, sources => 'pending processing',
            defined $next ? (after => $next) : ());

        push @ids, map { $got->{$_} } grep { /^id/ } sort keys %$got;
        $next = $got->{next};
    } while (defined $next);

    return @ids;
}

sub passed {
    my ($store, $time) = @_;
    my $now = sub { put($store, 'clock/clock', 'clock', state => 'aborted') };
    my $start = $now->();

    sleep 0.005 while $now->() - $start <= $time;
}

for my $store (PrintTask::Store->all) {
    my $name = $store->{name};

    is((walk($store, 1))[0], 0, "$name: no tasks");

    my $since = put($store, 't/d', 'old');
    put($store, 'r/t/d', 'realm');
    put($store, 't/d', 'final', state => 'completed');
    put($store, 't/d', 'gone');
    put($store, 't/d', 'ended');
    put($store, 't/d', 'new');

    is((walk($store, 100000))[0], 0, "$name: no task is as old");

    passed($store, 1010);
    put($store, 't/d', 'new');
    apply($store, 't/d', 'old', 'processing');
    apply($store, 't/d', 'ended', 'aborted');
    $store->op('delete', key => key('t/d', 'gone'), index => index_of('t/d'));

    my ($count, $reported) = walk($store, 1000, max => 0);

    is($count, 2, "$name: tasks that are not final for long");
    is_deeply($reported, {}, '... none is reported if none may be');

    ($count, $reported) = walk($store, 1000);
    is($count, 2, '... counted again');
    is_deeply([sort keys %$reported], ['r/t/d/realm', 't/d/old'],
        '... and reported');
    is($reported->{'t/d/old'}, $since, '... since PUT');

    ($count, $reported) = walk($store, 1000);
    is($count, 2, '... counted once more');
    is_deeply($reported, {}, '... but reported once');

    is(join(' ', list($store, 't/d', 1000)), 'old', '... and listed');

    $since = put($store, 't/d', 'old', state => 'processing');
    passed($store, 50);
    ($count, $reported) = walk($store, 40);
    is($count, 3, '... PUT begins a new time, which passes');
    is_deeply([sort keys %$reported], ['t/d/new', 't/d/old'],
        '... and is reported');
    is($reported->{'t/d/old'}, $since, '... since this PUT');

    # more than one part

    put($store, "t/d$_", $_) for 1 .. 700;
    put($store, 't/many', $_) for 1 .. 700;
    passed($store, 50);

    ($count, $reported, my $parts) = walk($store, 40, max => 10);
    is($count, 1403, "$name: many tasks");
    cmp_ok($parts, '>', 2, '... in parts');
    cmp_ok(scalar keys %$reported, '<=', 10 * $parts, '... few are reported');

    my %all = %$reported;

    for (1 .. 100) {
        ($count, $reported) = walk($store, 40, max => 100);
        last if !%$reported;
        is(scalar(grep { $all{$_} } keys %$reported), 0, '... others later');
        %all = (%all, %$reported);
    }

    is(scalar keys %all, 1400, '... all of them at last');
}

is(PrintTask::Store->server->stop >= 0, 1, 'nginx ends');
is(PrintTask::Store->server->quiet, '', 'and is quiet');

done_testing();
