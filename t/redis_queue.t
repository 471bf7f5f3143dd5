#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The number of commands in one write, and the limit of waiting commands.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use Test::More;
use Time::HiRes qw(time);

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token);

*await = \&PrintTask::Server::await;

my $limit = 1024;               # operations of a worker that wait for Redis

my $redis = PrintTask::Redis->new;
my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1, level => 'debug',
    connections => 2 * $limit, redis => $redis->address,
    http => 'print_task_redis_timeout 1s 20s;',
    location => 'print_task_key_file ' . PrintTask::Token::jwks_file() . ';');

await(sub { scalar(() = $nginx->workers) });

my ($worker) = $nginx->workers;
my $token = token();

$redis->command('HSET', "print-task:{$PrintTask::Token::Tenant/d}/t",
                'state', 'pending');

# --- what comes in one turn of the event loop goes to Redis in one write

my @clients = map { $nginx->connect } 1 .. 20;

ask($_) for @clients;
is_deeply(answers(20, @clients), { 200 => 20 }, 'each connection is in use');

kill 'STOP', $worker;
ok(await(sub { stopped($worker) }), 'the worker stands still');

ask($_) for @clients;
my $before = writes();

kill 'CONT', $worker;
is_deeply(answers(20, @clients), { 200 => 20 }, 'and finds twenty requests');
is(writes() - $before, 1, 'of which it makes one write');

# --- Redis stands still: so many wait, and no more

$redis->signal('STOP');

push @clients, map { $nginx->connect } @clients + 1 .. $limit + 50;
ask($_) for @clients;

is_deeply(answers(50, @clients), { 503 => 50 },
    'what is over the limit is refused at once');

$redis->signal('CONT');

is_deeply(answers($limit, @clients), { 200 => $limit },
    'all others are answered when Redis goes on');

# --- the end

close $_ for @clients;

cmp_ok($nginx->stop // 99, '<', 5, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


sub ask {
    my ($client) = @_;
    my $body = '{"status":{"state":"processing"}}';

    syswrite $client, join "\r\n",
        'PATCH /print/taskDefinitions/d/tasks/t HTTP/1.1', 'Host: localhost',
        "Authorization: Bearer $token", 'Content-Type: application/json',
        'Content-Length: ' . length $body, '', $body;
}

# the statuses of the next so many answers, of any of the clients

sub answers {
    my ($n, @from) = @_;
    my $select = IO::Select->new(@from);
    my $deadline = time + 15;
    my (%count, %text);

    while ($n && time < $deadline) {

        for my $client ($select->can_read(0.1)) {
            sysread $client, $text{$client}, 65536, length($text{$client} // '')
                or do { $select->remove($client); next };

            next if $text{$client} !~ m{^HTTP/1\.1 (\d+) .*\r\n\r\n.*\}$}s;

            $count{$1}++;
            $text{$client} = '';
            last if !--$n;
        }
    }

    return \%count;
}

sub stopped {
    my ($pid) = @_;

    open my $in, '<', "/proc/$pid/stat" or return 0;

    return scalar <$in> =~ /\) T /;
}

# to the socket of Redis

sub writes {
    my $log = $nginx->log;
    my ($fd) = $log =~ /print task redis connect to .*, fd:(\d+)/
        or return 0;

    return scalar(() = $log =~ /: \*?\d* ?send: fd:$fd /g);
}
