#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Listeners to events in Redis with Sentinel, and in Redis Cluster.

use strict;
use warnings;

use lib 't/lib';

use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Cluster;
use PrintTask::Events;
use PrintTask::Sentinel;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $tasks = '/print/taskDefinitions/d/tasks';
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my $keys = jwks_file();
my $redis = PrintTask::Sentinel->new(sentinels => 3);

my $nginx = gateway("@{[$redis->addresses]}"
                    . " sentinel=$PrintTask::Sentinel::Name");

my $l = listen_to('d');

is(put('d', 'a'), 201, 'sentinel: a change');
is(heard($l), 'a', '... is heard of');

# the master stands still, so that its connections stay

$redis->signal(0, 'STOP');
ok(await(sub { ($redis->master // 0) == 1 }, 30),
    'another master is promoted');
ok(await(sub { put('d', 'b') == 201 }, 30), '... and takes changes');
is(heard($l), 'b', '... of which the listener hears');
$redis->signal(0, 'CONT');

is(put('d', 'c'), 201, 'the old one is back');
is(heard($l), 'c', '... and the listener has stayed with the new one');

my $id = $l->{last};
$l->close;
is(put('d', 'e'), 201, 'a change while the listener is away');
$l = listen_to('d', after => $id);
is(heard($l), 'e', '... is not missed');
$l->close;

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming');
undef $redis;

# --- a cluster

my $cluster = PrintTask::Cluster->new(masters => 3, replicas => 0);

$nginx = gateway("@{[$cluster->addresses]} cluster");

my @definitions = map { "d$_" } 1 .. 6;
my @listeners = map { listen_to($_) } @definitions;

is(put($_, "t$_"), 201, 'cluster: a change') for @definitions;
is(join(' ', map { heard($_) } @listeners), join(' ', map { "t$_" } @definitions),
    '... is heard of by the listeners of its definition');
is(scalar(grep { $_->next(0.1) } @listeners), 0, '... alone');

$_->close for @listeners;
ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming');

done_testing();

sub gateway {
    my ($address) = @_;

    return PrintTask::Server->new(mode => 'answer', workers => 1,
        redis => $address,
        http => "print_task_key_file $keys; print_task_events on;",
        location => "print_task_admin role=$role;");
}

sub listen_to {
    my ($definition, %opt) = @_;
    my $listener;

    ok(await(sub {
        $listener = PrintTask::Events->new($nginx->{port}, token => $service,
            path => "/print/taskDefinitions/$definition/tasks", %opt);
        return $listener->{status} == 200;
    }), "a listener to $definition");

    return $listener;
}

sub put {
    my ($definition, $task) = @_;

    local $nginx->{token} = $service;

    return $nginx->request('PUT',
        "/print/taskDefinitions/$definition/tasks/$task",
        '{"status":{"state":"pending"}}')->{status};
}

sub heard {
    my ($listener) = @_;
    my ($event) = $listener->events(1, 20) or return 'nothing';

    $listener->{last} = $event->{id};

    return decode_json($event->{data})->{subject};
}
