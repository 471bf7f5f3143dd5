package PrintTask::HTTP2;

=head1 NAME

PrintTask::HTTP2 - frames of HTTP/2, written and read

=head1 SYNOPSIS

    use PrintTask::HTTP2;

    print $socket h2_start(), h2_request(1, 'PATCH', '/x',
                                         ['Content-Type: a/b'], 'body', 3);

    my ($response) = h2_receive($socket, 1);     # of stream 1

=head1 DESCRIPTION

Clients of HTTP/2 keep to its rules.  This one writes what the test asks for.

=cut

use strict;
use warnings;

use Exporter qw(import);
use IO::Select;
use IO::Socket::INET;

our @EXPORT = qw(h2_connect h2_start h2_frame h2_headers h2_request h2_receive);

my %types = (DATA => 0, HEADERS => 1, RST_STREAM => 3, SETTINGS => 4,
             PING => 6, GOAWAY => 7, WINDOW_UPDATE => 8);
my %statuses = (8 => 200, 9 => 204, 10 => 206, 11 => 304, 12 => 400, 13 => 404,
                14 => 500);

=head2 Functions

=over

=item h2_connect(PORT)

A connection to that port, begun by h2_start().

=item h2_start()

The preface, and settings that are those of the protocol but for the window of
the connection.

=item h2_frame(TYPE, FLAGS, STREAM, PAYLOAD)

TYPE is a name or a number; RFC 9113, section 4.1.

=item h2_headers(STREAM, FLAGS, [NAME, VALUE], ...)

A header in one frame, each field a literal; RFC 7541, section 6.2.2.

=cut

sub h2_connect {
    my ($port) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port)
        or die "connect: $!\n";

    $socket->autoflush(1);
    print $socket h2_start();

    return $socket;
}

sub h2_start {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . h2_frame('SETTINGS', 0, 0, '')
           . h2_frame('WINDOW_UPDATE', 0, 0, pack 'N', 1 << 30);
}

sub h2_frame {
    my ($type, $flags, $stream, $payload) = @_;

    return substr(pack('N', length $payload), 1)
           . pack('CCN', $types{$type} // $type, $flags, $stream) . $payload;
}

sub h2_headers {
    my ($stream, $flags, @fields) = @_;

    return h2_frame('HEADERS', $flags, $stream,
                    join '', map { "\0" . text($_->[0]) . text($_->[1]) }
                                 @fields);
}

# a string: its length is an integer with a prefix of 7 bits

sub text {
    my ($text) = @_;
    my $n = length $text;
    my $size = chr($n < 127 ? $n : 127);

    if ($n >= 127) {
        $n -= 127;

        for ( ; $n >= 128; $n >>= 7) {
            $size .= chr(128 | $n & 127);
        }

        $size .= chr $n;
    }

    return $size . $text;
}

=item h2_request(STREAM, METHOD, PATH, FIELDS, BODY, N)

Lines for the header, names in any case, and a body in N frames.  Host becomes
C<:authority>.

=cut

sub h2_request {
    my ($stream, $method, $path, $fields, $body, $n) = @_;
    my (@pseudo, @fields);

    for (@$fields) {
        my ($name, $value) = split /:\s*/, $_, 2;

        lc $name eq 'host' ? push @pseudo, [':authority', $value]
                           : push @fields, [lc $name, $value];
    }

    my $size = int(length($body) / $n) + 1;
    my @parts = unpack "(a$size)*", $body;
    my $last = pop @parts // '';

    return h2_headers($stream, length $body ? 4 : 5, [':method', $method],
                      [':scheme', 'http'], [':path', $path], @pseudo, @fields)
           . join('', map { h2_frame('DATA', 0, $stream, $_) } @parts)
           . (length $body ? h2_frame('DATA', 1, $stream, $last) : '');
}

=item h2_receive(SOCKET, STREAM, ...)

Responses: hashes of status, body and error, as those of L<PrintTask::Raw>.  The
status of a stream that was reset, or lost with its connection, is 0.

=back

=cut

sub h2_receive {
    my ($socket, @order) = @_;
    my $buffer = \${*$socket}{pt_received};
    my %open = map { $_ => { status => 0, body => '' } } @order;
    my %all = %open;

    $$buffer //= '';

    while (%open) {
        my ($type, $flags, $stream, $payload) = next_frame($buffer);

        if (!defined $type) {
            last if !IO::Select->new($socket)->can_read(10)
                    || !sysread $socket, $$buffer, 65536, length $$buffer;
            next;
        }

        # the streams up to the last one that it names are answered

        if ($type == $types{GOAWAY}) {
            my ($latest, $error) = unpack 'NN', $payload;

            last if $error;
            delete @open{grep { $_ > $latest } keys %open};
            next;
        }

        # nginx resets a stream after an answer before the end of its body

        my $response = $open{$stream} or next;

        $response->{status} = status($payload) if $type == $types{HEADERS};
        $response->{body} .= $payload if $type == $types{DATA};

        delete $open{$stream}
            if $type == $types{RST_STREAM}
               || $type <= $types{HEADERS} && $flags & 1;
    }

    return map { $_->{error} = scalar $_->{body} =~ /^\{"error":\{"code":"/; $_ }
           @all{@order};
}

sub next_frame {
    my ($buffer) = @_;

    return if length $$buffer < 9;

    my ($length, $type, $flags, $stream)
        = unpack 'NCCN', "\0" . substr $$buffer, 0, 9;

    return if length $$buffer < 9 + $length;

    my $payload = substr $$buffer, 0, 9 + $length, '';

    return ($type, $flags, $stream & 0x7fffffff, substr $payload, 9);
}

# nginx writes it as the first field, as one of the static table or as digits

sub status {
    my ($block) = @_;

    $block =~ s/^\x20+//;

    return $1 if $block =~ /^[\x08\x48]\x03(\d\d\d)/;

    return $statuses{ord($block) & 0x7f} // 0;
}

1;
