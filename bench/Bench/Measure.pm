package Bench::Measure;

=head1 NAME

Bench::Measure - rounds of load, and what they cost

=head1 SYNOPSIS

    my $run = Bench::Measure::load($stack, {
        url => 'answer', workers => 'gateway', kind => 'change',
        tokens => 'tokens-1.txt', tasks => 20000,
    }, seconds => 1);

    $run->{cpu};            # us of the gateway's workers, a request
    $run->{redis};          # ... of Redis
    $run->{rate};           # requests a second

    median(@list);
    spread(@list);          # the quartiles

=head1 DESCRIPTION

CPU is what the kernel has counted for a process, in ns where it does.

=cut

use strict;
use warnings;

use Cwd ();
use Exporter qw(import);
use File::Basename qw(dirname);
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(time);

use Bench::Stack;
use Bench::Tasks;

our @EXPORT = qw(median spread);

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my $hertz = POSIX::sysconf(&POSIX::_SC_CLK_TCK);
my $seed = 0;

sub load {
    my ($stack, $what, %opt) = @_;
    my %pids = (
        cpu     => [$stack->workers($what->{workers})],
        redis   => [$stack->pid('redis')],
        backend => [$stack->workers('backend')],
    );
    my $connections = $opt{connections} // 50;
    my $requests = $what->{requests} // 5000;

    my %before = map { $_ => cpu(@{$pids{$_}}) } keys %pids;
    my ($busy, $clock, $children) = (machine(), time(), children());

    my $seconds = $opt{seconds} // 1;
    my $out = `wrk --timeout 10s -t 1 -c $connections -d ${seconds}s \\
                   -s $top/bench/load.lua @{[$stack->url($what->{url})]} -- \\
                   $what->{kind} $what->{tokens} $what->{tasks} \\
                   $requests @{[++$seed]} @{[$opt{delay} // 0]}`;

    my %used = map { $_ => cpu(@{$pids{$_}}) - $before{$_} } keys %pids;
    my ($json) = $out =~ /^(\{.*\})$/m or die "wrk:\n$out\n";
    my $run = JSON::PP::decode_json($json);

    check($stack, $what, $run);

    # what was used by others, as a share of the machine

    my $ours = $used{cpu} + $used{redis} + $used{backend}
               + 1e6 * (children() - $children);
    my ($total, $idle) = @$busy;
    my ($total_now, $idle_now) = @{machine()};
    my $passed = $total_now - $total || 1;

    $run->{others} = ($passed - ($idle_now - $idle)) / $passed
                     - $ours / 1e6 / ($passed / $hertz);
    $run->{$_} = $used{$_} / $run->{requests} for keys %used;
    $run->{rate} = $run->{requests} / ($run->{us} / 1e6);

    return $run;
}

# Figures of errors are figures of something else.

sub check {
    my ($stack, $what, $run) = @_;
    my $refused = $what->{refused} ? $run->{requests} : 0;

    die "$what->{url}: $run->{errors} errors\n" if $run->{errors};
    die "$what->{url}: no requests\n" if !$run->{requests};
    die "$what->{url} ($what->{kind}): $run->{refused} of $run->{requests} "
        . "refused instead of $refused\n" . Bench::Tasks::odd($stack, $what)
        if $run->{refused} != $refused;
}

# us of CPU that processes have used

sub cpu {
    my $us = 0;

    for my $pid (@_) {
        my ($ns) = split ' ', read_line("/proc/$pid/schedstat");

        if ($ns) {
            $us += $ns / 1000;
            next;
        }

        my @stat = split ' ', read_line("/proc/$pid/stat") =~ s/^.*\)//r;

        $us += ($stat[11] + $stat[12]) * 1e6 / $hertz;
    }

    return $us;
}

# seconds of CPU of children that have ended

sub children {
    my (undef, undef, $user, $system) = times;

    return $user + $system;
}

# ticks of all CPUs: all that have passed, and the idle ones

sub machine {
    my (undef, @ticks) = split ' ', read_line('/proc/stat');
    my $total = 0;

    $total += $_ // 0 for @ticks[0 .. 7];

    return [$total, $ticks[3] + $ticks[4]];
}

# bytes of memory that a process has for itself

sub memory {
    my ($pid) = @_;
    my ($kb) = Bench::Stack::slurp("/proc/$pid/status") =~ /^RssAnon:\s+(\d+)/m;

    return 1024 * $kb;
}

# us of one RSA-2048 verification, as openssl measures it

sub verify_cost {
    my $out = `openssl speed -mr -seconds 1 rsa2048 2>/dev/null`;
    my ($verify) = $out =~ /^\+F2:\d+:2048:[^:]+:([^:\n]+)/m
        or die "openssl speed:\n$out\n";

    # 3.0 prints seconds, or operations a second

    return $verify < 1 ? 1e6 * $verify : 1e6 / $verify;
}

sub read_line {
    my ($file) = @_;

    open my $in, '<', $file or return '';

    return scalar <$in> // '';
}

sub median {
    return quantile(0.5, @_);
}

sub spread {
    return (quantile(0.25, @_), quantile(0.75, @_));
}

sub quantile {
    my ($q, @list) = @_;

    @list = sort { $a <=> $b } @list or return;

    my $at = $q * $#list;
    my ($low, $part) = (int $at, $at - int $at);

    return $list[$low] if !$part;
    return $list[$low] + $part * ($list[$low + 1] - $list[$low]);
}

1;
