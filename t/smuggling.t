#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Requests whose end, or whose header, servers see in different places.  The
# back end gets no request that was not judged, and each request has an answer
# of its own.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Raw;
use PrintTask::Spelling qw($Token short_id);
use PrintTask::Witness;

my $raw = PrintTask::Raw->new;
my $witness = PrintTask::Witness->new;
my $n = 0;

# A change to "completed": a legal one, and one of a task that was aborted.

my $body = '{"status":{"state":"completed"}}';
my $length = 'Content-Length: ' . length $body;
my $type = 'Content-Type: application/json';

sub legal {
    return request('pending', @_);
}

sub illegal {
    return request('aborted', @_);
}

sub request {
    my ($state, $bytes, @lines) = @_;
    my $task = short_id($state);

    $witness->expect(++$n, definition => 'd', task => $task,
                     state => 'completed');

    my $host = $PrintTask::Raw::Hosts[$n % @PrintTask::Raw::Hosts];

    return join "\r\n", "PATCH /print/taskDefinitions/d/tasks/$task HTTP/1.1",
                "Host: $host", "X-Spelling: $n",
                "Authorization: Bearer $Token", @lines, '', $bytes;
}

sub chunked {
    my ($text) = @_;

    return sprintf "%x\r\n%s\r\n0\r\n\r\n", length $text, $text;
}

# What is sent in one piece, and the statuses of the answers; a connection that
# is closed after them has "close", and one that is not must go on to serve.

sub answers {
    my ($name, $bytes, @want) = @_;
    my $close = $want[-1] eq 'close' && pop @want;
    my $socket = $raw->connect;

    $raw->send($socket, $bytes);
    $raw->send($socket, legal($body, $type, $length)) if !$close;

    my @got = $raw->receive($socket, @want + 1);
    my $last = pop @got if @got > @want;

    is_deeply([map { $_->{status} } @got], \@want, $name)
        or diag(map { "$_->{head}$_->{body}\n" } @got);

    is_deeply([grep { $_->{status} >= 400 && !$_->{error} } @got], [],
              '... in the form of Graph');

    is($last->{status}, $close ? 0 : 200,
       $close ? '... and nothing else' : '... and then what follows')
        or diag($last->{body});
}

# --- two ways to say how long a body is

my @both = ($length, 'Transfer-Encoding: chunked');

for my $lines (\@both, [reverse @both]) {
    answers('Content-Length and Transfer-Encoding',
            illegal(chunked($body), $type, @$lines), 400, 'close');
    answers('Content-Length and Transfer-Encoding, and a request in the body',
            illegal("0\r\n\r\n" . illegal($body, $type, $length), $type,
                    @$lines), 400, 'close');
}

answers('Content-Length twice', illegal($body, $type, ($length) x 2), 400,
        'close');
answers('two of them', illegal($body, $type, $length, 'Content-Length: 0'), 400,
        'close');

for my $value ('32, 32', '+32', '0x20', '-1', '3 2', '', '32;', '1e9',
               '18446744073709551648')
{
    answers("Content-Length: \"$value\"",
            illegal($body, $type, "Content-Length: $value"), 400, 'close');
}

for my $value ('identity', 'gzip', 'gzip, chunked', 'chunked, identity',
               'xchunked', 'chunked;a', ', chunked', "\tchunked", "chunked\t",
               '"chunked"', 'chunked,chunked', '')
{
    answers("Transfer-Encoding: \"" . $value =~ s/\t/\\t/r . '"',
            illegal(chunked($body), $type, "Transfer-Encoding: $value"), 501,
            'close');
}

answers('Transfer-Encoding twice',
        illegal(chunked($body), $type, ('Transfer-Encoding: chunked') x 2), 400,
        'close');

# --- names that are taken for others

for my $name ('Transfer-Encoding ', "Transfer-Encoding\t", ' Transfer-Encoding',
              "Transfer-Encoding\0", "Transfer\x80-Encoding")
{
    answers('a name that is "' . $name =~ s/[^!-~]/?/gr . '"',
            illegal("0\r\n\r\n" . illegal($body, $type, $length), $type,
                    'Content-Length: 5', "$name: chunked"), 400, 'close');
}

answers('Transfer_Encoding is no Transfer-Encoding',
        legal($body, $type, $length, 'Transfer_Encoding: chunked'), 200);
answers('Content_Length is no Content-Length',
        legal($body, $type, 'Content_Length: 0', $length, 'Content_Length: 3'),
        200);
answers('a line that goes on', illegal($body, $type, $length, "X-A: b\r\n c"),
        400, 'close');
answers('a NUL in a value', illegal($body, $type, $length, "X-A: b\0c"), 400,
        'close');
answers('a CR in a value',
        legal($body, $type, $length, "X-A: b\rTransfer-Encoding: chunked"), 400,
        'close');

# --- bodies that end earlier, or later

answers('what follows a body is a request',
        legal($body . illegal($body, $type, $length), $type, $length), 200, 409);
answers('what follows a body is none',
        legal("$body}}", $type, $length), 200, 400, 'close');
my $inner = illegal($body, $type, $length);

answers('a request in a body',
        illegal("$body$inner", $type,
                'Content-Length: ' . length "$body$inner"), 400, 'close');

answers('chunks: leading zeros, and extensions',
        legal("020;x=\"y\" ;\r\n$body\r\n0;\r\n\r\n", $type,
              'Transfer-Encoding: chunked'), 200);

for my $odd ("0x20\r\n$body\r\n0\r\n\r\n",
             "+20\r\n$body\r\n0\r\n\r\n", "-1\r\n$body\r\n0\r\n\r\n",
             "10000000000000020\r\n$body\r\n0\r\n\r\n",
             "1f\r\n$body\r\n0\r\n\r\n", "20\r\n${body}0\r\n\r\n",
             " 20\r\n$body\r\n0\r\n\r\n", "\r\n20\r\n$body\r\n0\r\n\r\n",
             "20\0\r\n$body\r\n0\r\n\r\n", "\n20\n$body\n0\n\n")
{
    my $line = $odd =~ s/\{.*//sr =~ s/[^!-~ ]/?/gr;

    answers("chunks: \"$line\"",
            illegal($odd, $type, 'Transfer-Encoding: chunked'), 400, 'close');
}

answers('what follows the last chunk is a request',
        legal(chunked($body) . illegal($body, $type, $length), $type,
              'Transfer-Encoding: chunked'), 200, 409);

# --- a body that is refused: the connection goes on after what can be nothing else

for my $text ("{\n", "{\r", "{}$inner", ' {', '0', "0\r\n\r\n", '[]',
              "\x1f\x8b{")
{
    answers('no object in one line: '
            . substr($text, 0, 9) =~ s/[^!-~]/?/gr,
            illegal($text, $type, 'Content-Length: ' . length $text), 400,
            'close');
}

for my $text ('{', '{{', '{}}', '{"a":1}') {
    my $refused = illegal($text, $type, 'Content-Length: ' . length $text);

    answers("in one line: \"$text\"",
            $refused =~ s/\nHost: \w+/\nHost: plain/r
            . legal($body, $type, $length), 400, 200);
    answers('in a file',
            $refused =~ s/\nHost: \w+/\nHost: file/r, 400, 'close');
}

answers('in one line, and a chunk', illegal(chunked('{'), $type,
        'Transfer-Encoding: chunked'), 400, 'close');

# --- a refusal does not leave a body behind for a request

for my $framing ([$length, $body], ['Transfer-Encoding: chunked', chunked($body)])
{
    my ($line, $bytes) = @$framing;

    answers('a refusal before the body, and a change',
            illegal($bytes, $type, $line) =~ s/Authorization.*?\r\n//r
            . legal($body, $type, $length), 401, 200);
    answers('a refusal for the body, and a change',
            illegal($bytes, 'Content-Type: a/b', $line)
            . legal($body, $type, $length), 415, 200);
}

answers('a refusal before a body that is a request',
        illegal($inner, 'Content-Type: a/b', 'Content-Length: ' . length $inner),
        415);
answers('a refusal before a request in a chunk',
        illegal(chunked($inner), 'Content-Type: a/b',
                'Transfer-Encoding: chunked'), 415);

$raw->end;

my @complaints = map { $witness->complaint($_) } $raw->service->requests;

is(@complaints, 0, 'the back end has got nothing else') or diag(@complaints);
is(join('', $raw->alarms('client sent invalid chunked body')), '',
   'no client has caused an alarm, but for that of nginx');

done_testing();
