#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The events of a definition: what listeners get of the changes that they may see.

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
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my $app = $PrintTask::Token::App;
my $keys = jwks_file();
my ($nginx, $redis);

for my $store (qw(memory redis)) {
    $nginx = gateway($store);

    headers($store);
    format_of($store);
    resume($store);
    missed($store);
    trimmed($store);
    own($store);
    tenants($store);

    ok(defined $nginx->stop, "$store: nginx ends");
    is($nginx->quiet, '', "$store: nothing alarming");
}

done_testing();

sub gateway {
    my ($store) = @_;

    $redis = PrintTask::Redis->new if $store eq 'redis';

    return PrintTask::Server->new(mode => 'answer', workers => 1,
        store => $redis ? "print_task_redis @{[$redis->address]};"
                        : 'print_task_store memory:events:1m;',
        http => "print_task_key_file $keys; print_task_events on keep=3;",
        location => "print_task_admin role=$role;");
}

sub listen_to {
    return PrintTask::Events->new($nginx->{port}, @_);
}

# as the print service

sub put {
    my ($path, $state, $owner, $token) = @_;
    my $definition = $owner
        ? qq(,"definition":{"createdBy":{"appId":"$owner"}}) : '';

    local $nginx->{token} = $token // $service;

    return $nginx->request('PUT', $path,
        qq({"status":{"state":"$state"},"parentUrl":"https://x/1"$definition}));
}

sub headers {
    my ($store) = @_;
    my $l = listen_to(token => token());

    is($l->{status}, 200, "$store: 200");
    like($l->{head}, qr/^Content-Type: text\/event-stream\r?$/m,
        "$store: the type");
    like($l->{head}, qr/^Cache-Control: no-store\r?$/m, "$store: not stored");
    like($l->{head}, qr/^X-Accel-Buffering: no\r?$/m, "$store: not collected");
    like($l->{head}, qr/^request-id: /m, "$store: a request-id");
    unlike($l->{head}, qr/^(?:Content-Length|Content-Encoding|ETag):/m,
        "$store: no length");

    my $first = $l->next;
    is($first->{retry}, 2000, "$store: when to come back");

    my $second = $l->next;
    is_deeply([keys %$second], ['id'], "$store: the present position");

    $l->close;

    $l = listen_to(token => token(), method => 'HEAD');
    like($l->{head}, qr/^Content-Type: text\/event-stream/m,
        "$store: HEAD has the type");

    $l = listen_to(token => token(), accept => '*/*');
    like($l->{head}, qr/^Content-Type: application\/json/m,
        "$store: a client that takes anything gets the list");

    $l = listen_to(token => token(), accept =>
        'application/json;q=0.5, text/event-stream');
    like($l->{head}, qr/^Content-Type: text\/event-stream/m,
        "$store: a client that prefers events gets them");
    $l->close;

    is(listen_to()->{status}, 401, "$store: no token");
    is(listen_to(token => token(exp => -1))->{status}, 401,
        "$store: a token that is in the leeway");
}

sub format_of {
    my ($store) = @_;
    my $l = listen_to(token => $service);
    my $time = time();

    put("$tasks/t", 'pending', $app);
    $nginx->{token} = token();
    $nginx->request('PATCH', "$tasks/t",
        '{"status":{"state":"completed","description":"a\r\ndata: b\n\n"}}');

    my ($created, $updated) = $l->events(2);

    is($created->{event}, 'created', "$store: created");
    is($updated->{event}, 'updated', "$store: updated");

    my $event = decode_json($updated->{data});

    is($event->{specversion}, '1.0', "$store: CloudEvents 1.0");
    is($event->{id}, $updated->{id}, "$store: the id is the position");
    is($event->{source}, '/print/taskDefinitions/d', "$store: the definition");
    is($event->{type}, 'print.task.updated', "$store: the type");
    is($event->{subject}, 't', "$store: the task");
    is($event->{datacontenttype}, 'application/json', "$store: JSON");
    like($event->{time}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
        "$store: the time");

    my $task = decode_json($nginx->request('GET', "$tasks/t")->{body});

    $task->{definition} = { createdBy => { appId => $app } };
    is_deeply($event->{data}, $task, "$store: the task as it is read");

    $nginx->{token} = $service;
    is($nginx->request('DELETE', "$tasks/t")->{status}, 204, "$store: DELETE");

    my ($deleted) = $l->events(1);
    is($deleted->{event}, 'deleted', "$store: deleted");
    is(decode_json($deleted->{data})->{subject}, 't', "$store: which one");

    $l->close;
}

sub resume {
    my ($store) = @_;
    my $l = listen_to(token => $service);

    $l->next;
    my $position = $l->next->{id};
    $l->close;

    put("$tasks/r", 'pending');
    put("$tasks/r", 'processing');

    $l = listen_to(token => $service, after => $position);
    my @events = $l->events(2);

    is_deeply([map { decode_json($_->{data})->{data}{status}{state} } @events],
        [qw(pending processing)],
        "$store: a listener that was away goes on where it was");
    $l->close;

    $l = listen_to(token => $service, after => $events[0]{id});
    my ($event) = $l->events(1);
    is_deeply($event, $events[1], "$store: ... after the event that it had");

    put("$tasks/r", 'completed');
    ($event) = $l->events(1);
    is(decode_json($event->{data})->{data}{status}{state}, 'completed',
        "$store: ... and hears of later ones");
    $l->close;
}

sub missed {
    my ($store) = @_;

    for my $after ('1', '99999999999999-9', 'x' x 65, "a b",
                   '1-18446744073709551615', '1-99999999999999999999')
    {
        my $l = listen_to(token => $service, after => $after);
        my ($event) = $l->events(1);

        is($event->{event}, 'missed',
            "$store: a position that was not given out is missed");
        is_deeply(decode_json($event->{data}), { position => $event->{id} },
            "$store: ... with the present position");

        put("$tasks/m", 'pending');
        put("$tasks/m", 'processing');
        ($event) = $l->events(1);
        isnt($event->{event}, 'missed', "$store: ... and goes on");
        $l->close;
    }
}

# Redis cuts off in steps of many events

sub trimmed {
    my ($store) = @_;
    my $n = $store eq 'redis' ? 300 : 10;
    my $l = listen_to(token => $service);

    $l->next;
    my $position = $l->next->{id};
    $l->close;

    put("$tasks/k", $_ % 2 ? 'pending' : 'processing') for 1 .. $n;

    $l = listen_to(token => $service, after => $position);
    is(($l->events(1))[0]{event}, 'missed',
        "$store: events that were cut off are missed");
    put("$tasks/k", 'completed');
    is(($l->events(1))[0]{event}, 'updated', "$store: ... and it goes on");
    $l->close;
}

sub own {
    my ($store) = @_;
    my $other = token(claims => { azp => 'other' });
    my @listeners = map { listen_to(token => $_) } token(), $other, $service;

    put("$tasks/o1", 'pending', $app);
    put("$tasks/o2", 'pending', 'other');
    put("$tasks/o3", 'pending');
    put("$tasks/o4", 'pending', $app);

    my @seen = map {
        my ($l, $n) = ($listeners[$_], (3, 2, 4)[$_]);
        [map { decode_json($_->{data}) } $l->events($n)]
    } 0 .. 2;

    is_deeply([map { join ' ', map { $_->{subject} } @$_ } @seen],
        ['o1 o3 o4', 'o2 o3', 'o1 o2 o3 o4'],
        "$store: an application hears of its own tasks, a print service of all");

    is_deeply([map { scalar grep { $_->{data}{definition} } @$_ } @seen],
        [0, 0, 3], "$store: owners are for print services");

    $_->close for @listeners;
}

sub tenants {
    my ($store) = @_;
    my $tenant = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000009';
    my %claims = (tid => $tenant, azp => 'service', roles => [$role]);
    my @listeners = map { listen_to(token => $_) }
                    $service, token(claims => \%claims);

    put("$tasks/x", 'pending', undef, $_)
        for $service, token(claims => \%claims), $service;

    my ($event) = $listeners[1]->events(2, 1);
    ok($event, "$store: a tenant hears of its own task");
    is($listeners[1]->next(0.2), undef, "$store: ... and of no other tenant's");

    $_->close for @listeners;
}
