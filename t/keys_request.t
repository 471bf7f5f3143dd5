#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Keys that are fetched through a location: print_task_key_request.

use strict;
use warnings;

use lib 't/lib';

use IO::Compress::Gzip ();
use Test::More;
use Time::HiRes qw(time);

use PrintTask::Server;
use PrintTask::Token qw(token jwks jwk);

*await = \&PrintTask::Server::await;
*response = \&PrintTask::Server::response;

# --- at the start, before anybody asks

{
    my ($keys, $nginx) = gateway('1h 5m', response(200, set('k1')));

    is($keys->requests, 1, 'start: one worker of two has fetched the keys');
    is($nginx->get(named('k1'))->{status}, 200, 'start: a token is accepted');

    my %workers;

    for (1 .. 200) {
        my $got = $nginx->get(named('k1'));

        $workers{$got->{worker}}++ if $got->{status} == 200;
        last if keys %workers == 2;
    }

    is(keys %workers, 2, 'start: both workers have the keys');
    is($keys->requests, 1, 'start: still from one fetch');

    # --- a kid that is not known

    is($nginx->get(named('k2'))->{reason}, 'tokenKeyUnknown',
        'unknown kid, just after a fetch: 401 at once');
    is($keys->requests, 1, '... without another fetch');

    # --- reload

    $keys->stop;
    ok($nginx->reload, 'reload');
    is($nginx->get(named('k1'))->{status}, 200,
        'reload, with the key server down: the keys are kept');

    end($nginx, 'start');
}

# --- a kid that is not known is fetched, once a minimum

{
    my ($keys, $nginx) = gateway('1h 1s', response(200, set('k1')));

    $keys->answer(response(200, set('k1', 'k2')), 0.3);
    sleep 1;

    my @clients = map { $nginx->send($nginx->connect, named('k2')) } 1 .. 30;
    my @got = map { $nginx->receive($_) } @clients;

    is_deeply([map { $_->{status} } @got], [(200) x 30],
        'unknown kid: all requests wait for the keys, and are accepted');
    is(keys %{{ map { $_->{worker} => 1 } @got }}, 2, '... in both workers');
    is($keys->requests, 2, '... of a single fetch');

    end($nginx, 'unknown kid');
}

# --- a flood of made-up kids

{
    my ($keys, $nginx) = gateway('1h 2s', response(200, set('k1')));
    my $start = time();
    my $before = $keys->requests;
    my %reasons;

    for my $n (1 .. 200) {
        $reasons{$nginx->get(named("made-up-$n"))->{reason}}++;
    }

    my $allowed = 1 + int((time() - $start) / 2);
    my $fetches = $keys->requests - $before;

    is_deeply(\%reasons, { tokenKeyUnknown => 200 },
        'flood: each token is refused');
    cmp_ok($fetches, '<=', $allowed, 'flood: at most one fetch per min');
    is($nginx->get(named('k1'))->{status}, 200, 'flood: good tokens pass');
    unlike($nginx->log, qr/\[error\]/, 'flood: no "error" lines');

    end($nginx, 'flood');
}

# --- what a client has shown to be unknown does not wait again

{
    my ($keys, $nginx) = gateway('1h 1s', response(200, set('k1')));

    $keys->answer(response(200, set('k1')), 2);
    sleep 1;

    my $first = $nginx->send($nginx->connect, named('k3'));

    ok(await(sub { $keys->requests == 2 }), 'abort: a fetch has begun');

    my $second = $nginx->send($nginx->connect, named('k4'));
    close $first;
    close $second;

    ok(await(sub { 2 == (() = $nginx->log =~ /client prematurely closed/g) },
             1), 'abort: their requests end before the fetch does');
    is($nginx->get(named('k1'))->{status}, 200,
        'abort: other clients are served meanwhile');
    is($nginx->get(named('k5'))->{reason}, 'tokenKeyUnknown',
        'abort: who comes later waits for the same fetch');
    is($keys->requests, 2, 'abort: one fetch');

    end($nginx, 'abort');
}

# --- a variable that asks earlier does not wait, and does not decide

{
    my ($keys, $nginx) = gateway('1h 1s', response(200, set('k1')), 0,
        http => 'limit_req_zone $print_task_app_id zone=app:1m rate=1000r/s;',
        location => 'limit_req zone=app burst=100 nodelay;');

    $keys->answer(response(200, set('k1', 'k2')), 0.3);
    sleep 1;

    is($nginx->get(named('k2'))->{status}, 200,
        'variable: a token is judged again, with new keys');
    is($keys->requests, 2, 'variable: of one fetch');

    end($nginx, 'variable');
}

# --- bad answers

my $many = set(map { "k$_" } 1 .. 65);
my $private = jwks(jwk('rsa1', kid => 'k2', d => 'AQAB'));
my $gzip = do {
    my $text = set('k2');
    IO::Compress::Gzip::gzip(\$text => \my $gzip);
    $gzip;
};

my @bad = (
    ['status 500' => response(500, set('k2'))],
    ['status 404' => response(404, set('k2'))],
    ['status 204' => response(204, '')],
    ['a redirect' => response(302, set('k2'), 'Location: http://other/')],
    ['HTML' => response(200, '<html>Login</html>', 'Content-Type: text/html')],
    ['nothing' => response(200, '')],
    ['not JSON' => response(200, '{"keys":[')],
    ['no keys' => response(200, '{"keys":[]}')],
    ['over 64 keys' => response(200, $many)],
    ['a private key' => response(200, $private)],
    ['compressed' => response(200, $gzip, 'Content-Encoding: gzip')],
    ['said to be compressed'
        => response(200, set('k2'), 'Content-Encoding: br')],
    ['over 256 KiB' => response(200, set('k2') . ' ' x (256 * 1024))],
    ['cut short'
        => response(200, set('k2'), 'Content-Length: 100000')],
);

for my $bad (@bad) {
    my ($name, $answer) = @$bad;
    my ($keys, $nginx) = gateway('50ms 50ms', response(200, set('k1')));

    $keys->answer($answer);

    my $before = $keys->requests;
    ok(await(sub { $keys->requests >= $before + 3 }), "$name: fetched");
    like($nginx->log, qr/\[warn\].*its last good keys are kept/,
        "$name: logged");
    is($nginx->get(named('k1'))->{status}, 200, "$name: keys are kept");
    is($nginx->get(named('k2'))->{reason}, 'tokenKeyUnknown',
        "$name: no others are taken");

    $keys->answer(response(200, set('k2')));
    ok(await(sub { $nginx->get(named('k2'))->{status} == 200 }),
        "$name: good ones are, later");

    end($nginx, $name);
}

# --- no keys were ever loaded

{
    my ($keys, $nginx) = gateway('1h 1s', response(500, ''));
    my $got = $nginx->get(named('k1'));

    is("$got->{status} $got->{reason}", '503 keysUnavailable',
        'never loaded: 503');
    like($got->{head}, qr/^Retry-After: \d+\r$/m, 'never loaded: Retry-After');
    is($nginx->get(undef)->{reason}, 'tokenMissing',
        'never loaded: without a token it is 401');

    $keys->answer(response(200, set('k1')), 0.3);

    ok(await(sub { $nginx->get(named('k1'))->{status} == 200 }),
        'never loaded: until they are');

    end($nginx, 'never loaded');
}

{
    my ($keys, $nginx) = gateway('1h 5m', response(200, set('k1')), 0.5);

    is($nginx->get(named('k1'))->{status}, 200,
        'first fetch: the first request waits for it');
    is($keys->requests, 1, 'first fetch: it is the only one');

    end($nginx, 'first fetch');
}

# --- the key server is down

{
    my ($keys, $nginx) = gateway('100ms 100ms', response(200, set('k1')));

    $keys->stop;

    ok(await(sub { $nginx->log =~ /its last good keys are kept/ }),
        'down: noticed');
    is($nginx->get(named('k1'))->{status}, 200, 'down: keys are kept');

    $keys->answer(response(200, set('k2')));
    $keys->start;

    ok(await(sub { $nginx->get(named('k2'))->{status} == 200 }),
        'down: and replaced when it is up');
    is($nginx->get(named('k1'))->{reason}, 'tokenKeyUnknown',
        'down: a key that is gone is not accepted');

    end($nginx, 'down');
}

# --- shutdown while a fetch is under way

{
    my ($keys, $nginx) = gateway('1h 1s', response(200, set('k1')), 5);

    ok(await(sub { $keys->requests == 1 }), 'shutdown: a fetch is under way');

    my $took = $nginx->stop('QUIT');

    ok(defined $took && $took < 3, 'shutdown: does not wait for it');
    is($nginx->quiet, '', 'shutdown: quiet');
}

{
    my ($keys, $nginx) = gateway('1h 1s', response(200, set('k1')), 1,
                                 own => 0);
    my $client = $nginx->send($nginx->connect, named('k1'));

    ok(await(sub { $keys->requests == 1 }), 'shutdown: a request waits');
    Time::HiRes::sleep(0.2);
    kill 'QUIT', $nginx->{pid};

    is(($nginx->receive($client) // {})->{status}, 200,
        'shutdown: the request is served');

    end($nginx, 'shutdown with a request');
}

# --- locations of other kinds, with the gateway inherited by them

{
    my $dir = File::Temp->newdir;

    PrintTask::Server::write_file("$dir/keys", set('k1'));

    for my $location ("alias $dir/keys;",
                      "return 200 '" . set('k1') . "';",
                      "rewrite ^ /_other last;")
    {
        my $nginx = PrintTask::Server->new(
            http => 'print_task forward; print_task_key_request /_keys?a=b;',
            server => "location = /_keys { internal; $location }
                       location = /_other { internal; alias $dir/keys; }");

        is($nginx->get(named('k1'))->{status}, 200, "location: $location");
        end($nginx, $location);
    }
}

# --- the location that the keys come from is checked by the operator's rules

{
    my $keys = PrintTask::Server::Keys->new;

    $keys->answer(response(200, set('k1')));

    my $nginx = PrintTask::Server->new(
        location => 'print_task_key_request /_keys;',
        server => 'location = /_keys { deny all; proxy_pass http://'
                  . $keys->address . '; }');

    is($nginx->get(named('k1'))->{reason}, 'keysUnavailable', 'access rules');
    is($keys->requests, 0, '... are not passed by');
    $nginx->stop;
}

done_testing();


sub gateway {
    my ($refresh, $answer, $delay, %opt) = @_;
    my $keys = PrintTask::Server::Keys->new;

    $keys->answer($answer, $delay);

    # nginx does not serve itself any more when it ends

    my @pass = defined $opt{own} ? (pass => $keys->address) : ();
    my $nginx = PrintTask::Server->new(
        @pass,
        http => $opt{http},
        location => ($opt{location} // '')
                    . "print_task_key_request /_keys;
                     print_task_key_refresh $refresh;",
        server => 'location = /_keys { internal; proxy_pass http://'
                  . $keys->address . '/; }');

    await(sub { $nginx->log =~ /print task key set "\/_keys" was/ })
        if !$delay;

    return ($keys, $nginx);
}


sub end {
    my ($nginx, $name) = @_;
    my $took = $nginx->stop;

    ok(defined $took && $took < 10, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming in the log");
}


sub named {
    my ($kid) = @_;

    return token(kid => $kid);
}


sub set {
    return jwks(map { jwk('rsa1', kid => $_) } @_);
}
