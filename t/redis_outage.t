#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Redis is killed and started again, while clients change tasks through two
# gateways with two workers each.  Each task has one client, and each client
# has one request at a time.  The back end must never get an illegal change,
# whichever worker reaches Redis first.  In the environment:
#
#     OUTAGES    how often Redis is killed: 3 by default
#     CHANGES    the least number of changes that the back end gets: 2000

use strict;
use warnings;

use File::Basename qw(dirname);
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $outages = $ENV{OUTAGES} || 3;
my $least = $ENV{CHANGES} || 2000;
my $clients = 8;
my $parent = $$;

my %legal = (pending => [qw(pending processing completed aborted)],
             processing => [qw(processing completed aborted)],
             completed => [], aborted => []);

my $dir = File::Temp->newdir('pt-outage-XXXXXX', TMPDIR => 1);
my $redis = PrintTask::Redis->new(appendonly => 'yes',
                                  appendfsync => 'always');

my ($backend, $port) = backend();
my @gateways = map { gateway($port) } 1 .. 2;
my @clients = map { client($_) } 1 .. $clients;

my $changes = 0;
my $until = time() + 60 + $least / 100 + 10 * $outages;

for my $n (1 .. $outages) {
    changes($least * $n / ($outages + 1));
    $redis->stop;
    sleep 0.3 + rand 1.2;
    $redis->start;
}

# also after the last one there are old records for a while

my $end = time() + 5;

changes($least);
sleep 0.1 while time() < $end;

open my $stop, '>', "$dir/stop" or die "stop: $!\n";
close $stop;

for my $pid (@clients) {
    waitpid $pid, 0;
    is($?, 0, 'a client ends');
}

kill 'TERM', $backend;
waitpid $backend, 0;

my @lines = split /^/, PrintTask::Server::slurp("$dir/backend");

$changes = @lines;
cmp_ok($changes, '>=', $least, "the back end has got $changes changes");

my @illegal = grep { /illegal/ } @lines;

is(scalar @illegal, 0, 'none of them was illegal')
    or diag(@illegal > 20 ? @illegal[0 .. 19] : @illegal);

for my $gateway (@gateways) {
    like($gateway->log, qr/is unreachable/, 'a gateway has lost Redis');
    $gateway->stop;
    is($gateway->quiet, '', 'nothing alarming');
}

done_testing();


sub gateway {
    my ($port) = @_;

    return PrintTask::Server->new(
        workers => 2, redis => $redis->address, level => 'notice',
        pass => "127.0.0.1:$port",
        http => 'print_task_key_file ' . jwks_file() . ';'
                . ' keepalive_requests 100000;');
}

sub changes {
    my ($n) = @_;

    while (-s "$dir/backend" < 32 * $n) {
        die "the clients are too slow\n" if time() > $until;
        sleep 0.05;
    }
}

# A line of 32 bytes for each change that is made.

sub backend {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                       Listen => 64) or die "listen: $!\n";

    open my $log, '>', "$dir/backend" or die "backend: $!\n";
    $log->autoflush(1);

    my $pid = fork() // die "fork: $!\n";
    return ($pid, $listen->sockport) if $pid;

    $SIG{TERM} = sub { POSIX::_exit(0) };
    $SIG{PIPE} = 'IGNORE';

    my $select = IO::Select->new($listen);
    my (%buffers, %tasks);

    while (my @ready = $select->can_read) {
        for my $socket (@ready) {

            if ($socket == $listen) {
                $select->add(scalar $listen->accept);
                next;
            }

            if (!sysread $socket, $buffers{$socket}, 65536,
                         length($buffers{$socket} // ''))
            {
                $select->remove($socket);
                delete $buffers{$socket};
                close $socket;
                next;
            }

            my ($head, $method, $task)
                = $buffers{$socket} =~ m{^((\w+) \S+/tasks/(\S+) .*?\r\n\r\n)}s
                or next;
            my ($length) = $head =~ /^Content-Length: (\d+)/mi;
            my $size = length($head) + ($length // 0);

            next if length $buffers{$socket} < $size;

            my $body = substr $buffers{$socket}, length $head;
            my $state = \($tasks{$task} //= 'pending');

            if ($body =~ /"state":"(\w+)"/) {
                my $good = grep { $_ eq $1 } @{$legal{$$state}};

                printf $log "%-31.31s\n",
                       join ' ', $good ? 'good' : 'illegal', $task,
                                 substr($$state, 0, 4), substr $1, 0, 4;
                $$state = $1;
            }

            my $answer = qq({"id":"$task","parentUrl":"https://p.example/1",)
                         . qq("status":{"state":"$$state",)
                         . qq("description":"d"}});

            $buffers{$socket} = '';
            syswrite $socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json"
                              . "\r\nContent-Length: " . length($answer)
                              . "\r\nConnection: close\r\n\r\n$answer";
            $select->remove($socket);
            delete $buffers{$socket};
            close $socket;
        }
    }

    POSIX::_exit(1);
}

# Each request goes to any worker; a connection is used for some time.

sub client {
    my ($n) = @_;

    my $pid = fork() // die "fork: $!\n";
    return $pid if $pid;

    my $token = token();
    my @sockets;
    my $serial = 0;

    srand $n;
    $SIG{PIPE} = 'IGNORE';

    # with the test, whatever becomes of it

    until (-e "$dir/stop" || getppid() != $parent) {
        my $task = "t$n-" . ++$serial;

        for (1 .. 3 + rand 4) {
            my $slot = int rand 8;
            my $state = (qw(pending processing processing completed
                            aborted))[rand 5];

            $sockets[$slot] = undef if rand() < 0.02;

            my $socket = $sockets[$slot]
                         //= $gateways[$slot % 2]->connect // next;

            change($socket, $token, $task, $state)
                or $sockets[$slot] = undef;
            sleep 0.002 if rand() < 0.1;
        }
    }

    POSIX::_exit(0);
}

sub change {
    my ($socket, $token, $task, $state) = @_;
    my $body = qq({"status":{"state":"$state","description":"d"}});

    syswrite $socket, join "\r\n",
        "PATCH /print/taskDefinitions/d/tasks/$task HTTP/1.1",
        'Host: localhost', "Authorization: Bearer $token",
        'Content-Type: application/json', 'Content-Length: ' . length $body,
        '', $body or return 0;

    my $answer = '';

    until (complete($answer)) {
        sysread $socket, $answer, 65536, length $answer or return 0;
    }

    return $answer !~ /^Connection: close/mi;
}

sub complete {
    my ($head, $body) = $_[0] =~ /^(.*?\r\n\r\n)(.*)/s or return 0;
    my ($length) = $head =~ /^Content-Length: (\d+)/mi;

    return defined $length ? length $body >= $length
                           : $body =~ /0\r\n\r\n\z/;
}
