package Chaos::Order;

=head1 NAME

Chaos::Order - whether one order explains what all have seen of a task

=head1 SYNOPSIS

    complaints({ start => 1, end => 2, change => 1 },     # made version 1
               { start => 3, end => 4, seen => [0] });    # saw version 0

=head1 DESCRIPTION

The operations of a task are linearizable if there is one order of them in
which each one comes after all that had ended before it was started, and in
which each one sees the version of the change before it.

The order of the changes is known here, from the back end: change N makes
version N.  An operation that changes nothing has seen one of some versions.
So an order is nothing but a choice of a version for each of these, such that
no operation has a smaller one than any that had ended before it was started,
and a change has a greater one.  To take the smallest that is possible, in the
order of the starts, leaves most to those to come: if this fails, all do.

An operation without an answer may have happened at any time since: its end is
infinite.

=cut

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(first max min);

our @EXPORT = qw(complaints);

# a list of [operation, text]; an operation is complained of once

sub complaints {
    my @started = sort { $a->{start} <=> $b->{start} } @_;
    my @ended = sort { $a->{end} <=> $b->{end} } @_;
    my ($floor, $witness) = (0);
    my (%version, @bad);

    for my $op (@started) {

        while (@ended && $ended[0]{end} < $op->{start}) {
            my $before = shift @ended;

            ($floor, $witness) = ($version{$before}, $before)
                if $version{$before} > $floor;
        }

        my $version = $op->{change}
                      ? first { $_ > $floor } $op->{change}
                      : min(grep { $_ >= $floor } @{$op->{seen}});

        push @bad, [$op, complaint($op, $floor, $witness)]
            if !defined $version;

        # what is wrong is wrong, those after it may be right

        $version{$op} = $version // max($floor, $op->{change} // 0);
    }

    return @bad;
}

sub complaint {
    my ($op, $floor, $witness) = @_;

    return 'saw what never was' if !$op->{change} && !@{$op->{seen}};

    my $what = $op->{change}
               ? "made version $op->{change}"
               : 'saw version ' . join ' or ', @{$op->{seen}};

    my $who = $witness ? $witness->{id} // 'another' : 'nobody';

    return "$what, after $who had reported version $floor";
}

1;
