package PrintTask::Service;

=head1 NAME

PrintTask::Service - a print service that keeps the bytes of what it gets

=head1 SYNOPSIS

    my $service = PrintTask::Service->new;

    $service->address;                  # for proxy_pass
    $service->requests;                 # all that has come, byte by byte

=head1 DESCRIPTION

A back end that has every task there is, each in the state that its id stands
for, see first_state().  It makes all changes that it is asked for, legal or
not, and answers with the task as it is then.

It reads requests as a back end does that trusts its gateway: by
Content-Length, and by chunks on request.  Bytes that are left over
when a connection is closed are kept as a request, too.

=cut

use strict;
use warnings;

use Exporter qw(import);
use File::Temp ();
use IO::Socket::INET;
use POSIX ();

use PrintTask::Defaults;
use PrintTask::Loop;

our @EXPORT_OK = qw(first_state task_of task_key);

=head2 Functions

=over

=item first_state(ID)

The state of a task that nobody has changed yet: from a checksum, in which case
does not count, as it does not in GUIDs.

=item task_of(PATH)

The ids of definition and task that a path names, for a reader who decodes it
once and looks at its end; an empty list if it names none.

=item task_key(DEFINITION, TASK)

The same for all spellings of a task, and for no other: GUIDs are compared
without regard to case, other ids are not.

=back

=cut

sub first_state {
    my ($id) = @_;

    return $States[unpack('%32C*', lc $id) % @States];
}

sub task_of {
    my ($path) = @_;
    my $id = '[A-Za-z0-9._~-]{1,' . ID_MAX . '}';

    $path =~ s/\?.*//s;
    $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;

    my @keys = $path =~ m{/taskDefinitions(?:/($id)|\('($id)'\))
                          /tasks(?:/($id)|\('($id)'\))\z}xi or return;

    return grep { defined } @keys;
}

sub task_key {
    return join '/', map { /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\z/i
                           ? lc : $_ } @_;
}

=head2 Methods

=over

=item new(), address(), stop()

=item requests()

Waits for nothing: a request is kept before it is answered.

=back

=cut

sub new {
    my ($class) = @_;
    my $self = bless { owner => $$ }, $class;
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 128)
        or die "listen: $!\n";

    $self->{log} = File::Temp->new(TEMPLATE => 'pt-service-XXXXXX', TMPDIR => 1);
    $self->{port} = $listen->sockport;
    $self->{pid} = fork() // die "fork: $!\n";

    if (!$self->{pid}) {
        eval { serve($listen, $self->{log}, $self->{owner}) };
        print STDERR $@;
        POSIX::_exit(1);
    }

    return $self;
}

sub address {
    my ($self) = @_;

    return "127.0.0.1:$self->{port}";
}

sub requests {
    my ($self) = @_;
    my @requests;

    open my $in, '<:raw', $self->{log}->filename or die "open: $!\n";

    while (defined(my $length = <$in>)) {
        read($in, my $bytes, $length) == $length or die "log: cut short\n";
        push @requests, $bytes;
    }

    return @requests;
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;

    kill 'KILL', $pid;
    waitpid $pid, 0;
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    $self->stop if $self->{owner} == $$;
}

# the process

my (%tasks, $log);

sub serve {
    my ($listen, $file, $owner) = @_;

    $log = $file;

    PrintTask::Loop::run($listen, $owner, rest => \&keep, request => sub {
        my ($fh, $request) = @_;

        keep($request);
        syswrite $fh, answer($request);
    });
}

sub keep {
    my ($bytes) = @_;

    syswrite $log, length($bytes) . "\n$bytes";
}

sub answer {
    my ($request) = @_;
    my ($method, $path) = $request =~ /^(\S+) (\S+)/;
    my ($definition, $id) = task_of($path // '');
    my $body = '{}';

    if (defined $id) {
        my $task = $tasks{task_key($definition, $id)}
                   //= { state => first_state($id), description => 'null' };

        change($task, $request) if $method eq 'PATCH';

        $body = qq({"id":"$id","parentUrl":"https://print.example/jobs/1",)
                . qq("status":{"state":"$task->{state}",)
                . qq("description":$task->{description}}});
    }

    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
           . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}

sub change {
    my ($task, $request) = @_;
    my ($state) = $request =~ /"state":"(\w+)"/;
    my ($description)
        = $request =~ /"description":("(?:[^"\\]|\\.)*"|null)/s;

    $task->{state} = $state if defined $state;
    $task->{description} = $description if defined $description;
}

1;
