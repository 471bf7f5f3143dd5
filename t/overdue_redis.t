#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Overdue tasks in Redis: those that a print service writes itself, two gateways,
# an outage, keys of others, and a cluster.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Cluster;
use PrintTask::Metrics;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $keys = jwks_file();
my $tenant = $PrintTask::Token::Tenant;

by_hand();
outage();
limited();
no_memory();
rights();
cluster();

done_testing();

sub gateway {
    my ($redis, %opt) = @_;

    return PrintTask::Server->new(mode => 'answer',
        store => "print_task_redis $redis;", server => <<'_EOC_', %opt,
        location = /status { print_task_status; }
_EOC_
        http => "print_task_key_file $keys; print_task_overdue 1s;"
                . ($opt{http} // ''));
}

sub value {
    my ($nginx, $name) = @_;
    my $metrics = PrintTask::Metrics::scrape($nginx) or return undef;
    my ($sample) = grep { /^nginx_print_task_$name\{/ } keys %$metrics;

    return defined $sample ? $metrics->{$sample} : undef;
}

sub overdue { return value($_[0], 'overdue') }
sub known { return value($_[0], 'overdue_known') }

sub lines {
    return map { grep { /print task overdue: / } split /\n/, $_->log } @_;
}

# until all tasks were looked at again, from the first to the last

sub walks {
    my ($nginx) = @_;
    my $seen = sub {
        my $metrics = PrintTask::Metrics::scrape($nginx) or return 0;
        return PrintTask::Metrics::sum($metrics, 'store_operations_total',
            operation => 'indexes');
    };
    my $before = $seen->();

    await(sub { $seen->() >= $before + 3 }) or die "nobody looks at the tasks\n";
}

sub hand {
    my ($redis, $definition, $task, @fields) = @_;

    $redis->command('HSET', "print-task:{$definition}/$task", @fields);
    $redis->command('ZADD', "print-task-index:{$definition}", 0, $task);
}

sub by_hand {
    my $redis = PrintTask::Redis->new;
    my $name = "$tenant/d";

    # whatever the clock of the server says, this is long ago

    hand($redis, $name, 'old', state => 'pending', confirmed => 1000000);
    hand($redis, $name, 'plain', state => 'pending');
    hand($redis, $name, 'odd', state => 'processing', since => '-1',
         confirmed => 'x', app => "a\"\nb");
    hand($redis, "realm/$name", 'realm', state => 'pending', confirmed => 2000);
    hand($redis, $name, 'final', state => 'aborted', confirmed => 1000000);
    hand($redis, $name, 'strange', state => 'printing', confirmed => 1000000);
    hand($redis, $name, 'held', state => 'pending', confirmed => 1000000,
         lease => 'x', leaseUntil => 2000);

    # an id without a record, and keys of others

    $redis->command('ZADD', "print-task-index:{$name}", 0, 'nothing');
    $redis->command('SET', "print-task:{$name}/text", 'x');
    $redis->command('ZADD', "print-task-index:{$name}", 0, 'text');
    $redis->command('SET', 'print-task-index:{t/text}', 'x');
    $redis->command('ZADD', 'print-task-index:{', 0, 'x');
    $redis->command('ZADD', 'print-task-index:{}', 0, 'x');
    $redis->command('ZADD', 'other', 0, 'x');

    # without an index there is no list, and no number

    $redis->command('HSET', "print-task:{$name}/lonely", state => 'pending',
                    confirmed => 1000000);

    my @gateways = map { gateway($redis->address) } 1, 2;

    for my $nginx (@gateways) {
        ok(await(sub { (overdue($nginx) // 0) == 4 }), 'tasks written by hand')
            or diag('overdue: ' . (overdue($nginx) // 'not known'));
        is(known($nginx), 1, '... are known');
    }

    walks($_) for @gateways;

    my @lines = lines(@gateways);

    is(scalar @lines, 4, 'two gateways log each task once');
    is(scalar(grep { /pending since 1970-01-01T00:16:40Z, tenant: "\Q$tenant\E", definition: "d", task: "old"$/ } @lines),
        1, '... since the last change');
    is(scalar(grep { /realm: "realm", tenant: "\Q$tenant\E", definition: "d", task: "realm"$/ } @lines),
        1, '... with the realm');
    is(scalar(grep { /since 20.*, application: "a\\x22\\x0Ab", definition: "d", task: "odd"$/ } @lines),
        1, '... and with escapes');
    is($redis->command('GET', "print-task:{$name}/text"), 'x',
        'keys of others stay');
    is($redis->command('HGET', "print-task:{$name}/final", 'since'), undef,
        'and so do final tasks');

    # a change by the print service itself

    $redis->command('HSET', "print-task:{$name}/old", state => 'completed');
    $redis->command('DEL', "print-task:{$name}/plain");
    ok(await(sub { overdue($gateways[0]) == 2 }), 'tasks that it ends');

    for my $nginx (@gateways) {
        ok(defined $nginx->stop, 'a gateway ends');
        is($nginx->quiet, '', '... and logged nothing alarming');
    }
}

sub outage {
    my $redis = PrintTask::Redis->new;

    hand($redis, "$tenant/d", 'a', state => 'pending', confirmed => 1000000);

    my $nginx = gateway($redis->address);

    ok(await(sub { (overdue($nginx) // 0) == 1 }), 'a task');
    walks($nginx);
    is(scalar(grep { !/ cmd=client/ }
              split /\n/, $redis->command('CLIENT', 'LIST', 'TYPE', 'normal')),
        1, '... that one of two workers looks for');

    $redis->stop;
    ok(await(sub { known($nginx) == 0 }), 'Redis is down: not known');
    is(overdue($nginx), undef, '... and so not 0');
    $nginx->reload;
    is(overdue($nginx), undef, '... nor after a reload');

    $redis->start;
    ok(await(sub { known($nginx) == 1 }), 'Redis is back');
    is(overdue($nginx), 0, '... empty, as is known');

    $nginx->stop;
}

# no more lines in a second than print_task_log_rate, but each task has its line

sub limited {
    my $redis = PrintTask::Redis->new;

    hand($redis, "$tenant/d", $_, state => 'pending', confirmed => 1000000)
        for 1 .. 9;

    my $nginx = gateway($redis->address, http => 'print_task_log_rate 2;');

    ok(await(sub { lines($nginx) == 9 }, 30), 'each task is logged at last');

    my (%tasks, %seconds);

    for (lines($nginx)) {
        $tasks{$1}++ if /task: "(\d+)"/;
        $seconds{$1}++ if /^(\S+ \S+)/;
    }

    is_deeply([grep { $_ != 1 } values %tasks], [], '... once');

    # a second of the limit is none of the clock

    is_deeply([grep { $_ > 4 } values %seconds], [], '... a few a second')
        or diag(join "\n", lines($nginx));
    $nginx->stop;
}

# a task that cannot be marked is logged when it can

sub no_memory {
    my $redis = PrintTask::Redis->new('maxmemory-policy' => 'noeviction');

    hand($redis, "$tenant/d", 'a', state => 'pending', confirmed => 1000000);
    $redis->command('CONFIG', 'SET', 'maxmemory', 1);

    my $nginx = gateway($redis->address);

    ok(await(sub { (overdue($nginx) // 0) == 1 }), 'Redis is out of memory: counted');
    walks($nginx);
    is(scalar(lines($nginx)), 0, '... but not logged');

    $redis->command('CONFIG', 'SET', 'maxmemory', 0);
    ok(await(sub { lines($nginx) == 1 }), '... before there is memory');
    walks($nginx);
    is(scalar(lines($nginx)), 1, '... once');
    $nginx->stop;
}

# the user of docs/redis.md

sub rights {
    my $redis = PrintTask::Redis->new;
    my ($acl) = PrintTask::Server::slurp('docs/redis.md')
                =~ /redis-cli ACL SETUSER (.*?)\n```/s;
    my @words = map { s/^'(.*)'$/$1/r } split ' ', $acl =~ s/\\\n//gr;

    is($redis->command('ACL', 'SETUSER', @words), 'OK',
        'the user of the documentation');
    hand($redis, "$tenant/d", 'a', state => 'pending', confirmed => 1000000);

    my $file = "$redis->{dir}/password";
    PrintTask::Server::write_file($file, 'PASSWORD');

    my $nginx = gateway($redis->address
                        . " user=$words[0] password_file=$file");

    ok(await(sub { (overdue($nginx) // 0) == 1 }), '... may count tasks');
    $redis->command('ACL', 'SETUSER', $words[0], '-scan');
    ok(await(sub { known($nginx) == 0 }), '... but not without SCAN');
    like($nginx->log, qr/refuses commands: "(?:NOPERM|ERR)"/,
        '... as the log says');
    is($nginx->request('GET', '/print/taskDefinitions/d/tasks/a')->{status}, 200,
        '... while tasks are answered');
    $nginx->stop;
}

sub cluster {
    my $cluster = PrintTask::Cluster->new(masters => 3, replicas => 0);
    my ($first) = $cluster->addresses;
    my %nodes;

    for my $n (1 .. 12) {
        my $key = "{$tenant/d$n}";
        my $node = $cluster->master("print-task:$key/t");

        $nodes{$node}++;
        $cluster->cli($node, 'HSET', "print-task:$key/t", 'state', 'pending',
                      'confirmed', 1000000);
        $cluster->cli($node, 'ZADD', "print-task-index:$key", 0, 't');
    }

    is(scalar keys %nodes, 3, 'definitions on all nodes of a cluster');

    my $nginx = gateway("$first cluster");

    ok(await(sub { (overdue($nginx) // 0) == 12 }, 20), '... are found')
        or diag('overdue: ' . (overdue($nginx) // 'not known'));
    ok(await(sub { lines($nginx) == 12 }), '... and logged');
    ok(defined $nginx->stop, 'nginx ends');
    is($nginx->quiet, '', '... and logged nothing alarming');
}
