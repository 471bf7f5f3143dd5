package Chaos::Backend;

=head1 NAME

Chaos::Backend - a print service that obeys, in its own time

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

    C  time  serial                            or it never is: it has hung up

where the id is that of the client's operation.  A change to a state that the
table does not allow is made all the same, unless the back end protects its
tasks:

    rules   by the rules: it answers 409
    fence   by the fence: it knows the greatest of each task that came with any
            request, and that of the last change that was made, and answers 412
            to what comes with a smaller one than the first, or with no greater
            one than the second

With "hidden" it answers 403 where another application asks for a task of the odd
ones (is_hidden).  It would make a change of such a task all the same, and then
ends with an error: it has to be kept from that by the gateways.

A line on its socket sets what to do with a part of what it gets
from then on:

    answer      the same as with all the rest
    silent S    nothing: some is made at once, some S seconds later, some never
    hang-up     to close the connection; some is made before that

=cut

use strict;
use warnings;

use Errno qw(EAGAIN EINTR);
use IO::Handle;
use IO::Select;
use List::Util qw(max);

use PrintTask::Process qw(now);
use Chaos::Rules;

my $most = 0.02;       # s, of most delays
my $long = 0.2;        # of some

my $part = 0.25;       # that is not answered, of changes
my $few = 0.08;        # of the rest

my ($log, $protect, $hidden, $shown, $select, $control, $listener, $serial);
my (%buffers, %tasks, @timers);
my ($mode, $late) = ('answer');

sub serve {
    ($control, $listener, my %opt) = @_;

    $protect = $opt{protect} // '';
    $hidden = $opt{hidden};
    srand $opt{seed};

    open $log, '>', $opt{log} or die "$opt{log}: $!\n";

    my $done;

    $SIG{PIPE} = 'IGNORE';
    $SIG{TERM} = sub { $done = 1 };

    $listener->blocking(0);
    $select = IO::Select->new($listener, $control);

    while (!$done) {
        my $wait = @timers ? $timers[0][0] - now() : 1;

        for my $fh ($select->can_read($wait > 0 ? $wait : 0)) {
            $fh == $listener ? accept_client()
            : $fh == $control ? listen_to()
                              : hear($fh);
        }

        while (@timers && $timers[0][0] <= now()) {
            (shift @timers)->[1]->();
        }
    }

    close $log or die "$opt{log}: $!\n";
    die "$shown is changed by an application that may not see it\n" if $shown;
}

sub listen_to {
    my $line = <$control> // return $select->remove($control);

    ($mode, $late) = split ' ', $line;
    print $control "$mode\n";
}

sub later {
    my ($code, $seconds) = @_;
    my $time = now() + ($seconds // (rand() < 0.03 ? $long : rand $most));
    my $n = @timers;

    $n-- while $n && $timers[$n - 1][0] > $time;

    splice @timers, $n, 0, [$time, $code];
}

sub accept_client {
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

    return hang_up($fh) if !$n;

    my ($head) = $buffers{$fh} =~ /^(.*?\r\n)\r\n/s or return;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;
    my $size = length($head) + 2 + ($length // 0);

    return if length $buffers{$fh} < $size;

    take($fh, $head, substr $buffers{$fh}, length($head) + 2, $length // 0);

    substr $buffers{$fh}, 0, $size, '';
}

sub hang_up {
    my ($fh) = @_;

    $select->remove($fh);
    delete $buffers{$fh};
    close $fh;
}

# A request whose connection is closed meanwhile goes its way.

sub take {
    my ($fh, $head, $body) = @_;
    my ($method, $task) = $head =~ m{^(\w+) \S+/tasks/(\S+) };
    my ($id) = $head =~ /^client-request-id: (\S+)/mi;
    my ($fence) = $head =~ /^X-Fence: (\S+)/mi;
    my ($app) = $head =~ /^X-App: (\S+)/mi;
    my $may = !$hidden || !is_hidden($task, $app // '');
    my $n = ++$serial;

    $shown = $task if $method eq 'PATCH' && !$may;

    my $do = $method eq 'PATCH'
             ? sub { change($n, $id, $task, $body, $fence) }
             : sub { look($n, $id, $task, $fence, $may) };

    printf $log "A\t%.6f\t%s\n", now(), join "\t", $n, $id, $method, $task;

    return ignore($fh, $n, $do)
        if $mode ne 'answer' && rand() < ($method eq 'PATCH' ? $part : $few);

    later(sub {
        my $answer = $do->();

        later(sub {
            printf $log "R\t%.6f\t%s\n", now(), $n;
            syswrite $fh, $answer if defined fileno $fh;
        });
    });
}

sub ignore {
    my ($fh, $n, $do) = @_;
    my $dice = int rand 3;

    if ($mode eq 'silent') {
        return if $dice == 0;
        return later($do, $dice == 1 ? rand $most : $late);
    }

    later(sub {
        $do->() if $dice;
        printf $log "C\t%.6f\t%s\n", now(), $n;
        hang_up($fh) if defined fileno $fh;
    });
}

sub task {
    my ($name) = @_;

    return $tasks{$name} //= { state => 'pending', description => 'new',
                               greatest => 0, last => 0 };
}

sub change {
    my ($n, $id, $name, $body, $fence) = @_;
    my $task = task($name);
    my ($to) = $body =~ /"state":"(\w+)"/;
    my ($text) = $body =~ /"description":"([^"]*)"/;
    my $from = $task->{state};
    my $status = status_of($name, $to, $text, $fence);

    if ($status == 200) {
        $task->{state} = $to if defined $to;
        $task->{description} = $text if defined $text;
        $task->{last} = $fence if defined $fence;
    }

    printf $log "P\t%.6f\t%s\n", now(),
           join "\t", $n, $id, 'PATCH', $name, $from, $to // '-',
                      $text // '-', $fence // '-', $status;

    return answer($status, $name, $task);
}

sub status_of {
    my ($name, $to, $text, $fence) = @_;
    my $task = task($name);

    return 400 if defined $to && !grep { $_ eq $to } @states;

    return 409
        if $protect eq 'rules'
           && verdict($name, @$task{qw(state description)}, $to, $text)
              eq 'illegal';

    return 412 if $protect eq 'fence' && is_late($task, $fence);

    return 200;
}

sub is_late {
    my ($task, $fence) = @_;

    return 0 if !defined $fence;
    return 1 if $fence < $task->{greatest} || $fence <= $task->{last};

    $task->{greatest} = $fence;

    return 0;
}

sub look {
    my ($n, $id, $name, $fence, $may) = @_;
    my $task = task($name);
    my $status = $may ? 200 : 403;

    $task->{greatest} = max($task->{greatest}, $fence // 0);

    printf $log "P\t%.6f\t%s\n", now(),
           join "\t", $n, $id, 'GET', $name, $task->{state}, '-', '-', '-',
                      $status;

    return answer($status, $name, $task);
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
