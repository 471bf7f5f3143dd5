#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A worker that ends during the handshake with Redis does not wait for it.

use strict;
use warnings;

use File::Basename qw(dirname);
use IO::Socket::INET;
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Server;
use PrintTask::Token;

my $token = token();
my $redis = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8)
    or die "listen: $!\n";

my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1,
    redis => '127.0.0.1:' . $redis->sockport . ' ssl ssl_verify=off',
    http => 'print_task_key_file ' . jwks_file() . ';
             print_task_redis_timeout 20s 100ms;');

my @connections;

handshake('at first');
ok($nginx->reload, 'a reload during the handshake');
handshake('after a reload');

my $seconds = $nginx->stop;

ok(defined $seconds && $seconds < 2, 'a shutdown during the handshake');
is($nginx->quiet, '', 'all was quiet');

done_testing();


# The hello of the client is there, and is not answered.

sub handshake {
    my ($name) = @_;

    # Where the machine is so busy that the connection itself came late, this is
    # taken for load.

    like($nginx->get($token)->{reason}, qr/^(?:storeDown|queueFull)$/,
        "$name: not ready");

    push @connections, scalar $redis->accept;
    sysread $connections[-1], my $hello, 1;

    is(ord $hello, 22, "$name: a handshake has begun");
}
