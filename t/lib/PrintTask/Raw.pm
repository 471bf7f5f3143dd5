package PrintTask::Raw;

=head1 NAME

PrintTask::Raw - a gateway, seen as bytes from both of its sides

=head1 SYNOPSIS

    use PrintTask::Raw;

    my $raw = PrintTask::Raw->new;
    my $socket = $raw->connect;

    $raw->send($socket, $bytes, $more, ...);
    my ($response) = $raw->receive($socket, 1);

    $raw->end;                          # nginx ends in good order
    $raw->service->requests;            # what the back end has got
    $raw->alarms;                       # what should not have been logged

=head1 DESCRIPTION

nginx, a private Redis, and a L<PrintTask::Service>.  The name in C<Host> is
that of a server, which passes requests on in its own way:

    plain       as nginx does by default: HTTP/1.0, a connection each
    kept        HTTP/1.1, connections that are kept
    stream      proxy_request_buffering off
    file        bodies in files
    merge       merge_slashes off
    auth        after auth_request
    any         satisfy any, from an address that is allowed
    mirror      and a copy to another service, copies()
    next        to a server that is not there, then to the next one
    page        the same by error_page, for changes
    dry         print_task_dry_run

=cut

use strict;
use warnings;

use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Time::HiRes qw(sleep time);

use PrintTask::Server;
use PrintTask::Service;
use PrintTask::Token qw(token jwks_file);

# all that was started ends with the test, however that ends

$SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);
$SIG{PIPE} = 'IGNORE';

our @Hosts = qw(plain kept stream file merge auth any mirror next page);

=head2 Methods

=over

=item new(NAME => VALUE, ...)

    http        lines of configuration for http

=cut

# lines for the location, and its proxy_pass if that is not to the service

my %locations = (
    plain  => [''],
    kept   => ['proxy_http_version 1.1; proxy_set_header Connection "";',
               'kept'],
    stream => ['proxy_request_buffering off; proxy_http_version 1.1;'],
    file   => ['client_body_in_file_only clean;'],
    merge  => [''],
    auth   => ['auth_request /_auth;'],
    any    => ['satisfy any; allow 127.0.0.1; deny all;'],
    mirror => ['mirror /_copy;'],
    next   => ['proxy_next_upstream error timeout http_503 non_idempotent;',
               'next'],
    page   => ['error_page 502 = @next;', '$changed'],
    dry    => ['print_task_dry_run on;'],
);

sub new {
    my ($class, %opt) = @_;
    my $self = bless { owner => $$ }, $class;

    $self->{dir} = File::Temp->newdir('pt-raw-XXXXXX', TMPDIR => 1);
    $self->{service} = PrintTask::Service->new;
    $self->{copies} = PrintTask::Service->new;
    $self->{port} = PrintTask::Server::free_port();
    $self->{http2} = PrintTask::Server::free_port();
    $self->start_redis;

    $self->{nginx} = PrintTask::Server->new(
        workers => 1, http => $self->http . ($opt{http} // ''));

    return $self;
}

sub http {
    my ($self) = @_;
    my $service = $self->{service}->address;
    my $file = jwks_file();
    my $conf = <<"_EOC_";
underscores_in_headers on;
print_task_key_file $file;
map \$content_length \$changed { "" $service; default 127.0.0.1:1; }
upstream kept { server $service; keepalive 4; }
upstream next { server 127.0.0.1:1 max_fails=0; server $service backup; }
_EOC_

    # "plain" is first, and so is for names of no server, too

    for my $name ('plain', grep { $_ ne 'plain' } sort keys %locations) {
        my ($lines, $pass) = @{$locations{$name}};

        $pass //= $service;
        $conf .= $self->server($name, $lines, $pass);
    }

    return $conf;
}

sub server {
    my ($self, $name, $lines, $pass) = @_;
    my $merge = $name eq 'merge' ? 'off' : 'on';
    my $service = $self->{service}->address;
    my $copies = $self->{copies}->address;

    return <<"_EOC_";
server {
    listen 127.0.0.1:$self->{port};
    listen 127.0.0.1:$self->{http2} http2;
    server_name $name;
    keepalive_requests 100000;
    merge_slashes $merge;
    print_task forward;
    print_task_redis unix:$self->{dir}/redis.sock;
    print_task_redis_timeout 10s 10s;

    location / {
        $lines
        proxy_pass http://$pass;
    }

    location = /_auth { internal; return 204; }
    location = /_copy { internal; proxy_pass http://$copies\$request_uri; }
    location \@next { print_task off; proxy_pass http://$service; }
}
_EOC_
}

sub start_redis {
    my ($self) = @_;
    my $socket = "$self->{dir}/redis.sock";

    $self->{redis} = fork() // die "fork: $!\n";

    if (!$self->{redis}) {
        open STDOUT, '>', '/dev/null';
        exec 'redis-server', '--port', 0, '--unixsocket', $socket, '--save', '',
             '--appendonly', 'no', '--daemonize', 'no',
             '--dir', "$self->{dir}"
            or POSIX::_exit(1);
    }

    PrintTask::Server::await(sub { -S $socket })
        or die "redis-server did not start\n";
}

sub service {
    my ($self) = @_;

    return $self->{service};
}

sub copies {
    my ($self) = @_;

    return $self->{copies};
}

=item service(), copies()

=item connect(), connect('http2')

=item send(SOCKET, BYTES, ...)

Each piece is given to the kernel by itself, so it is a packet of its own.

=cut

sub connect {
    my ($self, $http2) = @_;
    my $socket = IO::Socket::INET->new(
        PeerAddr => '127.0.0.1', Timeout => 10,
        PeerPort => $http2 ? $self->{http2} : $self->{port})
        or die "connect: $!\n";

    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;

    return $socket;
}

sub send {
    my ($self, $socket, @pieces) = @_;

    for my $piece (@pieces) {
        my $done = 0;

        while ($done < length $piece) {
            my $n = syswrite $socket, $piece, length($piece) - $done, $done
                or return;

            $done += $n;
        }
    }
}

=item receive(SOCKET, N)

Up to N final responses, fewer if the connection is closed or nothing comes for
ten seconds: hashes of status, head, body, reason, error, interim (how many 1xx
came before) and, of the last one, closed, and late if there was nothing.

=cut

sub receive {
    my ($self, $socket, $n) = @_;
    my $buffer = \${*$socket}{pt_received};
    my @responses;

    $$buffer //= '';

    while (@responses < $n) {
        my $response = next_response($buffer);

        if ($response) {
            push @responses, $response;
            next;
        }

        my $late = !IO::Select->new($socket)->can_read(10);

        if ($late || !sysread $socket, $$buffer, 65536, length $$buffer) {
            push @responses, { status => 0, body => $$buffer, head => '',
                               reason => '-', closed => 1, late => $late };
            last;
        }
    }

    $responses[-1]{closed} = 1
        if @responses && $responses[-1]{head} =~ /^Connection: close/mi;

    return @responses;
}

sub next_response {
    my ($buffer) = @_;
    my $interim = 0;

    $interim++ while $$buffer =~ s{^HTTP/1\.1 1\d\d .*?\r\n\r\n}{}s;

    my ($head, $status) = $$buffer =~ m{^(HTTP/1\.\d (\d+).*?\r\n\r\n)}s
        or return;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;

    $length //= 0;

    return if length $$buffer < length($head) + $length;

    my $text = substr $$buffer, 0, length($head) + $length, '';
    my $body = substr $text, length $head;
    my ($reason) = $body =~ /"innerError":\{"code":"(\w+)"/;

    return { status => $status, head => $head, body => $body,
             reason => $reason // '-', interim => $interim,
             error => scalar $body =~ /^\{"error":\{"code":"/ };
}

=item end()

Stops nginx with QUIT; what it has let through is all there, then.

=item alarms()

Lines of the error log at "error" and above, and reports of sanitizers, but for
those that the server that is not there is the reason of.

=back

=cut

sub end {
    my ($self) = @_;

    return $self->{nginx}->stop;
}

sub alarms {
    my ($self, @allowed) = @_;
    my $allowed = join '|', map { quotemeta } @allowed,
                      'upstream: "http://127.0.0.1:1/';

    return grep { !/$allowed/ }
           grep { /\[(?:error|crit|alert|emerg)\]|Sanitizer|runtime error:/ }
           split /^/, $self->{nginx}->log;
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    return if $self->{owner} != $$;

    kill 'KILL', $self->{redis};
    waitpid $self->{redis}, 0;
}

1;
