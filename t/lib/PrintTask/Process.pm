package PrintTask::Process;

=head1 NAME

PrintTask::Process - the processes of a run, none of which outlives it

=head1 DESCRIPTION

Each process leads a group of its own, so that the workers of nginx are found
where their master is gone.  A guard knows of all groups; it ends them when the
pipe to it is closed, which is so even if the run was killed.

=cut

use strict;
use warnings;

use Exporter qw(import);
use IO::Handle;
use POSIX qw(WNOHANG);
use Socket qw(AF_UNIX SOCK_STREAM PF_UNSPEC);
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

our @EXPORT = qw(start start_controlled control stop kill_group wait_for now await
                 workers_of);

my ($owner, $guard, $guard_pid, %running);

# seconds, the same in all processes of the machine

sub now {
    return clock_gettime(CLOCK_MONOTONIC);
}

# Waits until a condition holds, for so many seconds at most; for what answers
# nobody that it has changed.

sub await {
    my ($seconds, $condition) = @_;
    my $ends = now() + $seconds;

    while (1) {
        my $value = $condition->();

        return $value if $value;
        return if now() >= $ends;

        select undef, undef, undef, 0.01;
    }
}

# Starts a command, or a function, with its output in NAME.out.

sub start {
    my ($name, @command) = @_;

    start_guard() if !$guard;

    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        setpgrp(0, 0);
        close $guard;
        @SIG{qw(HUP INT TERM)} = ('DEFAULT') x 3;
        run($name, @command);
    }

    # whoever is first

    setpgrp($pid, $pid);

    $running{$pid} = $name;
    print {$guard} "$pid\n";

    return $pid;
}

# The same for a function that is controlled meanwhile: it gets a socket as its
# first argument, and answers each line from there with another one.

sub start_controlled {
    my ($name, $function, @args) = @_;

    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
        or die "socketpair: $!\n";
    $_->autoflush() for $ours, $theirs;

    my $pid = start($name, sub { close $ours; $function->($theirs, @args) });

    return ($pid, $ours);
}

sub control {
    my ($fh, $line) = @_;

    print $fh "$line\n";
    chomp(my $answer = <$fh> // die "no answer to \"$line\"\n");

    return $answer;
}

# An END block of the test is not for its children.

sub run {
    my ($name, @command) = @_;

    open STDIN, '<', '/dev/null' or POSIX::_exit(126);
    open STDOUT, '>>', "$name.out" or POSIX::_exit(126);
    open STDERR, '>&', \*STDOUT or POSIX::_exit(126);
    STDOUT->autoflush();

    if (ref $command[0]) {
        my ($function, @args) = @command;
        my $done = eval { $function->(@args); 1 };

        print "$@\n" if !$done;
        STDOUT->flush();
        POSIX::_exit($done ? 0 : 1);
    }

    exec { $command[0] } @command or print "$command[0]: $!\n";
    POSIX::_exit(127);
}

# The status of a process that ends within so many seconds, or undef.

sub wait_for {
    my ($pid, $seconds) = @_;
    my $status;

    await($seconds, sub {
        return 0 if waitpid($pid, WNOHANG) == 0;
        $status = $?;
        return 1;
    }) or return;

    delete $running{$pid};
    print {$guard} "-$pid\n" if !kill 0, -$pid;

    return $status;
}

# Asks a process to end, and waits for it.

sub stop {
    my ($pid, $signal, $seconds) = @_;

    kill $signal, $pid;

    return wait_for($pid, $seconds);
}

# A crash of all that there is of it.

sub kill_group {
    my ($pid) = @_;

    kill 'KILL', -$pid;

    return wait_for($pid, 10) // die "process $pid cannot be killed\n";
}

# The workers of a master, without those that shut down.

sub workers_of {
    my ($master, $all) = @_;
    my @workers;

    for my $proc (glob '/proc/[0-9]*') {
        my $stat = slurp("$proc/stat") or next;
        my ($ppid) = $stat =~ /\) \S (\d+) / or next;

        next if $ppid != $master;

        my $title = slurp("$proc/cmdline") // '';

        push @workers, $proc =~ s{.*/}{}r
            if $title =~ /worker process/
               && ($all || $title !~ /shutting down/);
    }

    return @workers;
}

sub slurp {
    my ($file) = @_;

    open my $in, '<', $file or return;
    local $/;

    return <$in>;
}

sub start_guard {
    $owner = $$;

    pipe my $read, $guard or die "pipe: $!\n";
    $guard->autoflush();

    $guard_pid = fork() // die "fork: $!\n";
    return if $guard_pid;

    setpgrp(0, 0);
    close $guard;
    @SIG{qw(HUP INT TERM)} = ('IGNORE') x 3;

    # what reads the test's output must not wait for us
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';

    my %groups;

    while (my $line = <$read>) {
        chomp $line;
        $line =~ s/^-// ? delete $groups{$line} : ($groups{$line} = 1);
    }

    kill 'KILL', map { -$_ } keys %groups;
    POSIX::_exit(0);
}

sub end_all {
    return if !$guard || $$ != $owner;

    for my $pid (keys %running) {
        kill 'KILL', -$pid;
        waitpid $pid, 0;
    }

    close $guard;
    waitpid $guard_pid, 0;
    undef $guard;
}

END {
    my $status = $?;
    local @SIG{qw(HUP INT TERM)} = ('IGNORE') x 3;

    end_all();
    $? = $status;
}

1;
