#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Files of revoked tokens that change in unusual ways, seen by workers that
# look at them at different times.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(time);

use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $dir = File::Temp->newdir;
my $file = "$dir/revoked.json";
my $keys = 'print_task_key_file ' . jwks_file() . ';';
my $app = $PrintTask::Token::App;
my $token = token();

list('x' x length $app);
utime 1_700_000_000, 1_700_000_000, $file;

my $nginx = PrintTask::Server->new(
    location => "$keys print_task_revoked_file $file;",
    http => 'limit_req_zone $print_task_app_id zone=apps:1m rate=20r/m;
             keepalive_requests 1000000;',
    store => 'print_task_store memory:m:1m;',
    server => "location /slow/ { print_task answer; $keys
                   print_task_realm slow;
                   print_task_revoked_file $file;
                   limit_req zone=apps burst=5; }
               location /address/ { print_task answer; $keys
                   print_task_realm address;
                   print_task_revoked_file $file;
                   print_task_tenant $PrintTask::Token::Tenant;
                   print_task_admin 127.0.0.1; }");

# --- a file of the same size, the same time of modification and the same inode

my @workers = connections();
my $end = time() + 3.1;

ok(await(sub { status(0) eq '200' && status(1) eq '200' && time() > $end }),
    'the list has not changed for a while');

open my $fh, '+<', $file or die "$file: $!\n";
print $fh text($app);
close $fh;
utime 1_700_000_000, 1_700_000_000, $file;

for my $n (0, 1) {
    ok(await(sub { status($n) eq '401' }, 5),
        "a list of the same size and time counts in worker $n");
}

# --- one worker has seen a version that the other one has not

list($app, 'second');
ok(await(sub { status(0);
               (() = $nginx->log =~ /was read again, 2 entries/g) == 1 }),
    'one worker reads a second version');

unlink $file;
$end = time() + 4.2;
await(sub { status(0); status(1); time() > $end });

is(scalar(() = $nginx->log =~ /\[error\].*stat\(\).*entries are kept/g), 1,
    'a file that is gone is logged once by all workers');

list($app);
$end = time() + 1.2;
await(sub { status(0); status(1); time() > $end });
unlink $file;
ok(await(sub { status(0);
               (() = $nginx->log =~ /\[error\].*stat\(\)/g) == 2 }),
    'and once more when it is gone again');

# --- a request that limit_req delays after a variable has read the token

list('other');
ok(await(sub { status(0) eq '200' && status(1) eq '200' }), 'no token revoked');

is(slow(), '404', 'the first request of an application is not delayed');

my $socket = $nginx->connect;
my $start = time();
ask($socket, '/slow');
ok(await(sub { $nginx->log =~ /delaying request/ }), 'the second one is');

list($app);
ok(await(sub { status(0) eq '401' && status(1) eq '401' }),
    'its application is revoked in between');
cmp_ok(time() - $start, '<', 3, '... while it is delayed');
is(answer($socket), '401', 'it is refused');

# --- a print service without a token, which its address identifies

list('other');
ok(await(sub { status(0) eq '200' && status(1) eq '200' }), 'no token revoked');

my $body = '{"status":{"state":"pending"}}';

$socket = $nginx->connect;
$socket->autoflush(1);
print $socket "PUT /address/print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
              . "Host: localhost\r\nExpect: 100-continue\r\n"
              . "Content-Type: application/json\r\n"
              . 'Content-Length: ' . length($body) . "\r\n\r\n";
is(answer($socket), '100', 'nginx reads the body of the print service');

list($app);
ok(await(sub { status(0) eq '401' && status(1) eq '401' }),
    'the list changes in between');

print $socket $body;
is(answer($socket), '201', 'the print service creates its task');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


# a connection to each of the two workers

sub connections {
    my %of;

    await(sub {
        my $socket = $nginx->connect;

        ask($socket);

        my (undef, $worker) = answer($socket);

        $of{$worker} //= $socket;

        return keys %of == 2;
    }) or die "one worker takes all connections\n";

    return map { $of{$_} } sort keys %of;
}

sub status {
    my ($n) = @_;

    ask($workers[$n]);

    return scalar answer($workers[$n]);
}

sub slow {
    my $socket = $nginx->connect;

    ask($socket, '/slow');

    return scalar answer($socket);
}

sub ask {
    my ($socket, $prefix) = @_;

    $prefix //= '';

    $socket->autoflush(1);
    print $socket "GET $prefix/print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
                  . "Host: localhost\r\nAuthorization: Bearer $token\r\n\r\n";
}

# the status, and in a list the worker; the connection stays open

sub answer {
    my ($socket) = @_;
    my ($status) = (readline($socket) // '') =~ m{^HTTP/1.1 (\d+)};
    my ($length, $chunked, $worker) = (0, 0, '');

    while (defined(my $line = readline $socket)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        $chunked = 1 if $line =~ /^Transfer-Encoding: chunked/i;
        $worker = $1 if $line =~ /^X-Worker: (\d+)/;
        last if $line eq "\r\n";
    }

    while ($chunked) {
        my $size = hex readline $socket;

        read $socket, my $data, $size + 2;
        last if $size == 0;
    }

    read $socket, my $body, $length if $length;

    return wantarray ? ($status // '', $worker) : $status // '';
}

sub text {
    return '{"apps":[' . join(',', map { qq({"id":"$_"}) } @_) . ']}';
}

sub list {
    PrintTask::Server::write_file($file, text(@_));
}
