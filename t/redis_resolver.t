#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The name of a Redis that moves is resolved again, and known addresses stay
# in use if that fails.  The name is "localhost": it is 127.0.0.1 when nginx
# starts, and later the answer of a name server of the test.

use strict;
use warnings;

use File::Basename qw(dirname);
use IO::Socket::IP;
use Test::More;
use Time::HiRes qw(time);

use lib dirname(__FILE__) . '/lib';

use PrintTask::Dns;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $token = token();
my $key = "print-task:{$PrintTask::Token::Tenant/d}/t";
my $port = PrintTask::Server::free_port();
my $dns = PrintTask::Dns->new;
my $redis = at('127.0.0.1', 'first');

my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1, redis => "localhost:$port",
    http => 'print_task_key_file ' . jwks_file() . ';
             print_task_redis_timeout 200ms 200ms;
             resolver ' . $dns->address . ';');

is(where(), 'first', 'the address of when nginx was started');
is($dns->questions, 0, 'nobody was asked for it');

# --- it moves

$dns->answer('127.0.0.2');
$redis = at('127.0.0.2', 'second');

ok(moved('second'), 'it is found at another address');
cmp_ok($dns->questions, '>', 0, 'which was asked for');

# --- with several addresses the one that is there is found

$dns->answer('127.0.0.4', '127.0.0.3', '127.0.0.5');
$redis = at('127.0.0.3', 'third');

ok(moved('third'), 'it is found among several');

# --- the name server fails: the address that is known is tried

$dns->fail;
$redis = at('127.0.0.3', 'fourth');

ok(moved('fourth'), 'an error: what is known is tried');

# --- the name server is silent: the same, and no request waits for it

$dns->silence;

undef $redis;
my $asked = $dns->questions;

ok(PrintTask::Server::await(sub {
    where();
    return $dns->questions > $asked;
}), 'silence: the name server is asked');

my $start = time();

is_deeply([map { where() } 1 .. 5], ['storeDown', 'storeDown', 'storeDown',
                                     'storeDown', 'storeDown'],
    'silence: requests are refused');
cmp_ok(time() - $start, '<', 0.2, 'silence: at once');

$redis = at('127.0.0.3', 'fifth');

ok(moved('fifth'), 'silence: what is known is tried');

# --- no address at all is not an address

$dns->answer;
$redis = at('127.0.0.3', 'sixth');

ok(moved('sixth'), 'no address: what is known is tried');

# --- IPv6

SKIP: {
    skip 'no IPv6', 1
        if !IO::Socket::IP->new(LocalHost => '::1', Listen => 1);

    $dns->answer('::1');
    $redis = at('::1', 'seventh');

    ok(moved('seventh'), 'an IPv6 address is used');
}

# --- while it is resolved, workers come and go

$dns->silence;
undef $redis;
$asked = $dns->questions;

PrintTask::Server::await(sub { where(); $dns->questions > $asked });

ok($nginx->reload, 'a reload while it is resolved');

$asked = $dns->questions;
PrintTask::Server::await(sub { where(); $dns->questions > $asked });

my $seconds = $nginx->stop;

ok(defined $seconds && $seconds < 2, 'a worker that ends does not wait');
is($nginx->quiet, '', 'all was quiet');

done_testing();


# A Redis at an address instead of the one before, with a task of that text.

sub at {
    my ($address, $text) = @_;

    undef $redis;

    my $new = PrintTask::Redis->new(port => $port, bind => $address);

    $new->command('HSET', $key, 'state', 'pending', 'description', $text);

    return $new;
}

# The text of the task that the gateway knows, or why it knows none.

sub where {
    my $answer = $nginx->get($token);

    return $answer->{reason} // ($answer->{body} =~ /"description":"(\w+)"/)[0];
}

sub moved {
    my ($text) = @_;

    return PrintTask::Server::await(sub { where() eq $text });
}
