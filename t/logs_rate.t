#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A flood of refusals: a limited number of lines for each second and worker,
# and then one line with the number of the others by reason.  Each refusal is
# counted exactly once.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(time);

use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

*await = \&PrintTask::Server::await;

my $keys = 'print_task_key_file ' . jwks_file() . ';';

# --- a flood, and its sum

my $nginx = gateway(3);
my $start = time;

flood($nginx, 100);
flood($nginx, 20, 'Authorization: Bearer x');

ok(await(sub { refusals($nginx->log) == 120 }), 'each refusal is counted once')
    or diag refusals($nginx->log);

my $seconds = time() - $start;
my $single = () = $nginx->log =~ /print task refused: \w+ \(/g;

cmp_ok($single, '>=', 3, 'as many lines as the limit');
cmp_ok($single, '<=', 3 * ($seconds + 2), '... a second');
like($nginx->log, qr/\[notice\] [^\n]* print task refused: \d+ more: tokenMissing \d+/,
    'a line has the number of the others, by reason, at the same level');
unlike($nginx->log, qr/ more: [^\n]*, client: /, '... and no client');

# --- quiet times have no lines

flood($nginx, 1);
ok(await(sub { refusals($nginx->log) == 121 }), 'a single refusal is logged');
end($nginx, 'a flood');

# --- a worker that shuts down logs what it has counted, and does not wait

$nginx = gateway(1);
flood($nginx, 50);

my $took = $nginx->stop;

cmp_ok($took, '<', 20, 'nginx ends');
is(refusals($nginx->log), 50, 'a worker that ends logs the rest');
is($nginx->quiet, '', 'nothing alarming');

# --- a dry run has a sum of its own

$nginx = gateway(1, 'print_task_dry_run on;');
flood($nginx, 50);
$nginx->stop;
like($nginx->log, qr/print task would be refused: \d+ more: tokenMissing \d+/,
    'a dry run has a sum, too');
unlike($nginx->log, qr/print task refused/, '... of its own');
is(refusals($nginx->log, 'would be '), 50, '... with all of it');

# --- what is below the level of error_log does not count

$nginx = gateway(1, 'print_task_log_level info;', 'notice');
flood($nginx, 50);
$nginx->stop;
unlike($nginx->log, qr/print task refused/, 'nothing below the level');

# --- the default

$nginx = gateway(undef);
flood($nginx, 200);
$nginx->stop;
$single = () = $nginx->log =~ /print task refused: \w+ \(/g;
cmp_ok($single, '>=', 10, 'ten lines a second by default');
is(refusals($nginx->log), 200, '... and the sum');

# --- a reload does not lose anything

$nginx = gateway(1);
flood($nginx, 20);
ok($nginx->reload, 'a reload');
flood($nginx, 20);
$nginx->stop;
is(refusals($nginx->log), 40, 'loses no count');
end($nginx, 'a reload');

done_testing();


sub gateway {
    my ($rate, $location, $level) = @_;

    $rate = defined $rate ? "print_task_log_rate $rate;" : '';

    return PrintTask::Server->new(
        workers => 1, http => "$keys $rate",
        location => $location, level => $level // 'info');
}

sub flood {
    my ($nginx, $n, @fields) = @_;
    my $request = join "\r\n", 'GET /print/taskDefinitions/d/tasks/t HTTP/1.1',
                  'Host: localhost', 'Connection: close', @fields, '', '';

    my @sockets = map { $nginx->connect } 1 .. $n;
    my $got = 0;

    for (@sockets) {
        $_->autoflush(1);
        print $_ $request;
    }

    for (@sockets) {
        my $text = '';
        1 while sysread $_, $text, 65536, length $text;
        $got += ($text =~ m{^HTTP/1\.1 \d});
    }

    is($got, $n, "$n requests are answered");
}

# those that are in the log, one by one or as a number

sub refusals {
    my ($log, $kind) = @_;

    $kind //= '';

    my $n = () = $log =~ /print task ${kind}refused: \w+ \(/g;

    $n += $1 while $log =~ /print task ${kind}refused: (\d+) more:/g;

    return $n;
}

sub end {
    my ($nginx, $name) = @_;

    $nginx->stop;
    is($nginx->quiet, '', "$name: nothing alarming");
}
