#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Early data of TLS 1.3 may be a copy that an attacker sends again: it does
# not change a task.

use strict;
use warnings;

use lib 't/lib';

use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Test::More;

use PrintTask::Certificates;
use PrintTask::HTTP2;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

my $dir = tempdir('pt-early-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $certs = PrintTask::Certificates->new;
my $path = '/print/taskDefinitions/d/tasks/t';
my $completed = '{"status":{"state":"completed"}}';
my $port = PrintTask::Server::free_port();
my $relay = PrintTask::Server::free_port();
my $other = PrintTask::Server::free_port();
my $token = token();

$certs->authority('ca');
$certs->issue('server', 'ca', names => 'DNS:localhost');

my $task = '{"id":"t","parentUrl":"https://print.example/jobs/1",'
           . '"status":{"state":"processing","description":""}}';

my $nginx = PrintTask::Server->new(
    store => 'print_task_store memory:early:1m; print_task_key_file '
             . jwks_file() . ';',
    passed => "default_type application/json; return 200 '$task';",
    http => "server { listen 127.0.0.1:$other; return 200 'dry run'; }",
    server => <<"_EOC_");
listen 127.0.0.1:$port ssl http2;
ssl_certificate @{[$certs->file('server.crt')]};
ssl_certificate_key @{[$certs->file('server.key')]};
ssl_protocols TLSv1.3;
ssl_early_data on;
keepalive_requests 1;
access_log $dir/access.log;

location = /seen { return 200 "early \$ssl_early_data"; }

location /print/shares/ {
    print_task forward;
    print_task_dry_run on;
    proxy_pass http://127.0.0.1:$other;
}
_EOC_

like(early(get('/seen')), qr/early 1/, 'nginx has got early data');

like(early(get($path)), qr{^HTTP/1.1 200 }m, 'a task is read with early data');

like(early(patch()), qr{^HTTP/1.1 425 .*"code":"tooEarly"}ms,
     'a change in early data is refused');

like(early(request('POST', '/print/printers', '{}')),
     qr{^HTTP/1.1 425 .*"code":"tooEarly"}ms, '... and any other that is not safe');

like(early(request('PATCH', $path, $completed, 'Authorization: Bearer x')),
     qr{^HTTP/1.1 425 }m, '... before the token is looked at');

like(early(h2_start() . h2_request(1, 'PATCH', $path,
               ['Host: localhost', "Authorization: Bearer $token",
                'Content-Type: application/json'], $completed, 1), 'h2'),
     qr/"innerError":\{"code":"tooEarly"/, '... over HTTP/2');

for my $value ('1', '0', '1, 1') {
    like($nginx->ask(patch("Early-Data: $value"))->{head}, qr{^HTTP/1.1 425 },
         "a change that a proxy got as early data, \"$value\"");
}

is($nginx->ask(get($path, 'Early-Data: 1'))->{status}, 200,
   'a task is read through a proxy that got early data');

like($nginx->ask(request('PATCH', '/print/shares/s', '{}', 'Early-Data: 1'))->{body},
     qr/^dry run/, 'a dry run lets it through');
like($nginx->log, qr/would be refused: tooEarly/, '... and says so');

unlike($nginx->log, qr/\[error\]/, 'nothing that a client causes is an error');
is($nginx->quiet, '', '... and nothing is alarming');

done_testing();


sub request {
    my ($method, $uri, $body, @lines) = @_;

    push @lines, "Authorization: Bearer $token"
        if !grep { /^Authorization:/ } @lines;
    push @lines, 'Content-Type: application/json',
                 'Content-Length: ' . length $body if defined $body;

    return join "\r\n", "$method $uri HTTP/1.1", 'Host: localhost',
                'Connection: close', @lines, '', $body // '';
}

sub get {
    my ($uri, @lines) = @_;

    return request('GET', $uri, undef, @lines);
}

sub patch {
    return request('PATCH', $path, $completed, @_);
}

# What nginx answers to these bytes in the early data of a session that goes on.

sub early {
    my ($bytes, $alpn) = @_;
    my @options = ('-servername', 'localhost', '-ign_eof',
                   $alpn ? ('-alpn', $alpn) : ());

    PrintTask::Server::write_file("$dir/early", $bytes);
    PrintTask::Server::write_file("$dir/get", $alpn
        ? h2_start() . h2_request(1, 'GET', '/seen', ['Host: localhost'], '', 1)
        : get('/seen'));

    s_client("$dir/get", $port, @options, '-sess_out', "$dir/session");

    my $pid = relay();
    my $got = s_client('/dev/null', $relay, @options,
                       '-sess_in', "$dir/session",
                       '-early_data', "$dir/early");
    waitpid $pid, 0;

    like($got, qr/^Early data was accepted/m, 'TLS has taken the early data');

    return $got;
}

# One connection to nginx.  The client hears nothing of the server until that has
# judged a request: so it cannot have ended its handshake before.

sub relay {
    my $listen = IO::Socket::INET->new(LocalAddr => "127.0.0.1:$relay",
                                       Listen => 1, ReuseAddr => 1)
        or die "listen: $!\n";
    my $judged = judged();
    my $pid = fork() // die "fork: $!\n";

    return $pid if $pid;

    local $SIG{PIPE} = 'IGNORE';
    alarm 20;

    my $client = $listen->accept;
    my $server = IO::Socket::INET->new("127.0.0.1:$port");
    my $select = IO::Select->new($client);

    while ($client->opened && $server->opened) {
        forward($_, $_ == $client ? $server : $client) for $select->can_read(0.05);

        $select->add($server) if judged() > $judged;
    }

    POSIX::_exit(0);
}

sub judged {
    my @lines = ($nginx->log =~ /tooEarly/g,
                 PrintTask::Server::slurp("$dir/access.log") =~ /^/mg);

    return scalar @lines;
}

sub forward {
    my ($from, $to) = @_;

    my $n = sysread $from, my $bytes, 65536;

    return if $n && defined syswrite $to, $bytes;

    close $_ for $from, $to;
}

sub s_client {
    my ($input, $to, @options) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid == 0) {
        open STDIN, '<', $input;
        open STDERR, '>', "$dir/stderr";
        exec 'timeout', 15, 'openssl', 's_client',
             '-connect', "127.0.0.1:$to", @options
            or POSIX::_exit(1);
    }

    local $/;
    return scalar <$out>;
}
