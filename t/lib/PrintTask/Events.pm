package PrintTask::Events;

=head1 NAME

PrintTask::Events - a listener to the events of a definition

=head1 SYNOPSIS

    use PrintTask::Events;

    my $listener = PrintTask::Events->new($nginx->{port}, token => token());

    $listener->{status};             # 200
    my $message = $listener->next;   # { id => '...', event => 'updated',
                                     #   data => '...' }
    $listener->ended;                # true: the stream has a proper end

=head1 DESCRIPTION

A client of HTTP/1.1 as HTML describes an EventSource, but for what is
convenient to a test: a message without data is one, too.

=cut

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

=head2 Methods

=over

=item new(PORT, NAME => VALUE, ...)

Connects, sends the request and reads the header of the response.

    token       of the request; none: no Authorization
    after       Last-Event-ID
    accept      text/event-stream
    path        /print/taskDefinitions/d/tasks
    method      GET
    headers     a list of further header lines
    host        127.0.0.1
    buffer      size of the receive buffer
    socket      a connection that is there already

=item next(SECONDS)

The next message: a hash of its fields; a comment is { comment => TEXT }.  undef: there
is none within 10 seconds, or the stream has ended.

=item events(N, SECONDS)

The next N messages that have data.

=item ended(SECONDS)

Reads on until the stream ends, for 10 seconds at most.  True: with a last chunk, or as
the connection ended, if the response has no chunks.  False: it was cut off.  undef: it
has not ended.

=item close()

=back

=cut

sub new {
    my ($class, $port, %opt) = @_;
    my $host = $opt{host} // '127.0.0.1';
    my $self = bless { text => '', raw => '', messages => [] }, $class;

    $self->{socket} = $opt{socket}
        // IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port,
               Timeout => 5,
               $opt{buffer} ? (Sockopts => [[SO_RCVBUF => $opt{buffer}]]) : ())
        // die "connect: $!\n";

    setsockopt $self->{socket}, Socket::SOL_SOCKET(), Socket::SO_RCVBUF(),
               $opt{buffer} if $opt{buffer};

    my @lines = (($opt{method} // 'GET') . ' '
                 . ($opt{path} // '/print/taskDefinitions/d/tasks')
                 . ' HTTP/' . ($opt{version} // '1.1'), 'Host: localhost',
                 'Accept: ' . ($opt{accept} // 'text/event-stream'),
                 @{$opt{headers} // []});

    push @lines, "Authorization: Bearer $opt{token}" if defined $opt{token};
    push @lines, "Last-Event-ID: $opt{after}" if defined $opt{after};

    $self->{socket}->autoflush(1);
    my $socket = $self->{socket};
    print $socket join("\r\n", @lines, '', '');

    $self->{deadline} = time() + 10;
    1 while $self->{raw} !~ /\r\n\r\n/ && $self->fill;

    ($self->{head}) = $self->{raw} =~ s/^(.*?)\r\n\r\n//s ? $1 : '';
    ($self->{status}) = $self->{head} =~ m{^HTTP/1\.1 (\d+)};
    $self->{chunked} = $self->{head} =~ /^Transfer-Encoding: chunked/m;

    $self->parse;

    return $self;
}

sub fill {
    my ($self) = @_;
    my $left = $self->{deadline} - time();

    return 0 if $self->{eof} || $left <= 0;

    IO::Select->new($self->{socket})->can_read($left) or return 0;

    my $n = sysread $self->{socket}, $self->{raw}, 65536, length $self->{raw};

    $self->{eof} = 1 if !$n;

    return $n;
}

sub parse {
    my ($self) = @_;

    if (!$self->{chunked}) {
        $self->{text} .= $self->{raw};
        $self->{raw} = '';
    }

    while ($self->{raw} =~ /^([0-9a-f]+)\r\n/i) {
        my ($size, $start) = (hex $1, $+[0]);

        last if length $self->{raw} < $start + $size + 2;

        $self->{text} .= substr $self->{raw}, $start, $size;
        $self->{raw} = substr $self->{raw}, $start + $size + 2;
        $self->{last} = 1 if $size == 0;
    }

    while ($self->{text} =~ s/^(.*?)\n\n//s) {
        my %message;

        for (split /\n/, $1) {
            /^(\w*):\s?(.*)/ or die "no line of an event stream: $_\n";

            if ($1 eq '') {
                push @{$self->{messages}}, { comment => $2 };
                next;
            }

            $message{$1} = defined $message{$1} ? "$message{$1}\n$2" : $2;
        }

        push @{$self->{messages}}, \%message if %message;
    }
}

sub next {
    my ($self, $seconds) = @_;

    $self->{deadline} = time() + ($seconds // 10);

    while (!@{$self->{messages}}) {
        $self->fill or return undef;
        $self->parse;
    }

    return shift @{$self->{messages}};
}

sub events {
    my ($self, $n, $seconds) = @_;
    my $deadline = time() + ($seconds // 10);
    my @events;

    while (@events < $n) {
        my $message = $self->next($deadline - time()) or last;

        push @events, $message if exists $message->{data};
    }

    return @events;
}

sub ended {
    my ($self, $seconds) = @_;

    $self->{deadline} = time() + ($seconds // 10);

    while (!$self->{last}) {
        my $n = $self->fill;
        $self->parse;
        last if !$n;
    }

    return 1 if $self->{last};
    return if !$self->{eof};

    return $self->{chunked} ? 0 : 1;
}

sub close {
    my ($self) = @_;

    close $self->{socket};
}

1;
