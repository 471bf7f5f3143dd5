#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# While a task stays busy, one request of an application at a time asks the
# back end.  Equal keys in two stores are two tasks.

use strict;
use warnings;

use File::Basename qw(dirname);
use IO::Select;
use IO::Socket::INET;
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $token = token();
my $key = "print-task:{$PrintTask::Token::Tenant/d}/t";
my @redis = map { PrintTask::Redis->new } 1 .. 2;

my $backend = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8)
    or die "listen: $!\n";

my $nginx = PrintTask::Server->new(
    workers => 1,
    redis => $redis[0]->address,
    pass => '127.0.0.1:' . $backend->sockport,
    http => 'print_task_key_file ' . jwks_file() . '; print_task_lease 75s 20ms;',
    server => "location /other/ {
                   print_task forward;
                   print_task_redis @{[$redis[1]->address]};
                   proxy_pass http://127.0.0.1:@{[$backend->sockport]};
               }");

$_->command('HSET', $key, 'rev', 7, 'lease', 'other', 'leaseUntil',
            (time() + 70) . '000') for @redis;

my $first = change('');
my $asked = question();

ok($asked, 'the back end is asked');

my $second = $nginx->receive(change(''), 20);

is("$second->{status} $second->{reason}", '503 taskBusy',
    'who comes meanwhile does not ask');

my $other = change('/other');
my $asked_other = question();

ok($asked_other, 'the task of another store is asked for');

for ([$asked, $first, 'the first'], [$asked_other, $other, 'the other']) {
    my ($question, $client, $name) = @$_;

    if ($question) {
        my $task = '{"id":"t","parentUrl":null,'
                   . '"status":{"state":"completed","description":null}}';

        print $question "HTTP/1.1 200 OK\r\nContent-Length: "
                        . length($task) . "\r\nConnection: close\r\n\r\n$task";
        close $question;
    }

    is($nginx->receive($client, 20)->{status}, 200, "$name is answered");
}

$nginx->stop;
is($nginx->quiet, '', 'nothing alarming');

done_testing();


sub change {
    my ($prefix) = @_;
    my $socket = $nginx->connect or die "connect: $!\n";
    my $body = '{"status":{"state":"completed"}}';

    $socket->autoflush(1);

    print $socket join "\r\n",
        "PATCH $prefix/print/taskDefinitions/d/tasks/t HTTP/1.1",
        'Host: localhost', 'Connection: close',
        "Authorization: Bearer $token", 'Content-Type: application/json',
        'Content-Length: ' . length $body, '', $body;

    return $socket;
}

# a question that has arrived at the back end

sub question {
    my $select = IO::Select->new($backend);
    my $text = '';

    return unless $select->can_read(10);

    my $socket = $backend->accept;

    $socket->autoflush(1);
    sysread $socket, $text, 65536, length $text until $text =~ /\r\n\r\n/;

    return $text =~ /^GET / ? $socket : undef;
}
