#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# What a store promises, from one description for all of them: each operation
# on each record there can be, by its holder and by others.  Of each case three
# lines are compared: what the operation gave, what READ shows afterwards, and
# whether another one then gets the lease.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep);

use PrintTask::Store;

my @known = qw(pending processing completed aborted);
my ($live, $short) = (100_000, 1);
my $serial = 0;

# the leases that a record may have

my @leases = (
    { name => 'free' },
    { name => 'held by the own lease', lease => 'own', time => $live },
    { name => 'left by the own lease', lease => 'own', time => $short },
    { name => 'held by another', lease => 'other', time => $live },
    { name => 'left by another', lease => 'other', time => $short },
);

sub ops {
    my ($state) = @_;
    my $is = (grep { $_ eq $state } @known) ? $state : 'pending';
    my $not = join ' ', grep { $_ ne $state } @known;
    my %task = (state => 'processing', description => 'new', app => 'B',
                ttl => 0);

    return (
        [read => {}],
        [reserve => { lease => 'own', lease_time => $live, sources => $is }],
        [reserve => { lease => 'own', lease_time => $live, sources => $not }],
        [reserve => { lease => 'own', lease_time => $live, sources => '' }],
        [apply => { app => 'A', sources => $is, state => 'aborted' }],
        [apply => { app => 'A', sources => $is, description => '' }],
        [apply => { app => 'A', sources => $is, null => 1 }],
        [apply => { app => 'A', sources => $not, state => 'aborted' }],
        [apply => { app => 'B', sources => $is, state => 'aborted' }],
        (map { [apply => { app => 'A', sources => $is, state => 'aborted',
                           match => $_ }],
               [apply => { app => 'A', sources => $is, null => 1,
                           match => $_ }],
               [apply => { app => 'A', sources => $is, description => 'new',
                           match => $_ }],
               [put => { %task, match => $_ }] } '+0', '+1', '*'),
        [put => { %task }],
        [put => { %task, create => 1, app => undef }],
        [delete => {}],
        (map { [delete => { match => $_ }] } '+0', '+1', '*'),
        [commit => { %task, lease => 'own' }],
        [commit => { %task, lease => 'own', description => undef,
                     app => undef, parentUrl => '' }],
        [commit => { %task, lease => 'own', state => undef }],
        [commit => { %task, lease => 'stranger' }],
        [commit => { %task, ttl => $live }],
        [release => { lease => 'own' }],
        [release => { lease => 'stranger' }],
        [invalidate => { lease => 'own', ttl => $live }],
        [invalidate => { lease => 'own', ttl => $live, hold => 1 }],
        [invalidate => { lease => 'stranger', ttl => $live }],
        [invalidate => { ttl => $live }],
        (map { [invalidate => { ttl => $live, match => $_, hold => 1 }],
               [invalidate => { ttl => $live, match => $_ }] } '+0', '+1'),
    );
}

# --- what is expected

sub expected {
    my ($r, $op, $args) = @_;
    my %r = $r ? %$r : ();
    my $lines = [line(act(\%r, $op, $args)), line(act(\%r, 'read', {})),
                 line(act(\%r, 'reserve', { lease => 'third',
                                            sources => "@known" }))];

    return join '; ', @$lines;
}

sub act {
    my ($r, $op, $args) = @_;
    my $own = defined $r->{lease} && defined $args->{lease}
              && $r->{lease} eq $args->{lease};
    my $left = defined $r->{lease} && $r->{left};

    if ($op eq 'read') {
        return 'absent' if !%$r;
        return ('seen', $left ? { rev => $r->{rev} }
                        : { %$r, held => defined $r->{lease} });
    }

    if ($op eq 'reserve') {
        if (%$r && !$own && !$left) {
            return ('seen', $r) if $r->{state} && !in($r, $args);
            return ('busy', { %$r, held => 1 }) if defined $r->{lease};
        }

        %$r = (rev => 0) if !%$r;
        %$r = (rev => $r->{rev} + 1) if $left && !$own;
        @$r{qw(lease left)} = ($args->{lease}, 0);

        return ('granted', $r);
    }

    if ($op eq 'apply') {
        return 'absent' if !$r->{state} || $left || $r->{app} ne $args->{app};
        return ('seen', $r) if !in($r, $args) || !matches($r, $args);

        my $from = $r->{state};

        $r->{rev}++;
        $r->{state} = $args->{state} // $from;
        $r->{description} = $args->{description}
            if defined $args->{description} || $args->{null};

        return ('applied', $r, $from);
    }

    if ($op eq 'put') {
        my $from = $left ? undef : $r->{state};

        return ('seen', $r)
            if $from && ($args->{create} || !matches($r, $args));
        return 'absent' if !$from && $args->{match};

        be($r, $args);

        return $from ? ('applied', $r, $from) : ('created', $r);
    }

    if ($op eq 'delete') {
        return 'absent' if !$r->{state} || $left;
        return ('seen', $r) if !matches($r, $args);

        my %was = %$r;

        %$r = ();

        return ('applied', \%was, $was{state});
    }

    # settlements

    if (%$r && $op eq 'invalidate' && $args->{match}) {

        # of an operator: any lease ends, or stays, and the state is unknown

        if (matches($r, $args) && ($args->{hold} || defined $r->{lease})) {
            %$r = (rev => $r->{rev} + 1,
                   $args->{hold} ? map { $_ => $r->{$_} } qw(lease left) : ());
        }

    } elsif (%$r && $op eq 'invalidate' && !defined $args->{lease}) {
        %$r = (rev => $r->{rev} + 1, map { $_ => $r->{$_} } qw(lease left));

    } elsif ($op eq 'commit' && defined $args->{state}
             && ($own || (%$r && !defined $args->{lease})))
    {
        be($r, $args);

    } elsif ($own && $op eq 'release') {
        delete @$r{qw(lease left)};

    } elsif ($own) {
        my %held = $args->{hold} ? (lease => 'own', left => $r->{left}) : ();

        %$r = (rev => $r->{rev} + 1, %held);
    }

    return act($r, 'read', {});
}

sub in {
    my ($r, $args) = @_;

    return grep { $_ eq $r->{state} } split ' ', $args->{sources};
}

sub matches {
    my ($r, $args) = @_;
    my $match = $args->{match} // '*';

    return $match eq '*' || $match == $r->{rev};
}

sub be {
    my ($r, $args) = @_;
    my $rev = %$r ? $r->{rev} + 1 : 0;

    %$r = (rev => $rev, map { $_ => $args->{$_} }
                        qw(state description parentUrl app));
}

sub line {
    my ($result, $r, $from) = @_;

    return $result if !$r;

    my %shown = $r->{state} ? %$r : (rev => $r->{rev});

    # of a lease only that it is there

    $result .= ' held' if $r->{held};

    return join ' ', $result, $shown{state} // '-', "+$shown{rev}",
                (map { defined $shown{$_} ? "$_=$shown{$_}" : () }
                 qw(description parentUrl app)),
                $from ? "from=$from" : ();
}

# --- what is

sub got {
    my ($store, $key, $state, $lease, $op, $args) = @_;
    my $rev;

    if ($state eq '-') {
        $rev = $store->op('reserve', key => $key, lease => 'x',
                          lease_time => $live)->{rev};
        $store->op('release', key => $key, lease => 'x');

    } elsif ($state ne 'absent') {
        $rev = $store->op('put', key => $key, state => $state, app => 'A',
                          description => 'd', parentUrl => 'u', ttl => 0)
                     ->{rev};
    }

    if ($lease->{lease}) {
        my $now = $store->op('reserve', key => $key, lease => $lease->{lease},
                             lease_time => $lease->{time},
                             sources => "@known")->{now};

        sleep 0.001 while $lease->{time} == $short
            && $store->op('read', key => $key)->{now} <= $now + $short;
    }

    my %args = %$args;

    # to be one of several

    $args{match} = ' 7 ' . (($rev // 0) + $1) . ' 9 '
        if ($args{match} // '') =~ /^\+(.)/;

    my @got = ($store->op($op, key => $key, %args),
               $store->op('read', key => $key),
               $store->op('reserve', key => $key, lease => 'third',
                          lease_time => $live, sources => "@known"));

    # revs start at the clock

    if (!defined $rev) {
        ($rev) = grep { $_ } map { $_->{rev} } @got;
    }

    # the next record begins at the clock again, and not before the last one

    my $next = $op eq 'delete' && $got[1]{result} eq 'absent'
               && ($got[2]{rev} // 0) >= $rev ? $got[2]{rev} : $rev;

    return join '; ', show($got[0], $rev), show($got[1], $rev),
                      show($got[2], $next);
}

sub show {
    my ($got, $rev) = @_;

    my $clock = $got->{state} eq '-' ? $got->{confirmed} == 0
                : $got->{confirmed} <= $got->{now}
                  && $got->{now} - $got->{confirmed} < 60_000;

    return 'confirmed?' if !$clock;
    return 'left?' if $got->{left} > $live;
    return $got->{result} if $got->{result} eq 'absent' && !$got->{rev};

    return line($got->{result},
                { %$got, held => $got->{left},
                  state => $got->{state} eq '-' ? '' : $got->{state},
                  rev => $got->{rev} - $rev },
                $got->{result} eq 'applied' ? $got->{from} : undef);
}

for my $store (PrintTask::Store->all) {
    for my $state ('absent', '-', @known) {
        for my $lease ($state eq 'absent' ? $leases[0] : @leases) {

            my $record = { rev => 0, lease => $lease->{lease},
                           left => ($lease->{time} // 0) == $short,
                           $state eq '-' ? ()
                           : (state => $state, description => 'd',
                              parentUrl => 'u', app => 'A') };
            my (@want, @got);

            for my $case (ops($state)) {
                my ($op, $args) = @$case;
                my $name = join ' ', $op, map { "$_=" . ($args->{$_} // '-') }
                                          sort keys %$args;

                push @want, "$name: "
                            . expected($state eq 'absent' ? undef : $record,
                                       $op, $args);
                push @got, "$name: "
                           . got($store, 'case' . ++$serial, $state, $lease,
                                 $op, $args);
            }

            is_deeply(\@got, \@want, "$store: $state, $lease->{name}");
        }
    }
}

is(PrintTask::Store->server->stop >= 0, 1, 'nginx ends');
is(PrintTask::Store->server->quiet, '', 'and is quiet');

done_testing();
