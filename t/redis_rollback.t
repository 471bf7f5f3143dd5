#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A Redis without its last writes, after a crash or a fail-over.  Its record
# of a task that is not final may be older than the task: the back end is
# asked.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $key = "print-task:{$PrintTask::Token::Tenant/d}/t";

# the back end has no such task: to ask for it fails

for my $policy (qw(reject check)) {
    my $redis = PrintTask::Redis->new;
    my $nginx = PrintTask::Server->new(
        workers => 1, redis => $redis->address,
        http => 'print_task_key_file ' . jwks_file() . ';'
                . " print_task_store_down $policy;");

    record($redis, 'pending');
    is(change($nginx), '200', "$policy: what Redis says is believed");

    $redis->stop;
    PrintTask::Server::await(sub { $nginx->log =~ /is unreachable/
                                   || change($nginx) =~ /^5/ });
    $redis->start;
    record($redis, 'pending');

    ok(PrintTask::Server::await(sub { change($nginx) !~ /storeDown/
                                      && $nginx->log =~ /is back/ }),
        "$policy: Redis is back");

    record($redis, 'pending');
    is(change($nginx), '502 refetchFailed',
        "$policy: what it knew before is not believed");

    $nginx->reload;
    record($redis, 'pending');
    is(change($nginx), '502 refetchFailed',
        "$policy: nor by a worker that was not there then");

    record($redis, 'completed');
    is(change($nginx), '200',
        "$policy: but for a task that has ended, which it repeats");

    $nginx->stop;
    is($nginx->quiet, '', "$policy: nothing alarming");
}

done_testing();


sub record {
    my ($redis, $state) = @_;

    $redis->command('HSET', $key, 'state', $state, 'rev', 1,
                    'app', $PrintTask::Token::App, 'confirmed', 1);
}

sub change {
    my ($nginx) = @_;

    my $response = $nginx->request('PATCH', '/print/taskDefinitions/d/tasks/t',
                                   '{"status":{"state":"completed"}}');
    my ($reason) = ($response->{body} // '') =~ /"innerError":\{"code":"(\w+)"/;

    return join ' ', $response->{status} // 0, $reason // ();
}
