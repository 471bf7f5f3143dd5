package Chaos::Redis;

=head1 NAME

Chaos::Redis - the Redis of a run, which crashes and comes back

=head1 DESCRIPTION

What a script has done is written to the file before it is answered, with
"appendfsync always" in every turn of the loop, and not only when there is time
for it.  So a lease that a gateway was granted is there after a crash: were it
not, a second one would be granted for the same task, and no gateway could do
anything about it.

=cut

use strict;
use warnings;

use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

use Chaos::Process;

# All of it is in the working directory.

sub new {
    my ($class) = @_;
    my $self = bless { socket => 'redis.sock' }, $class;

    mkdir 'redis' or die "redis: $!\n";
    $self->up();

    # of its clock from ours, s

    $self->{offset} = $self->time() / 1000 - now();

    return $self;
}

sub up {
    my ($self) = @_;

    $self->{pid} = start('redis', $ENV{TEST_REDIS_SERVER} || 'redis-server',
                         '--port', 0,
                         '--unixsocket', "../$self->{socket}",
                         '--dir', 'redis', '--save', '',
                         '--appendonly', 'yes', '--appendfsync', 'always');

    await(10, sub { eval { $self->command('PING') eq 'PONG' } })
        or die "Redis does not start, see redis.out\n";

    return $self;
}

sub crash {
    my ($self) = @_;

    kill_group($self->{pid});
}

sub freeze {
    my ($self, $yes) = @_;

    kill $yes ? 'STOP' : 'CONT', $self->{pid};
}

sub command {
    my ($self, @words) = @_;

    my $fh = IO::Socket::UNIX->new(Type => SOCK_STREAM,
                                   Peer => $self->{socket})
        or die "redis: $!\n";

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

# the records, by task

sub records {
    my ($self) = @_;
    my %records;

    for my $key (@{$self->command('KEYS', 'print-task:*')}) {
        my ($task) = $key =~ m{/([^/]+)\}$};

        $records{$task} = { @{$self->command('HGETALL', $key)} };
    }

    return \%records;
}

# how many others are connected with it

sub connections {
    my ($self) = @_;
    my @clients = split /\n/, $self->command('CLIENT', 'LIST',
                                             'TYPE', 'normal');

    return @clients - 1;
}

# what its own clock says, ms

sub time {
    my ($self) = @_;
    my ($seconds, $us) = @{$self->command('TIME')};

    return $seconds * 1000 + int($us / 1000);
}

1;
