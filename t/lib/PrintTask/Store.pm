package PrintTask::Store;

=head1 NAME

PrintTask::Store - the operations of the stores, one by one

=head1 SYNOPSIS

    use PrintTask::Store;

    for my $store (PrintTask::Store->all) {
        my $got = $store->op('reserve', key => 'k', lease => 'a',
                             lease_time => 5000, sources => 'pending');

        is($got->{result}, 'granted', "$store: a lease");
    }

=head1 DESCRIPTION

An nginx with two workers has each store in a location of its own, and the
module of F<t/store>, which does one operation a request.  C<all> returns an
object for each store; as a string it is the name of it, C<redis> or
C<memory>.

=over

=item op(NAME, FIELD => VALUE, ...)

What came of the operation: a reference to a hash of result, state, rev,
confirmed, now, from, worker, and, if they are not null, app, description and
parentUrl.  A state is its name, "-" if it is not known; sources and final are
names with blanks between them.  An undefined VALUE is null.

A settlement is followed by "read", which is what is returned.

=item of(SERVER, URI)

The same for a location of another PrintTask::Server, which has loaded the
path that module() returns.

=item connect()

The next operations use a connection of their own, which may be to another
worker; needed after a fork().

=item server(), socket()

The PrintTask::Server that all share, and the path of Redis' socket.

=back

=cut

use strict;
use warnings;

use overload '""' => sub { $_[0]{name} };

use Cwd ();
use File::Basename qw(dirname);
use File::Temp ();
use IO::Socket::UNIX;
use Time::HiRes qw(sleep);

use PrintTask::Defaults;
use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

my $top = Cwd::abs_path(dirname(__FILE__) . '/../../..');
my @states = (@States, '-');
my %number = map { $states[$_] => $_ } 0 .. $#states;
my ($owner, $dir, $redis, $server) = $$;

END {
    if ($$ == $owner && $redis) {
        local $?;
        $server->stop('TERM') if $server;
        kill 'KILL', $redis;
        waitpid $redis, 0;
    }
}

sub all {
    my ($class) = @_;

    start() if !$server;

    return map { $class->of($server, $_) } qw(redis memory);
}

sub of {
    my ($class, $of, $name) = @_;

    return bless { name => $name, server => $of }, $class;
}

sub module {
    chomp(my $module = `$top/t/store/build`);

    return $module;
}

sub start {
    $dir = File::Temp->newdir('pt-store-XXXXXX', TMPDIR => 1);

    my $socket = "$dir/redis.sock";

    $redis = fork() // die "fork: $!\n";

    if ($redis == 0) {
        open STDOUT, '>', '/dev/null';
        exec 'redis-server', '--port', 0, '--unixsocket', $socket,
             '--save', '', '--appendonly', 'no', '--dir', "$dir"
            or POSIX::_exit(1);
    }

    PrintTask::Server::await(sub { IO::Socket::UNIX->new(Peer => $socket) })
        or die "redis-server did not start\n";

    my $module = module();
    my $key_file = jwks_file();

    $server = PrintTask::Server->new(mode => 'off', load => [$module],
        store => <<"_EOC_",
    keepalive_requests 1000000;
    print_task_key_file $key_file;
    print_task_redis unix:$socket;
    print_task_redis_timeout 10s 10s;
_EOC_
        server => <<'_EOC_');
    location /redis {
        print_task answer;
        print_task_store redis;
    }

    location /memory {
        print_task answer;
        print_task_store memory:contract:4m;
    }
_EOC_
}

sub server {
    return $server;
}

sub socket {
    return "$dir/redis.sock";
}

sub connect {
    my ($self) = @_;

    $self->{socket} = $self->{server}->connect or die "connect: $!\n";
    $self->{socket}->autoflush(1);

    return $self;
}

sub op {
    my ($self, $name, %args) = @_;

    for my $set (grep { defined $args{$_} } qw(sources final)) {
        my $sum = 0;

        $sum += 1 << $number{$_} for split ' ', $args{$set};
        $args{$set} = $sum;
    }

    $args{state} = $number{$args{state} // '-'};
    $args{op} = $name;

    my $query = join '&', map { "$_=" . escape($args{$_}) }
                          grep { defined $args{$_} } sort keys %args;

    return $self->parse($self->get("/$self->{name}?$query"));
}

sub parse {
    my ($self, $text) = @_;
    my %got = map { split / /, $_, 2 } split /\n/, $text;

    $got{$_} = $states[$got{$_}] for qw(state from);

    return \%got;
}

sub get {
    my ($self, $uri) = @_;

    $self->connect if !$self->{socket};

    my $socket = $self->{socket};

    print $socket "GET $uri HTTP/1.1\r\nHost: localhost\r\n\r\n";

    my $status = readline($socket) // die "$uri: nginx closed the connection\n";
    my $length;

    while (defined(my $line = readline $socket)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        last if $line eq "\r\n";
    }

    my $body = "";

    read $socket, $body, $length;

    die "$uri: $status$body" if $status !~ m{ 200 };

    return $body;
}

sub escape {
    return $_[0] =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ger;
}

1;
