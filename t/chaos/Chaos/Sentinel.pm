package Chaos::Sentinel;

=head1 NAME

Chaos::Sentinel - a master, a replica, and three sentinels that watch them

=head1 DESCRIPTION

Replicas get writes later than those who made them get their answers, so what a
gateway got last may be lost when a replica becomes the master.

=cut

use strict;
use warnings;

use parent -norequire, 'Chaos::Redis';

use List::Util qw(all);

use PrintTask::Process;
use Chaos::Redis qw(free_ports);

my $name = 'tasks';
my $quorum = 2;
my $down_after = 2000;          # ms; less is not enough on a busy machine

sub new {
    my ($class) = @_;
    my $self = bless {}, $class;
    my ($first, $second, @ports) = free_ports(5);

    $self->{servers} = [
        map { Chaos::Redis->new(name => "redis$_->[0]", port => $_->[1],
                                options => ['--repl-diskless-sync-delay', 0,
                                            @$_[2 .. $#$_]]) }
            [1, $first],
            [2, $second, '--replicaof', "127.0.0.1 $first"],
    ];

    $self->{offset} = $self->{servers}[0]{offset};

    await(20, sub {
        $self->{servers}[1]->command('INFO', 'replication')
            =~ /^master_link_status:up/m;
    }) or die "no replica, see redis2.out\n";

    $self->{sentinels} = [map { start_sentinel($_, $ports[$_ - 1], $first) }
                              1 .. 3];

    # each of them knows of all

    for my $sentinel (@{$self->{sentinels}}) {
        await(20, sub {
            my %master = @{$sentinel->command('SENTINEL', 'MASTER', $name)};

            return $master{'num-slaves'} == 1
                   && $master{'num-other-sentinels'} == 2;
        }) or die "sentinels do not meet, see $sentinel->{name}.out\n";
    }

    return $self;
}

sub start_sentinel {
    my ($n, $port, $master) = @_;

    my $self = bless { name => "sentinel$n", port => $port,
                       socket => "sentinel$n.sock" }, 'Chaos::Redis';

    open my $out, '>', "$self->{name}.conf" or die "$self->{name}.conf: $!\n";
    print $out <<"_EOC_";
port $port
bind 127.0.0.1
unixsocket $self->{socket}
sentinel monitor $name 127.0.0.1 $master $quorum
sentinel down-after-milliseconds $name $down_after
sentinel failover-timeout $name 5000
_EOC_
    close $out;

    $self->{pid} = start($self->{name},
                         $ENV{TEST_REDIS_SERVER} || 'redis-server',
                         "$self->{name}.conf", '--sentinel');

    await(10, sub { eval { $self->command('PING') eq 'PONG' } })
        or die "no sentinel, see $self->{name}.out\n";

    return $self;
}

sub directive {
    my ($self) = @_;

    return join ' ', map({ "127.0.0.1:$_->{port}" } @{$self->{sentinels}}),
                     "sentinel=$name";
}

sub servers {
    my ($self) = @_;

    return @{$self->{servers}};
}

# The one that all sentinels take for the master, and that is one.

sub master {
    my ($self) = @_;
    my ($port, @others) = map {
        my $address = $_->command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', $name);
        $address ? $address->[1] : 0;
    } @{$self->{sentinels}};

    return if grep { $_ != $port } @others;

    my ($master) = grep { $_->{port} == $port && $_->role() eq 'master' }
                        $self->servers();
    return $master;
}

# The master dies, and the other one takes over; then it is back, too.

sub kill_master {
    my ($self) = @_;

    $self->{dead} = $self->master() // die "no master\n";
    $self->{dead}->crash();
}

sub failed_over {
    my ($self) = @_;

    await(30, sub { $self->master() }) or die "no fail-over\n";
}

# It takes itself for a master until it gets REPLICAOF, which sentinels do
# after ten seconds: so long we do not wait.

sub restart {
    my ($self) = @_;
    my $old = delete $self->{dead};
    my $new = $self->master() // die "no master\n";

    $old->up();
    $self->{strays} = [$old, $new];
}

sub demote {
    my ($self) = @_;
    my ($old, $new) = @{delete $self->{strays}};

    $old->command('REPLICAOF', '127.0.0.1', $new->{port});

    await(20, sub {
        $old->command('INFO', 'replication') =~ /^master_link_status:up/m;
    }) or die "no replica, see $old->{name}.out\n";
}

# The two change their roles, though the old master does not know yet.

sub change_master {
    my ($self) = @_;
    my $old = $self->master() // die "no master\n";

    # a server that has just been restarted is found out by and by

    await(20, sub {
        return eval { $self->{sentinels}[0]->command('SENTINEL', 'FAILOVER',
                                                     $name) };
    }) or die "no fail-over: $@\n";

    await(30, sub {
        my $new = $self->master();
        return $new && $new != $old;
    }) or die "the master stays\n";
}

sub time {
    my ($self) = @_;

    return $self->{servers}[0]{pid} ? $self->{servers}[0]->time()
                                    : $self->{servers}[1]->time();
}

1;
