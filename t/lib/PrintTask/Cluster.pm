package PrintTask::Cluster;

=head1 NAME

PrintTask::Cluster - a Redis Cluster of one's own

=head1 SYNOPSIS

    use PrintTask::Cluster;

    my $cluster = PrintTask::Cluster->new(masters => 3);

    $cluster->cli(0, 'CLUSTER', 'INFO');
    $cluster->move($key, 1);

=head1 DESCRIPTION

Servers on free ports of 127.0.0.1, in a temporary directory, that end with the
test.  They are numbered from 0; masters come first and share the slots evenly.

=over

=item new(masters => N, replicas => M, conf => {NAME => VALUE})

Starts N masters and M replicas, the first of the first master and so on, and
waits until each of them finds the cluster well.

=item ports(), addresses()

Of all servers.

=item cli(SERVER, WORD, ...)

What redis-cli prints for a command, without the last newline.

=item master(KEY)

The number of the server that has the slot of a key.

=item asking(KEY, SERVER), move(KEY, SERVER)

The slot of the key is on its way to SERVER: keys that it does not have any more
are to be looked for there; or it has arrived.

=item kill(SERVER), start(SERVER), signal(SERVER, NAME)

=back

=cut

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use Time::HiRes qw(sleep time);

sub new {
    my ($class, %opt) = @_;

    my $self = bless {
        owner => $$,
        dir => File::Temp->newdir('pt-cluster-XXXXXX', TMPDIR => 1),
        conf => $opt{conf} // {},
        pids => [],
    }, $class;

    my ($masters, $replicas) = ($opt{masters} // 3, $opt{replicas} // 0);

    $self->{ports} = [free_ports($masters + $replicas)];
    $self->start($_) for 0 .. $masters + $replicas - 1;

    $self->cli($_, 'CLUSTER', 'MEET', '127.0.0.1', $self->{ports}[0])
        for 1 .. $masters + $replicas - 1;

    for my $i (0 .. $masters - 1) {
        my @range = map { int(16384 * $_ / $masters) } $i, $i + 1;
        my $reply = $self->cli($i, 'CLUSTER', 'ADDSLOTS',
                               $range[0] .. $range[1] - 1);

        $reply eq 'OK' or die "CLUSTER ADDSLOTS: $reply\n";
    }

    for my $i (0 .. $replicas - 1) {
        my $of = $self->cli($i, 'CLUSTER', 'MYID');

        $self->await("replica $i", sub {
            $self->cli($masters + $i, 'CLUSTER', 'REPLICATE', $of) eq 'OK';
        });
    }

    $self->await('a cluster that is well', sub {
        for my $i (0 .. $masters + $replicas - 1) {
            my $info = $self->cli($i, 'CLUSTER', 'INFO');
            my $all = $masters + $replicas;

            return 0 if $info !~ /^cluster_state:ok/m
                        || $info !~ /^cluster_known_nodes:$all\r?$/m;
        }

        for my $i (0 .. $replicas - 1) {
            return 0 if $self->cli($masters + $i, 'INFO', 'replication')
                        !~ /^master_link_status:up/m;
        }

        return 1;
    });

    return $self;
}

sub ports {
    return @{ $_[0]{ports} };
}

sub addresses {
    return map { "127.0.0.1:$_" } $_[0]->ports;
}

sub start {
    my ($self, $i) = @_;

    my $port = $self->{ports}[$i];
    my %conf = (port => $port, bind => '127.0.0.1', save => '',
                appendonly => 'no', daemonize => 'no',
                'cluster-enabled' => 'yes', 'cluster-node-timeout' => 500,
                'cluster-config-file' => "nodes-$port.conf",
                'repl-diskless-sync-delay' => 0,
                logfile => "redis-$port.log", dir => "$self->{dir}",
                %{ $self->{conf} });

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        exec $ENV{TEST_REDIS_SERVER} || 'redis-server',
             map { ("--$_", $conf{$_}) } sort keys %conf;
        exit 1;
    }

    $self->{pids}[$i] = $pid;

    $self->await("redis-server at $port", sub {
        $self->cli($i, 'PING') =~ /^(PONG|LOADING|NOAUTH)/;
    });
}

sub kill {
    my ($self, $i) = @_;

    my $pid = delete $self->{pids}[$i] or return;

    CORE::kill 'KILL', $pid;
    waitpid $pid, 0;
}

sub signal {
    my ($self, $i, $name) = @_;

    CORE::kill $name, $self->{pids}[$i];
}

sub cli {
    my ($self, $i, @words) = @_;

    my $pid = open my $out, '-|';
    defined $pid or die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>&', \*STDOUT;
        exec 'redis-cli', '-h', '127.0.0.1', '-p', $self->{ports}[$i], @words;
        exit 1;
    }

    my $reply = do { local $/; <$out> } // '';
    close $out;
    chomp $reply;

    return $reply;
}

sub slot {
    my ($self, $key) = @_;

    my ($i) = grep { $self->{pids}[$_] } 0 .. $#{ $self->{ports} };

    return $self->cli($i, 'CLUSTER', 'KEYSLOT', $key);
}

sub master {
    my ($self, $key) = @_;

    my $slot = $self->slot($key);

    for my $i (grep { $self->{pids}[$_] } 0 .. $#{ $self->{ports} }) {

        for my $line (split /\n/, $self->cli($i, 'CLUSTER', 'NODES')) {
            next if $line !~ /myself,master/;

            my (undef, @ranges) = split ' ', $line;

            for (@ranges[7 .. $#ranges]) {
                next if !/^(\d+)(?:-(\d+))?$/;
                return $i if $slot >= $1 && $slot <= ($2 // $1);
            }
        }
    }

    return;
}

sub asking {
    my ($self, $key, $to) = @_;

    my ($slot, $from) = ($self->slot($key), $self->master($key));
    my ($from_id, $to_id) = map { $self->cli($_, 'CLUSTER', 'MYID') } $from, $to;

    $self->cli($to, 'CLUSTER', 'SETSLOT', $slot, 'IMPORTING', $from_id);
    $self->cli($from, 'CLUSTER', 'SETSLOT', $slot, 'MIGRATING', $to_id);
    $self->cli($from, 'MIGRATE', '127.0.0.1', $self->{ports}[$to], $key, 0,
               5000);
}

sub move {
    my ($self, $key, $to) = @_;

    my ($slot, $id) = ($self->slot($key), $self->cli($to, 'CLUSTER', 'MYID'));

    $self->asking($key, $to);

    for my $i ($to, grep { $self->{pids}[$_] } 0 .. $#{ $self->{ports} }) {
        $self->cli($i, 'CLUSTER', 'SETSLOT', $slot, 'NODE', $id);
    }
}

sub await {
    my ($self, $what, $done) = @_;

    my $end = time + 20;

    until ($done->()) {
        die "$what: not in time\n" if time > $end;
        sleep 0.02;
    }
}

# each port and the one of the cluster bus, 10000 above it

sub free_ports {
    my ($n) = @_;

    my (@ports, @held);

    for (1 .. 1000) {
        my $port = 10240 + int rand 10000;

        my @socks = map {
            IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $_,
                                  Listen => 1)
        } $port, $port + 10000;

        next if @socks != 2 || grep { !$_ } @socks;

        push @held, @socks;
        push @ports, $port;

        return @ports if @ports == $n;
    }

    die "no free ports\n";
}

sub DESTROY {
    my ($self) = @_;

    return if $$ != $self->{owner};

    local $?;

    $self->kill($_) for grep { $self->{pids}[$_] } 0 .. $#{ $self->{pids} };
}

1;
