#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Errors before nginx chooses a location: in the form of Microsoft Graph if
# print_task is set for the server, else pages of nginx.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Raw;
use PrintTask::Server qw(nginx_version);

my $path = '/print/taskDefinitions/d/tasks/t';
my $get = "GET $path HTTP/1.1";
my $raw = PrintTask::Raw->new;

sub request {
    my ($line, @lines) = @_;

    return join "\r\n", $line, @lines ? @lines : 'Host: localhost', '', '';
}

# since nginx has tunnels, the target of CONNECT is a host and a port

my $connect = nginx_version() < 1_031_000 ? 405 : 400;

# Status, what it is about, request.  The answer to each of them closes the
# connection.

my @early = (
    [400, 'an escape that is none', request("GET $path%zz HTTP/1.1")],
    [400, 'an escaped NUL', request("GET $path%00 HTTP/1.1")],
    [400, 'a NUL', request("GET $path\0 HTTP/1.1")],
    [400, 'a path that leads out', request('GET /../print/ HTTP/1.1')],
    [400, 'a path without a slash', request('GET print/ HTTP/1.1')],
    [400, 'a space in the path', request("GET $path x HTTP/1.1")],
    [400, 'a method in lower case', request("patch $path HTTP/1.1")],
    [400, 'no method', request(" $path HTTP/1.1")],
    [400, 'another protocol', request("GET $path HTTQ/1.1")],
    [400, 'bytes of TLS', "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
    [400, 'no Host', request($get, 'X-Host: localhost')],
    [400, 'two of Host', request($get, 'Host: a', 'Host: b')],
    [400, 'a Host that is none', request($get, 'Host: a/b')],
    [400, 'a NUL in a field', request($get, 'Host: a', "X: \0")],
    [400, 'a line that is no field', request($get, 'Host: a', 'X y')],
    [400, 'a line that goes on', request($get, 'Host: a', ' X: y')],
    [400, 'a length that is none', request($get, 'Host: a', 'Content-Length: x')],
    [400, 'a field of 9000 bytes', request($get, 'Host: a', 'X: ' . 'x' x 9000)],
    [400, 'a header of 40000', request($get, 'Host: a',
                                       map { "X-$_: " . 'x' x 5000 } 1 .. 8)],
    [405, 'TRACE', request("TRACE $path HTTP/1.1")],
    [$connect, 'CONNECT', request("CONNECT $path HTTP/1.1")],
    [414, 'a method of 20000 bytes', request('X' x 20000)],
    [414, 'a path of 9000 bytes', request("GET $path?" . 'x' x 9000 . ' HTTP/1.1')],
    [501, 'another coding', request($get, 'Host: a', 'Transfer-Encoding: x')],
    [505, 'another version', request("GET $path HTTP/2.0")],
);

for my $case (@early) {
    my ($status, $name, $bytes) = @$case;

    is_deeply([answer($raw->connect, $bytes)], [$status, 'graph'],
              "$status in the form of Graph: $name");
    is_deeply([answer($raw->{nginx}->connect, $bytes)], [$status, 'html'],
              '... of nginx, where print_task is not set for the server');
}

# --- HTTP/0.9 has no header that could say what is in the body

my $socket = $raw->connect;

$raw->send($socket, "GET $path\r\n");
is(join('', <$socket>) =~ s/\A(\{"error":\{"code":"\w+).*\}\z/$1/sr,
   '{"error":{"code":"unauthorized', 'HTTP/0.9: the body alone');

# --- no answer at all: nothing has come, or not in time

for my $bytes ('', "\r\n\r\n", "GET $path HTTP/1.1\r\nHost: a") {
    $socket = $raw->connect;
    $raw->send($socket, $bytes);
    shutdown $socket, 1;

    is(join('', <$socket>), '',
       length($bytes) . ' bytes of a request: closed without a word');
}

$raw->end;
is(join('', $raw->alarms), '', 'no client has caused an alarm');

done_testing();

# the status of the answer, and its form

sub answer {
    my ($socket, $bytes) = @_;

    $raw->send($socket, $bytes);

    my ($got) = $raw->receive($socket, 1);
    my ($type) = $got->{head} =~ m{^Content-Type: (\S+)\r$}m;
    my ($id) = $got->{head} =~ /^request-id: ([-0-9a-f]{36})\r$/m;

    return ($got->{status},
            $got->{error} && $type eq 'application/json'
            && $got->{body} =~ /,"request-id":"$id"\}\}\}\z/ ? 'graph'
            : ($type // '') eq 'text/html' && !defined $id ? 'html'
            : "$got->{head}$got->{body}");
}
