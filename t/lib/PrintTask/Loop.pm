package PrintTask::Loop;

=head1 NAME

PrintTask::Loop - the connections of an HTTP/1 server of the tests, in one process

=head1 SYNOPSIS

    PrintTask::Loop::run($listen, $owner,
        request => sub { my ($fh, $bytes) = @_; ... },
        rest    => sub { my ($bytes) = @_; ... });

    later(0.3, sub { ... });
    hang_up($fh) if is_open($fh);

=head1 DESCRIPTION

run() calls "request" for each complete request, and "rest" for the bytes of an
incomplete one when the client closes its connection.  It returns when the process
of that id is no longer the parent.  later() calls a function after some seconds.

=cut

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);
use Exporter qw(import);
use IO::Select;
use Time::HiRes qw(time);

our @EXPORT_OK = qw(hang_up is_open later);

my (%buffers, %on, @timers, $select);

sub run {
    my ($listen, $owner, %handlers) = @_;

    $SIG{PIPE} = 'IGNORE';
    %on = %handlers;
    $listen->blocking(0);
    $select = IO::Select->new($listen);

    while (getppid() == $owner) {
        my $wait = @timers ? $timers[0][0] - time() : 1;

        for my $fh ($select->can_read($wait > 0 ? $wait : 0)) {
            $fh == $listen ? accept_client($listen) : hear($fh);
        }

        while (@timers && $timers[0][0] <= time()) {
            (shift @timers)->[1]->();
        }
    }
}

sub later {
    my ($seconds, $code) = @_;

    @timers = sort { $a->[0] <=> $b->[0] } @timers, [time() + $seconds, $code];
}

sub is_open {
    my ($fh) = @_;

    return defined $buffers{$fh};
}

sub hang_up {
    my ($fh) = @_;

    delete $buffers{$fh};
    $select->remove($fh);
    close $fh;
}

sub accept_client {
    my ($listen) = @_;

    while (my $fh = $listen->accept) {
        $fh->blocking(0);
        $buffers{$fh} = '';
        $select->add($fh);
    }
}

sub hear {
    my ($fh) = @_;
    my $n = sysread $fh, $buffers{$fh}, 65536, length $buffers{$fh};

    return if !defined $n && ($! == EAGAIN || $! == EINTR);

    while (is_open($fh) and my $request = next_request(\$buffers{$fh})) {
        $on{request}->($fh, $request);
    }

    return if $n || !is_open($fh);

    $on{rest}->($buffers{$fh}) if length $buffers{$fh};
    hang_up($fh);
}

# takes a request off a buffer, if it is complete

sub next_request {
    my ($buffer) = @_;
    my ($head) = $$buffer =~ /^(.*?\r\n\r\n)/s or return;
    my $size = length $head;

    if ($head =~ /^Transfer-Encoding:.*chunked/mi) {
        my ($chunks) = substr($$buffer, $size) =~ /^(.*?\b0+\r\n\r\n)/s
            or return;

        $size += length $chunks;

    } elsif ($head =~ /^Content-Length: *(\d+)/mi) {
        $size += $1;
    }

    return if length $$buffer < $size;

    return substr $$buffer, 0, $size, '';
}

1;
