#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# More requests than Redis can serve: 503 with Retry-After under every
# print_task_store_down, because load must not skip a check.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $token = token();
my $keys = 'print_task_key_file ' . jwks_file() . ';';

my %policies = (
    reject    => 'print_task_store_down reject;',
    check     => 'print_task_store_down check;',
    pass      => 'print_task_store_down pass;',
    answer    => '',
);

for my $policy (sort keys %policies) {
    my $redis = PrintTask::Redis->new;
    my $nginx = server($policy, $redis, 'print_task_queue 4;');

    record($redis, $_) for 1 .. 8;
    is(answer($nginx, 0)->{status}, $policy eq 'answer' ? 404 : 502,
        "$policy: Redis is in use");

    # it stands still: so many commands wait, and no more

    $redis->signal('STOP');

    my @waiting = map { ask($nginx, $_) } 1 .. 4;

    ok(await(sub { steps($nginx) >= 5 }), "$policy: four wait");

    for my $n (5, 6) {
        my $answer = answer($nginx, $n);

        is("$answer->{status} $answer->{reason}", '503 queueFull',
            "$policy: one more is refused at once");
        like($answer->{head}, qr/^Retry-After: [1-9]\d*\r$/m,
            "$policy: the answer says when to repeat it");
    }

    is(passed($nginx), $policy eq 'answer' ? 0 : 1,
        "$policy: nothing went to the back end but the first question");

    $redis->signal('CONT');

    is(join(' ', map { $nginx->receive($_)->{status} } @waiting),
        '200 200 200 200', "$policy: all others are served");
    is(answer($nginx, 7)->{status}, 200, "$policy: there is a place again");

    ok(defined $nginx->stop, "$policy: nginx ends");
    is($nginx->quiet, '', "$policy: and is quiet");
}

# --- a dry run says so, and changes nothing

{
    my $redis = PrintTask::Redis->new;
    my $nginx = server('check', $redis, 'print_task_queue 1;',
                       'print_task_dry_run on;
                        add_header X-Verdict
                            "$print_task_verdict $print_task_reason" always;');

    record($redis, $_) for 1 .. 2;
    answer($nginx, 1);
    $redis->signal('STOP');

    my $waiting = ask($nginx, 1);

    ok(await(sub { steps($nginx) >= 2 }), 'dry run: one waits');

    my $answer = answer($nginx, 2);

    is($answer->{status}, 200, 'dry run: the next one is passed on');
    like($answer->{head}, qr/^X-Verdict: would_refuse queueFull\r?$/m,
        'dry run: and would have been refused');

    $redis->signal('CONT');
    $nginx->receive($waiting);
}

# --- a lease is ended even so

{
    my $redis = PrintTask::Redis->new;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                         Listen => 5) or die "listen: $!";
    my $nginx = server('pass', $redis, 'print_task_queue 1;', '',
                       pass => '127.0.0.1:' . $listener->sockport);

    record($redis, $_) for 1 .. 2;

    my $first = ask($nginx, 1);

    ok(IO::Select->new($listener)->can_read(10), 'a change is under way');

    my $socket = $listener->accept;

    $redis->signal('STOP');

    my $second = ask($nginx, 2);

    ok(await(sub { steps($nginx) >= 2 }), 'and the queue is full');

    print $socket PrintTask::Server::response(200,
        '{"id":"1","status":{"state":"completed"}}',
        'Content-Type: application/json');
    close $socket;

    is($nginx->receive($first)->{status}, 200, 'the change is made');

    $redis->signal('CONT');

    ok(await(sub { $redis->command('HGET', key(1), 'state') eq 'completed' }),
        'the record says so');
    is($redis->command('HEXISTS', key(1), 'lease'), 0, 'the lease has ended');

    close $second;
}

# --- Redis answers, but less than it is asked

{
    my $now = int(time() * 1000);
    my $slow = PrintTask::Redis::Fake->new(sub {
        my ($mode, @words) = @_;

        return PrintTask::Redis::Fake::handshake(@words) if $words[0] !~ /^EVAL/;

        return "\$9\r\ncommitted\r\n" if @words > 9;
        return "\$8\r\nreleased\r\n" if @words < 7;

        sleep $mode;

        my $text = "granted $now 1 pending\n$now\n$PrintTask::Token::App\n\n";

        return '$' . length($text) . "\r\n$text\r\n";
    });

    $slow->mode(0);

    my $nginx = server('pass', $slow, 'print_task_redis_timeout 1s 400ms;');

    is(answer($nginx, 0)->{status}, 200, 'slow: it is in use');

    $slow->mode(0.15);

    my %answers;

    for my $client (map { ask($nginx, $_) } 1 .. 12) {
        my $answer = $nginx->receive($client);

        $answers{"$answer->{status} " . ($answer->{reason} // '')}++;
    }

    cmp_ok($answers{'503 queueFull'} // 0, '>=', 4,
        'slow: what comes too late is load');
    is(join(',', grep { !/^(?:200 |503 queueFull)$/ } keys %answers), '',
        'slow: no check is left out');
    is(join("", grep { /is slow|is unreachable/ } split /^/, $nginx->log), "", 'slow: it is not down');
}

# --- a worker that has no connection left to reach Redis with

{
    my $redis = PrintTask::Redis->new;
    my $nginx = server('pass', $redis, '', '', connections => 12);

    record($redis, $_) for 1 .. 2;

    # each of them is at work: none is closed for another one

    my $first = $nginx->connect;
    my @clients;

    $first->autoflush(1);
    print $first head(1);

    for (1 .. 20) {
        my $client = $nginx->connect or last;

        $client->autoflush(1);
        print $client "PATCH /print/ HTTP/1.1\r\nHost: x\r\n";
        push @clients, $client;
    }

    ok(await(sub { $nginx->log =~ /worker_connections are not enough/ }),
        'no connection is left');

    print $first body();

    my $answer = $nginx->receive($first);

    is("$answer->{status} $answer->{reason}", '503 queueFull',
        'a worker without connections: load');

    @clients = ();

    is(passed($nginx), 0, 'nothing went on unchecked');

    # what the record said before is not believed: the back end is asked

    ok(await(sub { (answer($nginx, 2) // { status => 0 })->{status} == 502 }),
        'it goes on when there are some');
}

done_testing();


sub server {
    my ($policy, $redis, $http, $location, %more) = @_;
    my $answer = $policy eq 'answer';

    return PrintTask::Server->new(workers => 1, level => 'debug',
        mode => $answer ? 'answer' : 'forward', redis => $redis->address,
        http => $keys . ($http =~ /timeout/
                         ? $http : "print_task_redis_timeout 1s 20s; $http"),
        location => ($answer ? '' : 'print_task_lease 100s;')
                    . $policies{$policy} . ($location // ''), %more);
}

sub key {
    my ($n) = @_;

    return "print-task:{$PrintTask::Token::Tenant/d}/$n";
}

sub record {
    my ($redis, $n) = @_;

    $redis->command('HSET', key($n), 'state', 'pending',
                    'app', $PrintTask::Token::App);
}

sub head {
    my ($n) = @_;

    return join "\r\n", "PATCH /print/taskDefinitions/d/tasks/$n HTTP/1.1",
        'Host: localhost', 'Connection: close', "Authorization: Bearer $token",
        'Content-Type: application/json',
        'Content-Length: ' . length(body()), '', '';
}

sub body {
    return '{"status":{"state":"completed"}}';
}

sub ask {
    my ($nginx, $n) = @_;
    my $socket = $nginx->connect or return undef;

    $socket->autoflush(1);
    print $socket head($n), body();

    return $socket;
}

sub answer {
    my ($nginx, $n) = @_;
    my $socket = ask($nginx, $n) or return undef;

    return $nginx->receive($socket);
}

# how often a request came to the store

sub steps {
    my ($nginx) = @_;
    my %seen = map { $_ => 1 } $nginx->log =~ /\*(\d+) print task step: lookup/g;

    return scalar keys %seen;
}

# how many requests came to the location that stands for the back end

sub passed {
    my ($nginx) = @_;

    return scalar(() = $nginx->log =~ /using configuration "\/"/g);
}
