#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Requests of one worker for one task: one of them at a time asks the store,
# applications take turns, and who has not been shown the task holds nobody up.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use Test::More;
use Time::HiRes qw(time);

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $key = "print-task:{$PrintTask::Token::Tenant/d}/t";
my $key_file = 'print_task_key_file ' . jwks_file() . ';';
my %app = (A => $PrintTask::Token::App);

$app{$_} = $app{A} =~ s/.$/lc $_/er for 'B', 'C';

my @open;                       # connections of clients
my %token = map { $_ => token(claims => { azp => $app{$_} }) } keys %app;

for my $store ('redis', 'memory') {
    turns($store);
    unseen($store);
    overtaken($store);
}

one_command();
held_elsewhere();
each_asks();
down();
fence($_) for 'check', 'pass';

done_testing();


# the turn goes from one application to the next

sub turns {
    my ($store) = @_;
    my ($nginx, $backend) = gateway($store);
    my $n = 0;

    show($nginx, $backend, $_) for 'B', 'A';

    my $first = ask($nginx, 'A', 'first');

    is(next_of($backend)->{what}, 'A first', "$store: a change is under way");

    my @asked = ('B 1', 'B 2', 'B 3', 'B 4', 'C 1', 'A 1', 'A 2');
    my @clients = map { waits($nginx, split) } @asked;

    # who is not named by the record asks first, with no turn of its own

    my @changes;

    answer($backend, 'processing');

    while (@changes < @asked) {
        my $request = next_of($backend) or last;

        push @changes, $request->{what} if $request->{method} eq 'PATCH';
        answer($backend, 'processing', $request);
    }

    is(join(', ', sort grep { / 1/ } @changes[0 .. 3]), 'A 1, B 1, C 1',
        "$store: the first of each application is among the first four");
    is(join(', ', grep { /^B/ } @changes), 'B 1, B 2, B 3, B 4',
        "$store: the requests of one are served as they came");
    is(join(' ', map { $nginx->receive($_)->{status} } $first, @clients),
        join(' ', (200) x 8), "$store: all are served");

    ends($nginx, $store);
}

# an application that the back end keeps waiting, and then refuses

sub unseen {
    my ($store) = @_;
    my ($nginx, $backend) = gateway($store);

    show($nginx, $backend, 'A');

    my @others = map { ask($nginx, 'B', $_) } 1 .. 30;
    my $question = next_of($backend);

    is($question->{method}, 'GET', "$store: a stranger has to ask first");

    for my $n (1 .. 5) {
        my $client = ask($nginx, 'A', $n);

        is(next_of($backend)->{what}, "A $n",
            "$store: meanwhile the owner changes its task");
        answer($backend, 'processing');
        is($nginx->receive($client)->{status}, 200, "$store: ... at once");
    }

    is(requests($backend), 0, "$store: the stranger asks once at a time");

    refuse($backend, $question);
    $question = next_of($backend);

    is($question->{method}, 'GET', "$store: then its next request asks");
    is(scalar(grep { IO::Select->new($_)->can_read(0) } @others), 1,
        "$store: the first one is refused");

    my $client = ask($nginx, 'A', 'last');

    is(next_of($backend)->{what}, 'A last', "$store: the owner again");
    answer($backend, 'completed');
    is($nginx->receive($client)->{status}, 200, "$store: ... at once");

    refuse($backend, $question);
    close $_ for @others;
    ends($nginx, $store);
}

# what was seen before the lease is not believed after a change

sub overtaken {
    my ($store) = @_;
    my ($nginx, $backend) = gateway($store);

    show($nginx, $backend, 'A');

    my $other = ask($nginx, 'B', 'late', 'aborted');
    my $question = next_of($backend);

    is($question->{method}, 'GET', "$store: B asks");

    my $client = ask($nginx, 'A', 'done', 'completed');

    is(next_of($backend)->{what}, 'A done', "$store: A completes the task");
    answer($backend, 'completed');
    is($nginx->receive($client)->{status}, 200, "$store: it is done");

    answer($backend, 'processing', $question);
    $question = next_of($backend);

    is($question->{method}, 'GET', "$store: B got an old observation: again");
    answer($backend, 'completed', $question);

    $other = $nginx->receive($other);

    is("$other->{status} $other->{reason}", '409 transitionNotAllowed',
        "$store: and may not change it");

    # where nothing came between, what was seen is good enough

    my $third = ask($nginx, 'C', 'late', 'aborted');

    is(next_of($backend)->{method}, 'GET', "$store: C asks");
    answer($backend, 'completed');
    is($nginx->receive($third)->{status}, 409, "$store: once");

    ends($nginx, $store);
}

# however many requests there are for a task

sub one_command {
    my $redis = PrintTask::Redis->new;
    my ($nginx, $backend) = gateway("print_task_redis @{[$redis->address]};
                                     print_task_queue 1;
                                     print_task_redis_timeout 1s 10s;");

    show($nginx, $backend, 'A');
    $redis->signal('STOP');

    my @clients = map { ask($nginx, 'A', $_) } 1 .. 50;

    ok(await(sub { steps($nginx) >= 51 }), 'fifty requests for a task');
    $redis->signal('CONT');

    for (1 .. 50) {
        next_of($backend);
        answer($backend, 'processing');
    }

    is(scalar(grep { $nginx->receive($_)->{status} == 200 } @clients), 50,
        'take one place in the queue of commands');

    ends($nginx, 'redis');
}

# a request that waits decides on what the one that has the turn has seen

sub held_elsewhere {
    my $redis = PrintTask::Redis->new;
    my ($nginx, $backend) = gateway("print_task_redis @{[$redis->address]};");

    $redis->command('HSET', $key, 'state', 'completed', 'description', 'x',
                    'app', $app{A}, 'lease', 'other',
                    'leaseUntil', 99999999999999);

    my $first = waits($nginx, 'B', 'y');
    my $repeat = $nginx->receive(ask($nginx, 'A', 'x', 'completed'));
    my $other = $nginx->receive(ask($nginx, 'A', 'y', 'aborted'));

    is($repeat->{status}, 200, 'held elsewhere: a repeat is answered');
    like($repeat->{body}, qr/"description":"x"/, '... from the record');
    is($other->{status}, 409, '... and what is not legal refused');
    is(requests($backend), 0, '... without the back end');
    ok(!IO::Select->new($first)->can_read(0), '... while another one waits');

    close $first;
    ends($nginx, 'redis');
}

# nor does the question of one application, while the task is held, keep another
# one from asking

sub each_asks {
    my $redis = PrintTask::Redis->new;
    my ($nginx, $backend) = gateway("print_task_redis @{[$redis->address]};",
                                    '75s 20ms');

    $redis->command('HSET', $key, 'state', 'processing', 'app', $app{A},
                    'lease', 'other', 'leaseUntil', 99999999999999);

    my $first = ask($nginx, 'B', 'x', 'completed');
    my $question = next_of($backend);

    is($question->{what}, 'B ', 'held and final: another application asks');
    is($nginx->receive(ask($nginx, 'B', 'x', 'completed'))->{status}, 503,
        '... once at a time');

    my $owner = ask($nginx, 'A', 'x', 'completed');
    my $request = next_of($backend);

    is($request->{what} // 'nobody', 'A ', '... meanwhile the owner asks, too');
    respond($request, 200,
            '{"id":"t","status":{"state":"completed","description":"x"}}')
        if $request->{socket};
    is($nginx->receive($owner)->{status}, 200, '... and gets its answer');

    refuse($backend, $question);
    is($nginx->receive($first)->{status}, 403, '... and the first one its own');
    ends($nginx, 'redis');
}

# the time-out of one request is that of all

sub down {
    my $redis = PrintTask::Redis->new;
    my ($nginx, $backend) = gateway("print_task_redis @{[$redis->address]};
                                     print_task_redis_timeout 1s 1s;
                                     print_task_store_down reject;");

    show($nginx, $backend, 'A');
    $redis->signal('STOP');

    my $start = time;
    my @clients = map { ask($nginx, 'A', $_) } 1 .. 20;

    is(join(' ', map { $nginx->receive($_, 30)->{reason} } @clients),
        join(' ', ('storeDown') x 20), 'Redis is down: for all');
    cmp_ok(time - $start, '<', 10, 'not one after the other');

    $redis->signal('CONT');
    ends($nginx, 'redis');
}

# who had the lease to ask with, and then loses Redis, changes without a number

sub fence {
    my ($policy) = @_;
    my $redis = PrintTask::Redis->new;
    my ($nginx, $backend) = gateway("print_task_redis @{[$redis->address]};
                                     print_task_redis_timeout 1s 1s;
                                     print_task_store_down $policy;");

    show($nginx, $backend, 'A');

    my $client = ask($nginx, 'B', 1);
    my $question = next_of($backend);

    is($question->{method}, 'GET', "$policy: a stranger asks first");
    like($question->{fence}, qr/^[1-9]\d*$/, "$policy: with a number");

    $redis->signal('STOP');
    answer($backend, 'processing', $question);

    my $request = next_of($backend);

    if ($request->{method} eq 'GET') {
        is($request->{fence}, '', "$policy: without Redis, with no number");
        answer($backend, 'processing', $request);
        $request = next_of($backend);
    }

    is($request->{method}, 'PATCH', "$policy: then it changes the task");
    is($request->{fence}, '', "$policy: with no number");
    answer($backend, 'processing', $request);
    is($nginx->receive($client)->{status}, 200, "$policy: it is served");

    $redis->signal('CONT');
    ends($nginx, $policy);
}


sub gateway {
    my ($store, $lease) = @_;
    my $redis;

    $lease //= '75s 20s';

    if ($store eq 'redis') {
        $redis = PrintTask::Redis->new;
        $store = "print_task_redis @{[$redis->address]};";

    } elsif ($store eq 'memory') {
        $store = 'print_task_store memory:m:1m;';
    }

    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                         Listen => 100) or die "listen: $!";
    my $nginx = PrintTask::Server->new(workers => 1, level => 'debug',
        pass => '127.0.0.1:' . $listener->sockport,
        location => "print_task_lease $lease; print_task_fresh 20s;"
                    . 'proxy_set_header X-App $print_task_app_id;
                       proxy_set_header X-Fence $print_task_fence;',
        store => "$key_file $store");

    $nginx->{of_test} = $redis;

    return ($nginx, { listener => $listener });
}

sub ends {
    my ($nginx, $store) = @_;

    close $_ for splice @open;
    ok(defined $nginx->stop, "$store: nginx ends");
    is($nginx->quiet, '', "$store: and is quiet");
}

# a change that goes by

sub show {
    my ($nginx, $backend, $app) = @_;
    my $client = ask($nginx, $app, 'shown');

    for my $method ('GET', 'PATCH') {
        next_of($backend)->{method} eq $method or die "no $method\n";
        answer($backend, 'processing');
    }

    $nginx->receive($client)->{status} == 200 or die "not changed\n";
}

sub ask {
    my ($nginx, $app, $n, $state) = @_;
    my $socket = $nginx->connect;

    push @open, $socket;

    my $body = sprintf '{"status":{"state":"%s","description":"%s"}}',
                       $state // 'processing', $n;

    return $nginx->change($socket, $body, $token{$app});
}

# the next one comes when this one waits

sub waits {
    my ($nginx, @what) = @_;
    my $before = waiting($nginx);
    my $socket = ask($nginx, @what);

    ok(await(sub { waiting($nginx) > $before }), "@what waits");

    return $socket;
}

sub waiting {
    my ($nginx) = @_;

    return scalar(() = $nginx->log =~ /print task waits/g);
}

sub steps {
    my ($nginx) = @_;
    my %seen = map { $_ => 1 } $nginx->log =~ /\*(\d+) print task step: lookup/g;

    return scalar keys %seen;
}

# --- the back end answers on command

sub requests {
    my ($backend) = @_;

    return IO::Select->new($backend->{listener})->can_read(0.3) ? 1 : 0;
}

sub next_of {
    my ($backend) = @_;

    IO::Select->new($backend->{listener})->can_read(10) or return {};

    my $socket = $backend->{listener}->accept;
    my ($method) = readline($socket) =~ /^(\w+)/;
    my ($length, $app, $fence) = (0, '', '');

    while (defined(my $line = readline $socket)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        ($app) = grep { $1 eq $app{$_} } keys %app if $line =~ /^X-App: (\S+)/;
        $fence = $1 if $line =~ /^X-Fence: (\S+)/;
        last if $line eq "\r\n";
    }

    my $body = '';

    read $socket, $body, $length if $length;

    my ($n) = $body =~ /"description":"(\w+)"/;

    return $backend->{last} = { socket => $socket, method => $method,
                                fence => $fence,
                                what => "$app " . ($n // '') };
}

sub answer {
    my ($backend, $state, $request) = @_;

    respond($request // $backend->{last}, 200,
            qq({"id":"t","status":{"state":"$state"}}));
}

sub refuse {
    my ($backend, $request) = @_;

    respond($request, 403, '{}');
}

sub respond {
    my ($request, $status, $body) = @_;

    print { $request->{socket} }
        PrintTask::Server::response($status, $body,
                                    'Content-Type: application/json');
    close $request->{socket};
}
