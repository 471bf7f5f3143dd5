package Chaos::Clients;

=head1 NAME

Chaos::Clients - many clients with bad manners, in one process

=head1 DESCRIPTION

Each client sends one request after the other, over connections that it keeps
for a while, to one gateway or the other.  Most wait for the answer; some go
away in the middle of the body, right after it, or a little later, by FIN or by
RST; some send the body by and by.  Some ask once more what has failed.  They
begin no more requests when they get SIGUSR1; when all have ended, one looks at
each task.

Where the store owns the tasks ("answer"), they also make them, and replace
them.

A line of the log is an operation, with the fields of @fields, "-" for what is
not there; a description that is "null" is none.  What has become of it ("fate"):

    answered    in full
    left        the client went away, as it had meant to
    cut         the gateway closed the connection
    stuck       neither, for longer than any time-out

=cut

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);
use Exporter qw(import);
use IO::Handle;
use IO::Socket::INET;
use IO::Select;
use Socket qw(SOL_SOCKET SO_LINGER IPPROTO_TCP TCP_NODELAY);

use PrintTask::Process qw(now);
use Chaos::Rules;

our @EXPORT = qw(@fields);

our @fields = qw(id client gateway method task to text style reused start sent
                 end fate status state description reason verdict cache from
                 rev worker create app);

my $patience = 30;     # s

# how requests are sent, in percent; the rest as they should be

my %styles = (
    slow    => 8,      # the body in pieces
    torn    => 4,      # goes away in the middle of the body
    gone    => 5,      # right after it
    leaving => 6,      # a little later
);

my (%opt, $log, $select, %clients, $serial, %seen, $once, $drain, %asked,
    @unseen);

sub drive {
    %opt = @_;
    srand $opt{seed};

    open $log, '>', $opt{log} or die "$opt{log}: $!\n";

    $SIG{PIPE} = 'IGNORE';
    $select = IO::Select->new();
    $once = 0;

    my @idle = map { { name => $_, wake => now() + rand 0.05 } }
                   1 .. $opt{clients};

    my @all = @idle;

    $SIG{USR1} = sub { $drain //= 1 };

    while (1) {
        turn($_) for grep { $_->{wake} && $_->{wake} <= now() } @all;

        if ($drain && !grep { $_->{op} } @all) {
            @unseen = sort keys %asked if $drain++ == 1;

            my $task = shift @unseen // last;

            begin($all[0], { method => 'GET', task => $task });
        }

        my $wait = 1;

        for my $client (grep { $_->{wake} } @all) {
            my $left = $client->{wake} - now();
            $wait = $left if $left < $wait;
        }

        hear($clients{$_}) for $select->can_read($wait > 0 ? $wait : 0);
    }

    close $log or die "$opt{log}: $!\n";
}

# What a client does when its time has come.

sub turn {
    my ($client) = @_;
    my $op = $client->{op};

    if (!$op) {
        $drain ? $client->{wake} = 0 : begin($client);

    } elsif (@{$client->{out}}) {
        send_piece($client);

    } elsif ($op->{style} =~ /^(?:torn|gone|leaving)$/) {
        hang_up($client, 'left');

    } else {
        hang_up($client, 'stuck');
    }
}

# What is to be asked is known.

sub begin {
    my ($client, $what) = @_;
    my $op = { id => 'op' . ++$serial, client => $client->{name} };

    $client->{op} = $op;
    $client->{in} = '';

    # some have had enough of their connection

    hang_up($client) if $client->{fh} && rand() < 0.1;

    $op->{reused} = $client->{fh} ? 1 : 0;

    if (!$client->{fh}) {
        my $port = $opt{ports}[rand @{$opt{ports}}];

        my $fh = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port, Timeout => 5)
            or die "connect: $@\n";

        $fh->blocking(0);
        setsockopt $fh, IPPROTO_TCP, TCP_NODELAY, 1;

        $client->{fh} = $fh;
        $client->{port} = $port;
        $clients{$fh} = $client;
        $select->add($fh);
    }

    $op->{gateway} = $client->{port};

    @$op{keys %$what} = values %$what if $what //= delete $client->{again};
    $what ? $op->{style} = 'plain' : choose($op);

    my ($head, $body) = request($op);

    $client->{out} = pieces($op, $head, $body);
    $op->{start} = now();

    send_piece($client);
}

# What to ask for.

sub choose {
    my ($op) = @_;
    my $dice = rand 100;

    # a task that has ended is of interest for a while

    $op->{task} = rand() < 0.15 ? 'once-' . int(++$once / 30)
                                : 'task-' . (1 + int rand $opt{tasks});
    $op->{method} = 'PATCH';
    $op->{style} = style();

    if ($dice < 5) {
        $op->{method} = 'GET';

    } elsif ($dice < 9) {
        # nothing

    } elsif ($dice < 11) {
        @$op{qw(style to)} = qw(wrong done);

    } elsif ($dice < 18) {
        $op->{text} = $op->{id};

    } else {
        $op->{to} = wish($op->{task});
        $op->{text} = $op->{id} if rand() < 0.5;
    }

    own($op) if $opt{mode} eq 'answer' && $op->{style} ne 'wrong';
}

# The same among those that also make tasks.

sub own {
    my ($op) = @_;
    my $dice = rand 100;

    if ($dice < ($seen{$op->{task}} ? 4 : 20)) {
        $op->{method} = 'PUT';
        $op->{to} //= 'pending';
        $op->{create} = 1 if rand() < 0.3;

    } elsif ($dice < 30) {
        $op->{method} = 'GET';
        delete @$op{qw(to text)};

    } elsif ($dice < 35 && defined $op->{text}) {
        $op->{text} = 'null';
    }
}

sub request {
    my ($op) = @_;
    my ($method, $task) = @$op{qw(method task)};
    my $app = int rand @{$opt{tokens}};
    my $token = $opt{tokens}[$app];
    my $body = body($op);

    # a definition is in one slot of a cluster: some on each of its nodes

    my $definition = $opt{definition} . ord(substr $task, -1) % 8;

    $token = $opt{maker} if $method eq 'PUT';
    $asked{$task} = 1;
    $op->{app} = $another if $app && $method ne 'PUT';

    my $head = "$method " . prefix($task)
               . "/print/taskDefinitions/$definition/tasks/$task"
               . " HTTP/1.1\r\nHost: gateway\r\n"
               . "Authorization: Bearer $token\r\n"
               . "client-request-id: $op->{id}\r\n"
               . ($op->{create} ? "If-None-Match: *\r\n" : '');

    return ("$head\r\n", '') if $method eq 'GET';

    return ($head . "Content-Type: application/json\r\n"
            . 'Content-Length: ' . length($body) . "\r\n\r\n", $body);
}

sub body {
    my ($op) = @_;

    my $status = join ',',
                 map { qq("$_->[0]":) . ($_->[1] eq 'null' ? 'null'
                                                           : qq("$_->[1]")) }
                 grep { defined $_->[1] }
                 [state => $op->{to}], [description => $op->{text}];

    return $status ? qq({"status":{$status}}) : '{}';
}

# A state that may well follow the last one that somebody has seen, or any.

sub wish {
    my ($task) = @_;
    my $seen = $seen{$task} // 'pending';
    my @legal = grep { verdict($task, $seen, '', $_) eq 'legal' } @states;

    return @legal && rand() < 0.6 ? $legal[rand @legal] : $states[rand @states];
}

sub style {
    my $dice = rand 100;

    for my $style (sort keys %styles) {
        return $style if ($dice -= $styles{$style}) < 0;
    }

    return 'plain';
}

# a list of [text, seconds to wait before]

sub pieces {
    my ($op, $head, $body) = @_;

    return [[$head . $body, 0]] if $op->{style} !~ /^(?:slow|torn)$/;

    my $cut = int rand length $body;

    return [[$head . substr($body, 0, $cut), 0]] if $op->{style} eq 'torn';

    return [[$head, 0], [substr($body, 0, $cut), rand 0.05],
            [substr($body, $cut), rand 0.05]];
}

sub send_piece {
    my ($client) = @_;
    my $op = $client->{op};
    my $text = (shift @{$client->{out}})->[0];

    # so short a text always fits

    if (length $text && !defined syswrite $client->{fh}, $text) {
        return hang_up($client, 'cut');
    }

    if (@{$client->{out}}) {
        $client->{wake} = now() + $client->{out}[0][1];
        return;
    }

    $op->{sent} = now();

    return hang_up($client, 'left') if $op->{style} eq 'gone';

    $client->{wake} = now() + ($op->{style} eq 'torn'    ? rand 0.01
                             : $op->{style} eq 'leaving' ? rand 0.06
                             : $patience);
}

# An answer, or the end of the connection.

sub hear {
    my ($client) = @_;
    my $n = sysread $client->{fh}, $client->{in}, 65536, length $client->{in};

    return if !defined $n && ($! == EAGAIN || $! == EINTR);

    if (!$n) {
        return hang_up($client, $client->{op} ? 'cut' : ());
    }

    my ($head) = $client->{in} =~ /^(HTTP.*?\r\n)\r\n/s or return;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;

    $length //= 0;

    return if length $client->{in} < length($head) + 2 + $length;

    my $op = $client->{op} or die "an answer to nobody:\n$client->{in}\n";
    my $body = substr $client->{in}, length($head) + 2;

    ($op->{status}) = $head =~ /^HTTP\S+ (\d+)/;
    @$op{qw(verdict cache from rev worker)}
        = $head =~ /^X-Chaos: (\S*) (\S*) (\S*) (\S*) (\S*)\r$/m;

    if ($op->{status} =~ /^20[01]$/) {
        ($op->{state}) = $body =~ /"state":"(\w+)"/;
        ($op->{description}) = $body =~ /"description":"?([^"}]*)/;
        $seen{$op->{task}} = $op->{state};

    } else {
        ($op->{reason}) = $body =~ /"innerError":\{"code":"(\w+)"/;
    }

    # before it was asked: what is left to say is not wanted

    $op->{sent} //= now();

    if (@{$client->{out}} || $head =~ /^Connection: close/mi) {
        return hang_up($client, 'answered');
    }

    finish($client, 'answered');
}

# The end of a connection, and so of what is under way.

sub hang_up {
    my ($client, $fate) = @_;
    my $fh = delete $client->{fh};

    $select->remove($fh);
    delete $clients{$fh};

    setsockopt $fh, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0
        if $fate && $fate eq 'left' && rand() < 0.5;

    close $fh;

    finish($client, $fate) if $fate;
}

sub finish {
    my ($client, $fate) = @_;
    my $op = delete $client->{op};

    $op->{fate} = $fate;
    $op->{end} = now();
    $op->{$_} = sprintf '%.6f', $op->{$_}
        for grep { defined $op->{$_} } qw(start sent end);

    print $log join("\t", map { defined && length ? $_ : '-' } @$op{@fields}),
               "\n";

    $client->{again} = { map { $_ => $op->{$_} } qw(method task to text create) }
        if $op->{style} ne 'wrong' && rand() < 0.5
           && ($fate ne 'answered' || $op->{status} >= 500);

    $client->{out} = [];
    $client->{wake} = now() + rand 0.02;
}

1;
