#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Redis Sentinel: the gateway uses the master that the sentinels name, also
# after a change.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(time);

use PrintTask::Sentinel;
use PrintTask::Server;
use PrintTask::Token;

*await = \&PrintTask::Server::await;

my $redis = PrintTask::Sentinel->new(sentinels => 3);
my $name = $PrintTask::Sentinel::Name;
my $nowhere = '127.0.0.1:1';

my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1,
    redis => "$nowhere @{[$redis->addresses]} sentinel=$name",
    location => 'print_task_key_file ' . PrintTask::Token::jwks_file() . ';',
    server => 'location = /ready { print_task_health ready; }');

is($redis->master, 0, 'server 0 is the master');

put($_) for 1 .. 9;

# --- the master is found

is(status(1, 'processing'), 200, 'found, though the first sentinel is away');
is(state(1), 'processing', 'and changed');
is(status(1, 'pending'), 409, 'the rules hold');
is(ready(), 200, 'ready');

# --- it crashes

$redis->kill(0);
is(status(2, 'completed'), 503, 'a crash: down');
ok(await(sub { ready() == 503 || ($redis->master // 0) == 1 }),
    'and not ready until a new master is there');

ok(await(sub { ($redis->master // 0) == 1 }), 'the sentinels promote the other');
my $promoted = time;
ok(await(sub { status(2, 'completed') == 200 }), 'which is used');
cmp_ok(time - $promoted, '<', 2, 'within two seconds');
is(state(2), 'completed', 'and has the change');
ok(await(sub { ready() == 200 }), 'ready again');

# --- it comes back, and is a replica

$redis->start(0);
$redis->follow(0, 1);
is(status(3, 'completed'), 200, 'the new one is used on');

ok(await(sub { $redis->cli(0, 'INFO', 'replication')
               =~ /^master_link_status:up/m }), 'it has caught up');

# --- a switch without a crash

ok(await(sub { $redis->cli(2, 'SENTINEL', 'FAILOVER', $name) eq 'OK' }),
    'a switch by hand');
ok(await(sub { ($redis->master // 1) == 0
               && $redis->cli(0, 'ROLE') =~ /^master/ }), 'is done');
ok(await(sub { $redis->cli(1, 'ROLE') =~ /^slave/ }, 30),
    'the old one is demoted');
ok(await(sub { status(4, 'completed') == 200 }), 'and not used any more');
is(state(4), 'completed', 'the new one has the change');

# --- the master stands still, and is alone with its opinion when it goes on

$redis->signal(0, 'STOP');
is(status(5, 'completed'), 503, 'the master stands still: down');
ok(await(sub { ($redis->master // 0) == 1 }), 'the other is promoted');
ok(await(sub { status(5, 'completed') == 200 }), 'and used');
$redis->signal(0, 'CONT');
is(status(6, 'completed'), 200, 'also when the old one goes on');
is($redis->cli(1, 'HGET', key(6), 'state'), 'completed', 'the new one has it');

# --- sentinels go away

$redis->kill($_) for 2, 3, 4;
is(status(7, 'completed'), 200, 'without sentinels the connection is kept');

# --- nobody knows the master

$nginx->configure(redis => "@{[$redis->addresses]} sentinel=nobody");
$redis->start(2);
$nginx->reload;
is(status(8, 'completed'), 503, 'a name that no sentinel knows: down');
ok(await(sub { $nginx->log =~ /redis "nobody" is unreachable: no sentinel/ }),
    'and it is logged');

# --- a sentinel that is wrong: what it says is checked

$redis->follow(0, 1);
$redis->cli(2, 'SENTINEL', 'MONITOR', 'wrong', '127.0.0.1',
            ($redis->ports)[0], 1);
$nginx->configure(redis => ($redis->addresses)[0] . ' sentinel=wrong');
$nginx->reload;
is(status(8, 'completed'), 503, 'a replica is not taken for the master');
ok(await(sub { $nginx->log =~ /redis "wrong" is unreachable: it is not the m/ }),
    'and it is logged');

cmp_ok($nginx->stop // 99, '<', 3, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


sub key {
    my ($n) = @_;

    return "print-task:{$PrintTask::Token::Tenant/d}/t$n";
}

sub put {
    my ($n) = @_;

    $redis->cli(0, 'HSET', key($n), 'state', 'pending');
}

sub status {
    my ($n, $state) = @_;

    my $response = $nginx->request('PATCH',
        "/print/taskDefinitions/d/tasks/t$n",
        qq({"status":{"state":"$state"}}));

    return $response ? $response->{status} : 0;
}

sub ready {
    my $response = $nginx->request('GET', '/ready');

    return $response ? $response->{status} : 0;
}

sub state {
    my ($n) = @_;

    return $redis->cli($redis->master, 'HGET', key($n), 'state');
}
