package Chaos::Proxy;

=head1 NAME

Chaos::Proxy - a bad connection to Redis, or a Redis that is none

=head1 DESCRIPTION

It listens on one socket and is connected with another one for each connection.
A line on its control socket, and answered by the
number of replies that it has spoilt so far:

    pass       what comes is passed on, and so is what was held
    garbage    something else comes before, after or instead of some replies
    half       of some replies only the beginning is sent, then both connections
               are closed
    cut        both connections are closed instead of some replies
    hold       replies are kept: commands are done, and not answered
    drip       replies come in small pieces, as fast as that can be

=cut

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);
use IO::Handle;
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(SOCK_STREAM);

use PrintTask::Process qw(now);

my $part = 0.1;        # of what comes at once, that is spoilt

# What Redis does not say to us.  An error, or the reply to another command,
# would have to be believed.

my @garbage = (
    "+OK\r\n",
    ":42\r\n",
    "\$-1\r\n",
    "*0\r\n",
    "*-1\r\n",
    "*-2\r\n",
    "*1000000000\r\n",
    "*2\r\n*1\r\n+x\r\n+y\r\n",
    "*1\r\n\$5\r\nowned\r\n",
    "\$5\r\nowned\r\n",
    "\$99999999999999\r\n",
    "\$4294967296\r\n",
    "\$-5\r\n",
    ">2\r\n+push\r\n+x\r\n",
    "%1\r\n+a\r\n+b\r\n",
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "\0\0\0\0",
    "\r\n\r\n",
    "\x16\x03\x03\x00\x02\x02\x28",
);

my ($control, $listener, $server, $select, $mode, $spoilt, %peer, %held);

sub serve {
    ($control, $listener, my %opt) = @_;

    srand $opt{seed};
    $server = $opt{server};
    $mode = 'pass';
    $spoilt = 0;

    my $done;

    $SIG{PIPE} = 'IGNORE';
    $SIG{TERM} = sub { $done = 1 };

    $select = IO::Select->new($control, $listener);

    while (!$done) {
        for my $fh ($select->can_read($mode eq 'drip' ? 0 : 1)) {
            $fh == $control    ? listen_to()
            : $fh == $listener ? accept_client()
                               : hear($fh);
        }

        drip() if $mode eq 'drip';
    }
}

sub listen_to {
    my $line = <$control> // return $select->remove($control);

    ($mode) = split ' ', $line;
    release() if $mode eq 'pass';
    print $control "$spoilt\n";
}

sub accept_client {
    my $fh = $listener->accept() or return;

    my $redis = $server =~ /^\d+$/
                ? IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                        PeerPort => $server)
                : IO::Socket::UNIX->new(Type => SOCK_STREAM, Peer => $server);

    # Redis is down, and says so

    return close $fh if !$redis;

    @peer{$fh, $redis} = ([$redis, 0], [$fh, 1]);
    $select->add($fh, $redis);
}

# Bytes from either side.

sub hear {
    my ($fh) = @_;

    # closed a moment ago, with the other one

    my ($to, $reply) = @{$peer{$fh} // return};
    my $n = sysread $fh, my $bytes, 65536;

    return if !defined $n && ($! == EAGAIN || $! == EINTR);
    return hang_up($fh) if !$n;
    return pass_on($to, $bytes) if !$reply;

    $held{$fh} = [$to, ''] if $mode =~ /^(?:hold|drip)$/ && !$held{$fh};

    if ($held{$fh}) {
        $held{$fh}[1] .= $bytes;

    } elsif ($mode eq 'pass' || rand() >= $part) {
        pass_on($to, $bytes);

    } else {
        $spoilt++;
        spoil($fh, $to, $bytes);
    }
}

sub spoil {
    my ($fh, $to, $bytes) = @_;

    return hang_up($fh) if $mode eq 'cut';

    if ($mode eq 'half') {
        pass_on($to, substr $bytes, 0, 1 + int rand(length($bytes) - 1));
        return hang_up($fh);
    }

    # not in the middle of a reply, where it could be the text of a field

    my $garbage = $garbage[rand @garbage];
    my $dice = int rand 3;

    pass_on($to, $dice == 0 ? $garbage
                 : $dice == 1 ? $garbage . $bytes
                              : $bytes . $garbage);
}

sub drip {
    for my $held (values %held) {
        pass_on($held->[0], substr $held->[1], 0, 1 + int rand 16, '')
            if length $held->[1];
    }
}

sub release {
    for my $held (values %held) {
        pass_on(@$held) if length $held->[1];
    }

    %held = ();
}

sub pass_on {
    my ($to, $bytes) = @_;

    syswrite $to, $bytes if defined fileno $to;
}

sub hang_up {
    my ($fh) = @_;
    my ($other) = @{delete $peer{$fh}};

    delete $peer{$other};
    delete $held{$_} for $fh, $other;
    $select->remove($fh, $other);
    close $_ for $fh, $other;
}

1;
