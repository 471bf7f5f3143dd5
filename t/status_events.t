#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# What print_task_status counts of events is what listeners got, over reloads; a
# worker that dies takes its listeners along.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Events;
use PrintTask::Metrics;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;
*scrape = \&PrintTask::Metrics::scrape;
*sum = \&PrintTask::Metrics::sum;

my $tasks = '/print/taskDefinitions/d/tasks';
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });

my $nginx = PrintTask::Server->new(mode => 'answer',
    store => 'print_task_store memory:events:16m;',
    http => 'print_task_key_file ' . jwks_file() . '; print_task_events on;',
    location => "print_task_admin role=$role;",
    server => 'location = /status { print_task_status; }');

my @listeners = map { { heard => {}, got => 0 } } 1 .. 4;
my $made = 0;

listen_again($_) for @listeners;
is(listening(), 4, 'all listeners are counted');

# --- events that were sent, over reloads

for my $round (1 .. 6) {
    put() for 1 .. 20;
    hear($_) for @listeners;
    is(sent(), 4 * $made, "round $round: each event that was sent is counted once");

    next if $round == 6;

    ok($nginx->reload, "round $round: nginx is reloaded");

    for my $listener (@listeners) {
        ok($listener->{stream}->ended, '... a stream ends');
        listen_again($listener);
    }

    ok(await(sub { listening() == 4 }), '... all are counted again');
}

for my $listener (@listeners) {
    is(scalar keys %{$listener->{heard}}, $made, 'a listener has heard of all');
    is($listener->{got}, $made, '... of each once');
}

is(sum(scrape($nginx), 'events_total', result => 'missed'), 0, 'none was cut off');

# --- listeners that leave, and those of a worker that dies

my @requests = map { sum(scrape($nginx), 'requests_total', verdict => 'answered') } 1;

(shift @listeners)->{stream}->close;
ok(await(sub { listening() == 3 }), 'a listener has left');
ok(await(sub { sum(scrape($nginx), 'requests_total', verdict => 'answered')
               == $requests[0] + 1 }), '... now its request is counted');

for my $worker ($nginx->workers) {
    kill 'KILL', $worker;
    ok(await(sub {
        my @workers = $nginx->workers;
        @workers == 2 && !grep { $_ == $worker } @workers;
    }), 'a worker is killed');
}

ok(await(sub { (listening() // -1) == 0 }), 'its listeners are not counted any more');
is(sent(), 4 * $made, 'the events that it sent are');

listen_again($_) for @listeners;
ok(await(sub { listening() == 3 }), 'they are back');
put();
hear($_) for @listeners;
is(sent(), 4 * ($made - 1) + 3, 'and get the next event');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet =~ s/^.*(?:exited on signal 9|was locked by|sendmsg\(\) failed).*\n//mgr,
    '', 'nothing alarming');

done_testing();


sub listen_again {
    my ($listener) = @_;
    my $stream = PrintTask::Events->new($nginx->{port}, token => $service,
                     defined $listener->{id} ? (after => $listener->{id}) : ());

    $stream->{status} == 200 or die "no stream: $stream->{head}\n";
    $listener->{stream} = $stream;

    # the first message carries the position

    $listener->{id} //= await(sub { ($stream->next // {})->{id} });
}

sub put {
    my $body = '{"status":{"state":"pending"}}';
    my $got = $nginx->ask(join "\r\n", "PUT $tasks/t" . ++$made . ' HTTP/1.1',
        'Host: localhost', 'Connection: close', "Authorization: Bearer $service",
        'Content-Type: application/json', 'Content-Length: ' . length $body, '', $body);

    $got->{status} == 201 or die "PUT: $got->{status}\n";
}

# all events that were made

sub hear {
    my ($listener) = @_;

    while (keys %{$listener->{heard}} < $made) {
        my ($event) = $listener->{stream}->events(1) or last;

        $listener->{id} = $event->{id};
        $listener->{heard}{$event->{id}} = 1;
        $listener->{got}++;
    }
}

sub listening {
    my $metrics = scrape($nginx) // return undef;

    return $metrics->{nginx_print_task_event_listeners};
}

sub sent {
    return sum(scrape($nginx), 'events_total', result => 'sent');
}
