#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A change whose answer was lost, and its repeats: the back end is asked
# without a lease, one request at a time, until it reports a final state.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use Test::More;

use PrintTask::Server;
use PrintTask::Store;
use PrintTask::Token qw(jwks_file);

my $key_file = jwks_file();

for my $store ('redis', 'memory') {
    my ($backend, $address) = backend();

    # as PrintTask::Store has them

    PrintTask::Store->all;

    my $nginx = PrintTask::Server->new(workers => 1, pass => $address,
        location => 'print_task_lease 75s 50ms;',
        store => "print_task_key_file $key_file;"
                 . ($store eq 'redis'
                    ? 'print_task_redis unix:' . PrintTask::Store->socket . ';'
                    : 'print_task_store memory:m:1m;'));

    my $client = ask($nginx);

    is(next_of($backend), 'GET', "$store: a change of a task");
    answer($backend, 'processing');
    is(next_of($backend), 'PATCH', "$store: is sent");
    close $backend->{socket};
    is($nginx->receive($client)->{status}, 502, "$store: the answer is lost");

    # one that goes away while it asks leaves the question to others

    $client = ask($nginx);
    is(next_of($backend), 'GET', "$store: the repeat asks");
    close $client;
    is(IO::Select->new($backend->{socket})->can_read(10) ? 'gone' : 'there',
        'gone', "$store: and goes away");
    close $backend->{socket};

    $client = ask($nginx);
    is(next_of($backend), 'GET', "$store: the next one asks");

    for my $n (1 .. 3) {
        my $got = $nginx->receive(ask($nginx));

        is("$got->{status} " . retry($got), '503 1',
            "$store: while it does, others do not");
    }

    answer($backend, 'processing');

    my $got = $nginx->receive($client);

    is("$got->{status} " . retry($got), '503 60',
        "$store: a task that has not ended is busy for long");

    $client = ask($nginx);
    is(next_of($backend), 'GET', "$store: so does a later one");
    answer($backend, 'completed');
    is($nginx->receive($client)->{status}, 200,
        "$store: and gets the answer that the change was made");

    is(join(' ', map { $nginx->receive(ask($nginx, $_))->{status} }
            qw(completed processing completed)), '200 409 200',
        "$store: further ones find it in the record");
    is(IO::Select->new($backend->{listener})->can_read(0) ? 'asked' : 'silent',
        'silent', "$store: and do not ask");

    ok(defined $nginx->stop, "$store: nginx ends");
    is($nginx->quiet, '', "$store: and is quiet");
}

done_testing();

sub ask {
    my ($nginx, $state) = @_;
    my $body = sprintf '{"status":{"state":"%s"}}', $state // 'completed';

    return $nginx->change($nginx->connect, $body);
}

sub retry {
    my ($got) = @_;

    return $got->{head} =~ /^Retry-After: (\d+)/mi ? $1 : '-';
}

# --- the back end answers on command

sub backend {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                         Listen => 20) or die "listen: $!";

    return ({ listener => $listener }, '127.0.0.1:' . $listener->sockport);
}

sub next_of {
    my ($backend) = @_;

    IO::Select->new($backend->{listener})->can_read(10) or return 'none';

    my $socket = $backend->{socket} = $backend->{listener}->accept;
    my ($method) = readline($socket) =~ /^(\w+)/;
    my $length = 0;

    while (defined(my $line = readline $socket)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        last if $line eq "\r\n";
    }

    read $socket, my $body, $length if $length;

    return $method;
}

sub answer {
    my ($backend, $state) = @_;

    print { $backend->{socket} }
        PrintTask::Server::response(200,
            qq({"id":"t","status":{"state":"$state"}}),
            'Content-Type: application/json');
    close $backend->{socket};
}
