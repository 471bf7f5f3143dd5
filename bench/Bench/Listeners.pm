package Bench::Listeners;

=head1 NAME

Bench::Listeners - listeners to events, and changes at a fixed rate

=head1 SYNOPSIS

    my $listeners = Bench::Listeners->new($port, $definitions, $count);

    $listeners->run($token, $rate, $seconds);
    $listeners->{times};        # ms from an answer to its event
    $listeners->{events};       # that were received

=head1 DESCRIPTION

One process sends the changes and reads the events, so both times are of one
clock.  An event that comes before the answer counts as 0 ms.

=cut

use strict;
use warnings;

use IO::Poll qw(POLLIN);
use IO::Socket::INET;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

use Bench::Tasks;

my $writers = 20;

# Makes a task in each definition, and listens: the listeners share the
# definitions evenly.

sub new {
    my ($class, $port, $definitions, $count) = @_;
    my $self = bless { port => $port, definitions => $definitions,
                       sockets => {}, held => {}, text => {} }, $class;
    my $socket = $self->connect;

    for my $i (0 .. $definitions - 1) {
        $socket->syswrite($self->request('PUT', $i, '', 'new'));
        Bench::Tasks::answer($socket);
    }

    for my $i (0 .. $count - 1) {
        my $listener = $self->connect;
        my $fd = fileno $listener;

        $listener->syswrite('GET ' . path($i % $definitions) . ' HTTP/1.1'
                            . "\r\nHost: localhost\r\n"
                            . "Accept: text/event-stream\r\n\r\n");
        $self->{sockets}{$fd} = $listener;
        $self->{text}{$fd} = '';
    }

    # the first message of each has the position

    for my $fd (keys %{$self->{sockets}}) {
        while ($self->{text}{$fd} !~ /^id: /m) {
            $self->{sockets}{$fd}->sysread($self->{text}{$fd}, 65536,
                                           length $self->{text}{$fd})
                or die "no listener:\n$self->{text}{$fd}\n";
        }

        $self->{text}{$fd} = '';
    }

    return $self;
}

sub connect {
    my ($self) = @_;

    return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                 PeerPort => $self->{port})
           || die "connect: $!\n";
}

sub path {
    my ($i) = @_;

    return sprintf '/print/taskDefinitions/3203656e-6069-4e10-8147-%012x/tasks',
                   $i;
}

sub request {
    my ($self, $method, $i, $token, $description) = @_;
    my $parent = $method eq 'PUT' ? qq("parentUrl":"$Bench::Stack::Parent",)
                                  : '';
    my $body = "{$parent" . '"status":{"state":"processing","description":"'
               . $description . '"}}';

    return join "\r\n", "$method " . path($i) . '/' . Bench::Tasks::id($i)
                        . ' HTTP/1.1', 'Host: localhost',
                $token ? "Authorization: Bearer $token" : (),
                'Content-Type: application/json',
                'Content-Length: ' . length($body), '', $body;
}

sub run {
    my ($self, $token, $rate, $seconds) = @_;
    my @free = map { $self->connect } 1 .. $writers;
    my %busy;
    my ($sent, $answered) = (0, 0);
    my $total = $rate * $seconds;
    my $shared = keys(%{$self->{sockets}}) / $self->{definitions};
    my $start = now();

    $self->{$_} = [] for 'times', 'answers', 'waiting';
    $self->{events} = 0;

    # after the end there are as many seconds again for what is late

    while (($answered < $total || $self->{events} < $total * $shared)
           && now() - $start < 2 * $seconds + 5)
    {
        my $due = (now() - $start) * $rate;

        while (@free && $sent < $total && $sent < $due) {
            my $socket = pop @free;

            $socket->syswrite($self->request('PATCH',
                                             $sent % $self->{definitions},
                                             $token, "n$sent."));
            $busy{fileno $socket} = [$socket, $sent++];
        }

        my @poll = map { ($_, POLLIN) } keys %busy, keys %{$self->{sockets}};

        IO::Poll::_poll(1, @poll);

        # answers first: they were sent first

        my @ready;

        while (my ($fd, $events) = splice @poll, 0, 2) {
            push @ready, $fd if $events;
        }

        for my $fd (grep { $busy{$_} } @ready) {
            my ($socket, $n) = @{delete $busy{$fd}};

            Bench::Tasks::answer($socket);
            $self->{answers}[$n] = now();
            push @free, $socket;
            $answered++;
        }

        $self->receive($_) for grep { $self->{sockets}{$_} } @ready;
    }

    $self->{lost} = $total * $shared - $self->{events};
    $self->{seconds} = now() - $start;

    for my $event (@{$self->{waiting}}) {
        my ($n, $at) = @$event;
        my $ms = 1000 * ($at - ($self->{answers}[$n] // $at));

        push @{$self->{times}}, $ms > 0 ? $ms : 0;
    }

    return $self;
}

sub receive {
    my ($self, $fd) = @_;
    my $text = \$self->{text}{$fd};

    $self->{sockets}{$fd}->sysread($$text, 1_000_000, length $$text)
        or die "a listener has ended\n";

    my ($at, $end) = (now(), 0);

    while ($$text =~ /"description":"n(\d+)\."/g) {
        push @{$self->{waiting}}, [$1, $at];
        $self->{events}++;
        $end = pos $$text;
    }

    # what may be the begin of the next one

    $$text = substr $$text, $end;
    $$text = substr $$text, -40 if length $$text > 40;
}

sub now {
    return clock_gettime(CLOCK_MONOTONIC);
}

sub close {
    my ($self) = @_;

    $_->close for values %{$self->{sockets}};
    $self->{sockets} = {};
}

1;
