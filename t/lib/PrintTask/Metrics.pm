package PrintTask::Metrics;

=head1 NAME

PrintTask::Metrics - reads the answers of print_task_status

=head1 SYNOPSIS

    my $metrics = PrintTask::Metrics::scrape($nginx);

    $metrics->{'nginx_print_task_tokens_total{result="cached"}'};
    PrintTask::Metrics::sum($metrics, 'requests_total', verdict => 'refused');
    PrintTask::Metrics::fallen($before, $after);

=head1 DESCRIPTION

For tests with PrintTask::Server whose server has C<location = /status {
print_task_status; }>.

=head2 Functions

=over

=item scrape(NGINX)

A reference to a hash of all samples of the Prometheus text; undef if there is no
answer.

=item parse(TEXT)

The same of a text.

=item sum(METRICS, NAME, LABEL => VALUE, ...)

The sum of the samples of that name, without C<nginx_print_task_>, that have these
labels.

=item fallen(BEFORE, AFTER)

The counters that are smaller after, or gone.

=back

=cut

use strict;
use warnings;

sub scrape {
    my ($nginx) = @_;
    my $got = $nginx->ask("GET /status HTTP/1.1\r\nHost: localhost\r\n"
                          . "Connection: close\r\n\r\n") or return undef;

    return $got->{status} == 200 ? parse($got->{body}) : undef;
}

sub parse {
    my ($text) = @_;

    return { $text =~ /^([a-z].*) (\S+)$/mg };
}

sub sum {
    my ($metrics, $name, %labels) = @_;
    my $sum = 0;

    SAMPLE: for my $sample (keys %$metrics) {
        my ($of) = $sample =~ /^nginx_print_task_(\w+)/;

        next if $of ne $name;

        for my $label (keys %labels) {
            next SAMPLE if index($sample, qq($label="$labels{$label}")) < 0;
        }

        $sum += $metrics->{$sample};
    }

    return $sum;
}

sub fallen {
    my ($before, $after) = @_;

    return grep { /_(?:total|count|sum|bucket)\b/
                  && ($after->{$_} // -1) < $before->{$_} } sort keys %$before;
}

1;
