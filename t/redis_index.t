#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# util/redis-index: adds tasks without an index to the lists.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Store;

my ($store) = PrintTask::Store->all;
my @redis = ('-s', $store->socket);

sub ids {
    my ($definition) = @_;
    my $got = $store->op('list', key => '-', max => 100,
                         index => "print-task-index:{$definition}",
                         sources => 'pending processing completed aborted');

    return join ' ', map { $got->{$_} } grep { /^id\d/ } sort keys %$got;
}

my @keys = ((map { "print-task:{tenant/d}/$_" } 'a' .. 'c'),
            'print-task:{/d}/no-tenant', 'print-task:{realm/tenant/d}/realm');

$store->op('put', key => $_, state => 'pending', ttl => 0) for @keys;

# a task of the old form, and keys of others

system('redis-cli', @redis, 'SET', $_, 'x') for 'print-task:{t/d/t}', 'other';

is(ids('tenant/d'), '', 'tasks without an index are in no list');

for my $time ('once', 'twice') {
    is(system('util/redis-index', @redis), 0, "the index is made, $time");
    is(ids('tenant/d'), 'a b c', 'and has the tasks of a definition');
    is(ids('/d'), 'no-tenant', 'without a tenant');
    is(ids('realm/tenant/d'), 'realm', 'with a realm');
}

chomp(my @indices = `redis-cli @redis --scan --pattern 'print-task-index:*'`);

is(scalar @indices, 3, 'there is no other index');

is(PrintTask::Store->server->stop >= 0, 1, 'nginx ends');
is(PrintTask::Store->server->quiet, '', 'and is quiet');

done_testing();
