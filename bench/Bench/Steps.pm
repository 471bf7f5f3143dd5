package Bench::Steps;

=head1 NAME

Bench::Steps - where the instructions of a PATCH go, by step

=head1 DESCRIPTION

A step is what the function of that name takes with all that it calls, less
what is called from there but belongs to another step, or to nginx: reading a
body leads to the steps that follow, and a filter to the next one.

=cut

use strict;
use warnings;

my $p = 'ngx_http_print_task';

# In the order of a request: name, functions, and what is not theirs.  "filter"
# stands for the next filter, a function of nginx that has no name.

our @Steps = (
    ['route',   ["${p}_step_route"]],
    ['token',   ["${p}_step_token"]],
    ['body',    ["${p}_step_body", "${p}_request_body_filter",
                 "${p}_body_handler"],
                ['ngx_http_read_client_request_body', 'filter',
                 'ngx_http_core_run_phases', 'ngx_http_finalize_request']],
    ['update',  ["${p}_step_update"]],
    ['store',   ["${p}_step_lookup"]],
    ['store, write',
                ["${p}_redis_io_flush"]],
    ['store, read',
                ["${p}_redis_read_handler"],
                ["${p}_resume"]],
    ['decide',  ["${p}_step_decide"]],
    ['refetch', ["${p}_step_refetch"]],
    ['forward', ["${p}_step_forward"]],
    ['answer',  ["${p}_step_answer"],
                ['ngx_http_send_header', 'ngx_http_output_filter',
                 'ngx_http_finalize_request']],
    ['pass',    ["${p}_step_pass", "${p}_content_handler"], ['filter']],
    ['filters', ["${p}_header_filter", "${p}_body_filter"],
                ['filter', "${p}_settle_header", "${p}_settle_body"]],
    ['settle',  ["${p}_settle_header", "${p}_settle_body", "${p}_settle_end"],
                ["${p}_store_redis_settle", "${p}_memory_settle"]],
    ['settle, store',
                ["${p}_store_redis_settle", "${p}_memory_settle"]],
    ['between', ["${p}_access_handler", "${p}_precontent_handler",
                 "${p}_resume"],
                ["${p}_step_\\w+", 'ngx_http_core_run_phases',
                 'ngx_http_run_posted_requests']],
);

# The steps that a request took: [name, instructions], the sum in the end.

sub of {
    my ($counts, $requests) = @_;
    my (@list, $sum);

    for my $step (@Steps) {
        my ($name, $functions, $others) = @$step;
        my $cost = 0;

        for my $function (@$functions) {
            $cost += $counts->inclusive($function)
                     - below($counts, $function, $others // [], {});
        }

        next if $cost < $requests / 2;

        push @list, [$name, $cost / $requests];
        $sum += $cost / $requests;
    }

    return @list, ['all steps', $sum // 0];
}

# Modes side by side, steps below each other.

sub table {
    my ($modes, $steps, $total) = @_;
    my @names = grep { my $name = $_; grep { $steps->{$_}{$name} } @$modes }
                ((map { $_->[0] } @Steps), 'all steps');
    my $text = sprintf "%-16s" . '%16s' x @$modes . "\n", 'instructions',
                       @$modes;

    for my $name (@names) {
        $text .= sprintf "%-16s", $name;
        $text .= sprintf '%16s', $steps->{$_}{$name}
                                 ? int($steps->{$_}{$name} + 0.5) : ''
            for @$modes;
        $text .= "\n";
    }

    return $text . sprintf "%-16s" . '%16.0f' x @$modes . "\n", 'nginx and all',
                           map { $total->{$_} } @$modes;
}

# For bench/plot: what nginx itself takes is a part like the others.

sub tsv {
    my ($modes, $steps, $total) = @_;
    my $text = join("\t", 'step', @$modes) . "\n";

    for my $name ('nginx', map { $_->[0] } @Steps) {
        $text .= join("\t", $name, map {
            sprintf '%.0f', $name eq 'nginx'
                            ? $total->{$_} - ($steps->{$_}{'all steps'} // 0)
                            : $steps->{$_}{$name} // 0
        } @$modes) . "\n";
    }

    return $text;
}

# What functions that are not the step's take when they are called from
# there, directly or through others of the module or of a library.  Of one that
# is called from elsewhere, too, the share of this caller is that of its cost.

sub below {
    my ($counts, $function, $others, $seen) = @_;
    my $cost = 0;

    return 0 if !@$others || $seen->{$function}++;

    for my $callee ($counts->callees($function)) {
        my $here = $counts->inclusive($callee, $function);
        my $all = $counts->inclusive($callee);

        if (belongs_elsewhere($counts, $callee, $others)) {
            $cost += $here;

        } elsif ($here && $all && $counts->object($callee) !~ m{/nginx$}) {
            $cost += below($counts, $callee, $others, $seen) * $here / $all;
        }
    }

    return $cost;
}

sub belongs_elsewhere {
    my ($counts, $function, $others) = @_;

    for my $other (@$others) {
        return 1 if $other eq 'filter' && $function =~ /^0x/
                    && $counts->object($function) =~ m{/nginx$};
        return 1 if $function =~ /^$other$/;
    }

    return 0;
}

1;
