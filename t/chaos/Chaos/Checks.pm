package Chaos::Checks;

=head1 NAME

Chaos::Checks - what has to be true of a run, whatever happened

=head1 DESCRIPTION

Of the tasks: see Chaos::History.  What a promise does not cover is left out as
narrowly as the documentation of the module has it:

    a change without a lease    of the policies "check" and "pass": what was
                                decided on meanwhile, or by a worker that did
                                not know yet that Redis was back
    a lost lease                of what was under way when Redis lost its
                                memory: the next change may overlap with it
    another master              for a moment some gateways still take the old one
                                for the right one, and what its records say, as
                                long as that is fresh
    a killed worker             its requests are not answered
    an answer that was lost     a change that was answered 503, or not at all, in
                                the mode "answer": it may be made, until Redis is
                                back and has read what it was sent

Of the gateways: no request takes longer than it may; Redis counts as down only
while it is, and is used again soon; nothing is logged that should not be;
memory, files and connections are in the end what they were.

=cut

use strict;
use warnings;

use Exporter qw(import);
use File::Basename qw(basename);
use List::Util qw(max min sum0);
use POSIX ();
use Test::More;

use Chaos::Events;
use Chaos::History;
use PrintTask::Process;
use Chaos::Rules;

our @EXPORT = qw(check_all latest sample files_of none $margin $soon);

our $margin = 1;                # s, for a machine that is busy
our $soon = 2;                  # s, within which a store that is back is used
my $fresh = 1;                  # s, print_task_fresh
my $stall = 1;                  # s, until a Redis that is silent is down
my $growth = 4;                 # MB, of the memory of a worker

my ($run, $history, @outages, %shown);

sub check_all {
    ($run) = @_;
    $history = $run->{history};
    @outages = grep { is_outage($_->{name}) } @{$run->{events}};

    figures();
    $history->{owned} ? check_changes() : check_back_end();
    check_clients();
    check_dry() if $run->{dry};
    check_times();
    check_store();
    check_load() if $run->{load};
    is($run->{fooled}, 0, 'a server with another name is sent nothing')
        if defined $run->{fooled};
    check_clock() if grep { $_->{name} eq 'clock' } @{$run->{events}};
    check_records() if $run->{redis};
    check_memory();
    check_logs();
}

sub figures {
    my (%fates, %statuses, %verdicts);

    for my $op ($history->ops()) {
        $fates{$op->{fate}}++;
        next if $op->{fate} ne 'answered';

        $statuses{join ' ', $op->{status}, $op->{reason} // ()}++;
        $verdicts{join ' ', $op->{verdict} // '-', $op->{cache} // '-'}++
            if $op->{method} eq 'PATCH';
    }

    diag(basename($0, '.t') . ':');
    diag(counts('requests', \%fates));
    diag(counts('answers', \%statuses));
    diag(counts('verdicts', \%verdicts));
    diag(sprintf 'back end: %d exchanges, %d changes, longest %.0f ms',
         scalar @{$history->{exchanges}}, scalar $history->changes(),
         1000 * $history->longest_exchange()) if $run->{backend};
    figures_of_changes() if $history->{owned};
    diag(sprintf 'longest request: %.0f ms', 1000 * ($history->longest())[0]);

    diag(join ', ', map { sprintf '%s %.2f s', $_->{name},
                                  $_->{back} - $_->{down} }
                        @{$run->{events}});
    diag("spoilt replies: $run->{spoilt}") if $run->{spoilt};
}

sub figures_of_changes {
    my @ops = map { $history->{ops}{$_->{id} // ''} // () }
                  $history->changes();
    my $failed = grep { ($_->{status} // 0) == 503 } @ops;
    my $silent = grep { $_->{fate} ne 'answered' } @ops;

    diag(scalar(@ops) . " changes: $failed of them answered 503, $silent not");
}

sub counts {
    my ($name, $counts) = @_;

    return "$name: " . sum0(values %$counts) . ': '
           . join ', ', map { "$counts->{$_} $_" } sort keys %$counts;
}

sub check_back_end {
    my $protect = $run->{dry} ? 'rules' : $run->{protect} // '';

    none('the changes of each task are one legal path',
         $history->check_path($protect eq 'rules' ? qw(repeat nothing) : ()));
    none('the fences of a task grow', $history->check_fences());

    if ($protect eq 'rules') {
        none('the back end refuses only what met a change without a lease',
             $history->check_protected(\&unleased)) if !$run->{dry};
        return;
    }

    none('no two changes of a task are under way at the same time',
         $history->check_overlap(\&lease_lost));
}

# Where the store owns the tasks.

sub check_changes {
    none('each revision of a task is the change of one request',
         $history->check_revisions());
    none('the changes of each task are one legal path',
         $history->check_path());
}

# Until when a change whose answer is lost may be made: gateways have given up
# by then, and Redis has read what they sent.

sub latest {
    my ($run) = @_;

    return sub {
        my ($op) = @_;
        my $ends = $op->{end} + $run->{wait};

        return $margin + max($ends, map { $_->{back} }
                                    grep { is_outage($_->{name})
                                           && $_->{down} <= $ends
                                           && $_->{back} >= $op->{start} }
                                         @{$run->{events}});
    };
}

sub check_clients {
    my $excused = $history->{owned} ? sub { 0 } : \&excused;

    none('each request is answered', $history->check_cut(\&worker_ended));

    none('one order explains what all clients saw of a task',
         $history->check_order($excused));
    none('what is answered 200 was done then, as answered',
         $history->check_accepted());
    none('what was done is answered 200', $history->check_lost());

    return if $run->{dry};

    # a Redis that answers too late is load, whatever the policy

    my @load = ($run->{store} // '') eq 'memory' ? () : '503 queueFull';

    none('answers are of the kinds expected',
         $history->check_answers(@{$run->{refusals}}, @load));
    check_reason($run->{reason}) if $run->{reason};
    check_hidden() if $run->{hidden};
    none('what is done is what was decided on',
         $history->check_from($excused));
    none('refusals are right', $history->check_refused($excused));
    none('reads are right', $history->check_read($excused));
}

# Without any of these a run says nothing about them.

sub check_reason {
    my ($reason) = @_;
    my $n = grep { ($_->{reason} // '') eq $reason } $history->answered();

    cmp_ok($n, '>=', 10, "some requests are refused with $reason");
}

# Who may not see a task gets no answer about it, whatever others get: it
# was asked for, and the back end said no, unless it is too early for that.

sub check_hidden {
    my @asked = grep { is_hidden($_->{task}, $_->{app} // '') }
                     $history->answered();

    none('nobody gets an answer about a hidden task',
         map { [$_, "answered $_->{status}"] }
             grep { $_->{status} !~ /^(?:400|403|503)$/ } @asked);
    cmp_ok(scalar(grep { $_->{status} == 403 } @asked), '>=', 10,
           'hidden tasks are asked for');
}

# Nothing is refused, and what would be is what the back end refuses.

sub check_dry {
    none('all is answered by the back end', $history->check_passed());
    none('what would be refused is refused by the back end, and nothing else',
         $history->check_foreseen(\&unleased));
}

# A killed worker takes its requests along; one that shuts down closes
# connections that nothing is asked on, and so may miss what is just sent.

sub worker_ended {
    my ($op) = @_;

    return 0 if $op->{fate} ne 'cut';

    return 1 if grep { $op->{start} <= $_->{time} + $margin
                       && $op->{end} >= $_->{time} - $margin }
                     @{$run->{kills}};

    return $op->{reused}
           && grep { $op->{start} <= $_ + $margin && $op->{end} >= $_ }
                   @{$run->{reloads}};
}

# Whether the task was changed without a lease meanwhile; or before, by a
# worker that did not know yet that Redis was back, so that what others had
# found out since then is old, and still counts as fresh.

sub unleased {
    my ($op) = @_;

    return grep {
        my $begins = max($_->{back}, $op->{start} - $fresh - $margin);

        $history->unleased($op->{task}, min($begins, $op->{start}),
                           $op->{end});
    } @outages;
}

# What a request was answered that did not see all changes.

sub excused {
    my ($op) = @_;

    return unleased($op) || two_masters($op);
}

# Whether the answer was from a record, which was fresh, while there may have
# been two masters with different ones.

sub two_masters {
    my ($op) = @_;

    return ($op->{cache} // '') eq 'hit'
           && grep { has_two_masters($_->{name})
                     && $op->{start} <= $_->{back} + $soon + $fresh
                     && $op->{end} >= $_->{down} } @{$run->{events}};
}

# Whether one of two changes had its lease when Redis lost it.  Gateways may
# take the old master for the right one a little longer.

sub lease_lost {
    my (@changes) = @_;
    my @losses = grep { loses_leases($_->{name}) } @{$run->{events}};

    for my $change (@changes) {
        my $taken = $history->{ops}{$change->{id}}{start};

        return 1 if grep { $taken <= $_->{back} + $soon
                           && $history->finished($change) >= $_->{down} }
                         @losses;
    }

    return 0;
}

sub check_times {
    my ($longest, $op) = $history->longest();

    # what is not answered at all is waited for until the time-out

    my $exchange = $history->unanswered()
                   ? max($run->{timeout}, $history->longest_exchange())
                   : $history->longest_exchange();
    my $limit = $run->{wait} + 2 * $exchange + $margin;

    none(sprintf('the longest request, %.3f s, is within %.3f s: %.3f s for'
                 . ' the lease and Redis, 2 x %.3f s for the back end, %d s'
                 . ' for luck', $longest, $limit, $run->{wait}, $exchange,
                 $margin),
         $longest > $limit ? [$op, 'takes too long'] : ());

    for my $outage (grep { is_known($_->{name}) } @outages) {
        my $begins = $outage->{down} + $stall + $margin;
        my @slow = grep { $_->{start} >= $begins && $_->{end} < $outage->{back}
                          && $_->{end} - $_->{sent} > 2 * $exchange + $margin }
                        $history->answered();

        none("no request waits for Redis once it is known to be away:"
             . " $outage->{name}", map { [$_, 'waits'] } @slow)
            if $outage->{back} > $begins;
    }
}

# A clock that is set is noticed.

sub check_clock {
    for my $gateway (@{$run->{gateways}}) {
        like($gateway->log(), qr/print task: the clock of redis "\S+" is \d+ms /,
             "$gateway->{name} finds out that the clock was set");
    }
}

sub check_store {
    none('the store counts as down only while it is', early_or_late());

    for my $outage (@outages) {
        for my $gateway (@{$run->{gateways}}) {
            my ($first) = sort { $a->{end} <=> $b->{end} }
                          grep { uses_store($_, $gateway, $outage) }
                               $history->answered();

            ok($first && $first->{end} - $outage->{back} <= $soon,
               "$gateway->{name} answers 200 within $soon s after the"
               . " $outage->{name}")
                or diag($first ? $first->{end} - $outage->{back} : 'never');
        }
    }
}

# Each master of a cluster has had its part.

sub check_load {
    my $load = $run->{load};
    my @idle = grep { $load->{$_} < 10 } sort keys %$load;

    diag('scripts by master: '
         . join ', ', map { "$_ $load->{$_}" } sort keys %$load);

    is("@idle", '', 'each master runs scripts');
}

sub early_or_late {
    my @bad;

    for my $op ($history->answered()) {
        next if ($op->{reason} // '') ne 'storeDown'
                && ($op->{cache} // '') ne 'down';

        push @bad, [$op, 'Redis is there'] if !grep {
            $op->{end} >= $_->{down} && $op->{start} <= $_->{back} + $soon
        } @outages;
    }

    return @bad;
}

# A change or a refusal that needed Redis.

sub uses_store {
    my ($op, $gateway, $outage) = @_;

    return $op->{gateway} == $gateway->{port}
           && $op->{status} == 200 && $op->{method} eq 'PATCH'
           && ($op->{cache} // '') ne 'down' && $op->{end} >= $outage->{back};
}

sub check_records {
    my $records = $run->{records};

    ok(defined $run->{settled}, 'no lease is live in the end');

    my @leases = grep { defined $records->{$_}{lease} } sort keys %$records;

    is(join(' ', grep { !left_over($_, $records->{$_}) } @leases), '',
       'no leases run out but those of killed workers, and of changes that'
       . ' were not answered');

    cmp_ok($run->{settled} // 999, '<', $soon, 'all leases are settled soon')
        if !@leases;

    none('records are the tasks as they are',
         $history->check_records($records))
        if !$run->{protect} && !$run->{dry};
}

# A lease that nobody can settle.

sub left_over {
    my ($task, $record) = @_;
    my $taken = $record->{leaseUntil} / 1000 - $run->{lease}
                - $run->{redis}{offset};

    return 1 if grep { $taken <= $_->{time}
                       && $taken >= $_->{time} - 2 * $margin }
                     @{$run->{kills}};

    # its end was reported to a server that is not the master any more

    return 1 if grep { loses_leases($_->{name})
                       && $taken >= $_->{down} - $margin
                       && $taken <= $_->{back} + $soon } @{$run->{events}};

    return grep { $_->{task} eq $task && $_->{arrived} >= $taken - 0.01
                  && $_->{arrived} <= $taken + $run->{timeout} + $margin }
                $history->unanswered();
}

# What workers have at a moment when all is well.

sub sample {
    my ($run) = @_;
    my %sample = (time => now());

    for my $pid (map { workers_of($_->{pid}, 1) } @{$run->{gateways}}) {
        $sample{memory}{$pid} = memory_of($pid);
    }

    $sample{connections} = $run->{redis}->connections() if $run->{redis};

    return \%sample;
}

# the resident memory of a process, in MB

sub memory_of {
    my ($pid) = @_;
    my $text = PrintTask::Process::slurp("/proc/$pid/statm") // return 0;

    return (split ' ', $text)[1] * POSIX::sysconf(&POSIX::_SC_PAGESIZE) / 2**20;
}

# how many files and sockets it has

sub files_of {
    my ($pid) = @_;
    my @files = glob "/proc/$pid/fd/*";

    return scalar @files;
}

# The first sample of a worker comes when it has had some requests.

sub check_memory {
    my (%first, %last, @many);

    for my $sample (@{$run->{samples}}) {
        my $memory = $sample->{memory};

        for my $pid (keys %$memory) {
            $first{$pid} //= $memory->{$pid};
            $last{$pid} = $memory->{$pid};
        }

        push @many, sprintf '%d of %d', $sample->{connections}, scalar %$memory
            if ($sample->{connections} // 0) > $run->{connections} * %$memory
               && !recent($sample->{time});
    }

    my $most = max(map { $last{$_} - $first{$_} } keys %last);

    diag(sprintf 'workers: %.1f MB, %.1f MB more than in the beginning',
         max(values %last), $most);

    # a sanitizer keeps what was freed

    cmp_ok($most, '<', $growth, "no worker grows by $growth MB")
        if !$run->{sanitize};

    is(join(', ', @many), '',
       'no worker has more connections to Redis than it needs');
}

# Whether an outage is just over, or a worker has just come or gone, and
# connections that were given up may still be there.

sub recent {
    my ($time) = @_;
    my @changes = (@{$run->{reloads}}, map { $_->{time} } @{$run->{kills}});

    return grep { $time >= $_->[0] && $time <= $_->[1] + $margin }
                map({ [$_->{down}, $_->{back}] } @outages),
                map({ [$_, $_] } @changes);
}

sub check_logs {
    for my $gateway (@{$run->{gateways}}) {
        my @lines = split /\n/, $gateway->log();
        my (@bad, %errors);

        for my $line (@lines) {
            $errors{$1}++
                if $line =~ /\[error\] (\d+#\S+ print task: redis "\S+") (?!is back)/;

            next if grep { $line =~ /process $_->{pid} exited on signal 9/ }
                         @{$run->{kills}};

            push @bad, $line if $line =~ /\[(?:alert|crit|emerg)\]/;

            # others are nginx's, about a back end that does not answer

            push @bad, $line if $line =~ /\[error\] \S+ (?!print task: redis)/
                                && $line !~ /upstream/;
        }

        is(join("\n", @bad), '', "$gateway->{name} logs nothing else");

        my $most = max(0, values %errors);
        my @some = grep { /\[error\]/ } @lines;

        splice @some, 20 if @some > 20;

        cmp_ok($most, '<=', @outages + $run->{spoilt},
               "no worker of $gateway->{name} logs more than one error for"
               . ' each server and outage')
            or diag(join "\n", @some);

        my $out = PrintTask::Process::slurp("$gateway->{name}.out") // '';

        unlike($out, qr/Sanitizer|runtime error/,
               "$gateway->{name} has no report of a sanitizer");
    }

    is(join("\n", map { report($_) } glob 'sanitizer.*'), '',
       'no report of a sanitizer');
}

# Leaks of nginx itself are not ours.

sub report {
    my ($file) = @_;
    my $report = PrintTask::Process::slurp($file);

    diag('leaks cannot be looked for on this machine')
        if $report =~ /LeakSanitizer has encountered a fatal error/;

    return $report if $report !~ /LeakSanitizer/
                      || $report =~ /ERROR: AddressSanitizer/;

    return grep { /ngx_http_print_task|pt_\w+\.c/ }
           split /\n\n/, $report;
}

# A check: no complaints.  The first tasks are shown.

sub none {
    my ($name, @bad) = @_;

    return if ok(!@bad, $name);

    for my $bad (@bad[0 .. (@bad > 10 ? 9 : $#bad)]) {
        my ($what, $text) = @$bad;

        diag(($what->{id} // '-') . " $what->{task}: $text");
    }

    diag(@bad . ' in all') if @bad > 10;

    for my $what (map { $_->[0] } @bad) {
        show($what) if keys %shown < 2 && !$shown{$what->{task}}++;
    }
}

# What happened around an operation; all of it in a file.

sub show {
    my ($what) = @_;
    my $task = $what->{task};
    my @events = $history->history($task);
    my $file = "history-$task.txt";
    my $ends = $what->{end} // $what->{answered};
    my $begins = $what->{start} // $what->{arrived} // $ends;

    open my $out, '>', $file or die "$file: $!\n";
    print $out map { event($_) } @events;
    close $out;

    my @around = grep { $_->[0] >= $begins - 1 && $_->[0] <= $ends + 0.2 }
                      @events;

    splice @around, 0, @around - 40 if @around > 40;

    diag("$run->{dir}/$file:\n" . join '', map { event($_) } @around);
}

sub event {
    my ($event) = @_;

    return sprintf "%.6f  %-8s  %s\n", @$event;
}

1;
