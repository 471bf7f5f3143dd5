#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The store in memory when there is no room: what it gives up, and what it
# says when there is nothing to give up.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Server;
use PrintTask::Store;
use PrintTask::Token qw(jwks_file);

my $key_file = jwks_file();
my $key = "print-task:{$PrintTask::Token::Tenant/d}/%s";
my ($nginx, $store);

# --- forward: leases that live are not given up

gateway('forward');

my $held = fill('reserve', 'held', lease => 'a', lease_time => 600_000);

cmp_ok($held, '>', 2000, 'forward: thousands of leases');
is(patch('new'), '503 storeDown', 'forward: no room for one more');
is(patch('new'), '503 storeDown', '... still not');
is(op('read', 'new')->{result}, 'absent', '... and nothing of it is left');
is(op('reserve', 'held0', lease => 'b')->{result}, 'busy',
    'forward: none was given up');

op('commit', 'held0', lease => 'a', state => 'completed',
   final => 'completed', ttl => 100_000);
is(op('read', 'held0')->{state}, 'completed',
    'forward: a lease that is there can be settled');
is(op('reserve', 'new', lease => 'c', lease_time => 1)->{result}, 'granted',
    'forward: what is final makes room');
is(op('read', 'held0')->{result}, 'absent', '... by going');

is(full_lines(), 1, 'forward: the log has one line');
like($nginx->log, qr/\[error\] .*print_task_store "m" is full: $held records/,
    '... that says so');
end('forward');

# --- forward: records are given up, those that are final first

gateway('forward');
op('put', 'active', state => 'processing', ttl => 600_000);
op('put', "old$_", state => 'completed', ttl => 600_000,
   final => 'completed') for 0 .. 99;
op('put', 'owned', state => 'pending', ttl => 0);

my $down = grep { op('put', "more$_", state => 'completed', ttl => 600_000,
                     final => 'completed', parentUrl => 'u' x 200)
                      ->{result} ne 'created' } 1 .. 3000;

is($down, 0, 'forward: it takes more records than there is room for');
is(op('read', 'old0')->{result}, 'absent', '... the old final ones go');
is(op('read', 'more3000')->{state}, 'completed', '... the last one is there');
is(op('read', 'active')->{state}, 'processing', '... what is active, too');
is(op('read', 'owned')->{state}, 'pending', '... and what has no end');
is(full_lines(), 0, '... and it is not called full');
end('forward, final');

# --- answer: tasks that have not ended are not given up

gateway('answer');

my $tasks = fill('put', 'task', state => 'pending', ttl => 0);

cmp_ok($tasks, '>', 1000, 'answer: thousands of tasks');
is(patch('task1', 'processing'), '200', 'answer: each can still be changed');
is(op('put', 'late', state => 'pending', ttl => 0)->{result}, 'down',
    'answer: but none is made');
is(patch('task2', 'completed'), '200', 'answer: one ends');
is(op('put', 'late', state => 'pending', ttl => 0)->{result}, 'created',
    '... which makes room for another');
is(patch('task2', 'completed'), '404 taskNotFound', '... by going');
is(scalar(grep { op('read', "task$_")->{state} !~ /^p/ } 3 .. $tasks - 1), 0,
    'answer: no other was given up');
is(full_lines(), 1, 'answer: the log has one line');
end('answer');

done_testing();

sub gateway {
    my ($mode) = @_;

    $nginx = PrintTask::Server->new(load => [PrintTask::Store->module],
        mode => $mode, location => 'print_task_store_down reject;',
        store => "keepalive_requests 1000000;
                  print_task_key_file $key_file;
                  print_task_store memory:m:256k;");
    $store = PrintTask::Store->of($nginx, 'print/op');
}

sub op {
    my ($op, $task, @args) = @_;

    return $store->op($op, key => sprintf($key, $task), @args);
}

# until there is no room: how many there are

sub fill {
    my ($op, $prefix, @args) = @_;

    for (my $n = 0; ; $n++) {
        return $n if op($op, "$prefix$n", @args)->{result} eq 'down';
    }
}

sub patch {
    my ($task, $state) = @_;

    $state //= 'completed';

    my $got = $nginx->request('PATCH', "/print/taskDefinitions/d/tasks/$task",
                              qq({"status":{"state":"$state"}}));

    return join ' ', $got->{status}, $got->{reason} // ();
}

sub full_lines {
    return scalar(() = $nginx->log =~ /is full/g);
}

sub end {
    my ($name) = @_;

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: and is quiet");
}
