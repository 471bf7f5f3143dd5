#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Keys with a value that is not a record: an error of the key under every
# "print_task_store_down", and the key is kept.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $prefix = "print-task:{$PrintTask::Token::Tenant/d}/";
my $redis = PrintTask::Redis->new;
my $admin = 'print_task_admin role=Maker;';

for my $case (['forward', 'reject'], ['forward', 'check'],
              ['forward', 'pass'], ['answer', 'check', $admin])
{
    foreign(@$case);
}

long();
lapsed();

done_testing();


# a key of another type

sub foreign {
    my ($mode, $policy, $location) = @_;
    my $name = "$mode, $policy";
    my $nginx = server($mode, $policy, $location);

    for my $type (qw(string list)) {
        my $task = "$mode-$policy-$type";
        my $key = "$prefix$task";

        $redis->command($type eq 'string' ? 'SET' : 'RPUSH', $key, 'theirs');

        is(ask($nginx, 'PATCH', $task), '503 storeDown',
            "$name: a $type is no record to PATCH");

        if ($mode eq 'answer') {
            is(ask($nginx, 'GET', $task), '503 storeDown',
                "$name: nor to GET");
            is(ask($nginx, 'PUT', $task), '503 storeDown',
                "$name: nor to PUT");
        }

        is($redis->command('TYPE', $key), $type, "$name: it stays");
        is($redis->command('PTTL', $key), -1, "$name: without an end");
    }

    my $good = "$mode-$policy-good";

    $redis->command('HSET', "$prefix$good", 'state', 'completed', 'app',
                    $PrintTask::Token::App, 'description', 'd', 'rev', 1, 'confirmed', 1);
    is(ask($nginx, 'PATCH', $good), '200', "$name: others are answered");

    my @lines = grep { /WRONGTYPE/ } split /^/, $nginx->log;

    is(scalar @lines, 1, "$name: it is logged once");
    like($lines[0] // '', qr/\[warn\].* key "\Q$prefix$mode-$policy-string\E"/,
        "$name: with the key");
    unlike($nginx->log, qr/refuses commands|is unreachable|is back/,
        "$name: and does not count as an outage");

    ends($nginx, $name);
}

# a record that is too long to be read

sub long {
    my $nginx = server('answer', 'check', $admin);
    my $key = "${prefix}long";

    for my $field (qw(description parentUrl app state rev confirmed)) {
        $redis->command('DEL', $key);
        $redis->command('HSET', $key, 'state', 'pending', $field,
                        'x' x 2_000_000);
        $redis->command('HSET', "${prefix}short", 'state', 'pending');

        is(ask($nginx, 'GET', 'long'), '503 storeDown',
            "$field of 2 MB: GET");
        like(ask($nginx, 'PATCH', 'long'), qr/^(?:200$|404 |503 )/,
            "$field of 2 MB: PATCH");
        is(ask($nginx, 'GET', 'short'), '200',
            "$field of 2 MB: others are answered");
    }

    $redis->command('DEL', $key);
    $redis->command('HSET', $key, 'state', 'pending', 'description',
                    'x' x 1_100_000);

    is(ask($nginx, 'GET', 'long'), '503 storeDown', 'GET of a long record');
    is(ask($nginx, 'PATCH', 'long'), '200',
        'PATCH of a long record replaces what is long');
    is(ask($nginx, 'GET', 'long'), '200', 'then it is not long any more');

    like($nginx->log, qr/\[warn\].* key "\Q$key\E": "TOOLONG"/,
        'a long record is logged with its key');
    unlike($nginx->log, qr/too long reply|refuses commands|is unreachable/,
        'and the connection stays');

    ends($nginx, 'long');
}

# GET and PATCH agree on a record whose lease has run out

sub lapsed {
    my $nginx = server('answer', 'check');

    for my $ends (1, 'never', undef) {
        my $name = 'lease until ' . ($ends // 'nothing');

        $redis->command('DEL', "${prefix}lapsed");
        $redis->command('HSET', "${prefix}lapsed", 'state', 'completed',
                        'lease', 'gone', $ends ? ('leaseUntil', $ends) : ());

        is(ask($nginx, 'GET', 'lapsed'), '404 taskNotFound', "$name: GET");
        is(ask($nginx, 'PATCH', 'lapsed', 'aborted'), '404 taskNotFound',
            "$name: PATCH");
    }

    ends($nginx, 'lapsed');
}

sub server {
    my ($mode, $policy, $location) = @_;
    my @roles = ('PrintTaskDefinition.ReadWrite.All', 'Maker');

    return PrintTask::Server->new(
        token => token(claims => { roles => \@roles }),
        mode => $mode, workers => 1, redis => $redis->address,
        location => $location // '',
        http => 'print_task_key_file ' . jwks_file() . ';'
                . " print_task_store_down $policy;");
}

sub ask {
    my ($nginx, $method, $task, $state) = @_;
    my $body = $method eq 'GET' ? undef
               : sprintf '{"status":{"state":"%s","description":"d"}}',
                         $state // 'completed';
    my $response = $nginx->request($method,
                                   "/print/taskDefinitions/d/tasks/$task",
                                   $body);

    return join ' ', $response->{status} // (), $response->{reason} // ();
}

sub ends {
    my ($nginx, $name) = @_;

    $nginx->stop;
    is($nginx->quiet, '', "$name: nothing alarming");
}
