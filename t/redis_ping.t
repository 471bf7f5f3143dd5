#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A ping checks an idle connection, and a worker that ends does not wait for
# the answer.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $token = token();
my $fake = PrintTask::Redis::Fake->new(\&answer);

my $nginx = PrintTask::Server->new(
    mode => 'answer', workers => 1,
    redis => $fake->address . ' ping=200ms',
    http => 'print_task_key_file ' . jwks_file() . ';');

is($nginx->get($token)->{status}, 404, 'the connection is made');

# --- quiet, but there

$fake->clear_commands;

ok(PrintTask::Server::await(sub { grep({ $_ eq 'PING' } $fake->commands) > 2 }),
    'it is asked, again and again');
is_deeply([grep { $_ ne 'PING' } $fake->commands], [],
    'and nothing else: the connection is the same');
unlike($nginx->log, qr/print task: redis/, 'nothing is logged');

# --- gone: nobody had to wait to find out

$fake->mode('silent');

ok(PrintTask::Server::await(sub { $nginx->log =~ /is unreachable: (.*)/ }),
    'a missing answer is noticed');
like($nginx->log, qr/is unreachable: it does not answer/, 'and logged');

my $answer = $nginx->get($token);

is($answer->{reason}, 'storeDown', 'a request is refused');
is($answer->{state}, 'open', 'the state is known before');

# --- and back, without a request

$fake->mode('good');

ok(PrintTask::Server::await(sub { $nginx->log =~ /is back/ }), 'it is back');
is($nginx->get($token)->{status}, 404, 'and used');

# --- a worker that ends

$fake->clear_commands;
$fake->mode('silent');

ok(PrintTask::Server::await(sub { grep { $_ eq 'PING' } $fake->commands }),
    'a ping is under way');

my $seconds = $nginx->stop;

ok(defined $seconds && $seconds < 1, 'the worker does not wait for it');
is($nginx->quiet, '', 'and is quiet');

done_testing();


sub answer {
    my ($mode, @words) = @_;

    return if $mode eq 'silent';

    return PrintTask::Redis::Fake::handshake(@words)
           // "\$8\r\nabsent 1\r\n";
}
