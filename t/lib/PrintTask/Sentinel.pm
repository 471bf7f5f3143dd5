package PrintTask::Sentinel;

=head1 NAME

PrintTask::Sentinel - a Redis master with a replica, watched by sentinels

=head1 SYNOPSIS

    use PrintTask::Sentinel;

    my $redis = PrintTask::Sentinel->new(sentinels => 3);

    $redis->cli($redis->master, 'INFO');
    $redis->kill($redis->master);

=head1 DESCRIPTION

Servers on free ports of 127.0.0.1, in a temporary directory, that end with the
test.  Server 0 is the master at first, 1 its replica; then come the sentinels.

=over

=item new(sentinels => N, conf => {NAME => VALUE}, sentinel_conf => {...})

Starts two servers and N sentinels, 3 by default, and waits until
they all know each other.  The name of the master is NAME.

=item addresses()

Of the sentinels.

=item master()

The number of the server that most sentinels take for the master.

=item follow(SERVER, MASTER)

A server that was started anew becomes a replica, ahead of the sentinels, which
take their time for that.

=item cli(SERVER, WORD, ...), kill(SERVER), start(SERVER), signal(SERVER, NAME)

=back

=cut

use strict;
use warnings;

use File::Temp ();
use Time::HiRes qw(sleep time);

use PrintTask::Cluster ();

our @ISA = qw(PrintTask::Cluster);
our $Name = 'printers';

sub new {
    my ($class, %opt) = @_;

    my $n = $opt{sentinels} // 3;
    my $self = bless {
        owner => $$,
        dir => File::Temp->newdir('pt-sentinel-XXXXXX', TMPDIR => 1),
        conf => $opt{conf} // {},
        sentinel_conf => $opt{sentinel_conf} // {},
        pids => [],
        sentinels => $n,
        ports => [PrintTask::Cluster::free_ports(2 + $n)],
    }, $class;

    $self->start(0);
    $self->start(1, replicaof => "127.0.0.1 $self->{ports}[0]");

    $self->await('a replica', sub {
        $self->cli(1, 'INFO', 'replication') =~ /^master_link_status:up/m;
    });

    $self->start($_) for 2 .. 1 + $n;

    $self->await('sentinels', sub {
        for (2 .. 1 + $n) {
            my $info = $self->cli($_, 'INFO', 'sentinel');

            return 0 if $info !~ /status=ok,address=\S+,slaves=1,sentinels=$n/;
        }

        return 1;
    });

    return $self;
}

sub addresses {
    my ($self) = @_;

    return map { "127.0.0.1:$self->{ports}[$_]" } 2 .. 1 + $self->{sentinels};
}

sub start {
    my ($self, $i, %more) = @_;

    my $port = $self->{ports}[$i];
    my $file = "$self->{dir}/$port.conf";

    if (!-e $file) {
        my %conf = (port => $port, bind => '127.0.0.1', save => '""',
                    logfile => "$port.log", dir => "$self->{dir}",
                    daemonize => 'no', %more,
                    $i < 2 ? (appendonly => 'no',
                              'repl-diskless-sync-delay' => 0,
                              %{ $self->{conf} })
                           : %{ $self->{sentinel_conf} });

        delete $conf{save} if $i >= 2;

        open my $out, '>', $file or die "$file: $!\n";

        print {$out} "$_ $conf{$_}\n" for sort keys %conf;

        if ($i >= 2) {
            my $quorum = int($self->{sentinels} / 2) + 1;

            print {$out} "sentinel monitor $Name 127.0.0.1 $self->{ports}[0] "
                         . "$quorum\n"
                         . "sentinel down-after-milliseconds $Name 500\n"
                         . "sentinel failover-timeout $Name 2000\n";
        }

        close $out or die "$file: $!\n";
    }

    my $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        exec $ENV{TEST_REDIS_SERVER} || 'redis-server', $file,
             $i < 2 ? () : '--sentinel';
        exit 1;
    }

    $self->{pids}[$i] = $pid;

    $self->await("redis-server at $port", sub {
        $self->cli($i, 'PING') =~ /^(PONG|LOADING|NOAUTH)/;
    });
}

sub follow {
    my ($self, $i, $master) = @_;

    $self->cli($i, 'REPLICAOF', '127.0.0.1', $self->{ports}[$master]);
}

sub master {
    my ($self) = @_;
    my %votes;

    for my $i (grep { $self->{pids}[$_] } 2 .. 1 + $self->{sentinels}) {
        my $reply = $self->cli($i, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', $Name);

        $votes{$1}++ if $reply =~ /\n(\d+)$/;
    }

    my ($port) = sort { $votes{$b} <=> $votes{$a} } keys %votes;

    return if !defined $port;
    return $port == $self->{ports}[0] ? 0 : 1;
}

1;
