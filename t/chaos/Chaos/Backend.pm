package Chaos::Backend;

=head1 NAME

Chaos::Backend - a print service that does what it is told, in its own time

=head1 DESCRIPTION

One process and one loop, so the order of its log is the order in which things
happened.  A change is made some time after it has arrived, and answered some
time after that: two changes of a task that the gateways let through at the
same time would show.

A line of the log is

    A  time  serial  id  method  task                        it has arrived
    P  time  serial  id  method  task  from  to  description  fence  status
                                                             and is made now
    R  time  serial                                          and is answered

where the id is that of the client's operation.  A change to a state that the
table does not allow is made all the same, unless this is a back end that
enforces the rules.

=cut

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);
use IO::Handle;
use IO::Select;

use Chaos::Process qw(now);
use Chaos::Rules;

my $most = 0.02;       # s, of most delays
my $long = 0.2;        # of some

my ($log, $enforce, $select, $listener, $serial);
my (%buffers, %tasks, @timers);

sub serve {
    ($listener, my %opt) = @_;

    $enforce = $opt{enforce};
    srand $opt{seed};

    open $log, '>', $opt{log} or die "$opt{log}: $!\n";

    my $done;

    $SIG{PIPE} = 'IGNORE';
    $SIG{TERM} = sub { $done = 1 };

    $listener->blocking(0);
    $select = IO::Select->new($listener);

    while (!$done) {
        my $wait = @timers ? $timers[0][0] - now() : 1;

        for my $fh ($select->can_read($wait > 0 ? $wait : 0)) {
            $fh == $listener ? greet() : hear($fh);
        }

        while (@timers && $timers[0][0] <= now()) {
            (shift @timers)->[1]->();
        }
    }

    close $log or die "$opt{log}: $!\n";
}

sub later {
    my ($code) = @_;
    my $time = now() + (rand() < 0.03 ? $long : rand $most);
    my $n = @timers;

    $n-- while $n && $timers[$n - 1][0] > $time;

    splice @timers, $n, 0, [$time, $code];
}

sub greet {
    while (my $fh = $listener->accept()) {
        $fh->blocking(0);
        $buffers{$fh} = '';
        $select->add($fh);
    }
}

sub hear {
    my ($fh) = @_;
    my $n = sysread $fh, $buffers{$fh}, 65536, length $buffers{$fh};

    return if !defined $n && ($! == EAGAIN || $! == EINTR);

    if (!$n) {
        $select->remove($fh);
        delete $buffers{$fh};
        close $fh;
        return;
    }

    my ($head) = $buffers{$fh} =~ /^(.*?\r\n)\r\n/s or return;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;
    my $size = length($head) + 2 + ($length // 0);

    return if length $buffers{$fh} < $size;

    take($fh, $head, substr $buffers{$fh}, length($head) + 2, $length // 0);

    substr $buffers{$fh}, 0, $size, '';
}

# A request whose connection is closed meanwhile goes its way.

sub take {
    my ($fh, $head, $body) = @_;
    my ($method, $task) = $head =~ m{^(\w+) \S+/tasks/(\S+) };
    my ($id) = $head =~ /^client-request-id: (\S+)/mi;
    my ($fence) = $head =~ /^X-Fence: (\S+)/mi;
    my $n = ++$serial;

    printf $log "A\t%.6f\t%s\n", now(), join "\t", $n, $id, $method, $task;

    later(sub {
        my $answer = $method eq 'PATCH'
                     ? change($n, $id, $task, $body, $fence // '-')
                     : look($n, $id, $task);

        later(sub {
            printf $log "R\t%.6f\t%s\n", now(), $n;
            syswrite $fh, $answer if defined fileno $fh;
        });
    });
}

sub change {
    my ($n, $id, $name, $body, $fence) = @_;
    my $task = $tasks{$name} //= { state => 'pending', description => 'new' };
    my ($to) = $body =~ /"state":"(\w+)"/;
    my ($text) = $body =~ /"description":"([^"]*)"/;

    my $verdict = verdict($name, @$task{qw(state description)}, $to, $text);
    my $status = $enforce && $verdict eq 'illegal' ? 409 : 200;
    my $from = $task->{state};

    if ($status == 200) {
        $task->{state} = $to if defined $to;
        $task->{description} = $text if defined $text;
    }

    printf $log "P\t%.6f\t%s\n", now(),
           join "\t", $n, $id, 'PATCH', $name, $from, $to // '-',
                      $text // '-', $fence, $status;

    return answer($status, $name, $task);
}

sub look {
    my ($n, $id, $name) = @_;
    my $task = $tasks{$name} //= { state => 'pending', description => 'new' };

    printf $log "P\t%.6f\t%s\n", now(),
           join "\t", $n, $id, 'GET', $name, $task->{state}, '-', '-', '-',
                      200;

    return answer(200, $name, $task);
}

sub answer {
    my ($status, $name, $task) = @_;

    my $body = qq({"id":"$name","parentUrl":"https://print.example/jobs/1",)
               . qq("status":{"state":"$task->{state}",)
               . qq("description":"$task->{description}"}});

    $body = '{"error":{"code":"conflict","message":"no",'
            . '"innerError":{"code":"backEnd"}}}' if $status != 200;

    return "HTTP/1.1 $status Done\r\nContent-Type: application/json\r\n"
           . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}

1;
