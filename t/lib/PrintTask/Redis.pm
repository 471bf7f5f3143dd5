package PrintTask::Redis;

=head1 NAME

PrintTask::Redis - a Redis that a test drives by itself, real or not

=head1 SYNOPSIS

    use PrintTask::Redis;

    my $redis = PrintTask::Redis->new;

    $redis->address;                    # for print_task_redis
    $redis->command('HSET', $key, 'state', 'pending');
    $redis->signal('STOP');

    my $fake = PrintTask::Redis::Fake->new(sub {
        my ($mode, @words) = @_;

        return $mode eq 'silent' ? undef : "+PONG\r\n";
    });

    $fake->mode('silent');
    $fake->commands;                    # lines of what it was sent

=head1 DESCRIPTION

For tests in which Redis is killed, stopped or wrong.  Both are processes of
their own, and go with the object.  The program is redis-server, or what
TEST_REDIS_SERVER says.

=head2 Methods

=over

=item new(NAME => VALUE, ...)

Starts Redis, with these settings of redis.conf; C<conf_file> is the path of such
a file, which C<CONFIG REWRITE> changes.  A setting that is undef is left to the
file.

=item version()

The first number of it.

=item address()

Its address, a unix socket.

=item command(WORD, ...)

Sends a command, returns the reply: a string, undef, or a reference to an array;
dies of an error reply.

=item send(WORD, ...)

Sends a command on a connection of its own, and waits for nothing.

=item signal(NAME)

=item stop(), start()

=back

=cut

use strict;
use warnings;

use File::Temp ();
use IO::Socket::UNIX;
use POSIX ();
use Time::HiRes qw(sleep time);

sub new {
    my ($class, %conf) = @_;
    my $dir = File::Temp->newdir('pt-redis-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, owner => $$, conf => \%conf,
                       socket => "$dir/redis.sock" }, $class;

    $self->start;

    return $self;
}

sub start {
    my ($self) = @_;
    my %conf = (port => 0, unixsocket => $self->{socket}, save => '',
                appendonly => 'no', daemonize => 'no', dir => "$self->{dir}",
                logfile => "$self->{dir}/log", %{$self->{conf}});

    my $file = delete $conf{conf_file};

    unlink $self->{socket};

    $self->{pid} = fork() // die "fork: $!\n";

    if ($self->{pid} == 0) {
        exec $ENV{TEST_REDIS_SERVER} || 'redis-server',
             defined $file ? $file : (),
             map { ("--$_", $conf{$_}) } grep { defined $conf{$_} } sort keys %conf
            or POSIX::_exit(127);
    }

    my $deadline = time() + 20;

    while (!eval { $self->command('PING') }) {
        die "redis-server did not start: $@" if time() > $deadline;
        sleep 0.01;
    }
}

sub version {
    my ($version)
        = qx(@{[$ENV{TEST_REDIS_SERVER} || 'redis-server']} --version)
          =~ /v=(\d+)/;

    return $version // die "redis-server --version says nothing\n";
}

sub address {
    my ($self) = @_;

    return "unix:$self->{socket}";
}

sub signal {
    my ($self, $name) = @_;

    kill $name, $self->{pid};
}

sub stop {
    my ($self) = @_;
    my $pid = delete $self->{pid} or return;

    delete $self->{connection};
    kill 'KILL', $pid;
    waitpid $pid, 0;
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    $self->stop if $self->{owner} == $$;
}

sub connect {
    my ($self) = @_;

    return IO::Socket::UNIX->new(Peer => $self->{socket})
           // die "cannot connect to $self->{socket}: $!\n";
}

sub command {
    my ($self, @words) = @_;
    my $connection = $self->{connection} //= $self->connect;

    $connection->print(encode(@words));
    $connection->flush;

    return $self->reply;
}

sub send {
    my ($self, @words) = @_;
    my $connection = $self->connect;

    push @{$self->{others}}, $connection;
    $connection->print(encode(@words));
    $connection->flush;
}

sub reply {
    my ($self) = @_;
    my $line = readline $self->{connection};

    if (!defined $line) {
        delete $self->{connection};
        die "Redis closed the connection\n";
    }

    my ($type, $rest) = $line =~ /^([-+:\$*])(.*)\r\n\z/
        or die "not a reply of Redis: $line";

    die "Redis: $rest\n" if $type eq '-';
    return $rest if $type eq '+' || $type eq ':';
    return undef if $rest < 0;
    return [map { $self->reply } 1 .. $rest] if $type eq '*';

    read $self->{connection}, my $value, $rest + 2;
    return substr $value, 0, $rest;
}

sub encode {
    return join '', '*' . @_ . "\r\n",
                map { '$' . length($_) . "\r\n$_\r\n" } @_;
}

=head2 The fake

=over

=item new(FUNCTION, tcp => PORT)

The function gets the mode and the words of a command, in a process of its own,
and returns the reply; undef: none.  With tcp it listens at that port.

=item handshake(WORDS)

What a good Redis answers to that, if it is said first on a connection; undef if
it is not.

=item address(), mode(WORD), commands()

=item clear_commands()

Empties the list of commands.  The reply C<''> closes the connection.

=back

=cut

package PrintTask::Redis::Fake;

use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;

sub new {
    my ($class, $function, %opt) = @_;
    my $dir = File::Temp->newdir('pt-fake-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, owner => $$, function => $function,
                       socket => "$dir/redis.sock" }, $class;

    $self->mode('good');

    my $listen = $opt{tcp}
        ? IO::Socket::INET->new(LocalAddr => "127.0.0.1:$opt{tcp}",
                                Listen => 64, ReuseAddr => 1)
        : IO::Socket::UNIX->new(Local => $self->{socket}, Listen => 64);

    $listen or die "listen: $!\n";
    $self->{port} = $opt{tcp};

    $self->{pid} = fork() // die "fork: $!\n";
    return $self if $self->{pid};

    $SIG{PIPE} = 'IGNORE';
    $self->serve($listen);
    POSIX::_exit(0);
}

sub handshake {
    my @words = @_;

    return $words[0] eq 'PING' ? "+PONG\r\n"
           : $words[0] =~ /^(?:AUTH|SELECT)$/ ? "+OK\r\n"
           : $words[0] eq 'SCRIPT' ? '$40' . "\r\n" . 'f' x 40 . "\r\n"
           : undef;
}

sub address {
    my ($self) = @_;

    return $self->{port} ? "127.0.0.1:$self->{port}" : "unix:$self->{socket}";
}

sub mode {
    my ($self, $mode) = @_;

    open my $out, '>', "$self->{dir}/mode.new" or die "mode: $!\n";
    print {$out} $mode;
    close $out;
    rename "$self->{dir}/mode.new", "$self->{dir}/mode" or die "mode: $!\n";
}

sub commands {
    my ($self) = @_;

    open my $in, '<', "$self->{dir}/commands" or return ();

    return map { chomp; $_ } <$in>;
}

sub clear_commands {
    my ($self) = @_;

    truncate "$self->{dir}/commands", 0;
}

sub serve {
    my ($self, $listen) = @_;
    my $select = IO::Select->new($listen);
    my %buffer;

    while (my @ready = $select->can_read) {
        for my $socket (@ready) {

            if ($socket == $listen) {
                $select->add(scalar $listen->accept);
                next;
            }

            my $n = sysread $socket, $buffer{$socket}, 65536,
                            length($buffer{$socket} // '');

            if (!$n || !$self->answer($socket, \$buffer{$socket})) {
                delete $buffer{$socket};
                $select->remove($socket);
                close $socket;
            }
        }
    }
}

sub answer {
    my ($self, $socket, $buffer) = @_;

    while (my @words = words($buffer)) {
        open my $log, '>>', "$self->{dir}/commands";
        syswrite $log, join(' ', map { substr $_, 0, 100 } @words)
                       =~ s/\n/ /gr . "\n";
        close $log;

        open my $in, '<', "$self->{dir}/mode";
        my $reply = $self->{function}->(scalar <$in>, @words);

        return 0 if defined $reply && $reply eq '';
        syswrite $socket, $reply if defined $reply;
    }

    return 1;
}

# the words of a command that is complete, which is removed

sub words {
    my ($buffer) = @_;
    my @words;

    $$buffer =~ /\G\*(\d+)\r\n/gc or pos($$buffer) = 0, return ();

    for (1 .. $1) {
        if ($$buffer !~ /\G\$(\d+)\r\n/gc
            || length($$buffer) < pos($$buffer) + $1 + 2)
        {
            pos($$buffer) = 0;
            return ();
        }

        push @words, substr $$buffer, pos($$buffer), $1;
        pos($$buffer) += $1 + 2;
    }

    $$buffer = substr $$buffer, pos $$buffer;

    return @words;
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    return if $self->{owner} != $$ || !$self->{pid};

    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
