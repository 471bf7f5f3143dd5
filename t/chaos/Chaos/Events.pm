package Chaos::Events;

=head1 NAME

Chaos::Events - what happens in a run

=head1 SYNOPSIS

    events => [[PART, NAME, ARGUMENT], ...]

=head1 DESCRIPTION

An event begins when this part of the run is over, such as 0.5 for half of it,
or later: it ends before the next one begins, and when Redis is back, it stays
for some seconds.

Redis is away, for ARGUMENT seconds:

    crash    it is killed by SIGKILL, and back after that time
    freeze   it is stopped by SIGSTOP, and continued
    pause    CLIENT PAUSE
    full     it has no memory left: maxmemory is 1
    garbage, half, cut, hold
             the connections to it are bad, see Chaos::Proxy

    impostor it shows a certificate of another name

or for a moment:

    drop     CLIENT KILL of all connections

With sentinels or a cluster it is away until there is a new master:

    failover a master is killed by SIGKILL; it is back when another one is
    change   two servers change their roles, by a command to their sentinels
    demote   the one that was killed gets REPLICAOF; until
             then it thought that it was a master

It is not away:

    unload   SCRIPT FLUSH
    flush    FLUSHALL, with which leases are lost
    drip     for ARGUMENT seconds, see Chaos::Proxy
    reshard  ARGUMENT slots of each master of a cluster go to the next one
    clock    its clock is set to ours and ARGUMENT ms
    load     by then each master of a cluster has been asked

The rest, for ARGUMENT seconds or of gateway ARGUMENT:

    silent   some requests are not answered by the back end, see Chaos::Backend
    hang-up  the same, but it closes the connection
    reload   of the configuration
    kill     of a worker, by SIGKILL

=cut

use strict;
use warnings;

use Exporter qw(import);
use List::Util qw(sum0);

use PrintTask::Process;

our @EXPORT = qw(is_outage is_known is_of_proxy loses_leases has_two_masters
                 lasting begin_event end_event);

# What is made so late comes after the gateway has given up, and before the
# lease has run out.

my $late = 0.5;                 # of the lease

my %begin = (
    crash   => sub { $_[0]{redis}->crash() },
    freeze  => sub { $_[0]{redis}->freeze(1) },
    pause   => sub { redis(@_, 'CLIENT', 'PAUSE', int 1000 * $_[1], 'ALL') },
    full    => sub { redis(@_, 'CONFIG', 'SET', 'maxmemory', 1) },
    impostor => sub { $_[0]{redis}->show('other');
                      $_[0]{fooled} -= calls(@_) },
    drop    => sub { redis(@_, 'CLIENT', 'KILL', 'TYPE', 'normal') },
    failover => sub { failover(@_) },
    change  => sub { $_[0]{redis}->change_master() },
    demote  => sub { $_[0]{redis}->demote() },
    reshard => sub { $_[0]{redis}->reshard($_[1]) },
    clock   => sub { $_[0]{redis}->set_clock($_[1]) },
    load    => sub { $_[0]{load} = $_[0]{redis}->load() },
    unload  => sub { redis(@_, 'SCRIPT', 'FLUSH') },
    flush   => sub { redis(@_, 'FLUSHALL') },
    silent  => sub { control($_[0]{backend}, 'silent ' . $late * $_[0]{lease}) },
    'hang-up' => sub { control($_[0]{backend}, 'hang-up') },
    reload  => sub { reload(@_) },
    kill    => sub { kill_worker(@_) },
);

my %end = (
    crash   => sub { $_[0]{redis}->up() },
    freeze  => sub { $_[0]{redis}->freeze(0) },
    pause   => sub { $_[0]{redis}->command('PING') },
    full    => sub { redis(@_, 'CONFIG', 'SET', 'maxmemory', 0) },
    failover => sub { $_[0]{redis}->restart() },
    impostor => sub { $_[0]{fooled} += calls(@_);
                      $_[0]{redis}->show('named') },
    silent  => sub { control($_[0]{backend}, 'answer') },
    'hang-up' => sub { control($_[0]{backend}, 'answer') },
);

my @modes = qw(garbage half cut hold drip);

for my $mode (@modes) {
    $begin{$mode} = sub { control($_[0]{proxy}, $mode) };
    $end{$mode} = sub { control($_[0]{proxy}, 'pass') };
}

my %outage = map { $_ => 1 } qw(crash freeze pause full garbage half cut hold
                                impostor drop failover change);

sub failover {
    my ($run) = @_;

    $run->{redis}->kill_master();
    $run->{redis}->failed_over();
}

sub reload {
    my ($run, $number) = @_;

    push @{$run->{reloads}}, now();
    $run->{gateways}[$number - 1]->reload();
}

sub kill_worker {
    my ($run, $number) = @_;
    my @workers = workers_of($run->{gateways}[$number - 1]{pid});
    my $pid = $workers[rand @workers];

    kill 'KILL', $pid or die "no worker to kill\n";

    push @{$run->{kills}}, { pid => $pid, time => now() };
}

# the scripts that gateways have called so far

sub calls {
    my ($run) = @_;

    return sum0(values %{$run->{redis}->load()});
}

sub redis {
    my ($run, $argument, @command) = @_;

    return $run->{redis}->command(@command);
}

# Whether Redis cannot be used meanwhile.

sub is_outage {
    my ($name) = @_;

    return $outage{$name};
}

# Whether gateways come to know that for themselves, if it lasts.

sub is_known {
    my ($name) = @_;

    return $name =~ /^(?:crash|freeze|pause|hold)$/;
}

# Whether Redis loses leases that it has granted.

sub loses_leases {
    my ($name) = @_;

    return $name eq 'flush' || has_two_masters($name);
}

# Whether some gateways may take one server for the master, and some another one.

sub has_two_masters {
    my ($name) = @_;

    return $name =~ /^(?:failover|change)$/;
}

sub is_of_proxy {
    my ($name) = @_;

    return grep { $_ eq $name } @modes;
}

# Whether its argument is for how long it lasts.

sub lasting {
    my ($name) = @_;

    return $end{$name};
}

sub begin_event {
    my ($run, $name, $argument) = @_;

    my $begin = $begin{$name} or die "no event \"$name\"\n";

    return $begin->($run, $argument);
}

sub end_event {
    my ($run, $name, $argument) = @_;

    return $end{$name}->($run, $argument);
}

1;
