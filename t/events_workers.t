#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Listeners of a store in memory, in several workers: each hears of the changes of all,
# also over a reload, an upgrade and the death of a worker.

use strict;
use warnings;

use lib 't/lib';

use JSON::PP qw(decode_json);
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Events;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $tasks = '/print/taskDefinitions/d/tasks';
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my $keys = jwks_file();

my $nginx = PrintTask::Server->new(mode => 'answer', workers => 3, daemon => 1,
    store => 'print_task_store memory:events:16m;',
    http => "print_task_key_file $keys; print_task_events on;",
    location => "print_task_admin role=$role;");

everywhere();
in_order();
killed();
reloaded();
SKIP: {
    skip 'the new binary has not the environment of a sanitizer', 6
        if $ENV{TEST_NGINX_LD_PRELOAD};

    upgraded();
}

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet =~ s/^.*exited on signal 9.*\n//mr, '', 'nothing alarming');

done_testing();

sub listen_to {
    my $l = PrintTask::Events->new($nginx->{port}, token => $service, @_);

    $l->{status} == 200 or die "not a listener: $l->{head}\n";
    ($l->{worker}) = $l->{head} =~ /^X-Worker: (\d+)/m;
    $l->next;
    $l->{position} = $l->next->{id};

    return $l;
}

# one in each worker

sub listeners {
    my (%of, @others);
    my $deadline = time() + 20;

    while (keys %of < 3 && time() < $deadline) {
        my $l = listen_to();

        push @others, $l if $of{$l->{worker}};
        $of{$l->{worker}} //= $l;
    }

    $_->close for @others;

    return values %of;
}

sub put {
    my ($task, $text, $definition) = @_;

    local $nginx->{token} = $service;

    return $nginx->request('PUT',
        '/print/taskDefinitions/' . ($definition // 'd') . "/tasks/$task",
        qq({"status":{"state":"pending","description":"$text"}}));
}

sub texts {
    return join ' ', map { decode_json($_->{data})->{data}{status}{description} }
                         @_;
}

sub everywhere {
    my @listeners = listeners();
    my %workers;

    is(scalar @listeners, 3, 'a listener in each worker');

    my $start = time();
    my $n = 0;

    while (keys %workers < 3 && $n < 200) {
        my $answer = put('t', 'x' . ++$n);
        $workers{$answer->{worker}} = 1;
        put('t', 'other', 'another');
    }

    is(keys %workers, 3, 'changes by each worker');

    my $all = join ' ', map { "x$_" } 1 .. $n;

    is(texts($_->events($n)), $all, '... are heard of in each') for @listeners;

    # not by the look that is taken once a second

    my @times;

    for (1 .. 20) {
        my $start = time();

        put('t', "y$_");
        $_->events(1) for @listeners;
        push @times, time() - $start;
    }

    @times = sort { $a <=> $b } @times;
    cmp_ok($times[10], '<', 0.25, '... at once');
    $_->close for @listeners;
}

# writers of many tasks: the events of each are in the order of its changes

sub in_order {
    my @listeners = listeners();
    my @pids;

    for my $task (1 .. 4) {
        my $pid = fork() // die "fork: $!\n";

        if ($pid == 0) {
            put("o$task", $_) for 1 .. 50;
            POSIX::_exit(0);
        }

        push @pids, $pid;
    }

    for my $l (@listeners) {
        my %of;

        for my $event (map { decode_json($_->{data}) } $l->events(200, 60)) {
            push @{$of{$event->{subject}}}, $event->{data}{status}{description};
        }

        is_deeply(\%of, { map { ("o$_", [1 .. 50]) } 1 .. 4 },
            'the events of a task are in the order of its changes');
    }

    waitpid $_, 0 for @pids;
    $_->close for @listeners;
}

sub killed {
    my ($l) = listeners();

    kill 'KILL', $l->{worker};
    ok(!$l->ended, 'a worker dies, and a stream with it');
    ok(await(sub { $nginx->workers == 3 }), '... another one takes its place');

    put('t', 'while away');
    my $again = listen_to(after => $l->{position});
    is(texts($again->events(1)), 'while away', '... and nothing is missed');

    my @all = listeners();
    put('t', 'by all');
    is(texts($_->events(1)), 'by all', '... also in the new worker') for @all;
    $_->close for $again, @all;
}

sub reloaded {
    my @old = listeners();

    put('t', 'before');
    $_->events(1) for @old;
    $nginx->reload;

    is(scalar(grep { $_->ended } @old), 3, 'a reload ends all streams');
    put('t', 'after');

    my @new = map { listen_to(after => $_->{position}) } @old;
    is(texts($_->events(2)), 'before after', '... which are resumed') for @new;
    $_->close for @new;
}

# two masters, and a change by the old one

sub upgraded {
    my ($position) = map { $_->{position} } listeners();
    my $old = $nginx->{pid};

    kill 'USR2', $old;
    my $new = await(sub {
        my $pid = PrintTask::Server::slurp("$nginx->{dir}/nginx.pid");
        return $pid && $pid != $old && $pid;
    }) // die "no new binary\n";
    chomp $new;

    await(sub { local $nginx->{pid} = $new; $nginx->workers == 3 });

    my %mine = map { $_ => 1 } do { local $nginx->{pid} = $new; $nginx->workers };
    my $l;

    for (1 .. 300) {
        $l = listen_to();
        last if $mine{$l->{worker}};
        $l->close;
        undef $l;
    }

    ok($l, 'an upgrade: a listener in a new worker');

    my $answer;

    for (1 .. 300) {
        $answer = put('t', 'by the old');
        last if !$mine{$answer->{worker}};
        $l->events(1);
    }

    ok(!$mine{$answer->{worker}}, '... and a change in an old one');

    my $start = time();
    is(texts($l->events(1)), 'by the old', '... which it hears of');
    cmp_ok(time() - $start, '<', 3, '... within a second or so');
    $l->close;

    kill 'QUIT', $old;
    ok(await(sub { !kill 0, $old }), '... the old one ends');
    $nginx->{pid} = $new;

    $l = listen_to(after => $position);
    isnt(($l->events(1))[0]{event}, 'missed', '... and nothing is missed');
    $l->close;
}
