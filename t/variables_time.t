#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# How long a request has waited: for the store, for the lease, for the back end.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use IO::Socket::INET;
use Test::More;
use Time::HiRes qw(sleep);

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

my $pause = 0.3;
my $redis = PrintTask::Redis->new;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 20)
    or die "listen: $!";
my $fields = join ' ', map { "add_header X-\u$_ \$print_task_${_}_time always;" }
             qw(store lease refetch);

my $nginx = PrintTask::Server->new(
    workers => 1, redis => $redis->address,
    pass => '127.0.0.1:' . $listener->sockport, location => $fields,
    http => 'print_task_key_file ' . jwks_file() . ';'
            . ' print_task_redis_timeout 5s 5s; print_task_lease 75s 20s;');

# --- no wait

my $got = $nginx->get('x');

is(times_of($got), '- - -', 'a request without a good token has no times');

# --- the back end is slow

my $first = change();

my $get = backend('GET');

sleep $pause;
answer($get, 'pending');

# --- the lease is held, while another one waits for it

my $held = backend('PATCH');
my $second = change('completed');

sleep $pause;
answer($held, 'processing');

$got = $nginx->receive($first);
is($got->{status}, 200, 'a change is made');
like(times_of($got), qr/^\d\.\d\d\d - \d\.\d\d\d$/, 'it waited for store and back end');
cmp_ok((split ' ', times_of($got))[2], '>=', $pause - 0.01,
    'for the back end as long as that took');
cmp_ok((split ' ', times_of($got))[0], '<', $pause, 'and not so long for the store');

my $both = IO::Select->new($listener, $second);

while (my @ready = $both->can_read(20)) {
    last if grep { $_ == $second } @ready;
    my ($socket, $method) = accepted();
    answer($socket, $method eq 'GET' ? 'processing' : 'completed');
}

$got = $nginx->receive($second);
is($got->{status}, 200, 'the next change is made');
cmp_ok((split ' ', times_of($got))[1], '>=', $pause / 2, 'it waited for the lease')
    or diag $got->{head};

# --- Redis is slow

$redis->command('CLIENT', 'PAUSE', 1000 * $pause, 'ALL');
my $third = change('processing');
$got = $nginx->receive($third);
is($got->{status}, 409, 'a change that is refused by the record');
cmp_ok((split ' ', times_of($got))[0], '>=', $pause / 2, 'it waited for the store');
like(times_of($got), qr/^\S+ - -$/, 'and for nothing else');

$nginx->stop;
is($nginx->quiet, '', 'nothing alarming');

done_testing();


sub times_of {
    my ($got) = @_;

    return join ' ', map { $got->{head} =~ /^X-$_: (\S+)/m ? $1 : '-' }
                     qw(Store Lease Refetch);
}

sub change {
    my ($state) = @_;
    my $body = sprintf '{"status":{"state":"%s"}}', $state // 'processing';

    return $nginx->change($nginx->connect, $body);
}

sub backend {
    my ($method) = @_;

    IO::Select->new($listener)->can_read(10) or die "no $method\n";
    my ($socket, $got) = accepted();
    is($got, $method, "the back end gets $method");

    return $socket;
}

sub accepted {
    my $socket = $listener->accept;
    my ($method) = readline($socket) =~ /^(\w+)/;
    my $length = 0;

    $socket->autoflush(1);

    while (defined(my $line = readline $socket)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        last if $line eq "\r\n";
    }

    read $socket, my $body, $length if $length;

    return ($socket, $method);
}

sub answer {
    my ($socket, $state) = @_;

    print $socket PrintTask::Server::response(200,
        qq({"id":"t","status":{"state":"$state"}}),
        'Content-Type: application/json');
    close $socket;
}
