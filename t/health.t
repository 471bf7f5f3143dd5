#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# print_task_health: load balancers get an answer without a token, during
# outages and without keys, and no details.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(jwks jwks_file token);

*await = \&PrintTask::Server::await;

my $file = 'print_task_key_file ' . jwks_file() . ';';
my $probes = 'location = /live { print_task_health live; }
              location = /ready { print_task_health ready; }';
my $redis = PrintTask::Redis->new;

# --- each policy during an outage

for my $case ([forward => 'reject', 503], [forward => 'check', 200],
              [forward => 'pass', 200], [answer => 'check', 503],
              ['dry run' => 'reject', 200])
{
    my ($mode, $policy, $status) = @$case;
    my $name = "$mode, $policy";
    my $nginx = PrintTask::Server->new(
        workers => 1, mode => $mode eq 'answer' ? 'answer' : 'forward',
        redis => $redis->address,
        http => "$file print_task_redis_timeout 200ms 100ms;"
                . " print_task_store_down $policy;"
                . ($mode eq 'dry run' ? ' print_task_dry_run on;' : ''),
        server => $probes);

    is(ask($nginx, '/live'), '200 {"status":"live"}', "$name: it lives");
    is(ask($nginx, '/ready'), '200 {"status":"ready","keys":true,"store":true}',
        "$name: it is ready");

    $redis->signal('STOP');
    ok(await(sub { ask($nginx, '/ready') =~ /"store":false/ }),
        "$name: Redis is stopped");
    is(ask($nginx, '/ready'), "$status "
        . ($status == 200 ? '{"status":"degraded","keys":true,"store":false}'
                          : '{"status":"unavailable","keys":true,"store":false}'),
        "$name: so it is $status");
    is(ask($nginx, '/live'), '200 {"status":"live"}', "$name: it still lives");

    $redis->signal('CONT');
    ok(await(sub { ask($nginx, '/ready') =~ /^200 .*"ready"/ }),
        "$name: Redis goes on");

    end($nginx, $name);
}

# --- a Redis that was never there

my $nginx = PrintTask::Server->new(
    workers => 1, http => "$file print_task_store_down reject;", server => $probes);
is(ask($nginx, '/ready'), '503 {"status":"unavailable","keys":true,"store":false}',
    'without Redis from the start');
end($nginx, 'no Redis');

# --- the store in memory

$nginx = PrintTask::Server->new(workers => 1, mode => 'answer',
    store => "$file print_task_store memory:m:1m;", server => $probes);
is(ask($nginx, '/ready'), '200 {"status":"ready","keys":true,"store":true}',
    'the store in memory is ready');
end($nginx, 'memory');

# --- keys that are not there yet

my $keys = PrintTask::Server::Keys->new;

$keys->answer(PrintTask::Server::response(500, ''));
$nginx = PrintTask::Server->new(workers => 1, redis => $redis->address,
    location => 'print_task_key_request /_keys; print_task_key_refresh 1h 1s;',
    server => "$probes location = /_keys { internal; proxy_pass http://"
              . $keys->address . '/; }');
is(ask($nginx, '/ready'), '503 {"status":"unavailable","keys":false,"store":true}',
    'without keys it is not ready');
$keys->answer(PrintTask::Server::response(200, jwks()));
ok(await(sub { $nginx->get(token()); ask($nginx, '/ready') =~ /^200/ }, 30),
    'with keys it is');
end($nginx, 'keys');

# --- the answer

$nginx = PrintTask::Server->new(
    workers => 1, redis => $redis->address, http => $file,
    server => "print_task forward; $probes");

is(ask($nginx, '/ready'), '200 {"status":"ready","keys":true,"store":true}',
    'no token is asked for where the server has print_task');

my $got = $nginx->request('GET', '/ready');

like($got->{head}, qr/^Content-Type: application\/json\r$/m, 'it is JSON');
like($got->{head}, qr/^Cache-Control: no-store\r?$/m, 'for now');
is($nginx->request('HEAD', '/ready')->{body}, '', 'HEAD has no body');
is($nginx->request('POST', '/ready', '{}')->{status}, 405, 'POST is 405');
is($nginx->request('GET', '/ready?x', '{}')->{status}, 200, 'a body is dropped');

# --- many ask: Redis is asked once a second

$redis->command('CONFIG', 'RESETSTAT');

my @sockets = map { $nginx->connect } 1 .. 100;

for (@sockets) {
    $_->autoflush(1);
    print $_ "GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
}

is(scalar(grep { $nginx->receive($_)->{status} == 200 } @sockets), 100,
    'many ask, and are answered');
my ($calls) = ($redis->command('INFO', 'commandstats')
               =~ /cmdstat_evalsha:calls=(\d+)/) || 0;
cmp_ok($calls, '<=', 20, 'and Redis is asked a few times');
is($redis->command('KEYS', '*health*') && 0, 0, 'nothing is written');

# --- those that go away while they wait

$redis->signal('STOP');

for (1 .. 20) {
    my $socket = $nginx->connect;
    $socket->autoflush(1);
    print $socket "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n";
    close $socket;
}

ok(await(sub { ask($nginx, '/ready') =~ /"store":false/ }), 'clients went away');
$redis->signal('CONT');
end($nginx, 'clients went away');

done_testing();


sub ask {
    my ($nginx, $uri) = @_;
    my $got = $nginx->ask("GET $uri HTTP/1.1\r\nHost: localhost\r\n"
                          . "Connection: close\r\n\r\n");

    return "$got->{status} " . ($got->{body} =~ s/\n\z//r);
}

sub end {
    my ($nginx, $name) = @_;

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming");
}
