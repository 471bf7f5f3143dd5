#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# 2,000 requests wait for one task of a store in memory, while nginx is reloaded or
# upgraded to another binary.  Each request has an answer, and the old workers end.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::HTTP2;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $connections = 16;
my $streams = 125;
my $path = '/print/taskDefinitions/d/tasks/t';
my @fields = ('Host: localhost', 'Content-Type: application/json',
              'Authorization: Bearer ' . token());

# a worker ends a second after its last request at the latest; the machine may be
# busy

my $spare = 5;

$SIG{PIPE} = 'IGNORE';

# All want the state that another change gives the task; or none can have what it
# wants, because that change is not answered.

waits('reload', 'completed', \&reload);
waits('reload, no answer', 'processing', \&reload);

SKIP: {
    skip 'the new binary has not the environment of a sanitizer', 7
        if $ENV{TEST_NGINX_LD_PRELOAD};

    waits('upgrade', 'completed', \&upgrade);
}

done_testing();

sub waits {
    my ($name, $state, $replace) = @_;
    my $held = $state eq 'processing';
    my $service = PrintTask::Server::Keys->new;
    my $port = PrintTask::Server::free_port();
    my $keys = jwks_file();
    my ($delay, $wait) = $held ? (60, 6) : (4, 60);

    my $nginx = PrintTask::Server->new(
        workers => 2, daemon => 1, connections => 8192,
        server => 'location = /status { stub_status; }',
        store => 'print_task_store memory:wait:1m;', http => <<"_EOC_");
print_task_key_file $keys;
print_task_lease 75s ${wait}s;
print_task_realm wait;
server {
    listen 127.0.0.1:$port http2;
    http2_max_concurrent_streams 256;
    location / {
        print_task forward;
        proxy_pass http://@{[$service->address]};
        proxy_read_timeout 8s;
    }
}
_EOC_

    answer($service, 'processing');
    my $first = h2_connect($port);
    print $first patch(1, 'processing');
    is((h2_receive($first, 1))[0]{status}, 200, "$name: a change");

    answer($service, 'completed', $delay);
    print $first patch(3, 'completed');
    await(sub { $service->requests >= 3 }) // die "the change is not sent\n";

    # half of them before, half of them after

    my @old = $nginx->workers;
    my $old = $nginx->{pid};
    my @clients = map { waiters($port, $state) } 1 .. $connections / 2;

    await(sub { requests($nginx) > $connections / 2 * $streams }, 20)
        // die "not all requests have come\n";

    $replace->($nginx);
    await(sub { @old == grep { is_ending($_) } @old })
        // die "the old workers do not end\n";

    push @clients, map { waiters($port, $state) } 1 .. $connections / 2;

    my %count;

    for my $client (@clients) {
        $count{$_->{status}}++
            for h2_receive($client, map { 2 * $_ + 1 } 0 .. $streams - 1);
    }

    is_deeply(\%count, { $held ? 503 : 200, $connections * $streams },
        "$name: each request has its answer") or diag(explain(\%count));

    is($service->requests, 3, "$name: and no other change is sent");

    is((h2_receive($first, 3))[0]{status}, $held ? 504 : 200,
        "$name: so has the change");
    close $_ for @clients, $first;

    my $start = time();

    ok(await(sub { !grep { kill 0, $_ } @old }, $spare),
        "$name: the old workers have ended")
        or diag(time() - $start);

    kill 'QUIT', $old if $nginx->{pid} != $old;
    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming");
}

sub reload {
    my ($nginx) = @_;
    my %old = map { $_ => 1 } $nginx->workers;

    kill 'HUP', $nginx->{pid};
    await(sub { 2 == grep { !$old{$_} } $nginx->workers })
        // die "no new workers\n";
}

sub upgrade {
    my ($nginx) = @_;
    my $old = $nginx->{pid};

    kill 'USR2', $old;

    my $new = await(sub {
        my $pid = PrintTask::Server::slurp("$nginx->{dir}/nginx.pid");
        return $pid && $pid != $old && $pid;
    }) // die "no new binary\n";

    chomp $new;
    $nginx->{pid} = $new;
    await(sub { $nginx->workers == 2 }) // die "no new workers\n";
    kill 'WINCH', $old;
}

sub is_ending {
    my ($pid) = @_;

    return PrintTask::Server::slurp("/proc/$pid/cmdline") =~ /is shutting down/;
}

# that nginx has now

sub requests {
    my ($nginx) = @_;
    my $status = $nginx->ask("GET /status HTTP/1.0\r\nHost: localhost\r\n\r\n");

    return $status->{body} =~ /Writing: (\d+)/ ? $1 - 1 : 0;
}

sub answer {
    my ($service, $state, @delay) = @_;

    $service->answer(PrintTask::Server::response(200,
        qq({"id":"t","status":{"state":"$state","description":null}}),
        'Content-Type: application/json'), @delay);
}

sub waiters {
    my ($port, $state) = @_;
    my $socket = h2_connect($port);

    print $socket map { patch(2 * $_ + 1, $state) } 0 .. $streams - 1;

    return $socket;
}

sub patch {
    my ($stream, $state) = @_;

    return h2_request($stream, 'PATCH', $path, \@fields,
                      qq({"status":{"state":"$state"}}), 1);
}
