package PrintTask::Server;

=head1 NAME

PrintTask::Server - nginx and a key server that a test drives by itself

=head1 SYNOPSIS

    use PrintTask::Server;

    my $keys = PrintTask::Server::Keys->new;
    $keys->answer(PrintTask::Server::response(200, jwks()));

    my $nginx = PrintTask::Server->new(
        location => 'print_task_key_request /_keys;',
        server => 'location = /_keys { internal; proxy_pass http://'
                  . $keys->address . '/; }');

    $nginx->get(token())->{status};         # 200 if the token is accepted
    $keys->requests;                        # how many the key server has got

    $nginx->reload;
    $nginx->stop;
    $nginx->quiet;                          # nothing alarming was logged

=head1 DESCRIPTION

For tests in which things happen between requests: files change, servers go
away, nginx is reloaded.  Plain tests of Test::More; requests are GETs of a
task, which need a good token, and neither Redis nor a back end, or those of
request().

All is in a directory of its own that goes with the object.

=cut

use strict;
use warnings;

use Cwd ();
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

use PrintTask::Token;

our @EXPORT_OK = qw(nginx_version nginx_has);

my $top = Cwd::abs_path(dirname(__FILE__) . '/../../..');

=head2 Methods

=over

=item new(NAME => VALUE, ...)

Starts nginx.

    http        lines of configuration for http
    server      for the server
    location    for the location /print/
    mode        of print_task: forward
    redis       the arguments of print_task_redis: a socket that is not there
    store       lines of configuration in place of that
    load        modules beside ours, a list of paths
    daemon      1: so that it can be upgraded
    pass        address to pass requests on to: nginx itself
    passed      lines of configuration for the location that it has for them
    workers     2
    connections of a worker: 1024
    level       of error_log: info

=cut

sub new {
    my ($class, %opt) = @_;
    my $self = bless { owner => $$, %opt }, $class;

    $self->{dir} = File::Temp->newdir('pt-nginx-XXXXXX', TMPDIR => 1);
    $self->{port} = free_port();

    mkdir "$self->{dir}/logs" or die "mkdir: $!\n";

    $self->configure;
    $self->start;

    return $self;
}

sub configure {
    my ($self, %opt) = @_;

    %$self = (%$self, %opt);

    my $workers = $self->{workers} // 2;
    my $connections = $self->{connections} // 1024;
    my $level = $self->{level} // 'info';
    my $pass = $self->{pass} // "unix:$self->{dir}/passed.sock";
    my $mode = $self->{mode} // 'forward';
    my $redis = $self->{redis} // "unix:$self->{dir}/redis.sock";
    my $user = $> == 0 ? 'user ' . getpwuid(0) . ';' : '';
    my $module = $ENV{TEST_NGINX_LOAD_MODULES}
                 // "$top/build/gcc/ngx_http_print_task_module.so";
    my $modules = join "\n", map { "load_module $_;" } $module,
                                                      @{$self->{load} // []};
    my $store = $self->{store}
                // "print_task_redis $redis;";

    write_file("$self->{dir}/nginx.conf", <<"_EOC_");
$user
daemon @{[$self->{daemon} ? 'on' : 'off']};
worker_processes $workers;
pid $self->{dir}/nginx.pid;
error_log $self->{dir}/logs/error.log $level;
$modules

events {
    worker_connections $connections;
}

http {
    access_log off;
    client_body_temp_path $self->{dir}/body;
    proxy_temp_path $self->{dir}/proxy;
    fastcgi_temp_path $self->{dir}/fastcgi;
    uwsgi_temp_path $self->{dir}/uwsgi;
    scgi_temp_path $self->{dir}/scgi;

    print_task_issuer $PrintTask::Token::Issuer;
    print_task_audience $PrintTask::Token::Audience;
    $store
    @{[$self->{http} // '']}

    server {
        listen 127.0.0.1:$self->{port};
        server_name localhost;
        @{[$self->{server} // '']}

        location /print/ {
            print_task $mode;
            add_header X-Worker \$pid always;
            add_header X-Store-State \$print_task_store_state always;
            @{[$self->{location} // '']}
            proxy_pass http://$pass;
        }
    }

    server {
        listen unix:$self->{dir}/passed.sock;

        location / {
            print_task off;
            @{[$self->{passed} // 'return 200 "passed\n";']}
        }
    }
}
_EOC_
}

sub start {
    my ($self) = @_;

    $self->{pid} = fork() // die "fork: $!\n";

    if ($self->{pid} == 0) {
        $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD}
            if $ENV{TEST_NGINX_LD_PRELOAD};

        open STDERR, '>>', "$self->{dir}/logs/stderr.log";
        exec nginx_binary(),
             '-p', "$self->{dir}", '-c', "$self->{dir}/nginx.conf"
            or POSIX::_exit(1);
    }

    await(sub { $self->connect })
        or die "nginx did not start:\n" . $self->log;

    return if !$self->{daemon};

    waitpid $self->{pid}, 0;
    $self->{pid} = await(sub { slurp("$self->{dir}/nginx.pid") })
        or die "nginx has no pid\n";
    chomp $self->{pid};
}

=item reload()

Reloads nginx, and waits until the old workers take no more connections.

=cut

sub reload {
    my ($self) = @_;
    my %old = map { $_ => 1 } $self->workers;

    kill 'HUP', $self->{pid};

    return await(sub {
        my @new = grep { !$old{$_} } $self->workers;

        return @new == ($self->{workers} // 2)
               && !grep { $old{$_} } $self->workers;
    });
}

sub workers {
    my ($self) = @_;

    open my $in, '<', "/proc/$self->{pid}/task/$self->{pid}/children"
        or return ();

    return split ' ', <$in> // '';
}

=item stop(SIGNAL)

Stops nginx, by default with QUIT; returns how long it took, undef
if it did not end in 30 seconds.

=cut

sub stop {
    my ($self, $signal) = @_;
    my $pid = delete $self->{pid} or return 0;
    my $start = time();

    kill $signal // 'QUIT', $pid;

    return time() - $start
        if await(sub { waitpid $pid, WNOHANG; !kill 0, $pid }, 30);

    kill 'KILL', $pid;
    waitpid $pid, 0;

    return undef;
}

=item connect()

A connection to nginx.

=item send(SOCKET, TOKEN)

Sends a request.

=item change(SOCKET, BODY, TOKEN)

Sends a PATCH of the task with that body; with a good token, if none is given.

=item receive(SOCKET, SECONDS)

Its response: a reference to a hash of status, head, body, the reason of a refusal,
the worker, and the state of the store; undef if there is none in time.

=item get(TOKEN)

All in one.

=item request(METHOD, URI, BODY)

Another request, with a good token; its response, as receive() returns it.

=item ask(TEXT)

The same for a request of that text.

=cut

sub connect {
    my ($self) = @_;

    return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                 PeerPort => $self->{port}, Timeout => 5);
}

sub send {
    my ($self, $socket, $token) = @_;

    $socket->autoflush(1);
    print $socket "GET /print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
                  . "Host: localhost\r\nConnection: close\r\n"
                  . (defined $token ? "Authorization: Bearer $token\r\n" : '')
                  . "\r\n";

    return $socket;
}

sub change {
    my ($self, $socket, $body, $token) = @_;

    $token //= PrintTask::Token::token();

    $socket->autoflush(1);
    print $socket "PATCH /print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
                  . "Host: localhost\r\nConnection: close\r\n"
                  . "Authorization: Bearer $token\r\n"
                  . "Content-Type: application/json\r\n"
                  . 'Content-Length: ' . length($body) . "\r\n\r\n$body";

    return $socket;
}

sub receive {
    my ($self, $socket, $seconds) = @_;
    my $deadline = time() + ($seconds // 10);
    my $select = IO::Select->new($socket);
    my $text = '';

    while ($select->can_read($deadline - time())) {
        last if !sysread $socket, $text, 65536, length $text;
    }

    my ($head, $status, $body)
        = $text =~ m{^(HTTP/1\.1 (\d+) .*?)\r\n\r\n(.*)}s or return undef;
    my ($reason) = $body =~ /"innerError":\{"code":"(\w+)"/;
    my ($worker) = $head =~ /^X-Worker: (\d+)/m;
    my ($state) = $head =~ /^X-Store-State: (\w+)/m;

    return { status => $status, head => $head, body => $body,
             reason => $reason, worker => $worker, state => $state };
}

sub get {
    my ($self, $token) = @_;

    return $self->receive($self->send($self->connect, $token));
}

sub request {
    my ($self, $method, $uri, $body) = @_;
    my $socket = $self->connect or return undef;

    $self->{token} //= PrintTask::Token::token();

    $socket->autoflush(1);
    print $socket join "\r\n", "$method $uri HTTP/1.1", 'Host: localhost',
        'Connection: close', "Authorization: Bearer $self->{token}",
        defined $body ? ('Content-Type: application/json',
                         'Content-Length: ' . length $body) : (),
        '', $body // '';

    return $self->receive($socket);
}

sub ask {
    my ($self, $text) = @_;
    my $socket = $self->connect or return undef;

    $socket->autoflush(1);
    print $socket $text;

    return $self->receive($socket);
}

=item log()

What nginx has logged.

=item quiet()

A line that is alarming, or a report of a sanitizer; an empty string if there
is none.

=back

=cut

sub log {
    my ($self) = @_;

    return join '', map { slurp("$self->{dir}/logs/$_.log") } qw(error stderr);
}

sub quiet {
    my ($self) = @_;

    return join '', grep { /\[(?:alert|crit|emerg)\]|Sanitizer|runtime error:/ }
                    split /^/, $self->log;
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    # its workers would outlive a master that is killed

    $self->stop('TERM') if $self->{owner} == $$ && $self->{pid};
}

=head2 Functions

=over

=item await(FUNCTION, SECONDS)

Calls it until it returns something true, which is returned.

=item response(STATUS, BODY, LINE, ...)

The text of a response.

=item nginx_version()

Of the nginx under test, such as 1022001.

=item nginx_has(TEXT)

Whether its binary holds these bytes: the name of a directive, or an option of
"configure".

=back

=cut

sub await {
    my ($test, $seconds) = @_;
    my $deadline = time() + ($seconds // 10);

    for ( ;; ) {
        my $value = $test->();
        return $value if $value || time() > $deadline;
        sleep 0.01;
    }
}

sub response {
    my ($status, $body, @lines) = @_;

    push @lines, 'Content-Length: ' . length $body
        if !grep { /^Content-Length:/i } @lines;

    return join "\r\n", "HTTP/1.1 $status Status", 'Connection: close', @lines,
                '', $body;
}

sub nginx_binary {
    return $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';
}

sub nginx_version {
    my $binary = nginx_binary();
    my ($major, $minor, $patch) = `$binary -v 2>&1` =~ m{/(\d+)\.(\d+)\.(\d+)}
        or die "$binary has no version\n";

    return $major * 1_000_000 + $minor * 1000 + $patch;
}

sub nginx_has {
    my ($text) = @_;

    return index(slurp(nginx_binary()), $text) >= 0;
}

sub free_port {

    # Below the ports that the kernel gives to connections: one of those may be
    # taken again before nginx listens there.  Processes of one fork() have the
    # same random numbers.

    for (1 .. 100) {
        my $port = 10_000 + (int(rand 22_000) + 7919 * $$) % 22_000;
        my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                           LocalPort => $port, Listen => 1)
            or next;

        return $socket->sockport;
    }

    die "listen: $!\n";
}

sub slurp {
    my ($file) = @_;

    open my $in, '<', $file or return '';
    local $/;

    return scalar <$in> // '';
}

# in one step, for whoever reads it

sub write_file {
    my ($file, $text) = @_;

    open my $out, '>', "$file.new" or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
    rename "$file.new", $file or die "$file: $!\n";
}


=head2 The key server

A process that answers each request with what it was given last.

=over

=item new()

=item address()

=item answer(TEXT, SECONDS)

The response from now on, after a delay if there is one.

=item requests()

How many it has got.

=item times()

When they came.

=item stop(), start()

=back

=cut

package PrintTask::Server::Keys;

use Time::HiRes qw(sleep time);

sub new {
    my ($class) = @_;
    my $self = bless { owner => $$ }, $class;

    $self->{dir} = File::Temp->newdir('pt-keys-XXXXXX', TMPDIR => 1);
    $self->{port} = PrintTask::Server::free_port();
    $self->answer(PrintTask::Server::response(503, ''));
    $self->start;

    return $self;
}

sub address {
    my ($self) = @_;

    return "127.0.0.1:$self->{port}";
}

sub answer {
    my ($self, $text, $delay) = @_;

    PrintTask::Server::write_file("$self->{dir}/answer",
                                  ($delay // 0) . "\n$text");
}

sub requests {
    my ($self) = @_;

    return scalar $self->times;
}

sub times {
    my ($self) = @_;
    my @times = split /\n/, PrintTask::Server::slurp("$self->{dir}/requests");

    return @times;
}

sub start {
    my ($self) = @_;
    my $listen = IO::Socket::INET->new(LocalAddr => $self->address,
                                       Listen => 64, ReuseAddr => 1)
        or die "listen: $!\n";

    $self->{pid} = fork() // die "fork: $!\n";
    return if $self->{pid};

    local $SIG{PIPE} = 'IGNORE';
    local $SIG{CHLD} = 'IGNORE';

    while (my $socket = $listen->accept) {
        next if fork();

        eval { $self->serve($socket) };
        POSIX::_exit(0);
    }

    POSIX::_exit(0);
}

sub serve {
    my ($self, $socket) = @_;

    while (defined(my $line = <$socket>)) {
        last if $line =~ /^\r?\n/;
    }

    open my $log, '>>', "$self->{dir}/requests";
    syswrite $log, time() . "\n";
    close $log;

    my ($delay, $text)
        = PrintTask::Server::slurp("$self->{dir}/answer") =~ /^(.*?)\n(.*)/s;

    sleep $delay if $delay;

    print $socket $text;
    $socket->flush;
    shutdown $socket, 1;
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

1;
