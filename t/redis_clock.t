#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The clocks of Redis and of the gateway are set: no record counts as newer
# than it is, no lease ends early, and no lease lasts too long.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;
use Time::HiRes qw(time);

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $dir = File::Temp->newdir('pt-clock-XXXXXX', TMPDIR => 1);
my $library = "$dir/clock.so";

system('gcc', '-shared', '-fPIC', '-O1', '-o', $library,
       dirname(__FILE__) . '/lib/clock.c') == 0 or die "gcc failed\n";

my $key = "print-task:{$PrintTask::Token::Tenant/d}/t";
my ($redis, $nginx);

# a record that is confirmed just now, and Redis' clock set back: it stays new

for my $back (8, 3600) {
    start();
    record('pending');
    is(change('completed'), '200', 'a record is believed at first');

    record('processing');
    clock("-$back");
    is(change('pending'), '502 refetchFailed',
        "$back s back: a record from before is not believed");
    like($nginx->log, qr/the clock of redis "\S+" was set \d+ms back/,
        "$back s back: it is logged");

    record('completed');
    is(change('completed'), '200', "$back s back: what is final stays");
    stop();
}

# a lease, and Redis' clock set ahead: another one must not get the task

for my $ahead (80, 7200) {
    start();
    is(change('completed'), '502 refetchFailed', 'the clock is known');
    $redis->command('DEL', $key);

    $redis->command('HSET', $key, 'rev', 1, 'lease', 'other', 'leaseUntil',
                    now() + 20_000, 'leaseTime', 20_000);
    $redis->command('PEXPIRE', $key, 80_000);
    is(change('completed'), '503 taskBusy', 'another has the task');

    clock("+$ahead");
    is(change('completed'), '503 taskBusy', "$ahead s ahead: it still has it");
    like($nginx->log, qr/the clock of redis "\S+" was set \d+ms ahead/,
        "$ahead s ahead: it is logged");
    is(change('completed'), '503 taskBusy', "$ahead s ahead: and again");
    stop();
}

# a lease that nobody ends, and Redis' clock set back: it ends in time

start();
$redis->command('HSET', $key, 'rev', 1, 'lease', 'other', 'leaseUntil',
                now() + 3_600_000, 'leaseTime', 1000);
is(change('completed'), '503 taskBusy', 'a lease of the time before');
cmp_ok($redis->command('HGET', $key, 'leaseUntil'), '<=', now() + 1000,
    'lasts for as long as it was taken for');
ok(PrintTask::Server::await(sub { change('completed') eq '502 refetchFailed' }),
    'and ends');
$redis->command('HSET', $key, 'rev', 1, 'lease', 'other', 'leaseUntil',
                now() + 3_600_000);
$redis->command('HDEL', $key, 'leaseTime');
change('completed');
cmp_ok($redis->command('HGET', $key, 'leaseUntil'), '<=', now() + 75_000,
    'or for as long as one of this gateway');
stop();

# the gateway's clock

for my $store ('redis', 'memory') {
    for my $set ('-3600', '+3600') {
        start(store => $store);
        is(change('completed'), '502 refetchFailed', "$store: nothing is known");

        gateway($set);
        is(change('completed'), '502 refetchFailed',
            "$store, gateway $set s: nor now");

        if ($store eq 'redis') {
            record('processing');
            is(change('pending'), '409 transitionNotAllowed',
                "$store, gateway $set s: a record is believed");
            $redis->command('HSET', $key, 'lease', 'other', 'leaseUntil',
                            now() + 20_000, 'leaseTime', 20_000);
            is(change('completed'), '503 taskBusy',
                "$store, gateway $set s: a lease is a lease");
            unlike($nginx->log, qr/the clock of redis/,
                "$store, gateway $set s: Redis' clock is as it was");
        }

        stop();
    }
}

# what is logged once a minute is logged once a minute

start();
$redis->command('SET', $key, 'theirs');
is(change('completed'), '503 storeDown', 'a key that has no record') for 1 .. 3;
is(lines(), 1, 'is logged once');
gateway('-3600', 30);
change('completed');
is(lines(), 1, 'half a minute later, by a clock that was set back: not again');
gateway('-3600', 61);
ok(PrintTask::Server::await(sub { change('completed'); lines() == 2 }, 5),
    'a minute later: again');
stop();

done_testing();


sub lines {
    return scalar grep { /has no record/ } split /^/, $nginx->log;
}


sub start {
    my (%opt) = @_;
    my $store = $opt{store} // 'redis';

    clock('+0');
    gateway('+0');

    if ($store eq 'redis') {
        local %ENV = (%ENV, fake('redis'));
        $redis = PrintTask::Redis->new;
    }

    my %fake = fake('gateway');

    local $ENV{TEST_NGINX_LD_PRELOAD}
        = join ' ', grep { $_ } $ENV{TEST_NGINX_LD_PRELOAD}, $fake{LD_PRELOAD};
    local $ENV{CLOCK_FILE} = $fake{CLOCK_FILE};

    $nginx = PrintTask::Server->new(
        workers => 1,
        $store eq 'redis' ? (redis => $redis->address)
                          : (store => 'print_task_store memory:clock:1m;'),
        token => token(claims => { iat => int(time()) - 10_000, nbf => 1,
                                   exp => int(time()) + 10_000 }),
        http => 'print_task_key_file ' . jwks_file() . ';'
                . ' print_task_lease 75s 100ms; print_task_leeway 300s;');
}

sub stop {
    $nginx->stop;
    is($nginx->quiet, '', 'nothing alarming');
    undef $redis;
}

sub fake {
    my ($name) = @_;

    return (LD_PRELOAD => $library, CLOCK_FILE => "$dir/$name");
}

# in place: the processes have it in their memory

sub set {
    my ($name, $seconds, $monotonic) = @_;

    open my $out, -e "$dir/$name" ? '+<' : '>', "$dir/$name"
        or die "$name: $!\n";
    syswrite $out, pack 'q<2', 1000 * $seconds, 1000 * ($monotonic // 0);
    close $out;
}

sub clock   { set('redis', @_) }
sub gateway { set('gateway', @_) }

sub now {
    my $time = $redis->command('TIME');

    return int($time->[0] * 1000 + $time->[1] / 1000);
}

sub record {
    my ($state) = @_;

    $redis->command('DEL', $key);
    $redis->command('HSET', $key, 'state', $state, 'rev', 1,
                    'app', $PrintTask::Token::App, 'confirmed', now());
}

sub change {
    my ($state) = @_;

    my $response = $nginx->request('PATCH', '/print/taskDefinitions/d/tasks/t',
                                   qq({"status":{"state":"$state"}}));

    return join ' ', $response->{status} // 0, $response->{reason} // ();
}
