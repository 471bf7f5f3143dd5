#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# 2,000 requests that wait for one task take a bounded amount of memory, and no more
# of it the longer they wait, which is 5 seconds or WAIT_SECONDS of the environment.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::HTTP2;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

# sanitizers have memory of their own

plan skip_all => 'sanitizers have memory of their own' if $ENV{TEST_NGINX_LD_PRELOAD};

my $connections = 16;
my $streams = 125;
my $seconds = $ENV{WAIT_SECONDS} // 5;
my $path = '/print/taskDefinitions/d/tasks/t';
my $description = 'x' x 1000;
my @fields = ('Host: localhost', 'Content-Type: application/json',
              'Authorization: Bearer ' . token());

$SIG{PIPE} = 'IGNORE';

for my $store (qw(redis memory)) {
    my $redis = PrintTask::Redis->new;
    my $service = PrintTask::Server::Keys->new;
    my $port = PrintTask::Server::free_port();
    my $keys = jwks_file();

    my $nginx = PrintTask::Server->new(
        workers => 1,
        store => $store eq 'redis' ? "print_task_redis @{[$redis->address]};"
                                   : 'print_task_store memory:wait:1m;',
        http => <<"_EOC_");
print_task_key_file $keys;
print_task_lease 75s 60s;
print_task_realm wait;
server {
    listen 127.0.0.1:$port http2;
    location / {
        print_task forward;
        proxy_pass http://@{[$service->address]};
    }
}
_EOC_

    # the record has a long description, and a change that nobody answers

    answer($service);
    my $socket = h2_connect($port);
    print $socket patch(1);
    is((h2_receive($socket, 1))[0]{status}, 200, "$store: a change");

    answer($service, 60);
    print $socket patch(3);
    PrintTask::Server::await(sub { $service->requests >= 3 })
        // die "the change is not sent\n";

    my ($worker) = $nginx->workers;
    my $before = rss($worker);
    my @clients = map { h2_connect($port) } 1 .. $connections;

    for my $client (@clients) {
        print $client map { patch(2 * $_ + 1) } 0 .. $streams - 1;
    }

    my $start = settled($worker);

    sleep $seconds;

    my $end = rss($worker);
    my $each = ($start - $before) / ($connections * $streams);

    diag(sprintf '%s: %.1f kB a waiter, %+d kB in %d s', $store, $each,
                 $end - $start, $seconds);

    cmp_ok($end - $start, '<', 2000, "$store: no more memory with time");
    cmp_ok($each, '<', 32, "$store: a bounded amount for each");

    close $_ for @clients, $socket;
    $service->stop;
    $nginx->stop('TERM');
    is($nginx->quiet, '', "$store: nothing alarming");
}

done_testing();

sub answer {
    my ($service, @delay) = @_;

    $service->answer(PrintTask::Server::response(200,
        qq({"id":"t","status":{"state":"processing",)
        . qq("description":"$description"}}), 'Content-Type: application/json'),
        @delay);
}

sub patch {
    my ($stream) = @_;

    return h2_request($stream, 'PATCH', $path, \@fields,
        qq({"status":{"state":"processing","description":"$description"}}), 1);
}

sub rss {
    my ($pid) = @_;
    my ($size) = PrintTask::Server::slurp("/proc/$pid/status")
                 =~ /^VmRSS:\s+(\d+)/m;

    return $size;
}

# once all requests have come, the memory of the worker does not change for a second

sub settled {
    my ($pid) = @_;
    my ($last, $since) = (0, time());
    my $deadline = time() + 30;

    while (time() < $deadline) {
        my $now = rss($pid);

        if ($now != $last) {
            ($last, $since) = ($now, time());
        }

        last if time() - $since > 1;
        sleep 0.1;
    }

    return $last;
}
