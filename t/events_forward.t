#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Events with print_task forward: what the back end has accepted, and nothing else.

use strict;
use warnings;

use lib 't/lib';

use JSON::PP qw(decode_json);
use Test::More;

use PrintTask::Events;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

my $tasks = '/print/taskDefinitions/d/tasks';
my $keys = jwks_file();
my ($nginx, $redis, $name);

for (qw(memory redis)) {
    $name = $_;
    $redis = PrintTask::Redis->new if $name eq 'redis';
    $nginx = gateway('print_task_events on;');

    changes();
    others();

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming");
}

off();

done_testing();

sub gateway {
    my ($events) = @_;

    return PrintTask::Server->new(workers => 1,
        store => $redis ? "print_task_redis @{[$redis->address]};"
                        : 'print_task_store memory:events:1m;',
        http => "print_task_key_file $keys; $events",
        location => 'print_task_require $ok;',
        server => 'set $ok $http_x_ok;',
        passed => <<'_EOC_');
if ($request_uri ~ "/tasks$") {
    return 200 "the list of the back end\n";
}
set $change "$request_method $request_uri";
if ($change ~ "^PATCH.*/bad$") {
    return 409;
}
set $state pending;
set $id t;
if ($request_uri ~ "/bad$") {
    set $id bad;
}
if ($request_method = PATCH) {
    set $state processing;
}
default_type application/json;
return 200 '{"id":"$id","parentUrl":null,"status":{"state":"$state","description":"x"}}';
_EOC_
}

sub listen_to {
    return PrintTask::Events->new($nginx->{port}, token => token(),
                                  headers => ['X-Ok: 1'], @_);
}

sub patch {
    my ($path, $state) = @_;
    my $body = qq({"status":{"state":"$state"}});

    return $nginx->ask("PATCH $path HTTP/1.1\r\nHost: localhost\r\nX-Ok: 1\r\n"
        . "Connection: close\r\nAuthorization: Bearer " . token() . "\r\n"
        . "Content-Type: application/json\r\nContent-Length: "
        . length($body) . "\r\n\r\n$body")->{status};
}

sub changes {
    my $l = listen_to();
    my $other = listen_to(token => token(claims => { azp => 'other' }));

    is($l->{status}, 200, "$name: a listener");
    like($l->{head}, qr/^Content-Type: text\/event-stream/m,
        "$name: ... whom the gateway answers");

    is(patch("$tasks/t", "processing"), 200, "$name: a change");
    my ($event) = $l->events(1);
    my $data = decode_json($event->{data});

    is($data->{subject}, 't', "$name: ... is heard of");
    is($data->{data}{status}{state}, 'processing', "$name: ... with its state");

    is(patch("$tasks/t", 'pending'), 409, "$name: an illegal one");
    is(patch("$tasks/bad", 'processing'), 409, "$name: one that is refused");
    is($l->next(0.3), undef, "$name: ... are not");
    is(scalar(() = $other->events(1, 0.3)), 0,
        "$name: nor is one by an application that does not own the task");

    $_->close for $l, $other;
}

sub others {
    my $l = listen_to(accept => 'application/json');

    1 while $l->fill;
    $l->parse;
    like($l->{text}, qr/the list of the back end/,
        "$name: the list comes from the back end");

    $l = listen_to(method => 'HEAD');
    like($l->{head}, qr/^Content-Type: text\/event-stream/m, "$name: HEAD");

    $l = listen_to(headers => []);
    is($l->{status}, 403, "$name: what is required is required");

    $l = listen_to(token => token(claims => { roles => ['x'] }));
    is($l->{status}, 403, "$name: so is the role");

    return if !$redis;

    $redis->stop;
    is(listen_to()->{status}, 503,
        "$name: no stream begins while the store is down");
}

# without events, and in a dry run, the request is one for the list

sub off {
    undef $redis;

    for ('', 'print_task_events on; print_task_dry_run on;') {
        $nginx = gateway($_);

        my $l = listen_to();
        1 while $l->fill;
        $l->parse;
        like($l->{text}, qr/the list of the back end/,
            ($_ ? 'a dry run' : 'no events') . ': the back end answers');
        $nginx->stop;
    }
}
