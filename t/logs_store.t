#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Lines of the error log about a store: a long outage and its end, and a lost
# lease.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp ();
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Store;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $dir = File::Temp->newdir('pt-logs-XXXXXX', TMPDIR => 1);
my $keys = 'print_task_key_file ' . jwks_file() . ';';

system('gcc', '-shared', '-fPIC', '-O1', '-o', "$dir/clock.so",
       dirname(__FILE__) . '/lib/clock.c') == 0 or die "gcc failed\n";

# --- states that last

my $fake = PrintTask::Redis::Fake->new(\&redis);

lasts('AUTH WRONGPASS', qr/is unreachable: it answered "WRONGPASS" to AUTH/,
    qr/is still unreachable: it answered "WRONGPASS" to AUTH/);
lasts('PING NOAUTH', qr/is unreachable: it answered "NOAUTH" to PING/,
    qr/is still unreachable: it answered "NOAUTH" to PING/);
lasts('close', qr/is unreachable/, qr/is still unreachable/);
lasts('EVALSHA NOPERM', qr/refuses commands: "NOPERM"/,
    qr/refuses commands: "NOPERM"/);
lasts('silent', qr/is slow|is unreachable/, qr/is still (?:slow|unreachable)/);

# --- leases that are lost

lost($_) for 'redis', 'memory';

done_testing();


sub lasts {
    my ($mode, $first, $again) = @_;

    $fake->mode('good');
    clock(0);

    local $ENV{TEST_NGINX_LD_PRELOAD}
        = join ' ', grep { $_ } $ENV{TEST_NGINX_LD_PRELOAD}, "$dir/clock.so";
    local $ENV{CLOCK_FILE} = "$dir/clock";

    PrintTask::Server::write_file("$dir/password", "secret\n");

    my $nginx = PrintTask::Server->new(
        mode => 'answer', workers => 1, level => 'notice',
        redis => $fake->address . " ping=0 password_file=$dir/password",
        http => "$keys print_task_redis_timeout 200ms 100ms;");

    $fake->mode($mode);

    is($nginx->get(token())->{reason}, 'storeDown', "$mode: an outage") for 1 .. 3;
    ok(await(sub { get($nginx); $nginx->log =~ $first }), "$mode: begins");

    my $begin = () = $nginx->log =~ /\[error\] [^\n]*(?:$first)/g;
    is($begin, 1, "$mode: with one line, as an error");

    for my $minute (1 .. 2) {
        my $before = () = $nginx->log =~ /$again/g;

        $before = 1 if $minute == 1 && $mode =~ /^EVALSHA/;
        clock(61 * $minute);
        ok(await(sub {
            get($nginx);
            my $n = () = $nginx->log =~ /\[error\] [^\n]*(?:$again)/g;
            $n == $before + 1 }), "$mode: minute $minute has one more");
    }

    $fake->mode('good');
    ok(await(sub { $nginx->get(token())->{status} == 404 }), "$mode: it ends");

    my $ends = () = $nginx->log =~ /\[error\] [^\n]*is back/g;
    is($ends, $mode =~ /^EVALSHA/ ? 0 : 1, "$mode: with a line of that level");
    unlike($nginx->log, qr/secret/, "$mode: no password in the log");

    ok(defined $nginx->stop, "$mode: nginx ends");
    is($nginx->quiet, '', "$mode: nothing alarming");
}

sub get {
    my ($nginx) = @_;

    $nginx->get(token());
}

# the mode is a command and its error

sub redis {
    my ($mode, @words) = @_;
    my ($command, $error) = split ' ', $mode, 2;

    return '' if $mode eq 'close';
    return undef if $mode eq 'silent';
    return "-$error no, secret\r\n" if $command eq $words[0] && defined $error;
    return PrintTask::Redis::Fake::handshake(@words) // "\$8\r\nabsent 1\r\n";
}

sub clock {
    my ($seconds) = @_;
    my $file = "$dir/clock";

    open my $out, -e $file ? '+<' : '>', $file or die "$file: $!\n";
    syswrite $out, pack 'q<2', 0, 1000 * $seconds;
    close $out;
}


# A change ends, and its lease has passed to another one, or is gone.

sub lost {
    my ($type) = @_;
    my $redis = $type eq 'redis' ? PrintTask::Redis->new : undef;
    my $nginx = PrintTask::Server->new(load => [PrintTask::Store->module],
        workers => 1, level => 'notice',
        store => $keys . ($redis ? 'print_task_redis ' . $redis->address . ';'
                                 : 'print_task_store memory:m:1m;'));
    my $store = PrintTask::Store->of($nginx, 'print/op');
    my $op = sub {
        my ($op, $task, @args) = @_;

        return $store->op($op, key => "print-task:{t/d}/$task", tenant => 't',
            app => 'a', lease_time => 600_000, ttl => 600_000, @args)->{result};
    };

    is($op->('reserve', $_, lease => 'mine'), 'granted', "$type: a lease")
        for qw(ended released taken invalid);

    $op->('commit', 'ended', lease => 'mine', state => 'completed');
    $op->('release', 'released', lease => 'mine');
    $op->('release', 'released', lease => 'mine');
    $op->('commit', 'taken', lease => 'other', state => 'completed');
    $op->('invalidate', 'invalid', lease => 'other');
    $op->('commit', "none\"\n", lease => 'mine', state => 'completed');

    my $lines = sub {
        join ' ', sort $nginx->log =~ /\[warn\] .*the lease of key "print-task:\{t\/d\}\/(\S+)" in (?:redis|print_task_store) "[^"]+" was lost before the change ended/g;
    };

    ok(await(sub { $lines->() =~ tr/ // >= 2 }), "$type: leases are lost");
    is($lines->(), 'invalid none\x22\x0A taken',
        "$type: a change that ends without its lease has a line with its key");

    $op->('commit', "t$_", lease => 'mine', state => 'completed') for 1 .. 50;
    is($op->('read', 'ended'), 'seen', "$type: all have ended");
    cmp_ok($lines->() =~ tr/ //, '<=', 12, "$type: at most ten at once");

    ok(defined $nginx->stop, "$type: nginx ends");
    is($nginx->quiet, '', "$type: nothing alarming");
}
