#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Redis goes down, and the clients of requests that wait for a task go, all at the
# same moment for the worker.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

*await = \&PrintTask::Server::await;

my $keys = jwks_file();
my $redis = PrintTask::Redis->new;
my $nginx = PrintTask::Server->new(workers => 1,
    redis => $redis->address,
    http => "print_task_key_file $keys; print_task_redis_timeout 1s 10s;",
    server => 'location = /status { print_task_status; }');
my $body = '{"status":{"state":"completed"}}';

is($nginx->request('PATCH', '/print/taskDefinitions/d/tasks/first', $body)->{status},
    502, 'the worker has a connection to Redis');

my ($worker) = $nginx->workers;

# the first request has the turn, and its command no answer

$redis->signal('STOP');

my @clients = map { my $s = $nginx->connect; $nginx->change($s, $body); $s } 1 .. 20;

ok(await(sub {
    ($nginx->ask("GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
     // return 0)->{body} =~ /^nginx_print_task_lease_waiting 19$/m;
}), 'others wait for the task');

kill 'STOP', $worker;
$redis->stop;
close $_ for @clients;
kill 'CONT', $worker;

# the worker handles all of this before it answers

ok(await(sub {
    ($nginx->ask("GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
     // return 0)->{body} =~ /^nginx_print_task_lease_waiting 0$/m;
}), 'nobody waits any more');
is(($nginx->workers)[0], $worker, 'the worker lives');
ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', '... and logged nothing alarming');

done_testing();
