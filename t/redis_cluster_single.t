#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A cluster of one node, as after "redis-server --cluster-enabled yes": the
# node does not know its own address, and answers CLUSTER SLOTS with an empty
# one.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Cluster;
use PrintTask::Server;
use PrintTask::Token;

my $cluster = PrintTask::Cluster->new(masters => 1);
my ($address) = $cluster->addresses;

is((split /\n/, $cluster->cli(0, 'CLUSTER', 'SLOTS'))[2], '',
    'the node does not report its address');

my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1, level => 'debug',
    redis => "$address cluster",
    location => 'print_task_key_file ' . PrintTask::Token::jwks_file() . ';');

my @workers;

ok(PrintTask::Server::await(sub { @workers = $nginx->workers }), 'a worker');

for my $n (1 .. 20) {
    my $key = "print-task:{$PrintTask::Token::Tenant/d}/t$n";

    $cluster->cli(0, 'HSET', $key, 'state', 'pending');
    is(status("t$n"), 200, "t$n is found and changed");
    is($cluster->cli(0, 'HGET', $key, 'state'), 'completed', "t$n is changed");
}

is_deeply([$nginx->workers], \@workers, 'the worker is the one of the start');
is(() = $nginx->log =~ /print task redis connect to/g, 1, 'one connection');

cmp_ok($nginx->stop // 99, '<', 5, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


sub status {
    my ($task) = @_;

    my $response = $nginx->request('PATCH',
                                   "/print/taskDefinitions/d/tasks/$task",
                                   '{"status":{"state":"completed"}}');

    return $response ? $response->{status} : 0;
}
