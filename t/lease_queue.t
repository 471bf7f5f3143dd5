#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Requests of one worker that wait for a task get it in the order in which
# they came, and at once, whatever the store.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Server;
use PrintTask::Store;
use PrintTask::Token qw(jwks_file);

my $key_file = jwks_file();
my $waiters = 12;

for my $store ('redis', 'memory') {
    my ($backend, $address) = backend();

    # as PrintTask::Store has them

    PrintTask::Store->all;

    my $nginx = PrintTask::Server->new(workers => 1, pass => $address,
        level => 'debug', location => 'print_task_lease 75s 20s;',
        store => "print_task_key_file $key_file;"
                 . ($store eq 'redis'
                    ? 'print_task_redis unix:' . PrintTask::Store->socket . ';'
                    : 'print_task_store memory:m:1m;'));

    my @clients;

    for my $n (0 .. $waiters) {
        push @clients, ask($nginx, $n);

        # the next one comes when this one waits

        if ($n == 0) {
            is((next_of($backend))[0], 'GET', "$store: the first one asks for it");

        } else {
            ok(PrintTask::Server::await(sub { waiting($nginx) == $n }),
                "$store: $n in line");
        }
    }

    # one that goes away before its turn, and one that comes late

    close $clients[5];
    ok(PrintTask::Server::await(sub {
        $nginx->log =~ /client prematurely closed connection/
    }), "$store: one gives up");

    answer($backend, task('pending'));

    my @order;

    for (0 .. $waiters - 1) {
        my ($method, $body) = next_of($backend);

        push @order, $body =~ /"description":"(\d+)"/ if $method eq 'PATCH';
        answer($backend, task('processing'));
    }

    is("@order", join(' ', grep { $_ != 5 } 0 .. $waiters),
        "$store: first come, first served");
    is(scalar(grep { $nginx->receive($clients[$_])->{status} != 200 }
              grep { $_ != 5 } 0 .. $waiters), 0, "$store: all are served");

    my $woken = () = $nginx->log =~ /print task woken/g;

    cmp_ok($woken, '>=', $waiters - 1, "$store: each was woken");

    # a refusal that is proven does not take the lease, and wakes the next one

    my @late = map { ask($nginx, $_, 'completed') } 'first';
    is((next_of($backend))[0], 'PATCH', "$store: a change is under way");
    push @late, map { ask($nginx, $_, 'processing') } 1 .. 3;
    ok(PrintTask::Server::await(sub { waiting($nginx) == $waiters + 3 }),
        "$store: three wait for it");
    answer($backend, task('completed'));
    is($nginx->receive($late[0])->{status}, 200, "$store: it is made");
    is(join(' ', map { $nginx->receive($_)->{status} } @late[1 .. 3]),
        '409 409 409', "$store: the others are refused, one after another");

    ok(defined $nginx->stop, "$store: nginx ends");
    is($nginx->quiet, '', "$store: and is quiet");
}

done_testing();

sub ask {
    my ($nginx, $n, $state) = @_;
    my $body = sprintf '{"status":{"state":"%s","description":"%s"}}',
                       $state // 'processing', $n;

    return $nginx->change($nginx->connect, $body);
}

# requests that have waited at all: each logs it once

sub waiting {
    my ($nginx) = @_;
    my %seen = map { $_ => 1 } $nginx->log =~ /\*(\d+) print task waits/g;

    return scalar keys %seen;
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

    my $body = '';
    read $socket, $body, $length if $length;

    return ($method, $body);
}

sub answer {
    my ($backend, $body) = @_;

    print { $backend->{socket} }
        PrintTask::Server::response(200, $body,
                                    'Content-Type: application/json');
    close $backend->{socket};
}

sub task {
    return qq({"id":"t","status":{"state":"$_[0]"}});
}
