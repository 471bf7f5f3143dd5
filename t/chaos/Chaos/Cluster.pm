package Chaos::Cluster;

=head1 NAME

Chaos::Cluster - a Redis Cluster of three masters with a replica each

=head1 DESCRIPTION

    Chaos::Cluster->new(options => [...])

The options are those of redis-server, beside those that a node needs.

=cut

use strict;
use warnings;

use parent -norequire, 'Chaos::Redis';

use PrintTask::Process;
use Chaos::Redis qw(free_ports);

my $masters = 3;
my $timeout = 1000;             # ms, of a node

sub new {
    my ($class, %opt) = @_;
    my $self = bless {}, $class;
    my @ports = free_ports(2 * $masters);

    $self->{servers} = [map {
        Chaos::Redis->new(name => 'node' . ($_ + 1), port => $ports[$_],
                          options => ['--cluster-enabled', 'yes',
                                      '--cluster-node-timeout', $timeout,
                                      '--repl-diskless-sync-delay', 0,
                                      @{$opt{options} // []}])
    } 0 .. $#ports];

    $self->{offset} = $self->{servers}[0]{offset};

    $self->cli('create', map({ "127.0.0.1:$_" } @ports),
               '--cluster-replicas', 1);

    await(30, sub { $self->is_well() })
        or die "the cluster is not well, see cluster.out\n";

    return $self;
}

# what changes the cluster, by redis-cli

sub cli {
    my ($self, @command) = @_;
    my $pid = start('cluster', 'redis-cli', '--cluster', @command,
                    '--cluster-yes');

    (wait_for($pid, 60) // 1) == 0
        or die "redis-cli --cluster $command[0] failed, see cluster.out\n";
}

# two of the nodes are enough

sub directive {
    my ($self) = @_;

    return join ' ', map({ "127.0.0.1:$_->{port}" } @{$self->{servers}}[0, 1]),
                     'cluster';
}

sub servers {
    my ($self) = @_;

    return @{$self->{servers}};
}

sub masters {
    my ($self) = @_;

    return grep { $_->role() eq 'master' } $self->servers();
}

# All that live know of the same masters for the slots, and have what these
# have.

sub is_well {
    my ($self) = @_;
    my %views = map { slots($_) => 1 } grep { $_->{pid} } $self->servers();

    return 0 if keys %views > 1 || $self->masters() != $masters;

    for my $server (grep { $_->{pid} } $self->servers()) {
        my $info = $server->command('CLUSTER', 'INFO');

        return 0 if $info !~ /^cluster_state:ok/m
                    || $info !~ /^cluster_slots_ok:16384/m
                    || $info !~ /^cluster_size:$masters\r/m;

        return 0 if $server->command('INFO', 'replication')
                    =~ /^master_link_status:down/m;
    }

    return 1;
}

# which node has which slots, as a server sees it

sub slots {
    my ($server) = @_;
    my @nodes = map { [split ' ', $_] }
                split /\n/, $server->command('CLUSTER', 'NODES');

    return join "\n", sort map { join ' ', @$_[0, 8 .. $#$_] }
                           grep { @$_ > 8 } @nodes;
}

# A master dies, and its replica takes over; then it is back, as a replica.

sub kill_master {
    my ($self) = @_;
    my @all = $self->masters();

    $self->{dead} = $all[rand @all];
    $self->{dead}->crash();
}

sub failed_over {
    my ($self) = @_;

    await(30, sub { $self->is_well() }) or die "no fail-over\n";
}

sub restart {
    my ($self) = @_;

    $self->{dead}->up();
}

# Some slots of each master go to the next one.

sub reshard {
    my ($self, $slots) = @_;
    my @all = $self->masters();

    for my $i (0 .. $#all) {
        my ($from, $to) = map { $_->command('CLUSTER', 'MYID') }
                              @all[$i, ($i + 1) % @all];

        $self->cli('reshard', "127.0.0.1:$all[0]{port}", '--cluster-from',
                   $from, '--cluster-to', $to, '--cluster-slots', $slots);

        await(20, sub { $self->is_well() }) or die "the nodes disagree\n";
    }
}

sub time {
    my ($self) = @_;
    my ($server) = $self->masters();

    return $server->time();
}

1;
