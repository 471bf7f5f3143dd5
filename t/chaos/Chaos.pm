package Chaos;

=head1 NAME

Chaos - gateways, Redis and clients under trouble, and what came of it

=head1 SYNOPSIS

    use Chaos;

    chaos(seconds => 20, events => [...], ...);

=head1 DESCRIPTION

Two gateways with two workers each share a store and a back end.  Clients send
legal and illegal changes through both, for some seconds, while the events of
the test come to pass.  Then it is checked, by what the back end has logged,
that the gateways kept their promises; see Chaos::History.

    seconds   how long; CHAOS_SECONDS in the environment goes before, but it
              has to last long enough for the events
    build     of the module: gcc
    gateways  how many there are: 2
    store     what they share: "redis", or "memory", which one gateway has for
              itself, and which tells nobody what is in it
    conf      lines for the http part of the gateways
    lease     seconds, as in conf
    wait      seconds: what a request may wait for, in Redis and for the
              lease, as in conf
    events    [[PART, NAME, ARGUMENT], ...]: what comes to pass when this part
              of the run is over, such as 0.5 for half of it:
                  crash   Redis is killed, and back after ARGUMENT seconds
                  freeze  the same, but it is stopped and continued
                  reload  of gateway ARGUMENT
                  kill    a worker of gateway ARGUMENT
    refusals  answers that may come up, besides those to what is not allowed
    enforce   the back end has rules of its own
    env       variables for nginx

All is in a directory below F<build/chaos>, which stays if a check failed, or
with CHAOS_KEEP in the environment.  The generators of random numbers start
from CHAOS_SEED, if it is there.

=cut

use strict;
use warnings;

use Cwd ();
use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Temp ();
use IO::Socket::UNIX;
use List::Util qw(max min sum0);
use Socket qw(SOCK_STREAM);
use Test::More;

use Chaos::Backend;
use Chaos::Clients;
use Chaos::Gateway;
use Chaos::History;
use Chaos::Process;
use Chaos::Redis;

use PrintTask::Token qw(token);

our @EXPORT = qw(chaos);

my $clients = 50;
my $tasks = 20;
my $margin = 1;                 # s, for a machine that is busy
my $fresh = 1;                  # s, print_task_fresh
my $soon = 2;                   # s, within which a store that is back is used

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my $owner = $$;

my (%opt, $seed, $dir, $redis, @gateways, $backend, @outages, @reloads,
    @kills);
my ($done, $history, %shown);

sub chaos {
    %opt = (build => 'gcc', env => {}, gateways => 2, store => 'redis', @_);

    my $seconds = max($ENV{CHAOS_SECONDS} || $opt{seconds}, shortest());

    $seed = $ENV{CHAOS_SEED} || 1 + int rand 1e9;
    srand $seed;

    $SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);
    $SIG{PIPE} = 'IGNORE';

    # nothing takes that long

    $SIG{ALRM} = sub { diag('takes too long'); exit 1 };
    alarm int($seconds) + 120;

    set_up();
    run_clients($seconds);
    my $settled = $redis && settle();
    my $records = $redis && $redis->records();
    quit();

    $history = Chaos::History->new('clients.tsv', 'backend.tsv',
                                   lease => $opt{lease});

    figures($seconds);
    check_back_end();
    check_clients();
    check_times();
    none('the store counts as down only while it is', early_or_late());
    check_store($settled, $records) if $redis;
    check_logs();

    chdir $top;
    $done = Test::More->builder->is_passing() && !$ENV{CHAOS_KEEP};
    remove_tree($dir) if $done;

    done_testing();
}

# The run goes on until gateways have had their time to use Redis again.

sub shortest {
    return max(1, map { ($_->[2] + $soon + $margin) / (1 - $_->[0]) }
                  grep { $_->[1] =~ /^(?:crash|freeze)$/ } @{$opt{events}});
}

sub set_up {
    my $name = basename($0, '.t');

    make_path("$top/build/chaos");
    $dir = File::Temp::tempdir("$name-XXXXXX", DIR => "$top/build/chaos");

    # the path of a socket has to be short

    chdir $dir or die "$dir: $!\n";
    mkdir 'temp';

    my $listener = IO::Socket::UNIX->new(Type => SOCK_STREAM, Listen => 128,
                                         Local => 'backend.sock')
        or die "backend.sock: $!\n";

    $backend = start('backend', \&Chaos::Backend::serve, $listener,
                     log => 'backend.tsv', enforce => $opt{enforce},
                     seed => $seed);
    close $listener;

    $redis = Chaos::Redis->new() if $opt{store} eq 'redis';

    my $store = $redis ? "print_task_redis unix:$redis->{socket};"
                       : 'print_task_store memory:chaos:4m;';

    @gateways = map {
        Chaos::Gateway->new("gateway$_", env => $opt{env},
            conf => "    $store\n$opt{conf}",
            module => "$top/build/$opt{build}/ngx_http_print_task_module.so")
    } 1 .. $opt{gateways};
}

# The clients hold a pipe: they have ended when it is closed.

sub run_clients {
    my ($seconds) = @_;

    my @tokens = (token(), token(claims => { azp => 'another-application' }));

    pipe my $read, my $write or die "pipe: $!\n";

    my $pid = start('clients', \&Chaos::Clients::drive,
                    seconds => $seconds, clients => $clients,
                    tasks => $tasks, definition => 'd', tokens => \@tokens,
                    ports => [map { $_->{port} } @gateways],
                    seed => $seed, log => 'clients.tsv');
    close $write;

    my $began = now();
    my $ended = 0;

    for my $event (@{$opt{events}}) {
        my ($part, $name, $argument) = @$event;

        $ended = ended($read, $began + $part * $seconds - now()) and last;
        $ended = happen($name, $argument, $read) and last;
    }

    $ended ||= ended($read, $began + $seconds + 60 - now());

    is($ended ? wait_for($pid, 10) : undef, 0, 'the clients end')
        or die "see clients.out\n";
}

sub ended {
    my ($read, $seconds) = @_;
    my $bits = '';

    vec($bits, fileno $read, 1) = 1;

    return select($bits, undef, undef, $seconds > 0 ? $seconds : 0);
}

sub happen {
    my ($name, $argument, $read) = @_;
    my $ended = 0;

    if ($name eq 'crash' || $name eq 'freeze') {
        my %outage = (name => $name, down => now());

        push @outages, \%outage;
        $name eq 'crash' ? $redis->crash() : $redis->freeze(1);

        $ended = ended($read, $argument);

        $name eq 'crash' ? $redis->up() : $redis->freeze(0);
        $outage{back} = now();

    } elsif ($name eq 'reload') {
        push @reloads, now();
        $gateways[$argument - 1]->reload();

    } elsif ($name eq 'kill') {
        my @workers = workers_of($gateways[$argument - 1]{pid});

        my $pid = $workers[rand @workers];

        kill 'KILL', $pid or die "no worker to kill\n";
        push @kills, { pid => $pid, time => now(),
                       clock => $redis && $redis->time() };
    }

    return $ended;
}

# What is left when nothing is under way any more: the seconds until all
# leases were settled, or had run out; undef if this did not come.

sub settle {
    my $began = now();

    await($opt{lease} + $margin, sub {
        return !grep { defined $_->{lease} } values %{$redis->records()};
    });

    await($opt{lease} + $margin, sub { !live_leases() }) or return;

    return now() - $began;
}

sub live_leases {
    my $now = $redis->time();
    my $records = $redis->records();

    return grep { defined $records->{$_}{lease}
                  && $records->{$_}{leaseUntil} > $now } sort keys %$records;
}

sub quit {
    for my $gateway (@gateways) {
        my $pid = $gateway->{pid};

        ok(await(5, sub { workers_of($pid, 1) == 2 }),
           "$gateway->{name} has no workers but the last two");

        is(stop($pid, 'QUIT', 10), 0, "$gateway->{name} ends when told to");
        ok(!kill(0, -$pid), "$gateway->{name} leaves no process");
    }

    is(stop($backend, 'TERM', 10), 0, 'the back end ends');
}

sub figures {
    my ($seconds) = @_;
    my (%fates, %statuses, %verdicts);

    for my $op ($history->ops()) {
        $fates{$op->{fate}}++;
        next if $op->{fate} ne 'answered';

        $statuses{join ' ', $op->{status}, $op->{reason} // ()}++;
        $verdicts{join ' ', $op->{verdict} // '-', $op->{cache} // '-'}++
            if $op->{method} eq 'PATCH';
    }

    diag(sprintf 'seed %d, %.0f s', $seed, $seconds);
    diag(counts('requests', \%fates));
    diag(counts('answers', \%statuses));
    diag(counts('verdicts', \%verdicts));
    diag(sprintf 'back end: %d exchanges, %d changes, longest %.0f ms',
         scalar @{$history->{exchanges}}, scalar $history->changes(),
         1000 * $history->longest_exchange());
    diag(sprintf 'longest request: %.0f ms', 1000 * ($history->longest())[0]);

    diag(sprintf '%s: Redis away for %.2f s', $_->{name},
         $_->{back} - $_->{down}) for @outages;
}

sub counts {
    my ($name, $counts) = @_;

    return "$name: " . sum0(values %$counts) . ': '
           . join ', ', map { "$counts->{$_} $_" } sort keys %$counts;
}

sub check_back_end {
    none('the changes of each task are one legal path',
         $history->check_path($opt{enforce} ? 'repeat' : ()));

    none('the fences of a task grow', $history->check_fences());

    return if $opt{enforce};

    none('no two changes of a task are under way at the same time',
         $history->check_overlap(sub { 0 }));
}

sub check_clients {
    none('each request is answered', $history->check_cut(\&worker_ended));
    none('answers are of the kinds expected',
         $history->check_answers(@{$opt{refusals}}));
    none('one order explains what all clients saw of a task',
         $history->check_order(\&unleased));
    none('what is answered 200 was done then, as told',
         $history->check_accepted());
    none('what was done is answered 200', $history->check_lost());
    none('what is done is what was decided on',
         $history->check_from(\&unleased));
    none('refusals are right', $history->check_refused(\&unleased));
    none('reads are right', $history->check_read(\&unleased));
}

# A killed worker takes its requests along; one that shuts down closes
# connections that nothing is asked on, and so may miss what is just sent.

sub worker_ended {
    my ($op) = @_;

    return 0 if $op->{fate} ne 'cut';

    return 1 if grep { $op->{start} <= $_->{time} + $margin
                       && $op->{end} >= $_->{time} - $margin } @kills;

    return $op->{reused}
           && grep { $op->{start} <= $_ + $margin && $op->{end} >= $_ }
                   @reloads;
}

# Whether the task was changed without a lease meanwhile; or before, by a worker
# that did not know yet that Redis was back, so that what others had found out
# since then is old, and still counts as fresh.

sub unleased {
    my ($op) = @_;

    return grep {
        my $begins = max($_->{back}, $op->{start} - $fresh - $margin);

        $history->unleased($op->{task}, min($begins, $op->{start}),
                           $op->{end});
    } @outages;
}

sub check_times {
    my ($longest, $op) = $history->longest();
    my $exchange = $history->longest_exchange();
    my $limit = $opt{wait} + 2 * $exchange + $margin;

    none(sprintf('the longest request, %.3f s, is within %.3f s: %.3f s for'
                 . ' the lease and Redis, 2 x %.3f s for the back end, %d s'
                 . ' for luck', $longest, $limit, $opt{wait}, $exchange,
                 $margin),
         $longest > $limit ? [$op, 'takes too long'] : ());
}

sub check_store {
    my ($settled, $records) = @_;

    for my $outage (@outages) {
        for my $gateway (@gateways) {
            my ($first) = grep { uses_store($_, $gateway, $outage) }
                               $history->answered();

            ok($first && $first->{end} - $outage->{back} <= $soon,
               "$gateway->{name} answers 200 within $soon s after the"
               . " $outage->{name}")
                or diag($first ? $first->{end} - $outage->{back} : 'never');
        }
    }

    ok(defined $settled, 'no lease is live in the end');

    my @leases = grep { defined $records->{$_}{lease} } sort keys %$records;

    if (@kills) {
        is(join(' ', grep { !orphan($records->{$_}) } @leases), '',
           'no leases run out but those of killed workers');

    } else {
        is("@leases", '', 'all leases are settled');
        cmp_ok($settled // 999, '<', $soon, 'and soon');
    }

    none('records are what the back end says',
         $history->check_records($records)) if !$opt{enforce};
}

# A lease that was taken shortly before a worker was killed.

sub orphan {
    my ($record) = @_;
    my $taken = $record->{leaseUntil} - 1000 * $opt{lease};

    return grep { $taken <= $_->{clock}
                  && $taken >= $_->{clock} - 2000 * $margin } @kills;
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

sub check_logs {
    for my $gateway (@gateways) {
        my @lines = split /\n/, $gateway->log();
        my (@bad, %errors);

        for my $line (@lines) {
            $errors{$1}++ if $line =~ /\[error\] (\d+)#/;

            next if grep { $line =~ /process $_->{pid} exited on signal 9/ }
                         @kills;

            push @bad, $line if $line =~ /\[(?:alert|crit|emerg)\]/;
        }

        is(join("\n", @bad), '', "$gateway->{name} logs no alert");

        my $most = max(0, values %errors);
        my @some = grep { /\[error\]/ } @lines;

        splice @some, 20 if @some > 20;

        cmp_ok($most, '<=', @outages,
               "no worker of $gateway->{name} logs more than one error for"
               . ' each outage')
            or diag(join "\n", @some);

        my $out = Chaos::Process::slurp("$gateway->{name}.out") // '';

        unlike($out, qr/Sanitizer|runtime error/,
               "$gateway->{name} has no report of a sanitizer");
    }

    is(join("\n", map { report($_) } glob 'sanitizer.*'), '',
       'no report of a sanitizer');
}

# Leaks of nginx itself are not ours.

sub report {
    my ($file) = @_;
    my $report = Chaos::Process::slurp($file);

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

    diag("$dir/$file:\n" . join '', map { event($_) } @around);
}

sub event {
    my ($event) = @_;

    return sprintf "%.6f  %-8s  %s\n", @$event;
}

END {
    if ($$ == $owner && $dir && !$done) {
        diag("logs are kept in $dir");
    }
}

1;
