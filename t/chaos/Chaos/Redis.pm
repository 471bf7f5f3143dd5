package Chaos::Redis;

=head1 NAME

Chaos::Redis - the Redis of a run, which crashes and comes back

=head1 DESCRIPTION

What a script has done is written to the file before it is answered, with
"appendfsync always" in every turn of the loop, and not only when there is time
for it.  So a lease that a gateway was granted is there after a crash: were it
not, a second one would be granted for the same task, and no gateway could do
anything about it.

    Chaos::Redis->new(name => 'redis', port => 0, tls_port => 0,
                      options => [...], clock => 1)

The options are those of redis-server.  Without a port there is only its socket
of UNIX, by which the test itself is connected.  With "clock" its clock can be
set.

=cut

use strict;
use warnings;

use Cwd qw(getcwd);
use Exporter qw(import);
use File::Basename qw(dirname);
use IO::Socket::INET;
use IO::Socket::UNIX;
use List::Util qw(sum0);
use Socket qw(SOCK_STREAM);

use PrintTask::Process;

use PrintTask::Certificates;

our @EXPORT_OK = qw(free_ports);

# All of it is in the working directory.

sub new {
    my ($class, %opt) = @_;

    my $self = bless {
        name => 'redis', port => 0, tls_port => 0,
        options => ['--appendonly', 'yes', '--appendfsync', 'always'],
        %opt,
    }, $class;

    $self->{socket} = "$self->{name}.sock";

    mkdir $self->{name} or die "$self->{name}: $!\n";
    $self->certificates() if $self->{tls_port};
    $self->own_clock() if $self->{clock};
    $self->up();

    # of its clock from ours, s

    $self->{offset} = $self->time() / 1000 - now();

    return $self;
}

# for print_task_redis

sub directive {
    my ($self, $address) = @_;

    return $address // "unix:$self->{socket}" if !$self->{tls_port};

    return ($address // "127.0.0.1:$self->{tls_port}") . ' ssl'
           . ' ssl_trusted_certificate=' . $self->{certs}->file('ca.crt')
           . ' ssl_name=redis.test';
}

# where it is found by a proxy

sub peer {
    my ($self) = @_;

    return $self->{tls_port} || $self->{socket};
}

# of its own name, and of another one

sub certificates {
    my ($self) = @_;
    my $certs = $self->{certs} = PrintTask::Certificates->new();

    $certs->authority('ca');
    $certs->issue('named', 'ca', names => 'DNS:redis.test');
    $certs->issue('other', 'ca', names => 'DNS:other.test');

    push @{$self->{options}}, '--tls-port', $self->{tls_port},
         '--tls-auth-clients', 'no', '--tls-ca-cert-file',
         $certs->file('ca.crt'), map { @$_ } $self->shown('named');
}

sub shown {
    my ($self, $name) = @_;

    return map { ["--tls-$_->[0]-file", $self->{certs}->file("$name.$_->[1]")] }
               [cert => 'crt'], [key => 'key'];
}

# Shows one of its certificates from now on, and to those that were connected,
# too.

sub show {
    my ($self, $name) = @_;

    $self->command('CONFIG', 'SET', map { ($_->[0] =~ s/^--//r, $_->[1]) }
                                        $self->shown($name));
    $self->command('CLIENT', 'KILL', 'TYPE', 'normal');
}

# A clock of its own, which is set by what is in a file.

sub own_clock {
    my ($self) = @_;
    my $source = dirname(__FILE__) . '/../../lib/clock.c';
    my $dir = getcwd();

    system('gcc', '-shared', '-fPIC', '-O1', '-o', 'clock.so', $source) == 0
        or die "gcc failed\n";

    $self->{env} = ["LD_PRELOAD=$dir/clock.so", "CLOCK_FILE=$dir/clock"];
    $self->set_clock(0);
}

# In ms, against ours.

sub set_clock {
    my ($self, $ms) = @_;

    open my $file, '+>>', 'clock' or die "clock: $!\n";
    close $file;

    open $file, '+<', 'clock' or die "clock: $!\n";
    syswrite $file, pack 'q2', $ms, 0;
    close $file;

    $self->{offset} = $ms / 1000;
}

# those that are one store together

sub servers {
    my ($self) = @_;

    return $self;
}

sub up {
    my ($self) = @_;

    $self->{pid} = start($self->{name}, 'env', @{$self->{env} // []},
                         $ENV{TEST_REDIS_SERVER} || 'redis-server',
                         '--port', $self->{port}, '--bind', '127.0.0.1',
                         '--unixsocket', "../$self->{socket}",
                         '--dir', $self->{name}, '--save', '',
                         @{$self->{options}});

    await(10, sub { eval { $self->command('PING') eq 'PONG' } })
        or die "Redis does not start, see $self->{name}.out\n";

    return $self;
}

sub crash {
    my ($self) = @_;

    kill_group(delete $self->{pid});
}

sub freeze {
    my ($self, $yes) = @_;

    kill $yes ? 'STOP' : 'CONT', $self->{pid};
}

# Ports that are free, with those that the nodes of a cluster use besides.

sub free_ports {
    my ($n) = @_;
    my (@ports, @held);

    for (1 .. 1000) {
        my $port = 20000 + int rand 10000;

        my @both = map {
            IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $_,
                                  Listen => 1) // ()
        } $port, $port + 10000;

        next if @both < 2;

        push @held, @both;
        push @ports, $port;

        return @ports if @ports == $n;
    }

    die "no free ports\n";
}

# Sentinels close all connections of a server whose role they change: then once
# more.

sub command {
    my ($self, @words) = @_;
    my $value;

    for (1 .. 3) {
        return $value if eval { $value = $self->ask(@words); 1 };
        die $@ if $@ !~ /no reply/;
    }

    die $@;
}

sub ask {
    my ($self, @words) = @_;

    my $fh = IO::Socket::UNIX->new(Type => SOCK_STREAM,
                                   Peer => $self->{socket})
        or die "$self->{name}: $!\n";

    print $fh '*' . @words . "\r\n",
              map({ '$' . length($_) . "\r\n$_\r\n" } @words);
    $fh->flush();

    return reply($fh);
}

sub reply {
    my ($fh) = @_;
    my $line = <$fh> // die "redis: no reply\n";

    my ($type, $rest) = $line =~ /^(.)(.*)\r\n$/ or die "redis: $line\n";

    die "redis: $rest\n" if $type eq '-';

    return $rest if $type eq '+' || $type eq ':';
    return [map { reply($fh) } 1 .. $rest] if $type eq '*';
    return if $rest < 0;

    read $fh, my $text, $rest + 2;

    return substr $text, 0, $rest;
}

# the first word of what a server says of itself: master, slave, sentinel

sub role {
    my ($self) = @_;

    return $self->{pid} ? $self->command('ROLE')->[0] : 'dead';
}

# the records, by task

sub records {
    my ($self) = @_;
    my %records;

    for my $server (grep { $_->role() eq 'master' } $self->servers()) {

        for my $key (@{$server->command('KEYS', 'print-task:*')}) {
            my ($task) = $key =~ m{\}/([^/]+)$};

            $records{$task} = { @{$server->command('HGETALL', $key)} };
        }
    }

    return \%records;
}

# How many gateways are connected with it, which is seen by what they do: what
# the test itself has just closed may still be there.

sub connections {
    my ($self) = @_;
    my $of_gateway = qr/\ cmd=(?:evalsha|eval|script|ping|asking
                          |cluster\|slots)/x;

    return sum0(map {
        scalar grep { /$of_gateway/ && !/ name=sentinel-/ }
                    split /\n/, $_->command('CLIENT', 'LIST', 'TYPE', 'normal');
    } grep { $_->{pid} } $self->servers());
}

# the scripts that each master has run so far, by its name

sub load {
    my ($self) = @_;

    return { map {
        my ($calls) = $_->command('INFO', 'commandstats')
                      =~ /^cmdstat_evalsha:calls=(\d+)/m;
        ($_->{name} => $calls // 0);
    } grep { $_->role() eq 'master' } $self->servers() };
}

# what its own clock says, ms

sub time {
    my ($self) = @_;
    my ($seconds, $us) = @{$self->command('TIME')};

    return $seconds * 1000 + int($us / 1000);
}

1;
