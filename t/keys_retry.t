#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The times of retries after keys could not be fetched, and the answers to
# clients meanwhile.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep);

use PrintTask::Server;
use PrintTask::Token qw(token jwks jwk);

*await = \&PrintTask::Server::await;
*response = \&PrintTask::Server::response;

my $good = response(200, jwks(jwk('rsa1', kid => 'k1')));
my $token = token(kid => 'k1');

# --- without any keys, the time between two tries is doubled

{
    my ($keys, $nginx) = gateway('1h 5m');

    ok(await(sub { $keys->requests >= 3 }, 30),
        'no keys: a third try after two that failed');

    my $got = refused($nginx);
    my @times = $keys->times;

    cmp_ok($times[1] - $times[0], '>', 0.9, 'no keys: 1 s to the second try');
    cmp_ok($times[2] - $times[1], '>', 1.9, 'no keys: 2 s to the third');
    is("$got->{status} $got->{reason}", '503 keysUnavailable',
        'no keys: refused');
    like($got->{seconds}, qr/^[234]$/,
        'no keys: Retry-After is the time to the fourth try');
    is($keys->requests, 3, 'no keys: requests cause no further tries');

    $keys->answer($good);

    ok(await(sub { $nginx->get($token)->{status} == 200 }, 30),
        'no keys: they are there after the next try');
    is($keys->requests, 4, 'no keys: which is the fourth');

    @times = $keys->times;
    cmp_ok($times[3] - $times[2], '>', 3.9, 'no keys: 4 s to the fourth try');
    cmp_ok($times[3] - $times[2], '<', 8, 'no keys: and not much more');

    end($nginx, 'no keys');
}

# --- the time is never longer than "min"

{
    my ($keys, $nginx) = gateway('1h 200ms');

    ok(await(sub { $keys->requests >= 6 }, 30), 'min: five tries');
    is(refused($nginx)->{seconds}, 1, 'min: Retry-After is at least a second');

    my @times = $keys->times;
    cmp_ok($times[5] - $times[4], '>', 0.15, 'min: is what is between two');

    end($nginx, 'min');
}

# --- a reload does not wait for the next try

{
    my ($keys, $nginx) = gateway('1h 5m');

    ok(await(sub { $keys->requests >= 3 }, 30), 'reload: three tries');

    $keys->answer($good);
    ok($nginx->reload, 'reload: done');

    is($nginx->get($token)->{status}, 200, 'reload: the keys are fetched');

    my @times = $keys->times;
    cmp_ok($times[3] - $times[2], '<', 3.5, 'reload: before they were due');

    end($nginx, 'reload');
}

# --- while a fetch is under way it is not known when there are keys

{
    my ($keys, $nginx) = gateway('1h 5m', 9);

    ok(await(sub { $keys->requests == 1 }), 'slow: a fetch is under way');

    my $got = refused($nginx);

    is($got->{reason}, 'keysUnavailable', 'slow: refused after waiting for it');
    is($got->{seconds}, 1, 'slow: Retry-After is 1');

    end($nginx, 'slow');
}

done_testing();


sub gateway {
    my ($refresh, $delay) = @_;
    my $keys = PrintTask::Server::Keys->new;

    $keys->answer(response(500, ''), $delay);

    my $nginx = PrintTask::Server->new(
        location => "print_task_key_request /_keys;
                     print_task_key_refresh $refresh;",
        server => 'location = /_keys { internal; proxy_pass http://'
                  . $keys->address . '/; }');

    return ($keys, $nginx);
}


sub refused {
    my ($nginx) = @_;
    my $got = $nginx->get($token);

    ($got->{seconds}) = $got->{head} =~ /^Retry-After: (\d+)\r$/m;

    return $got;
}


sub end {
    my ($nginx, $name) = @_;
    my $took = $nginx->stop;

    ok(defined $took && $took < 10, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming in the log");
}
