#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The commands of docs/redis.md that give records of the old form their new key.

use strict;
use warnings;

use lib 't/lib';

use File::Temp ();
use Test::More;

use PrintTask::Redis;
use PrintTask::Server;

my $redis = PrintTask::Redis->new;
my $dir = File::Temp->newdir;
my ($socket) = $redis->address =~ /^unix:(.*)/;

my ($script) = PrintTask::Server::slurp('docs/redis.md')
    =~ /^### Records of the old form\n.*?```sh\n(.*?)```/ms;

PrintTask::Server::write_file("$dir/redis-cli",
                              "#!/bin/sh\nPATH=\${PATH#*:}\n"
                              . "exec redis-cli -s $socket \"\$@\"\n");
chmod 0755, "$dir/redis-cli";

$redis->command('HSET', "print-task:{t/d/$_}", state => 'processing', rev => $_)
    for 1 .. 3;
$redis->command('HSET', 'print-task:{/d/none}', state => 'pending');
$redis->command('PEXPIRE', 'print-task:{t/d/2}', 100_000);

# a record that is there in the new form already is the better one

$redis->command('HSET', 'print-task:{t/d}/3', state => 'completed');
$redis->command('HSET', 'print-task:{r/t/d}/1', state => 'aborted');

is(system("PATH=$dir:\$PATH; $script") >> 8, 0, 'the commands run')
    or diag($script // 'no commands');

is($redis->command('HGET', 'print-task:{t/d}/1', 'state'), 'processing',
    'a record has its new key');
is($redis->command('HGET', 'print-task:{t/d}/1', 'rev'), 1, '... as it was');
is($redis->command('EXISTS', 'print-task:{t/d/1}'), 0, '... and no old one');
is($redis->command('HGET', 'print-task:{/d}/none', 'state'), 'pending',
    'so has one without a tenant');
cmp_ok($redis->command('PTTL', 'print-task:{t/d}/2'), '>', 10_000,
    'a record keeps its end');
is($redis->command('HGET', 'print-task:{t/d}/3', 'state'), 'completed',
    'no record is replaced');
is($redis->command('HGET', 'print-task:{r/t/d}/1', 'state'), 'aborted',
    'a record of the new form stays');

done_testing();
