#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Event streams over HTTP/2: many on one connection, of which some are reset.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use Socket qw(SOL_SOCKET SO_LINGER);
use Test::More;
use Time::HiRes qw(time);

use PrintTask::Events;
use PrintTask::HTTP2;
use PrintTask::Metrics;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $tasks = '/print/taskDefinitions/d/tasks';
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my @fields = ('Host: localhost', 'Accept: text/event-stream',
              "Authorization: Bearer $service");
my $keys = jwks_file();
my $port = PrintTask::Server::free_port();

my $nginx = PrintTask::Server->new(mode => 'answer', workers => 1,
    store => 'print_task_store memory:events:1m;',
    http => "print_task_key_file $keys; print_task_events on; send_timeout 1s;
             server {
                 listen 127.0.0.1:$port http2;
                 location /print/ {
                     print_task answer;
                     print_task_admin role=$role;
                 }
             }",
    location => "print_task_admin role=$role;",
    server => 'location /status { print_task_status; }');

many();
beginning();
reset_streams();
closed();
window();
quit();

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming');
unlike($nginx->log, qr/\[error\]/, 'no error that a client can cause');

done_testing();

sub change {
    my ($text) = @_;

    local $nginx->{token} = $service;

    my $answer = $nginx->request('PUT', "$tasks/t",
        qq({"status":{"state":"pending","description":"$text"}}));

    $answer->{status} =~ /^20[01]$/ or die "PUT: $answer->{head}\n";
}

sub listeners {
    return PrintTask::Metrics::sum(PrintTask::Metrics::scrape($nginx),
                                   'event_listeners');
}

# that many streams, once each has its first message

sub streams {
    my ($n) = @_;
    my $h2 = { socket => h2_connect($port), text => {}, ended => {} };

    for (0 .. $n - 1) {
        print { $h2->{socket} } h2_request(2 * $_ + 1, 'GET', $tasks, \@fields,
                                           '', 1);
    }

    read_until($h2, sub { $n == grep { /^id: \S+\n\n/m } values %{$h2->{text}} })
        or die "not all listen\n";

    return $h2;
}

sub read_until {
    my ($h2, $done, $seconds) = @_;
    my $deadline = time() + ($seconds // 10);

    for ( ;; ) {
        my ($type, $flags, $stream, $payload)
            = PrintTask::HTTP2::next_frame(\($h2->{buffer} //= ''));

        if (defined $type) {
            $h2->{text}{$stream} .= $payload if $type == 0;
            $h2->{ended}{$stream} = $type == 3 ? 'reset' : 'end'
                if $stream && ($type == 3 || $type <= 1 && $flags & 1);
            next;
        }

        return 1 if $done->();

        my $left = $deadline - time();

        return 0 if $left <= 0
                    || !IO::Select->new($h2->{socket})->can_read($left)
                    || !sysread $h2->{socket}, $h2->{buffer}, 65536,
                                length $h2->{buffer};
    }
}

sub have {
    my ($h2, $text, @streams) = @_;

    return read_until($h2, sub {
        @streams == grep { ($h2->{text}{$_} // "") =~ /"description":"\Q$text\E"/ }
                         @streams
    });
}

sub many {
    my $h2 = streams(100);

    is(listeners(), 100, 'a hundred listeners on a connection');
    change('many');
    ok(have($h2, 'many', map { 2 * $_ + 1 } 0 .. 99), '... hear of a change');
    close $h2->{socket};
    ok(await(sub { listeners() == 0 }), '... and are gone with it');
}

# the stream is reset, or the connection closed, in one segment with its request

sub beginning {
    for my $end (h2_frame('RST_STREAM', 0, 1, pack 'N', 8), '') {
        my $socket = h2_connect($port);

        print $socket h2_request(1, 'GET', $tasks, \@fields, '', 1) . $end;
        close $socket;
    }

    change('beginning');
    ok(await(sub { listeners() == 0 }),
        'a stream that is reset with its request is no listener');
}

sub reset_streams {
    my $h2 = streams(10);

    print { $h2->{socket} } map { h2_frame('RST_STREAM', 0, $_, pack 'N', 8) }
                                1, 7, 19;
    ok(await(sub { listeners() == 7 }), 'three of ten streams are reset');

    change('reset');
    ok(have($h2, 'reset', 3, 5, 9, 11, 13, 15, 17),
        '... and the others hear of a change');
    is(scalar(grep { $h2->{text}{$_} =~ /"reset"/ } 1, 7, 19), 0,
        '... and those do not');
    close $h2->{socket};
    await(sub { listeners() == 0 });
}

# a connection that breaks while all of its streams are being written to

sub closed {
    my @h2 = map { streams(20) } 1 .. 5;

    for (@h2) {
        setsockopt $_->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
        close $_->{socket};
        change('closed');
    }

    ok(await(sub { listeners() == 0 }), 'connections that break');
}

# nothing may be sent until the client says so

sub window {
    my $socket = h2_connect($port);

    # SETTINGS_INITIAL_WINDOW_SIZE
    print $socket h2_frame('SETTINGS', 0, 0, pack 'nN', 4, 0),
                  h2_request(1, 'GET', $tasks, \@fields, '', 1);

    await(sub { listeners() == 1 });
    change('window');

    print $socket h2_frame('WINDOW_UPDATE', 0, 1, pack 'N', 65535);

    my $h2 = { socket => $socket, text => {}, ended => {} };
    ok(have($h2, 'window', 1), 'a stream goes on when its window opens');
    close $socket;
    await(sub { listeners() == 0 });

    $socket = h2_connect($port);
    print $socket h2_frame('SETTINGS', 0, 0, pack 'nN', 4, 0),
                  h2_request(1, 'GET', $tasks, \@fields, '', 1);
    await(sub { listeners() == 1 });
    ok(await(sub { listeners() == 0 }), '... and is cut off if it does not');
    close $socket;
}

sub quit {
    my $h2 = streams(10);
    my ($old) = $nginx->workers;

    kill 'QUIT', $old;

    ok(read_until($h2, sub { 10 == grep { $_ eq 'end' } values %{$h2->{ended}} }),
        'all streams end when the worker shuts down');
    ok(await(sub { !grep { $_ == $old } $nginx->workers }), '... and so does it');

    $nginx->stop;
    $nginx->start;
}
