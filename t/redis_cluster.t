#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Redis Cluster: each key is found at the node of its slot, even while slots
# move and nodes come and go.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(time);

use PrintTask::Cluster;
use PrintTask::Server;
use PrintTask::Token;

*await = \&PrintTask::Server::await;

my $cluster = PrintTask::Cluster->new(masters => 3, replicas => 2);
my ($first) = $cluster->addresses;
my @keys = PrintTask::Token::jwks_file();

my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1, level => 'debug',
    redis => "$first cluster ping=100ms",
    location => "print_task_key_file $keys[0];",
    server => 'location = /ready { print_task_health ready; }');

# tasks by the node that has them: those of a definition are all on one

my @tasks = ([], [], []);

for my $n (1 .. 60) {
    my $task = "t$n";
    my $node = $cluster->master(key($task));

    is($cluster->cli($node, 'HSET', key($task), 'state', 'pending'), 1,
        "$task on node $node") if @{ $tasks[$node] } < 4;

    push @{ $tasks[$node] }, $task if @{ $tasks[$node] } < 4;
}

is(scalar @$_, 4, 'each node has tasks') for @tasks;

# --- one address is enough to find all

for my $task (map { @$_ } @tasks) {
    is(status($task, 'processing'), 200, "$task is found");
    is(state($task), 'processing', "$task was changed");
}

ok(await(sub { connections() == 3 }), 'one connection to each of the nodes');
ok(await(sub { ($nginx->request('GET', '/ready') // {})->{status} == 200 }),
    'ready');

# --- a list is asked for at the node of its index

my $before = redirections();

for my $task (map { $$_[0] } @tasks) {
    my ($list) = uri($task) =~ m{^(.*)/};

    is($nginx->request('GET', $list)->{status}, 200, "$list is listed");
}

is(redirections(), $before, 'no list was asked for at another node');

# --- a slot that was moved, and one that is being moved

my $moved = $tasks[0][0];

$cluster->move(key($moved), 1);
is(status($moved, 'pending'), 409, 'moved: the rules hold');
is(status($moved, 'completed'), 200, 'moved: found');
is(state($moved), 'completed', 'moved: and changed');
ok(await(sub { requests(0, sub { status($moved, 'completed') }) == 0 }),
    'moved: then asked for at its new place only');

my $asked = $tasks[1][0];

$cluster->asking(key($asked), 2);

for (1 .. 2) {
    is(status($asked, 'processing'), 200, 'on its way: found');
    is(requests(1, sub { status($asked, 'processing') }), 1,
        'on its way: asked for at its old place first');
}

is(status('absent', 'completed'), 404, 'a task that is nowhere');
$cluster->move(key($asked), 2);
is(status($asked, 'completed'), 200, 'arrived: found');

# --- scripts are not known to a node any more

$cluster->cli($_, 'SCRIPT', 'FLUSH') for 0 .. 2;
is(status($_, 'completed'), 200, "$_: the script is sent along")
    for map { $$_[1] } @tasks;

# --- a master dies, its replica takes over

my ($lost, $other) = ($tasks[0][2], $tasks[2][2]);

$cluster->kill(0);
is(status($lost, 'completed'), 503, 'a node is lost: its tasks are not there');
is($nginx->request('PATCH', uri($lost), '{}')->{reason}, 'storeDown',
    'and the reason says so');

my $start = time;
ok(await(sub { ($cluster->master(key($lost)) // -1) == 3 }),
    'its replica is promoted');
my $promoted = time;
ok(await(sub { status($lost, 'completed') == 200 }), 'and found');
cmp_ok(time - $promoted, '<', 2, 'within two seconds');
is(state($lost), 'completed', 'and it has the task');
is(status($other, 'completed'), 200, 'the others go on');

# --- the old master comes back, as a replica

$cluster->start(0);
ok(await(sub { $cluster->cli(0, 'ROLE') =~ /^slave/ }), 'it is a replica now');
is(status($tasks[0][3], 'aborted'), 200, 'its tasks are where they were');

# --- a node without slots is freed, if the configuration does not name it

is($cluster->cli(4, 'CLUSTER', 'FAILOVER'), 'OK', 'a replica takes over');
ok(await(sub { $cluster->cli(1, 'ROLE') =~ /^slave/ }), 'from its master');
is(status($tasks[1][3], 'processing'), 200, 'its tasks are found');
ok(await(sub { $nginx->log =~ /redis node "\S+" is gone/ }),
    'the old master is freed');

my $pings = pings(2);

ok(await(sub { pings(2) > $pings + 2 }), 'and the others still get pings');

# --- the first address is not there any more when nginx is reloaded

$nginx->configure(redis => join ' ', ($cluster->addresses)[0, 1], 'cluster');
$cluster->kill(0);
$nginx->reload;
ok(await(sub { status($tasks[0][3], 'aborted') == 200 }),
    'another address serves as well');

# --- shutdown

cmp_ok($nginx->stop // 99, '<', 3, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');
unlike($nginx->log, qr/refuses commands: "(MOVED|ASK)/,
    'to be sent elsewhere is no trouble');

done_testing();


sub key {
    my ($task) = @_;

    return "print-task:{$PrintTask::Token::Tenant/$task}/$task";
}

sub uri {
    my ($task) = @_;

    return "/print/taskDefinitions/$task/tasks/$task";
}

sub status {
    my ($task, $state) = @_;

    my $response = $nginx->request('PATCH', uri($task),
                                   qq({"status":{"state":"$state"}}));

    return $response ? $response->{status} : 0;
}

sub state {
    my ($task) = @_;

    return $cluster->cli($cluster->master(key($task)), 'HGET', key($task),
                         'state');
}

# of the gateway: it names none of its connections, redis-cli has but one

sub connections {
    my $n = 0;

    for my $i (0 .. 2) {
        my $list = $cluster->cli($i, 'CLIENT', 'LIST', 'TYPE', 'normal');

        $n += grep { /cmd=(evalsha|eval|script|cluster\|slots|ping) / }
                   split /\n/, $list;
    }

    return $n;
}

# how many times a node was asked whether it is there

sub pings {
    my ($i) = @_;

    return $cluster->cli($i, 'INFO', 'commandstats')
           =~ /cmdstat_ping:calls=(\d+)/ ? $1 : 0;
}

# how many commands of scripts a node gets meanwhile

sub requests {
    my ($i, $meanwhile) = @_;
    my @calls;

    for (0, 1) {
        my $stats = $cluster->cli($i, 'INFO', 'commandstats');

        my ($calls) = $stats =~ /cmdstat_evalsha:calls=(\d+)/;
        my ($rejected)
            = $stats =~ /cmdstat_evalsha:.*rejected_calls=(\d+)/;

        push @calls, ($calls // 0) + ($rejected // 0);
        $meanwhile->() if !$_;
    }

    return $calls[1] - $calls[0];
}

# commands that nodes have sent elsewhere

sub redirections {
    my $n = 0;

    for my $node (0 .. 2) {
        $n += $1 if $cluster->cli($node, 'INFO', 'errorstats')
                    =~ /errorstat_MOVED:count=(\d+)/;
    }

    return $n;
}
