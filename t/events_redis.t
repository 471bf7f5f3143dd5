#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Listeners to events in Redis: woken by one connection of a worker that waits in XREAD,
# while Redis is restarted, refuses the command, or is one of several.

use strict;
use warnings;

use lib 't/lib';

use JSON::PP qw(decode_json);
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Events;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $tasks = '/print/taskDefinitions/d/tasks';
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my $keys = jwks_file();
my $stream = "print-task-events:{$PrintTask::Token::Tenant/d}";

my ($redis, $nginx);

idle();
quick();
many_definitions();
unread();
aborted();
restart();
denied();

done_testing();

sub gateway {
    my ($address, %opt) = @_;

    return PrintTask::Server->new(mode => 'answer', workers => 1,
        redis => $address,
        http => "print_task_key_file $keys; print_task_events on;
                 print_task_redis_timeout 1s 250ms;",
        location => "print_task_admin role=$role;", %opt);
}

sub listen_to {
    my $l = PrintTask::Events->new($nginx->{port}, token => $service, @_);

    $l->{status} == 200 or die "not a listener: $l->{head}\n";
    $l->next;
    $l->{position} = $l->next->{id};

    return $l;
}

# as another gateway does

sub append {
    my ($task, $definition) = @_;
    my $key = $definition
        ? "print-task-events:{$PrintTask::Token::Tenant/$definition}" : $stream;

    return $redis->command('XADD', $key, '*', 'type', 'updated', 'task', $task,
                           'state', 'pending', 'rev', 1, 'time', 1000);
}

sub subjects {
    return join ' ', map { decode_json($_->{data})->{subject} } @_;
}

sub stopped {
    my ($name) = @_;

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming");
}

# commands a second, and how they are counted

sub commands {
    my ($name) = @_;
    my $stats = $redis->command('INFO', 'commandstats');

    return $stats =~ /^cmdstat_$name:calls=(\d+)/mi ? $1 : 0;
}

sub idle {
    $redis = PrintTask::Redis->new;
    $nginx = gateway($redis->address);

    my @listeners = map { listen_to() } 1 .. 50;

    sleep 1.5;

    my @before = map { commands($_) } qw(xread evalsha eval);
    sleep 5;
    my @after = map { commands($_) } qw(xread evalsha eval);

    cmp_ok($after[0] - $before[0], '<=', 6, 'idle: one command a second');
    cmp_ok($after[0] - $before[0], '>=', 4, '... but one');
    is($after[1] + $after[2] - $before[1] - $before[2], 0,
        '... and no script');

    my @reads = map { commands($_) } qw(evalsha);
    my $id = append('t');
    is(subjects(map { $_->events(1) } @listeners), join(' ', ('t') x 50),
        'all hear of a change of another gateway');
    cmp_ok(commands('evalsha') - $reads[0], '<=', 2,
        '... and share what is read');

    $_->close for @listeners;

    sleep 1.5;
    @before = commands('xread');
    sleep 2;
    is(commands('xread'), $before[0], 'idle: no command without a listener');

    stopped('idle');
}

sub quick {
    $redis = PrintTask::Redis->new;
    $nginx = gateway($redis->address);

    my $l = listen_to();
    my @times;

    sleep 1.2;

    for (1 .. 50) {
        my $start = time();

        append("t$_");
        $l->events(1) or die "no event\n";
        push @times, time() - $start;
    }

    @times = sort { $a <=> $b } @times;
    cmp_ok($times[25], '<', 0.05, 'an event is sent within 50 ms');

    # the listener begins where another one waits for its first event

    my $late = listen_to();
    append('late');
    is(subjects($_->events(1, 1)), 'late', 'a listener that is new hears, too')
        for $l, $late;

    $late->close;
    my @positions = map { append("a$_") } 1 .. 500;
    $late = listen_to(after => $l->{position});
    is(scalar(() = $late->events(551)), 551, 'a listener catches up');
    is(scalar(() = $l->events(500)), 500, '... and the other one has all');

    $_->close for $l, $late;
    stopped('quick');
}

sub many_definitions {
    $redis = PrintTask::Redis->new;
    $nginx = gateway($redis->address);

    my @listeners = map {
        listen_to(path => "/print/taskDefinitions/d$_/tasks")
    } 1 .. 30;

    append("t$_", "d$_") for 1 .. 30;

    is(subjects(map { $listeners[$_ - 1]->events(1) } 1 .. 30),
        join(' ', map { "t$_" } 1 .. 30),
        'many definitions: each listener hears of its own');
    is(scalar(grep { $_->next(0.1) } @listeners), 0, '... alone');

    $_->close for @listeners[0 .. 9];
    append("u$_", "d$_") for 1 .. 30;
    is(subjects(map { $listeners[$_ - 1]->events(1) } 11 .. 30),
        join(' ', map { "u$_" } 11 .. 30), '... also when others are gone');

    $_->close for @listeners[10 .. 29];
    stopped('many definitions');
}

# clients that go while Redis has not answered, before and after their header

# A stream that cannot be read does not delay the others: the user may wait for it, and
# run no script with it.

sub unread {
    $redis = PrintTask::Redis->new;
    $nginx = gateway($redis->address);

    my $l = listen_to();
    my $stuck = listen_to(path => '/print/taskDefinitions/stuck/tasks');
    my $tenant = $PrintTask::Token::Tenant;

    $redis->command(qw(ACL SETUSER writer on nopass ~* +@all));

    my $done = eval {
        $redis->command(qw(ACL SETUSER default resetkeys),
                        "~print-task*:{$tenant/d}*", '(+xread ~*)');
        1;
    };

  SKIP: {
        skip 'this Redis has no selectors', 1 if !$done;

        $redis->command(qw(AUTH writer x));
        append('t', 'stuck');
        sleep 1.5;

        my @times;

        for (1 .. 11) {
            my $start = time();

            append("t$_");
            $l->events(1) or die "no event\n";
            push @times, time() - $start;
            sleep 0.2;
        }

        @times = sort { $a <=> $b } @times;
        cmp_ok($times[5], '<', 0.05, 'an unread stream delays no other');
    }

    $_->close for $l, $stuck;
    ok(defined $nginx->stop, 'unread: nginx ends');
}

sub aborted {
    $redis = PrintTask::Redis->new;
    $nginx = gateway($redis->address);

    my $request = "GET $tasks HTTP/1.1\r\nHost: localhost\r\n"
                  . "Accept: text/event-stream\r\n"
                  . "Authorization: Bearer $service\r\n\r\n";
    my @listeners = map { listen_to() } 1 .. 10;
    my $stays = listen_to();

    $redis->signal('STOP');

    my @waiting = map {
        my $socket = $nginx->connect;
        $socket->autoflush;
        print $socket $request;
        $socket;
    } 1 .. 10;

    sleep 0.05;
    close $_ for @waiting;
    $_->close for @listeners;
    $redis->signal('CONT');

    append('t');
    is(subjects($stays->events(1)), 't',
        'clients are gone before Redis answers, another one stays');

    # a read is under way, the listeners go, and so does Redis

    @listeners = map { listen_to() } 1 .. 10;
    append('u');
    $_->close for @listeners;
    $redis->signal('STOP');
    sleep 0.05;
    $redis->signal('CONT');
    is(subjects($stays->events(1)), 'u', '... while it is being read');

    $stays->close;
    stopped('aborted');
}

sub restart {
    $redis = PrintTask::Redis->new(appendonly => 'yes', appendfsync => 'always');
    $nginx = gateway($redis->address);

    my $l = listen_to();
    append('before');
    is(subjects($l->events(1)), 'before', 'restart: an event');

    $redis->stop;
    sleep 2;
    $redis->start;
    append('after');
    is(subjects($l->events(1)), 'after', '... and one after Redis came back');

    append('later');
    is(subjects($l->events(1)), 'later', '... and later');

    my $log = $nginx->log;
    my $lines = () = $log =~ /is unreachable/g;
    is($lines, 1, '... one line says that Redis is unreachable');

    $l->close;
    stopped('restart');
}

# a user of Redis that may not wait: events come, but later

sub denied {
    $redis = PrintTask::Redis->new;
    $redis->command(qw(ACL SETUSER gateway on >secret ~* +@all -xread));
    my $file = File::Temp->new;
    print $file "secret\n";
    close $file;
    $nginx = gateway($redis->address . " user=gateway password_file=$file");

    my $l = listen_to();
    append('t');
    is(subjects($l->events(1)), 't', 'denied: an event comes nevertheless');
    ok(await(sub { $nginx->log =~ /\[warn\].*answered "NOPERM" to XREAD/ }),
        '... and the log says why it is late');
    $l->close;
    stopped('denied');
}
