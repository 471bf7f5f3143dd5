#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Lists of tasks, from one description for all stores: while 10,000 tasks come,
# change and go, each task that is there throughout is in a list exactly once.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Store;

my $kept = 1500;

# in the form of the keys that the scripts of Redis know

sub key { return "print-task:{t/$_[0]}/$_[1]" }
sub index_of { return "print-task-index:{t/$_[0]}" }

sub put {
    my ($store, $definition, $id, %args) = @_;

    my $got = $store->op('put', key => key($definition, $id), ttl => 1000000,
                         index => index_of($definition), tenant => 't',
                         final => 'completed aborted', state => 'pending',
                         %args);

    die "$store: put: $got->{result}\n"
        if $got->{result} !~ /^(?:created|applied)$/;
}

sub gone {
    my ($store, $definition, $id) = @_;

    $store->op('delete', key => key($definition, $id),
               index => index_of($definition));
}

# a page: its ids, and where the next one begins

sub page {
    my ($store, $definition, %args) = @_;

    my $got = $store->op('list', key => '-', max => 100,
                         index => index_of($definition),
                         sources => 'pending processing completed aborted',
                         %args);

    die "$store: list: $got->{result}\n" if $got->{result} ne 'seen';

    return ([map { $got->{$_} } grep { /^id\d/ } sort keys %$got],
            $got->{next});
}

# all pages, with something done after each

sub pages {
    my ($store, $definition, $between, %args) = @_;
    my (%times, $next);

    while (1) {
        (my $ids, $next) = page($store, $definition, %args,
                                defined $next ? (after => $next) : ());

        return if @$ids > ($args{max} // 100);

        $times{$_}++ for @$ids;

        return \%times if !defined $next;

        $between->();
    }
}

for my $store (PrintTask::Store->all) {

    is_deeply(pages($store, 'empty', sub {}), {}, "$store: no tasks");

    put($store, 'few', $_) for 'a' .. 'e';
    put($store, 'few', 'f', app => 'one', state => 'aborted');
    put($store, 'other', $_) for 'a' .. 'c';

    for my $max (1 .. 6) {
        is_deeply(pages($store, 'few', sub {}, max => $max),
                  { map { $_ => 1 } 'a' .. 'f' }, "$store: pages of $max");
    }

    is_deeply(pages($store, 'few', sub {}, app => 'two'),
              { map { $_ => 1 } 'a' .. 'e' },
              "$store: no tasks of other applications");
    is_deeply(pages($store, 'few', sub {}, app => 'one', sources => 'aborted'),
              { f => 1 }, "$store: tasks of a state");

    gone($store, 'few', 'a');

    is_deeply(pages($store, 'few', sub {}), { map { $_ => 1 } 'b' .. 'f' },
              "$store: without one that was deleted");

    put($store, 'many', "kept-$_") for 1 .. $kept;

    my $changes = 0;

    my $times = pages($store, 'many', sub {
        for (1 .. 500) {
            my $id = 'churn-' . int rand 1500;

            $changes++ % 2 ? put($store, 'many', $id)
                           : gone($store, 'many', $id);
            put($store, 'many', 'kept-' . (1 + int rand $kept),
                state => 'processing') if $changes % 5 == 0;
        }
    }, max => 50);

    cmp_ok($changes, '>', 10_000, "$store: $changes changes");
    is_deeply([grep { ($times->{"kept-$_"} // 0) != 1 } 1 .. $kept], [],
              "$store: what is there throughout is listed once");
    is_deeply([grep { $times->{$_} > 1 } keys %$times], [],
              "$store: nothing is listed twice");

    gone($store, 'many', "kept-$_") for 1 .. $kept;
    gone($store, 'many', "churn-$_") for 0 .. 1500;

    is_deeply(pages($store, 'many', sub {}), {}, "$store: all are gone");
}

is(PrintTask::Store->server->stop >= 0, 1, 'nginx ends');
is(PrintTask::Store->server->quiet, '', 'and is quiet');

done_testing();
