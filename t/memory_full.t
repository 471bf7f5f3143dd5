#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The memory store with full memory: evictions, and the message if no record
# can be evicted.

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
is(patch('new'), '503 storeFull', 'forward: no memory for one more');
is(patch('new'), '503 storeFull', '... still not');
is(op('read', 'new')->{result}, 'absent', '... and nothing of it is left');
is(op('reserve', 'held0', lease => 'b')->{result}, 'busy',
    'forward: none was given up');

op('commit', 'held0', lease => 'a', state => 'completed',
   final => 'completed', ttl => 100_000);
is(op('read', 'held0')->{state}, 'completed',
    'forward: a lease that is there can be settled');
is(op('reserve', 'new', lease => 'c', lease_time => 1)->{result}, 'granted',
    'forward: which frees memory for another one');
is(op('reserve', 'new2', lease => 'c', tenant => 'other')->{result}, 'granted',
    'forward: another tenant gets memory');

is(full_lines(), 1, 'forward: the log has one line');
like($nginx->log, qr/\[warn\] .*print_task_store "m" is full for tenant ".*": $held records/,
    '... that says so');
end('forward');

# --- whatever print_task_store_down says: the store is not down

for my $policy (qw(check pass)) {
    gateway('forward', "print_task_store_down $policy;");
    fill('reserve', 'held', lease => 'a', lease_time => 600_000);
    is(patch('new'), '503 storeFull', "store_down $policy: it is full, not down");
    end("store_down $policy");
}

# --- forward: records are given up, those that are final first

gateway('forward');
op('put', 'active', state => 'processing', ttl => 600_000);
op('put', "old$_", state => 'completed', ttl => 600_000,
   final => 'completed') for 0 .. 99;
op('put', 'owned', state => 'pending', ttl => 0);

my $down = grep { op('put', "more$_", state => 'completed', ttl => 600_000,
                     final => 'completed', parentUrl => 'u' x 200)
                      ->{result} ne 'created' } 1 .. 3000;

is($down, 0, 'forward: it takes more records than memory holds');
is(op('read', 'old0')->{result}, 'absent', '... the old final ones go');
is(op('read', 'more3000')->{state}, 'completed', '... the last one is there');
is(op('read', 'active')->{state}, 'processing', '... what is active, too');
is(op('read', 'owned')->{state}, 'pending', '... and what has no end');
is(full_lines(), 0, '... and it is not called full');
end('forward, final');

# --- answer: tasks that have not ended are not given up

gateway('answer');

my $tasks = fill('put', 'task', state => 'pending', ttl => 0);

cmp_ok($tasks, '>', 500, 'answer: hundreds of tasks');
is(patch('task1', 'processing', 'd' x 128), '200',
    'answer: each can still be changed');
is(patch('task1', 'processing', 'd' x 1024), '503 storeFull',
    'answer: but not by any length');
is(op('put', 'late', state => 'pending', ttl => 0)->{result}, 'store_full',
    'answer: and none is made');
is(patch('task2', 'completed'), '200', 'answer: one ends');
is(op('put', 'late', state => 'pending', ttl => 0)->{result}, 'created',
    '... which frees memory for another');
is(scalar(grep { op('read', "task$_")->{state} !~ /^p/ } 3 .. $tasks - 1), 0,
    'answer: no other was given up');
is(full_lines(), 1, 'answer: the log has one line');
end('answer');

# --- answer: a tenant does not take all

gateway('answer');
op('put', 'mine', state => 'completed', ttl => 0, final => 'completed');

my $theirs = fill('put', 'theirs', state => 'pending', ttl => 0, tenant => 't2',
                  app => 'B');

cmp_ok($theirs, '>', 500, 'tenants: one has hundreds of tasks');
is(patch('mine', 'completed'), '200', 'tenants: a task of another one is there');
is(op('put', 'new', state => 'pending', ttl => 0)->{result}, 'created',
    '... which stores more');
is(patch('new', 'completed', 'done'), '200', '... and ends it');
is(op('read', 'theirs0')->{state}, 'pending', '... at the cost of no other');
end('tenants');

# --- answer: nor does an application

gateway('answer');

for (0 .. 58) {
    op('put', "a$_", state => 'pending', ttl => 0);
    op('put', "b$_", state => 'pending', ttl => 0, app => 'B') if $_ < 30;
}

fill('put', 'c', state => 'pending', ttl => 0, app => 'C');

my $longer = grep { op('apply', 'b' . $_ % 30, state => 'processing', app => 'B',
                       description => 'd' x 1024 . $_)->{result} eq 'applied' }
             0 .. 99;

cmp_ok($longer, '<', 100, 'applications: one lengthens descriptions, until it is full');
is(scalar(grep { patch("a$_", 'completed', 'completed') eq '200' } 0 .. 58), 59,
    'applications: another one ends all its tasks');

op('put', "new$_", state => 'completed', ttl => 0, final => 'completed', app => 'B',
   description => 'd' x 1024) for 1 .. 500;

is(scalar(grep { patch("a$_", 'completed', 'completed') eq '200' } 0 .. 58), 59,
    'applications: which are there when it asks again');
end('applications');

done_testing();

sub gateway {
    my ($mode, $policy) = @_;

    $policy //= 'print_task_store_down reject;';

    $nginx = PrintTask::Server->new(load => [PrintTask::Store->module],
        mode => $mode, location => $policy,
        store => "keepalive_requests 1000000;
                  print_task_key_file $key_file;
                  print_task_store memory:m:256k;");
    $store = PrintTask::Store->of($nginx, 'print/op');
}

sub op {
    my ($op, $task, @args) = @_;

    return $store->op($op, key => sprintf($key, $task),
        tenant => $PrintTask::Token::Tenant, app => $PrintTask::Token::App, @args);
}

# until memory is full: how many there are

sub fill {
    my ($op, $prefix, @args) = @_;

    for (my $n = 0; ; $n++) {
        return $n if op($op, "$prefix$n", @args)->{result} eq 'store_full';
    }
}

sub patch {
    my ($task, $state, $description) = @_;

    $state //= 'completed';
    $description = defined $description ? qq(,"description":"$description") : '';

    my $got = $nginx->request('PATCH', "/print/taskDefinitions/d/tasks/$task",
                              qq({"status":{"state":"$state"$description}}));

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
