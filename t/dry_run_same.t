#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The same requests to a server with "print_task off" and to one with
# "print_task_dry_run on".  The answers are the same, byte for byte.  The back
# ends get the same, except for refetches.

use strict;
use warnings;

use lib 't/lib';

use IO::Compress::Gzip qw(gzip);
use IO::Socket::INET;
use POSIX ();
use Test::More;

use PrintTask::Defaults;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Service qw(first_state);
use PrintTask::Token qw(token jwks_file);

my %service = map { $_ => PrintTask::Service->new } qw(off dry);
my %port = map { $_ => PrintTask::Server::free_port() } qw(off dry own);
my ($tunnel, $upgrades) = tunnel();
my $redis = PrintTask::Redis->new;
my $keys = jwks_file();

my $nginx = PrintTask::Server->new(
    workers => 1, store => '', mode => 'off', http => conf());

my $token = token();
my $type = 'Content-Type: application/json';
my $auth = "Authorization: Bearer $token";
my $uri = '/print/taskDefinitions/d/tasks';
my $done = '{"status":{"state":"completed"}}';
my ($asked, $n) = (0, 0);

# --- a change that is legal, one that is not, a repeat, and what is no change

for my $from (@States) {
    same("$from to $_", patch(task_in($from),
                              qq({ "status": {"state": "$_"} }), $auth))
        for @States;
}

cmp_ok($asked, '>', 0, 'the dry run has asked for tasks');

# --- what would be refused

my $long = '{"status":{"state":"completed","description":"' . 'x' x BODY_MAX . '"}}';

same('no token', patch('t1', $done));
same('a token of somebody', patch('t2', $done, 'Authorization: Bearer a.b.c'));
same('an expired token', patch('t3', $done, 'Authorization: Bearer '
                                            . token(exp => -3600)));
same('a body that is none', patch('t4', '{"status":', $auth));
same('a body over print_task_body_max', patch('t5', $long, $auth));
same('a body over client_max_body_size', patch('t6', $long x 5, $auth));
same('a body that is gzip', patch('t7', zip($done), $auth,
                                  'Content-Encoding: gzip'));
same('a body that is text', http('PATCH', "$uri/t8", $done, $auth,
                                 'Content-Type: text/plain'));
same('no body', http('PATCH', "$uri/t9", undef, $auth));
same('another method', http('DELETE', "$uri/t10", undef, $auth));
same('a method in a header', patch('t11', $done, $auth, 'X-HTTP-Method: GET'));
same('a path in two ways', patch('%2574', $done, $auth));
same('a batch', http('POST', '/print/$batch', '{"requests":[]}', $auth, $type));
same('no token at all', http('GET', '/print/printers', undef));

# --- what a client may say to it

for my $line ('Prefer: return=minimal', 'Prefer: respond-async',
              'client-request-id: 6a8e6d52-0c58-4f73-9f9c-6b5b1f4a4a4a',
              'Accept-Encoding: gzip', 'Range: bytes=0-3', 'If-Match: "1"',
              'If-None-Match: *', 'Expect: 100-continue', 'TE: trailers')
{
    same("GET, $line", http('GET', "$uri/u", undef, $auth, $line));
    same("PATCH, $line", patch('v' . ++$n, $done, $auth, $line));
}

same('HEAD', http('HEAD', "$uri/u", undef, $auth));
same('chunks that are broken',
     "PATCH $uri/w HTTP/1.1\r\nHost: plain\r\n$auth\r\n$type\r\n"
     . "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"sta\r\nno size\r\n");
same('chunks', "PATCH $uri/w HTTP/1.1\r\nHost: plain\r\nConnection: close\r\n"
     . "$auth\r\n$type\r\nTransfer-Encoding: chunked\r\n\r\n"
     . sprintf("%x\r\n%s\r\n0\r\n\r\n", length $done, $done));
same('no HTTP', "PATCH $uri/w HTTP/9\r\n\r\n");
same('a field that is none', "GET $uri/w HTTP/1.1\r\nHost: plain\r\n: x\r\n\r\n");
same('no host', "GET $uri/w HTTP/1.1\r\nConnection: close\r\n\r\n");

# --- other ways to the back end, and to none

for my $host (qw(kept stream any all limit)) {
    same("$host: a change", host($host, patch("$host-1", $done, $auth)));
    same("$host: a stranger", host($host, patch("$host-2", $done)));
    same("$host: a question", host($host, http('GET', "$uri/x", undef, $auth)));
}

# --- answers that are not a task

for my $path (qw(empty none busy slow html moved 400 413 500 gone)) {
    same("the back end: $path", host('own', patch_at("/$path$uri/y" . ++$n)));
    same("nginx: $path", host('page', patch_at("/$path$uri/z" . ++$n)));
}

# --- an upgraded connection

same('a websocket', "GET /tunnel HTTP/1.1\r\nHost: tunnel\r\n$auth\r\n"
     . "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n", 'ping');

# --- without Redis

$redis->stop;
same('Redis is down', patch('lost', $done, $auth));

kill 'KILL', $tunnel;

is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


# one request to both servers

sub same {
    my ($name, @bytes) = @_;
    my %got = map { $_ => talk($_, @bytes) } qw(off dry);
    my %seen = map { $_ => [seen($_)] } qw(off dry);

    ok($got{off}, "$name: an answer");
    is($got{dry}, $got{off}, "$name: the same answer");
    is_deeply($seen{dry}, $seen{off}, "$name: the same at the back end");
}

sub talk {
    my ($mode, @bytes) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port{$mode}")
        or die "connect: $!\n";
    my $answer = '';

    local $SIG{ALRM} = sub { die "no end of the answer\n" };
    alarm 20;

    for my $part (@bytes) {
        syswrite $socket, $part;
        sysread $socket, $answer, 65536, length $answer if @bytes > 1;
    }

    if (@bytes > 1) {
        shutdown $socket, 1;
    }

    1 while sysread $socket, $answer, 65536, length $answer;
    alarm 0;

    return $answer =~ s/^Date: .*\r\n//mr;
}

# what a back end has got since the last time, without the questions

my %known;

sub seen {
    my ($mode) = @_;
    my @all = map { s/^Host: .*$//mr } $service{$mode}->requests;
    my @new = @all[($known{$mode} // 0) .. $#all];

    $known{$mode} = @all;

    if (@new > 1) {
        my $questions = grep { /^GET / } @new[0 .. $#new - 1];

        $asked += $questions;
        @new = $new[-1] if $questions == $#new;
    }

    return @new;
}

sub patch {
    my ($id, $body, @lines) = @_;

    return http('PATCH', "$uri/$id", $body, @lines, $type);
}

sub patch_at {
    my ($path) = @_;

    return http('PATCH', $path, $done, $auth, $type);
}

sub http {
    my ($method, $path, $body, @lines) = @_;

    push @lines, 'Content-Length: ' . length $body if defined $body;

    return join "\r\n", "$method $path HTTP/1.1", 'Host: plain',
                'Connection: close', @lines, '', $body // '';
}

sub host {
    my ($host, $bytes) = @_;

    return $bytes =~ s/^Host: plain/Host: $host/mr;
}

sub zip {
    my ($text) = @_;

    gzip(\$text => \my $zipped, -Minimal => 1);

    return $zipped;
}

# another task that is in that state

sub task_in {
    my ($state) = @_;

    while (1) {
        my $id = 's' . ++$n;

        return $id if first_state($id) eq $state;
    }
}

# a server that upgrades a connection, and then repeats what it gets

sub tunnel {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8)
        or die "listen: $!\n";
    my $pid = fork() // die "fork: $!\n";

    return ($pid, $listen->sockport) if $pid;

    open STDOUT, '>', '/dev/null';
    alarm 300;

    while (my $socket = $listen->accept) {
        my $head = '';

        1 while $head !~ /\r\n\r\n/
                && sysread $socket, $head, 65536, length $head;

        syswrite $socket, $head =~ /^Upgrade: websocket\r/mi
            ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              . "Connection: upgrade\r\n\r\n"
            : "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n"
              . "Connection: close\r\n\r\n";

        my $bytes;

        syswrite $socket, $bytes while sysread $socket, $bytes, 4096;
        close $socket;
    }

    POSIX::_exit(0);
}

sub conf {
    my $conf = <<"_EOC_";
print_task_key_file $keys;
print_task_redis @{[$redis->address]};
client_max_body_size 64k;
port_in_redirect off;
limit_req_zone "\$server_port \$host" zone=limit:64k rate=1r/m;

server {
    listen 127.0.0.1:$port{own};
    location /empty { return 200; }
    location /none  { return 204; }
    location /busy  { return 503; }
    location /slow  { return 429; }
    location /html  { default_type text/html; return 200 "<p>"; }
    location /moved { return 307 /elsewhere; }
    location /400   { return 400; }
    location /413   { return 413; }
    location /500   { default_type application/json; return 500 "{}"; }
    location /gone  { return 444; }
}
_EOC_

    for my $mode (qw(off dry)) {
        my $service = $service{$mode}->address;
        my %pass = (
            plain  => "proxy_pass http://$service;",
            kept   => "proxy_pass http://$service; proxy_http_version 1.1;
                       proxy_set_header Connection '';",
            stream => "proxy_pass http://$service; proxy_http_version 1.1;
                       proxy_request_buffering off;",
            any    => "proxy_pass http://$service; satisfy any; deny all;",
            all    => "proxy_pass http://$service; satisfy all; deny all;",
            limit  => "proxy_pass http://$service; limit_req zone=limit;",
            own    => "proxy_pass http://127.0.0.1:$port{own};",
            page   => "proxy_pass http://127.0.0.1:$port{own};
                       proxy_intercept_errors on;",
            tunnel => "proxy_pass http://127.0.0.1:$upgrades;
                       proxy_http_version 1.1;
                       proxy_set_header Upgrade \$http_upgrade;
                       proxy_set_header Connection upgrade;",
        );

        $conf .= server($mode, $_, $pass{$_})
            for 'plain', grep { $_ ne 'plain' } sort keys %pass;
    }

    return $conf;
}

sub server {
    my ($mode, $name, $pass) = @_;
    my $lines = $mode eq 'off' ? 'print_task off;'
                : 'print_task forward; print_task_dry_run on;';

    return <<"_EOC_";
server {
    listen 127.0.0.1:$port{$mode};
    server_name $name;
    $lines

    location / {
        $pass
    }
}
_EOC_
}
