#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Repeated errors of Redis are logged a limited number of times.  The end of a
# logged outage is logged at the same level.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

*await = \&PrintTask::Server::await;

my $burst = 10;                                 # lines, before one in 10 s
my $port = PrintTask::Server::free_port();
my $dead = PrintTask::Server::free_port();      # nobody listens there
my $keys = jwks_file();
my $served = 0;

# --- a cluster of nodes that are not there

my $fake = PrintTask::Redis::Fake->new(\&node, tcp => $port);
my $nginx = gateway("127.0.0.1:$port cluster");
my $time = time;

ok(await(sub { get($nginx, 'first'); $nginx->log =~ /unreachable/ }),
    'a node of a cluster is not there');
get($nginx, "t$_") for 1 .. 150;

cmp_ok(scalar(() = $nginx->log =~ /is unreachable/g), '<=',
    $burst + (time - $time) / 10 + 1, 'many nodes: a few lines');

end($nginx, 'many nodes');

# --- a server that answers one command of a connection

$port = PrintTask::Server::free_port();
$fake = PrintTask::Redis::Fake->new(\&once, tcp => $port);
$nginx = gateway("127.0.0.1:$port");
$time = time;

my $good = 0;

ok(await(sub { $good += (get($nginx, 't') == 404); $good > 40 }, 30),
    'a server comes and goes');

my $begun = () = $nginx->log =~ /\[error\].*is unreachable/g;
my $ended = () = $nginx->log =~ /\[error\].*is back/g;

cmp_ok($begun, '<=', $burst + (time - $time) / 10 + 1, '... a few lines');
cmp_ok($begun, '>', 1, '... more than one');
ok($ended == $begun || $ended == $begun - 1,
    'an outage that was logged has a logged end, at the same level')
    or diag "$begun begun, $ended ended";

end($nginx, 'it comes and goes');

done_testing();


sub gateway {
    my ($redis) = @_;

    return PrintTask::Server->new(
        mode => 'answer', workers => 1, redis => $redis,
        http => "print_task_key_file $keys;
                 print_task_redis_timeout 200ms 100ms;");
}

sub get {
    my ($nginx, $task) = @_;
    my $response = $nginx->request('GET',
                                   "/print/taskDefinitions/$task/tasks/$task");

    return $response ? $response->{status} : 0;
}

sub end {
    my ($nginx, $name) = @_;

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming");
}

sub node {
    my ($mode, @words) = @_;

    return array(map {
               array(':' . 64 * $_, ':' . (64 * $_ + 63),
                     array(bulk("127.1.0.$_"), ":$dead"))
           } 0 .. 255) if $words[0] eq 'CLUSTER';

    return PrintTask::Redis::Fake::handshake(@words) // bulk('absent 1');
}

sub once {
    my ($mode, @words) = @_;
    my $handshake = PrintTask::Redis::Fake::handshake(@words);

    return $handshake if $handshake;
    return $served++ % 2 ? '' : bulk('absent 1');
}

sub bulk {
    my ($text) = @_;

    return '$' . length($text) . "\r\n$text\r\n";
}

sub array {
    return '*' . @_ . "\r\n" . join '', map { /\r\n\z/ ? $_ : "$_\r\n" } @_;
}
