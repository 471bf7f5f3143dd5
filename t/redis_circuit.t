#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A slow Redis: its cost for requests, and the time until it is used again.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;
use Time::HiRes qw(time);

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

# the command time-out is 250 ms; the rest is for a machine that is busy

my ($timeout, $slack) = (0.25, 0.35);

my $token = token();
my $key = "print-task:{$PrintTask::Token::Tenant/d}/t";
my $redis = PrintTask::Redis->new(
    PrintTask::Redis->version < 7 ? () : ('enable-debug-command' => 'yes'));

$redis->command('HSET', $key, 'state', 'pending');

my $nginx = PrintTask::Server->new(mode => 'answer', workers => 1,
                                   redis => $redis->address,
                                   http => 'print_task_key_file '
                                           . jwks_file() . ';');

is_deeply([@{$nginx->get($token)}{qw(status state)}], [200, 'closed'],
    'at first it is closed');

# --- one that is late is not enough

$redis->command('CLIENT', 'PAUSE', 10_000, 'WRITE');

is_deeply([@{$nginx->get($token)}{qw(status reason state)}],
    [503, 'storeDown', 'closed'], 'one is late: still closed');

$redis->command('CLIENT', 'UNPAUSE');

is($nginx->get($token)->{status}, 200, 'the next one is answered');

# --- slow, while PING is answered

$redis->command('CLIENT', 'PAUSE', 60_000, 'WRITE');

outage('paused');
recovers('paused', sub { $redis->command('CLIENT', 'UNPAUSE') });

# --- stopped: it accepts connections, and that is all

$redis->signal('STOP');

outage('stopped');
recovers('stopped', sub { $redis->signal('CONT') });

# --- busy for a short time: the connection stays

my $before = connections();

$redis->send('DEBUG', 'SLEEP', '0.9');

ok(PrintTask::Server::await(sub { $nginx->get($token)->{status} == 503 }),
    'asleep: one is late');

my @slow = map { $nginx->send($nginx->connect, $token) } 1 .. 5;

is_deeply([map { $nginx->receive($_)->{status} } @slow], [(503) x 5],
    'asleep: all are refused');

recovers('asleep', sub { });

is(connections(), $before, 'asleep: the connection is the same');

# --- a worker that ends does not wait for a probe

$redis->command('CLIENT', 'PAUSE', 60_000, 'WRITE');

outage('at the end');

my $seconds = $nginx->stop;

ok(defined $seconds && $seconds < 2, 'the shutdown is prompt');
is($nginx->quiet, '', 'and quiet');

$redis->command('CLIENT', 'UNPAUSE');

done_testing();


# The first requests cost no more than the time-out, and then none anything;
# one line is logged.

sub outage {
    my ($name) = @_;
    my $lines = lines('is (?:slow|unreachable)');
    my @times;

    for (1 .. 30) {
        my $start = time();
        my $answer = $nginx->get($token);

        push @times, time() - $start;

        is($answer->{status}, 503, "$name: refused")
            if $answer->{status} != 503;

        last if $answer->{state} ne 'closed';
    }

    cmp_ok(scalar @times, '<=', 4, "$name: it opens");
    cmp_ok((sort { $b <=> $a } @times)[0], '<', $timeout + $slack,
        "$name: no request costs more than the time-out");

    # over several probes, and for longer than the connection is kept

    my ($until, $most, %states) = (time() + 2, 0);

    while (time() < $until) {
        my $start = time();
        my $answer = $nginx->get($token);
        my $took = time() - $start;

        $most = $took if $took > $most;
        $states{"$answer->{status} $answer->{state}"}++;

        select undef, undef, undef, 0.01;
    }

    cmp_ok($most, '<', $timeout * 0.8, "$name: open, none costs anything");
    is_deeply([grep { !/^503 (?:open|half_open)$/ } keys %states], [],
        "$name: it stays open");
    is(lines('is (?:slow|unreachable)') - $lines, 1, "$name: one line");
}

sub recovers {
    my ($name, $begin) = @_;
    my $lines = lines('is back');

    $begin->();

    my $start = time();

    ok(PrintTask::Server::await(sub { $nginx->get($token)->{status} == 200 }),
        "$name: it is used again");
    cmp_ok(time() - $start, '<', 2, "$name: within two seconds");
    is($nginx->get($token)->{state}, 'closed', "$name: closed");
    is(lines('is back') - $lines, 1, "$name: one line when it is back");
}

sub lines {
    my ($text) = @_;

    return scalar grep { /print task: redis "[^"]+" $text/ }
                  split /^/, $nginx->log;
}

sub connections {
    my ($received) = $redis->command('INFO', 'stats')
                     =~ /total_connections_received:(\d+)/;

    # those of the test itself

    return $received - @{$redis->{others} // []};
}
