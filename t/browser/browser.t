#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The page of print_task_status in a real browser, after hostile requests.
#
# Run by "util/test browser".  PICTURES names a folder for pictures of the page.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

my $key_file = jwks_file();
my $redis = PrintTask::Redis->new;
my $nginx = PrintTask::Server->new(
    store => "print_task_key_file $key_file; print_task_redis "
             . $redis->address . ';',
    server => 'location = /status { print_task_status; }
               location = /repair {
                   print_task_status json;
                   print_task_status_actions on;
               }
               location = /evil {
                   default_type text/html;
                   return 200 "<!DOCTYPE html><title>another site</title>";
               }
               location /m/ {
                   rewrite ^/m(/.*) $1 break;
                   print_task answer;
                   print_task_realm m;
                   print_task_overdue 1h;
                   print_task_store memory:m:1m;
               }');
my $body = '{"status":{"state":"completed"}}';

for my $task ('t', '%3Cimg%20src=x%20onerror=pwned=1%3E', '%3Cscript%3Epwned=1', "x' onclick='pwned=1",
              'a' x 200)
{
    $nginx->request('PATCH', "/m/print/taskDefinitions/d/tasks/$task", $body);

    $nginx->ask(join "\r\n", "GET /print/printers HTTP/1.1", 'Host: localhost',
        'Connection: close', "client-request-id: $_", '', '')
        for '<img src=x onerror=pwned=1>', '"><svg onload=pwned=1>', '&lt;b&gt;';
}

$nginx->get(token()) for 1 .. 3;
$nginx->request('PATCH', "/print/taskDefinitions/d/tasks/$_", $body) for 1 .. 3;

# a record that pages of other sites try to change

my $key = "print-task:{$PrintTask::Token::Tenant/d}/held";

$redis->command('HSET', $key, 'state', 'processing', 'rev', 7);

my $page = $nginx->ask("GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                       . "Accept: text/html\r\n\r\n");
my ($nonce) = $page->{body} =~ /<script nonce="([0-9a-f]{32})">/;

like($page->{head}, qr/^Content-Security-Policy: default-src 'none'; .*'nonce-\Q$nonce\E'/m,
    'nothing runs but what has the nonce');
is(() = $page->{body} =~ /nonce="\Q$nonce\E"/g, 2, 'which style and script have');
unlike($page->{body}, qr{https?://}, 'the page names no host');

$nginx->ask("GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            . "Accept: text/html\r\n\r\n")->{body} =~ /nonce="(\w+)"/;
isnt($1, $nonce, 'each response has another one');

my @tap = `cp t/browser/page.mjs build/browser/ && node build/browser/page.mjs $nginx->{port} $PrintTask::Token::Tenant @{[$ENV{PICTURES} // '']} 2>&1`;

for (@tap) {
    /^(not )?ok \d+ - (.*)/ ? ok(!$1, $2) : /^\d+\.\./ || diag($_);
}

is($?, 0, 'the browser ended well');
cmp_ok(scalar @tap, '>', 25, 'after all checks');
is_deeply($redis->command('HMGET', $key, 'state', 'rev'), ['processing', 7],
    'no page of another site has changed the record');

my $done = $nginx->ask(join "\r\n",
    "POST /repair?tenant=$PrintTask::Token::Tenant&definition=d&task=held&realm= HTTP/1.1",
    'Host: localhost', 'Connection: close', 'Content-Type: application/json',
    'Print-Task-Action: invalidate', 'Content-Length: 2', '', '{}');

is($done->{status}, 200, 'an operator has') or diag $done->{body};
is($redis->command('HGET', $key, 'state'), undef, '... with the same address');
is($nginx->quiet, '', 'nothing alarming was logged');
$nginx->stop;

done_testing();
