package PrintTask::Storm::Backend;

=head1 NAME

PrintTask::Storm::Backend - a print service that fails in all ways

=head1 SYNOPSIS

    my $backend = PrintTask::Storm::Backend->new(seed => 1);

    $backend->address;
    $backend->requests;     # [BYTES, UNMADE, TIME], ... in the order of the changes

=head1 DESCRIPTION

The states of tasks and the way that requests are read are those of
L<PrintTask::Service>.  A part of the requests has trouble:

    lost        the connection is closed, and nothing was done
    hidden      the connection is closed, and the change was made
    late        the change is made after the gateway has given up
    short       the answer has a larger Content-Length than bytes
    garbled     the chunks of the answer are broken
    failed      500, 502, 503 or 504; the change was made or not
    accepted    202; the change was made or not
    refused     400, 404, 409 or 412; nothing was done
    slow        the answer takes some time
    bare        204, or 200 without a body
    accel       the answer sends the gateway to another of its locations

The log is written when a change is made, or when it is known that it never is.

=cut

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(time);

use PrintTask::Loop qw(hang_up is_open later);
use PrintTask::Service qw(first_state task_of task_key);

# address() and how the process ends

our @ISA = 'PrintTask::Service';

my @troubles = qw(lost hidden late short garbled failed accepted refused slow
                  slow bare accel);

sub new {
    my ($class, %opt) = @_;
    my $self = bless { owner => $$ }, $class;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1024)
        or die "listen: $!\n";

    $self->{log} = File::Temp->new(TEMPLATE => 'pt-storm-XXXXXX', TMPDIR => 1);
    $self->{port} = $listen->sockport;
    $self->{pid} = fork() // die "fork: $!\n";

    if (!$self->{pid}) {
        eval { serve($listen, $self->{log}, $self->{owner}, %opt) };
        print STDERR $@;
        POSIX::_exit(1);
    }

    return $self;
}

sub requests {
    my ($self) = @_;
    my @requests;

    open my $in, '<:raw', $self->{log}->filename or die "open: $!\n";

    while (defined(my $line = <$in>)) {
        my ($unmade, $time, $length) = split ' ', $line;

        read($in, my $bytes, $length) == $length or die "log: cut short\n";
        push @requests, [$bytes, $unmade, $time];
    }

    return @requests;
}

# the process

my (%tasks, $log, $trouble, $late);

sub serve {
    my ($listen, $file, $owner, %opt) = @_;

    srand $opt{seed};
    $trouble = $opt{trouble} // 0.08;
    $late = $opt{late} // 0.8;
    $log = $file;

    # The rest is half of a request, or a request that the gateway does not know
    # to be sent.

    PrintTask::Loop::run($listen, $owner, request => \&take,
                         rest => sub { keep($_[0], 1) });
}

sub keep {
    my ($bytes, $unmade) = @_;

    syswrite $log, sprintf "%d %.3f %d\n%s", $unmade ? 1 : 0, time(),
                           length $bytes, $bytes;
}

sub take {
    my ($fh, $request) = @_;
    my $kind = rand() < $trouble ? $troubles[rand @troubles] : 'fine';
    my $way = __PACKAGE__->can("take_$kind") // \&take_fine;

    # for who reads the log

    $request =~ s/\r\n/\r\nX-Trouble: $kind\r\n/;
    $way->($fh, $request);
}

sub take_fine {
    my ($fh, $request) = @_;

    make($request);
    reply($fh, response(200, task_text($request)));
}

sub take_slow {
    my ($fh, $request) = @_;

    make($request);
    later(rand 0.3, sub { reply($fh, response(200, task_text($request))) });
}

sub take_lost {
    my ($fh, $request) = @_;

    keep($request, 1);
    hang_up($fh);
}

sub take_hidden {
    my ($fh, $request) = @_;

    make($request);
    hang_up($fh);
}

sub take_late {
    my ($fh, $request) = @_;

    later($late, sub {
        make($request);
        hang_up($fh) if is_open($fh);
    });
}

sub take_short {
    my ($fh, $request) = @_;

    made_or_not($request);

    my $response = response(200, task_text($request));

    reply($fh, substr $response, 0, -5);
    hang_up($fh);
}

sub take_garbled {
    my ($fh, $request) = @_;

    made_or_not($request);
    reply($fh, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
               . "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\nzz\r\n");
    hang_up($fh);
}

sub take_failed {
    my ($fh, $request) = @_;

    made_or_not($request);
    reply($fh, response((500, 502, 503, 504)[rand 4], '{}'));
}

sub take_accepted {
    my ($fh, $request) = @_;

    made_or_not($request);
    reply($fh, response(202, ''));
}

sub take_refused {
    my ($fh, $request) = @_;

    keep($request, 1);
    reply($fh, response((400, 404, 409, 412)[rand 4], '{}'));
}

sub take_bare {
    my ($fh, $request) = @_;

    make($request);
    reply($fh, response($request =~ /^GET/ ? 200 : (200, 204)[rand 2], ''));
}

sub take_accel {
    my ($fh, $request) = @_;
    my ($path) = $request =~ /^\S+ ([^ ?]+)/;

    made_or_not($request);
    reply($fh, "HTTP/1.1 200 OK\r\nX-Accel-Redirect: /off$path\r\n"
               . "Content-Length: 0\r\n\r\n");
}

sub made_or_not {
    my ($request) = @_;

    rand() < 0.5 ? make($request) : keep($request, 1);
}

sub make {
    my ($request) = @_;

    keep($request, 0);

    my $task = task($request) or return;
    my ($state) = $request =~ /"state":"(\w+)"/;
    my ($description)
        = $request =~ /"description":("(?:[^"\\]|\\.)*"|null)/s;

    return if $request !~ /^PATCH/;

    $task->{state} = $state if defined $state;
    $task->{description} = $description if defined $description;
}

sub task {
    my ($request) = @_;
    my ($path) = $request =~ /^\S+ (\S+)/;
    my ($definition, $id) = task_of($path // '');

    return if !defined $id;
    return $tasks{task_key($definition, $id)}
           //= { id => $id, state => first_state($id), description => 'null' };
}

sub task_text {
    my ($request) = @_;
    my $task = task($request) or return '{}';

    return qq({"id":"$task->{id}","parentUrl":"https://print.example/jobs/1",)
           . qq("status":{"state":"$task->{state}",)
           . qq("description":$task->{description}}});
}

sub response {
    my ($status, $body) = @_;

    return "HTTP/1.1 $status Status\r\nContent-Type: application/json\r\n"
           . ($status == 204 ? '' : 'Content-Length: ' . length($body) . "\r\n")
           . "\r\n$body";
}

sub reply {
    my ($fh, $response) = @_;

    syswrite $fh, $response if is_open($fh);
}

1;
