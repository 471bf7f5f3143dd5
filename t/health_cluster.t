#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# print_task_health with a Redis Cluster: while some nodes answer, the gateway
# stays in use; without any, it does not.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Cluster;
use PrintTask::Server;
use PrintTask::Token;

*await = \&PrintTask::Server::await;

my $file = (PrintTask::Token::jwks_file())[0];
my %answers = (
    ready => '200 {"status":"ready","keys":true,"store":true}',
    degraded => '200 {"status":"degraded","keys":true,"store":false}',
    unavailable => '503 {"status":"unavailable","keys":true,"store":false}',
);

# --- nodes serve their slots also while others are lost

my $cluster = PrintTask::Cluster->new(
    masters => 3, conf => { 'cluster-require-full-coverage' => 'no' });
my $checked = $cluster->master('print-task:{health}');
my ($other, $last) = grep { $_ != $checked } 0 .. 2;
my $nginx = start();

becomes('ready', 'all nodes are there');

my %task = map {
    my $task = "t$_";

    ($cluster->master(key($task)) => $task)
} 1 .. 30;

create($_) for 0 .. 2;

is(scalar keys %task, 3, 'each node has tasks');
is(change($task{$_}), '200', "node $_: a task is changed") for 0 .. 2;

$cluster->kill($checked);
becomes('degraded', 'the node of the key of the check is lost');
is(change($task{$other}), '200', '... tasks of another node are changed');
is(change($task{$checked}), '503 storeDown', '... its own tasks are not');
$cluster->start($checked);
becomes('ready', '... it is back');
create($checked);

$cluster->kill($other);
ok(await(sub { change($task{$other}) =~ /^503/ }), 'another node is lost');
becomes('degraded', '... the answer says so');
is(change($task{$checked}), '200', '... tasks of the others are changed');

$cluster->kill($checked);
becomes('degraded', 'two of three nodes are lost');
is(change($task{$last}), '200', '... tasks of the third are changed');

$cluster->kill($last);
becomes('unavailable', 'no node is there');
end('nodes');

# --- Redis' default: none serves any slot while one is lost

$cluster = PrintTask::Cluster->new(masters => 3);
$nginx = start();
becomes('ready', 'with full coverage: all nodes are there');
$cluster->kill($other);
becomes('unavailable', '... one is lost: the others answer CLUSTERDOWN');
$cluster->start($other);
becomes('ready', '... it is back');
end('full coverage');

done_testing();


sub start {
    return PrintTask::Server->new(
        mode => 'answer', workers => 1,
        redis => ($cluster->addresses)[0] . ' cluster ping=100ms',
        location => "print_task_key_file $file;",
        server => 'location = /ready { print_task_health ready; }');
}

sub becomes {
    my ($status, $name) = @_;
    my $got = '';

    await(sub { ($got = ready()) eq $answers{$status} });
    is($got, $answers{$status}, "$name: $status");
}

sub ready {
    my $got = $nginx->ask("GET /ready HTTP/1.1\r\nHost: localhost\r\n"
                          . "Connection: close\r\n\r\n");

    return "$got->{status} " . ($got->{body} =~ s/\n\z//r);
}

sub change {
    my ($task) = @_;
    my $got = $nginx->request('PATCH', "/print/taskDefinitions/$task/tasks/t",
                              '{"status":{"state":"processing"}}');

    return join ' ', $got->{status}, $got->{reason} // ();
}

# a definition for each task: tasks of one definition are on one node

sub key {
    my ($task) = @_;

    return "print-task:{$PrintTask::Token::Tenant/$task}/t";
}

sub create {
    my ($node) = @_;

    $cluster->cli($node, 'HSET', key($task{$node}), 'state', 'pending');
}

sub end {
    my ($name) = @_;

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming");
}
