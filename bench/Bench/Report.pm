package Bench::Report;

=head1 NAME

Bench::Report - the table of a bench, on the terminal and in bench/results.md

=cut

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);

use Bench::Measure;
use Bench::Stack;

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');

# The rows with a target: number, work, what is compared, target, and the
# values of all rounds.

sub targets {
    my ($runs) = @_;

    my $ratio = sub {
        my ($field, $one, $other) = @_;

        return each_round(sub { $_[0]{$field} / $_[1]{$field} },
                          $runs->{$one}, $runs->{$other});
    };

    my @rows = (
        ['S1', 'answer, Redis', 'CPU / nginx "return 200"', '<=', 1.6,
         $ratio->('cpu', 'answer', 'return')],
        ['S2', 'answer, Redis', 'requests/s / Lua gateway', '>=', 3.5,
         $ratio->('rate', 'answer', 'lua_answer')],
        ['S3', 'forward, Redis', 'CPU / nginx "proxy_pass"', '<=', 1.3,
         $ratio->('cpu', 'forward', 'proxy')],
        ['S4', 'forward, Redis', 'requests/s / Lua gateway', '>=', 3.0,
         $ratio->('rate', 'forward', 'lua_forward')],
        ['S5', 'answer, memory', 'CPU / nginx "return 200"', '<=', 1.35,
         $ratio->('cpu', 'memory_answer', 'return')],
        ['S6', 'forward, memory', 'CPU / nginx "proxy_pass"', '<=', 1.15,
         $ratio->('cpu', 'memory_forward', 'proxy')],
        ['S7', 'each token new', 'CPU more / one RSA verification', '<=', 1.4,
         each_round(sub { ($_[0]{cpu} - $_[1]{cpu}) / $_[2]{verify} },
                    $runs->{fresh}, $runs->{answer}, $runs->{openssl})],
    );

    my @refused = (['expired', 'expired token', 0.7],
                   ['broken', 'broken body', 0.9],
                   ['illegal', 'illegal change', 0.9]);

    for my $mode ('answer', 'forward') {
        push @rows, map {
            my ($kind, $text, $limit) = @$_;

            ['S8', "$mode, $text", 'CPU / accepted', '<=', $limit,
             $ratio->('cpu', "${mode}_$kind", $mode)]
        } @refused;
    }

    push @rows, (
        ['S9', 'answer', 'CPU of Redis / for the Lua gateway', '<=', 0.5,
         $ratio->('redis', 'answer', 'lua_answer')],
        ['S9', 'forward', 'CPU of Redis / for the Lua gateway', '<=', 0.5,
         $ratio->('redis', 'forward', 'lua_forward')],
        ['S10', 'forward, at half load', 'p99 / nginx "proxy_pass"', '<=', 1.3,
         $ratio->('p99', 'half_forward', 'half_proxy')],
    );

    return @rows;
}

# The rows without one: work, unit, values.

sub others {
    my ($runs) = @_;
    my @rows;

    my $series = sub {
        my ($prefix, $text) = @_;

        for my $name (sort { ($a =~ /(\d+)/)[0] <=> ($b =~ /(\d+)/)[0] }
                      grep { /^$prefix\_\d+$/ } keys %$runs)
        {
            my ($count) = $name =~ /(\d+)/;

            push @rows, ["answer, $count $text", 'us CPU',
                         [map { $_->{cpu} } @{$runs->{$name}}]];
        }
    };

    $series->('tasks', 'tasks');
    $series->('tokens', 'tokens');
    $series->('idle', 'idle connections beside');

    for my $mode ('answer', 'forward') {
        for my $count ('one', 'two') {
            my $list = $runs->{"${count}_$mode"} // [];
            my $s = $count eq 'one' ? '' : 's';

            push @rows, ["$mode, $count worker$s", 'us CPU',
                         [map { $_->{cpu} } @$list]],
                        ["$mode, $count worker$s", 'requests/s',
                         [map { $_->{rate} } @$list]];
        }
    }

    push @rows, map {
        my ($name, $text, $unit, $factor) = @$_;

        $runs->{$name}
            ? [$text, $unit, [map { $_->{bytes} * $factor } @{$runs->{$name}}]]
            : ()
    } ['memory_redis', 'memory of 1,000 tasks in Redis', 'KB', 1000 / 1024],
      ['rest_return', 'memory of an idle connection, nginx', 'bytes', 1],
      ['rest_answer', 'memory of an idle connection, gateway', 'bytes', 1];

    return @rows;
}

sub each_round {
    my ($function, @lists) = @_;
    my $count = @{$lists[0] // []};

    for my $list (@lists) {
        $count = @{$list // []} if @{$list // []} < $count;
    }

    return [map {
        my $round = $_;
        $function->(map { $_->[$round] } @lists)
    } 0 .. $count - 1];
}

sub show {
    my ($top, $runs, %about) = @_;
    my @table = (['#', 'work', 'figure', 'result', 'spread', 'target', '']);

    for my $row (targets($runs)) {
        my ($number, $work, $figure, $relation, $target, $values) = @$row;

        push @table, [$number, $work, $figure, result($values),
                      "$relation $target",
                      verdict($relation, $target, $values)];
    }

    for my $row (others($runs)) {
        my ($work, $unit, $values) = @$row;

        push @table, ['', $work, $unit, result($values), '', ''];
    }

    my $text = table(@table);
    my $note = note(%about);

    print "\n\n$text\n$note";

    Bench::Stack::write_file("$top/bench/results.md",
        "# Results\n\n" . context($about{quick} ? ' quick' : '')
        . "\n$note\n" . table(@table) . "\n"
        . details_text()
        . table(details($runs)));

    Bench::Stack::write_file("$top/bench/results.tsv", tsv($runs));
}

# for a reader who comes here first

sub context {
    my ($quick) = @_;

    return <<"_EOC_";
`util/bench$quick` has measured what the module costs on one machine, and has written
this page. Gateway, Redis, back end and load generator share this machine. Each request
is a `PATCH` of one of 20,000 tasks that changes its description.

- A row compares the module with nginx alone ("return 200", "proxy_pass") or with a
  gateway in Lua that does the same work.
- *CPU* is the time that the worker of nginx used for one request. It is better when it is
  lower. *requests/s* is better when it is higher.
- *result* is a ratio: 1.36 of *CPU / nginx "proxy_pass"* is 36 % more than nginx alone.
- *target* is a goal that the project has set for itself. *not met* says by how much
  the module misses this goal. It does not mean a fault.

| # | question |
|---|---|
| S1, S5 | What does a change cost that the gateway answers, compared with nginx that answers with a constant? S1 with Redis, S5 with the store in memory |
| S3, S6 | What does a change cost that is forwarded, compared with nginx that forwards everything? |
| S2, S4 | How many more requests does this machine answer than with the gateway in Lua? |
| S7 | What does a token cost that no request had before? The unit is the time that OpenSSL takes to verify one RSA-2048 signature |
| S8 | What does a refusal cost, compared with a change that is accepted? Less than 1: refusing is cheaper |
| S9 | How much of Redis does a request need, compared with the gateway in Lua? |
| S10 | How long do the slowest of 100 requests wait, compared with nginx that forwards everything, at half of the rate that the gateway can do? |

The rows without a number are plain figures. *us CPU* is microseconds of CPU of the worker
for one request.

[docs/performance.md](../docs/performance.md) describes the servers that are compared, and
what to expect from more workers.
_EOC_
}

sub details_text {
    return <<'_EOC_';
## The measurements behind the ratios

Each row is one kind of load. The figures are medians of all rounds. *gateway*, *Redis*
and *back end* are the CPU of these processes for one request, in microseconds. *p50*
and *p99* are the times that a client waits. *fresh* is `answer` with a new token in each
request.

_EOC_
}

sub result {
    my ($values) = @_;

    return ('skipped', '') if !@$values;

    my ($low, $high) = spread(@$values);

    return (figure(median(@$values)), figure($low) . '..' . figure($high));
}

sub verdict {
    my ($relation, $target, $values) = @_;

    return 'no store in shared memory' if !@$values;

    my $value = median(@$values);
    my $by = $relation eq '<=' ? $value - $target : $target - $value;

    # what is shown is what is judged
    return 'met' if figure($value) <= $target && $relation eq '<='
                    || figure($value) >= $target && $relation eq '>=';
    return 'not met by ' . figure($by);
}

sub figure {
    my ($value) = @_;

    return sprintf $value < 10 ? '%.2f' : $value < 100 ? '%.1f' : '%.0f',
                   $value;
}

sub details {
    my ($runs) = @_;
    my @table = (['work', 'gateway', 'Redis', 'back end', 'requests/s',
                  'p50 us', 'p99 us', 'rounds']);

    for my $name (sort keys %$runs) {
        my $list = $runs->{$name};

        next if !defined $list->[0]{rate};

        push @table, [$name, (map {
            my $field = $_;
            figure(median(map { $_->{$field} } @$list))
        } qw(cpu redis backend rate p50 p99)), scalar @$list];
    }

    push @table, ['RSA-2048 verification',
                  figure(median(map { $_->{verify} } @{$runs->{openssl}})),
                  ('') x 5, scalar @{$runs->{openssl}}];

    return @table;
}

# for bench/plot

sub tsv {
    my ($runs) = @_;
    my $text = '# ' . machine() . "\nwork\tfield\tlow\tmedian\thigh\n";

    for my $name (sort keys %$runs) {
        for my $field (qw(cpu redis backend rate p50 p99 verify bytes)) {
            my @values = map { $_->{$field} // () } @{$runs->{$name}} or next;
            my ($low, $high) = spread(@values);

            $text .= join("\t", $name, $field, map { sprintf '%.4g', $_ }
                          $low, median(@values), $high) . "\n";
        }
    }

    return $text;
}

# when and where, in one line

sub machine {
    my ($cpu) = Bench::Stack::slurp('/proc/cpuinfo') =~ /^model name\s*: (.*)/m;
    my $cores = () = Bench::Stack::slurp('/proc/cpuinfo') =~ /^processor/mg;

    my $text = Bench::Stack::versions();

    $cpu //= 'CPU';
    $text =~ s/^(\S+), /$1, $cores x $cpu, /;

    return $text;
}

sub note {
    my (%about) = @_;
    my ($os) = Bench::Stack::slurp('/etc/os-release') =~ /^PRETTY_NAME="(.*)"/m;
    my ($kb) = Bench::Stack::slurp('/proc/meminfo') =~ /^MemTotal: *(\d+)/m;
    my ($kernel) = `uname -r` =~ /^([\d.]+)/;
    my ($commit) = `git -C $top rev-parse --short HEAD 2>/dev/null` =~ /(\S+)/;

    my $text = machine() . sprintf(', %s, Linux %s, %.0f GB of memory, %s. ',
                                   $os // 'unknown system', $kernel,
                                   $kb / 1e6,
                                   $commit ? "commit $commit" : 'no commit')
               . "50 connections, 1 worker, $about{rounds} rounds of "
               . "$about{seconds} s in turn. Result: the median of the "
               . "rounds' ratios; spread: their quartiles.\n";

    $text =~ s/(.{1,78})(?:\s+|$)/$1\n/g;

    $text .= "\nThe store in shared memory is not in this build: its rows are "
             . "skipped.\n" if !$about{memory};

    $text .= sprintf "\nWARNING: the machine was busy, other processes used "
                     . "%.0f %% of it (median).\nFigures are not to be "
                     . "trusted.\n", 100 * $about{others}
        if $about{others} > 0.1;

    return $text;
}

# Both a Markdown table and one to be read as it is.

sub table {
    my ($head, @rows) = @_;
    my @width = (0) x @$head;

    for my $row ($head, @rows) {
        for my $i (0 .. $#$head) {
            my $len = length $row->[$i] // '';
            $width[$i] = $len if $len > $width[$i];
        }
    }

    my $line = sub {
        my ($row) = @_;

        return '| ' . join(' | ', map {
            sprintf $row->[$_] =~ /^[\d.]+$/ ? '%*s' : '%-*s', $width[$_],
                    $row->[$_]
        } 0 .. $#$head) . " |\n";
    };

    return $line->($head) . '|' . join('|', map { '-' x ($_ + 2) } @width)
           . "|\n" . join '', map { $line->($_) } @rows;
}

1;
