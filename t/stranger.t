#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Strangers: requests that are damaged, cut off, endless, many, or not requests
# at all.  SEED=N and ROUNDS=N are as in t/spellings.t.

use strict;
use warnings;

use lib 't/lib';

use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;

use PrintTask::Defaults;
use PrintTask::Raw;
use PrintTask::Spelling;
use PrintTask::Witness;

my $seed = $ENV{SEED} // 20261126;
my $rounds = $ENV{ROUNDS} // 1;

# what is cut off is not waited for

my $raw = PrintTask::Raw->new(
    http => 'client_header_timeout 200ms; client_body_timeout 200ms;');
my $witness = PrintTask::Witness->new(loose => 1);
my ($worker) = PrintTask::Server::await(sub { ($raw->{nginx}->workers)[0] });
my %status;

diag("SEED=$seed");
srand $seed;

# --- a legal or an illegal change, damaged anywhere, and then cut off or ended

for (1 .. 20 * $rounds) {
    $status{$_}++ for throw_in(map { damaged_request() } 1 .. 40);
}

note(join ', ', map { "$_: $status{$_}" } sort keys %status);

ok($status{$_}, "damage has led to $_") for 200, 400, 401, 409;

# --- noise

for (1 .. 3 * $rounds) {
    throw_in(map { join '', map { chr rand 256 } 0 .. rand 2000 } 1 .. 40);
}

# --- many requests in a row: each answer belongs to its request

my @ids = map { "id-$_" } 1 .. 300;
my $row = join '', map { plain_request(new_id(pick(@States)), $_) } @ids;
my $socket = $raw->connect;

$raw->send($socket, $row);

my @answers = $raw->receive($socket, scalar @ids);

is_deeply([map { $_->{head} =~ /^client-request-id: (.*?)\r/mi } @answers],
          \@ids, 'the answers to 300 requests in a row come in their order');
is_deeply([grep { $_->{status} !~ /^(?:200|409)$/ } @answers], [],
          '... each is the answer to a change');

# --- requests that have no end

for my $endless ("GET / HTTP/1.1\r\n" . "X: y\r\n" x 200_000,
                 'PATCH /' . 'a/' x 500_000, "\r\n" x 500_000,
                 "GET / HTTP/1.1\r\nHost: a\r\nX: " . 'x' x 1_000_000)
{
    $socket = $raw->connect;
    $raw->send($socket, $endless);

    my ($got) = $raw->receive($socket, 1);

    like($got->{status}, qr/^(?:0|400|414)$/, 'an endless request has an end');
}

# --- what is left of it

my $last = plain_request(new_id('pending'), 'last');

$socket = $raw->connect;
$raw->send($socket, $last);
is(($raw->receive($socket, 1))[0]{status}, 200, 'others are served as before');

is_deeply([$raw->{nginx}->workers], [$worker], 'by the same worker');

$raw->end;

my @complaints = map { $witness->complaint($_) } $raw->service->requests;

is(@complaints, 0, 'the back end has got nothing illegal')
    or diag(@complaints[0 .. ($#complaints < 4 ? $#complaints : 4)]);
is(join('', $raw->alarms('client sent invalid chunked body',
                         'client intended to send too large')), '',
   'no client has caused an alarm, but for those of nginx');

done_testing();

sub request {
    my ($id) = @_;
    my ($fields, $bytes) = spell_message(spell_body({ state => 'completed' },
                                                    $id));

    return spell_request('PATCH', spell_path('d', $id),
                         ['Host: ' . pick(@PrintTask::Raw::Hosts), @$fields],
                         $bytes);
}

sub plain_request {
    my ($id, $client_id) = @_;
    my $body = '{"status":{"state":"completed"}}';

    return "PATCH /print/taskDefinitions/d/tasks/$id HTTP/1.1\r\n"
           . "Host: kept\r\nAuthorization: Bearer $Token\r\n"
           . "client-request-id: $client_id\r\n"
           . "Content-Type: application/json\r\n"
           . 'Content-Length: ' . length($body) . "\r\n\r\n$body";
}

sub damaged_request {
    my $request = join '', request(new_id(pick(@States)));

    $request = damaged($request) for 1 .. pick(1, 1, 2, 5);

    return $request;
}

sub damaged {
    my ($text) = @_;
    my $at = int rand length $text;
    my $length = pick(1, 1, 2, 9, 99);
    my $part = substr $text, $at, $length;

    # tokens are most of the text, and all damages of them are the same

    $at = index $text, "\r\n\r\n" if substr($text, 0, $at) =~ /Bearer \S+\z/i;

    substr $text, $at, pick(0, $length),
           pick('', chr rand 256, "\r\n", "\n", "\0", ' ', ':', '/', $part,
                $part x 3, "\r\n\r\n", '0', 'chunked', '%', '"', '}');

    return $text;
}

# the statuses, 0 where there is none; some do not wait for it

sub throw_in {
    my @sockets;

    for my $bytes (@_) {
        my $socket = $raw->connect;

        $raw->send($socket, $bytes);

        if (chance(0.1)) {
            setsockopt $socket, SOL_SOCKET, SO_LINGER, pack 'II', 1, 0;
            next;
        }

        shutdown $socket, 1 if chance(0.1);
        push @sockets, $socket;
    }

    return map { ($raw->receive($_, 1))[0]{status} } @sockets;
}
