#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Errors of TLS, which nginx answers with 400 after the handshake: in the form
# of Microsoft Graph if print_task is set for the server.

use strict;
use warnings;

use lib 't/lib';

use File::Temp qw(tempdir);
use Test::More;

use PrintTask::Raw;
use PrintTask::Server;

my $dir = tempdir('pt-tls-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $path = '/print/taskDefinitions/d/tasks/t';

system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
       . " -days 1 -subj /CN=localhost -keyout $dir/key -out $dir/cert"
       . " 2> $dir/log") == 0
    or BAIL_OUT('openssl req: ' . PrintTask::Server::slurp("$dir/log"));

for my $mode ('forward', 'off') {
    my $port = PrintTask::Server::free_port();
    my $raw = PrintTask::Raw->new(http => <<"_EOC_");
server {
    listen 127.0.0.1:$port ssl;
    server_name localhost;
    ssl_certificate $dir/cert;
    ssl_certificate_key $dir/key;
    ssl_client_certificate $dir/cert;
    ssl_verify_client on;
    print_task $mode;

    location / { print_task forward; return 204; }
}
_EOC_
    my $form = $mode eq 'off' ? qr/\A<html>/
               : qr/\A\{"error":\{"code":"badRequest","message":"[^"]+",
                    "innerError":\{"date":"[^"]+","request-id":"[^"]+"\}\}\}\z/x;

    # --- plain HTTP

    my $socket = IO::Socket::INET->new("127.0.0.1:$port");

    $raw->send($socket, "GET $path HTTP/1.1\r\nHost: localhost\r\n\r\n");

    my ($got) = $raw->receive($socket, 1);

    is($got->{status}, 400, "print_task $mode: plain HTTP, where TLS is expected");
    like($got->{body}, $form, '... its form');
    like($got->{body}, $mode eq 'off' ? qr/plain HTTP request was sent to HTTPS/
         : qr/"message":"The request is plain HTTP, and the port needs HTTPS\."/,
        '... its message');

    # --- no certificate

    my $curl = "curl -s -k --http1.1 https://localhost:$port$path"
               . " --resolve localhost:$port:127.0.0.1";

    is(`$curl -o /dev/null -w '%{http_code}'`, 400,
       "print_task $mode: no certificate of the client");
    like(`$curl`, $form, '... its form');

    $raw->end;
    is(join('', $raw->alarms), '', '... and no alarm');
}

done_testing();
