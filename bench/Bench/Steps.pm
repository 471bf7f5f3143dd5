package Bench::Steps;

=head1 NAME

Bench::Steps - where the instructions of a PATCH go, by step

=head1 DESCRIPTION

A step is the cost of its function with all that the function calls, without the
calls that belong to another step or to nginx: reading a body leads to the steps
that follow, and a filter to the next one.  Bench::Source finds the functions.

=cut

use strict;
use warnings;

use Bench::Source;

# "filter" stands for the next filter, a function of nginx that has no name.

my $settle = qr/store->settle = (\w+);/;
my @settle_store = Bench::Source::registered($settle);
my @settle_answer = Bench::Source::registered(
                        qr/^(\w+_settle_(?:header|body))\(/m,
                        'src/http/settle.c');
my @resume = Bench::Source::registered(qr/^(\w+_resume)\(/m, 'src/http/ctx.c');

# What belongs to a step besides its own function, and what is not the step's.

my %more = (
    body    => [[Bench::Source::registered(
                     qr/ngx_http_top_request_body_filter = (\w+);/),
                 Bench::Source::registered(
                     qr/ngx_http_read_client_request_body\(r,\s*(\w+)\)/,
                     'src/http/steps.c')],
                ['ngx_http_read_client_request_body', 'filter',
                 'ngx_http_core_run_phases', 'ngx_http_finalize_request']],
    answer  => [[], ['ngx_http_send_header', 'ngx_http_output_filter',
                     'ngx_http_finalize_request']],
    pass    => [[Bench::Source::registered(qr/->content_handler = (ngx\w+);/)],
                ['filter']],
);

# Rows that follow a step: the bytes to and from Redis.

my %after = (
    lookup  => [['lookup, write', [Bench::Source::registered(
                                       qr/^(\w+_flush)\(/m,
                                       'src/redis/io.c')]],
                ['lookup, read',  [Bench::Source::registered(
                                       qr/->read->handler = (\w+);/,
                                       'src/redis/io.c')], [@resume]]],
);

# In the order of a request: name, functions, and what is not theirs.

our @Steps = (
    (map { row(@$_) } Bench::Source::steps()),
    ['filters', [Bench::Source::registered(
                     qr/ngx_http_top_(?:header|body)_filter = (\w+);/)],
                ['filter', @settle_answer]],
    ['settle',  [@settle_answer,
                 Bench::Source::registered(qr/^(\w+_settle_end)\(/m,
                                           'src/http/settle.c')],
                [@settle_store]],
    ['settle, store', [@settle_store]],
    ['between', [Bench::Source::registered(
                     qr/^(\w+_(?:access|precontent)_handler)\(/m,
                     'src/http/steps.c'), @resume],
                [(map { $_->[1] } Bench::Source::steps()),
                 'ngx_http_core_run_phases', 'ngx_http_run_posted_requests']],
);

sub row {
    my ($name, $function) = @_;
    my ($functions, $others) = @{$more{$name} // []};

    return ([$name, [$function, @{$functions // []}], $others // []],
            @{$after{$name} // []});
}

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
    my ($modes, $steps, $total, $about) = @_;
    my $text = "# $about\n" . join("\t", 'step', @$modes) . "\n";

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
