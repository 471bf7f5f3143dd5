#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# How event streams end: with the token, with the worker, by a client that is gone or too
# slow; and what keeps them open until then.

use strict;
use warnings;

use lib 't/lib';

use IO::Socket::INET;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Events;
use PrintTask::Metrics;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $tasks = '/print/taskDefinitions/d/tasks';
my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my $dir = File::Temp->newdir;
my $keys = jwks_file();

revoke();

# a server whose clients get little in advance

my $port = PrintTask::Server::free_port();

my $nginx = PrintTask::Server->new(mode => 'answer', workers => 1,
    store => 'print_task_store memory:events:32m;',
    http => "print_task_key_file $keys; send_timeout 1s;
             print_task_revoked_file $dir/revoked.json;
             print_task_events on listeners=40;
             server {
                 listen 127.0.0.1:$port sndbuf=16k;
                 location /print/ {
                     print_task answer;
                     print_task_admin role=$role;
                 }
             }",
    location => "print_task_admin role=$role;",
    server => 'location /status { print_task_status; }');

idle();
aborted();
bounded();
slow();
quit();
reload();

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming');
unlike($nginx->log, qr/\[error\]/, 'no error that a client can cause');

done_testing();

sub revoke {
    open my $out, '>', "$dir/.new" or die "open: $!\n";
    print $out JSON::PP::encode_json({ apps => [map { { id => $_ } } @_] });
    close $out or die "write: $!\n";
    rename "$dir/.new", "$dir/revoked.json" or die "rename: $!\n";
}

sub listen_to {
    my (%opt) = @_;
    my $l = PrintTask::Events->new($opt{port} // $nginx->{port}, %opt);

    $l->{status} == 200 or die "not a listener: $l->{head}\n";

    return $l;
}

sub change {
    my ($task, $description, $owner) = @_;
    my $definition = $owner
        ? qq(,"definition":{"createdBy":{"appId":"$owner"}}) : '';

    local $nginx->{token} = $service;

    my $answer = $nginx->request('PUT', "$tasks/$task",
        qq({"status":{"state":"pending","description":"$description"}$definition}));

    $answer->{status} =~ /^20[01]$/ or die "PUT: $answer->{head}\n";
}

sub listeners {
    return PrintTask::Metrics::sum(PrintTask::Metrics::scrape($nginx),
                                   'event_listeners');
}

# what takes its time, side by side: a comment comes each 15 seconds

sub idle {
    my $now = time();
    my $exp = int($now) + 3 - $PrintTask::Token::Now;
    my $short = listen_to(token => token(exp => $exp));
    my $revoked = listen_to(token => token(claims => { azp => 'revoked' }));
    my $other = listen_to(token => token(claims => { azp => 'other' }));
    my $end = $PrintTask::Token::Now + $exp;

    is(listeners(), 3, 'listeners are counted');

    ok($short->ended, 'a stream has a proper end when its token expires');
    cmp_ok(time(), '>=', $end, '... not before');
    cmp_ok(time(), '<', $end + 1, '... and not after');

    # an event that only others see

    $other->next;
    my $first = $other->next->{id};
    change('b', 'b', 'nobody');
    revoke('revoked');

    my ($comment, $position) = map { $other->next(20) } 1, 2;

    is_deeply($comment, { comment => '' }, 'a comment');
    cmp_ok(time() - $now, '>', 14, '... after 15 seconds');
    isnt($position->{id}, $first,
        '... with the position of events that the listener does not see');
    is_deeply([keys %$position], ['id'], '... alone');

    ok($revoked->ended, 'a stream ends when its token is revoked');
    is($other->next(0.1), undef, '... and no other one');

    $_->close for $short, $revoked, $other;
    ok(await(sub { listeners() == 0 }), 'no listener is left');
}

sub aborted {
    my @listeners = map { listen_to(token => $service) } 1 .. 20;

    change('a', 'c');
    $_->close for splice @listeners, 0, 10;
    change('a', 'd');
    change('a', 'e');

    is(scalar(map { $_->events(3) } @listeners), 30,
        'listeners that stay miss nothing when others go');
    $_->close for @listeners;
    ok(await(sub { listeners() == 0 }), 'a client that is gone is no listener');
}

sub bounded {
    my @listeners = map { listen_to(token => $service) } 1 .. 40;
    my $l = PrintTask::Events->new($nginx->{port}, token => $service);

    is($l->{status}, 503, 'one listener more than may be is refused');
    like($l->{head}, qr/^Retry-After: \d+/m, '... for the moment');
    1 while $l->fill;
    $l->parse;
    like($l->{text}, qr/"queueFull"/, '... with a reason');

    $_->close for @listeners;
    await(sub { listeners() == 0 });
    is(PrintTask::Events->new($nginx->{port}, token => $service)->{status},
        200, 'and is let in when others are gone');
    ok(await(sub { listeners() == 0 }), '... and goes itself');
}

# the client reads nothing: it is cut off, and can go on where it was

sub slow {
    my $slow = listen_to(token => $service, buffer => 4096, port => $port);
    my $quick = listen_to(token => $service);
    my $text = 'x' x 1000;
    my $n = 3000;
    my $before = PrintTask::Metrics::scrape($nginx);

    $slow->next;
    my $id = $slow->next->{id};

    for (1 .. $n / 10) {
        change($_, $text) for 1 .. 10;
        is(scalar($quick->events(10)), 10, 'a listener that is quick has all')
            if $_ % 100 == 0;
        $_ % 100 == 0 or $quick->events(10);
    }

    ok(await(sub { listeners() == 1 }), 'a listener that is too slow is cut off');

    my $after = PrintTask::Metrics::scrape($nginx);
    my $slows = sub {
        PrintTask::Metrics::sum($_[0], 'events_total',
                                result => 'slow')
    };
    is($slows->($after) - $slows->($before), 1, '... and counted');

    my @events = $slow->events($n);
    is($slow->ended, 0, '... without a proper end');
    cmp_ok(scalar @events, '<', $n, '... and has not got all');

    $id = $events[-1]{id} if @events;
    my $again = listen_to(token => $service, after => $id);
    my @rest = $again->events($n - @events, 30);

    is(@events + @rest, $n, '... but misses nothing when it comes back');
    $_->close for $slow, $quick, $again;
}

sub quit {
    my $late = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
        PeerPort => $nginx->{port}, Timeout => 5) // die "connect: $!\n";
    $late->autoflush(1);
    print $late "GET $tasks HTTP/1.1\r\nX-Slow: ";

    my $l = listen_to(token => $service);
    my ($old) = $nginx->workers;

    $l->next;
    $l->next;
    kill 'QUIT', $old;

    my $last = $l->next;
    cmp_ok($last->{retry}, '>=', 1000, 'the last message says when to come back');
    cmp_ok($last->{retry}, '<', 3000, '... which is soon');
    ok($l->ended, 'a stream has a proper end when the worker shuts down');

    # the rest of a header that was begun before

    $late = PrintTask::Events->new($nginx->{port}, token => $service,
                                   socket => $late);
    is($late->{status}, 200, 'a request that comes then has its answer');
    ok($late->ended(5), '... which ends as well');
    my @times = grep { defined } map { $_->{retry} } @{$late->{messages}};
    cmp_ok($times[-1], '!=', 2000, '... and says when to come back');
    $late->close;

    ok(await(sub { !grep { $_ == $old } $nginx->workers }),
        '... which does not wait');

    # the master has seen that the worker asked to end, and starts no other

    $nginx->stop;
    $nginx->start;
}

sub reload {
    my $l = listen_to(token => $service);
    my ($old) = $nginx->workers;

    $l->next;
    my $id = $l->next->{id};
    change('a', 'before');
    $id = ($l->events(1))[0]{id};

    $nginx->reload;
    ok($l->ended, 'a stream ends with a reload');
    ok(await(sub { !kill 0, $old }), '... and so does the worker');

    change('a', 'between');
    $l = listen_to(token => $service, after => $id);
    my ($event) = $l->events(1);
    is(JSON::PP::decode_json($event->{data})->{data}{status}{description},
        'between', 'the listener comes back and has missed nothing');
    $l->close;
}
