#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A list of revoked tokens that changes: it is read again, without a reload of
# nginx, and counts for tokens that were accepted before.

use strict;
use warnings;

use lib 't/lib';

use IO::Select;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(time);

use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $json = JSON::PP->new->canonical;
my $dir = File::Temp->newdir;
my $file = "$dir/revoked.json";
my $keys = 'print_task_key_file ' . jwks_file() . ';';
my $app = $PrintTask::Token::App;
my $object = $PrintTask::Token::Object;
my $now = $PrintTask::Token::Now;
my $good = token();
my $other = token(key => 'rsa2', claims => { azp => 'another', oid => 'b',
                                             sub => 'b', uti => 'u' });

list();

my $nginx = PrintTask::Server->new(
    location => "$keys print_task_revoked_file $file;
                 add_header X-Token \$print_task_token_cache always;",
    server => "location /second/ { print_task forward; $keys
                   print_task_revoked_file $file; print_task_realm second;
                   proxy_pass http://127.0.0.1:1; }");

is(status($good), '200', 'an empty list');
ok(await(sub { $nginx->get($good)->{head} =~ /X-Token: hit/ }),
    'the token is remembered');

# --- what is revoked

list(apps => [{ id => uc $app }]);
ok(await(sub { both($good, '401 tokenRevoked') }),
    'an application: both workers refuse the token that was remembered');
is(status($other), '200', '... and no other');
like($nginx->get($good)->{head},
    qr/^WWW-Authenticate:\ Bearer\ realm="print",\ error="invalid_token",
       \ error_description="The\ token\ is\ not\ valid"\r$/xm,
    '... with a challenge to get another token');
is($nginx->ask("GET /second/print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
               . "Host: localhost\r\nConnection: close\r\n"
               . "Authorization: Bearer $good\r\n\r\n")->{reason},
    'tokenRevoked', 'a second location with the same file');

list(apps => [{ id => $app, before => $now }]);
ok(await(sub { both($good, '200') }), 'a token that was issued at the time');

list(apps => [{ id => $app, before => $now + 1 }]);
ok(await(sub { both($good, '401 tokenRevoked') }),
    'a token that was issued before');
is(status(token(without => ['iat'])), '401 tokenRevoked',
    'a token that does not say when it was issued');

revoke(objects => [{ id => $object }], 'an object');
is(status($other), '200', '... and no other');
is(status(token(without => ['oid'])), '401 tokenRevoked',
    'an object by "sub" alone');

revoke(tokens => [{ id => 'Yj3nkSUPzEmZ4CYq1HoAAA' }], 'a token by "uti"');
is(status($other), '200', '... and no other');
is(status(token(claims => { uti => 'u',
                            jti => 'Yj3nkSUPzEmZ4CYq1HoAAA' })),
    '401 tokenRevoked', 'a token by "jti"');
is(status(token(claims => { uti => 'u', jti => 1 })), '401 tokenClaims',
    'a "jti" that is not a string');

revoke(keys => [{ id => 'rsa1' }], 'a key by "kid"');
is(status($other), '200', '... and no other');
is(status(token(kid => undef)), '401 tokenRevoked',
    'a token of this key without "kid"');
is(status(token(exp => -3600)), '401 tokenExpired',
    'a token that has expired as well');

list();
ok(await(sub { both($good, '200') }), 'an empty list again');

# --- within a second

for my $n (1 .. 3) {
    list(apps => [{ id => $app }]);
    my $written = time();
    ok(await(sub { status($good) ne '200' }), 'refused');
    cmp_ok(time() - $written, '<', 1.6, '... a second after it was written');
    list();
    ok(await(sub { both($good, '200') }), '... and accepted again');
}

# --- bad changes: the old list is kept, and it is logged once

list(apps => [{ id => $app }]);
ok(await(sub { both($good, '401 tokenRevoked') }), 'revoked again');

for my $bad (['not JSON', '{"apps":[', qr/is not valid JSON/],
             ['nothing', '', qr/is not valid JSON/],
             ['an unknown member', '{"apps":[],"users":[]}',
              qr/has a member other than "apps"/],
             ['a wrong type', '{"apps":["a"]}',
              qr/has an entry that is not an object/],
             ['a member twice', '{"apps":[],"apps":[]}',
              qr/has a member twice/],
             ['over 16 MiB', '{}' . ' ' x (16 * 1024 * 1024),
              qr/is larger than 16 MiB/])
{
    my ($name, $text, $message) = @$bad;
    my $pattern = qr/\[error\].*list\ of\ revoked\ tokens\ "\Q$file\E"
                     \ $message.*\ its\ last\ good\ entries\ are\ kept/x;

    clear_log();
    replace($text);
    ok(await(sub { status($good); $nginx->log =~ $pattern }),
        "$name: logged");
    once($name, $pattern);
}

clear_log();
unlink $file;
ok(await(sub { status($good);
               $nginx->log =~ /\[error\].*stat\(\).*failed.*entries are kept/
         }), 'no file: logged');
once('no file', qr/\[error\].*stat\(\)/);

clear_log();
mkdir $file;
ok(await(sub { status($good); $nginx->log =~ /is not a file/ }),
    'a directory: logged');
once('a directory', qr/is not a file/);
rmdir $file;

list(keys => [{ id => 'rsa2' }]);
ok(await(sub { both($good, '200') }), 'a good file again');
is(status($other), '401 tokenRevoked', '... counts');

ok($nginx->reload, 'a reload');
is(status($other), '401 tokenRevoked', '... keeps the list');
is(status($good), '200', '... and no more');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

# --- requests that have begun

for my $mode ('forward', 'answer') {
    begun($mode);
}

waiting();

done_testing();


# a body that is on its way when the list changes

sub begun {
    my ($mode) = @_;
    my ($server, $listener) = gateway($mode);
    my ($client, $rest) = start($server, 'begun');
    my ($quick, $quick_rest) = start($server, 'quick');

    print $quick $quick_rest;

    if ($mode eq 'forward') {
        serve($listener) for 'GET', 'PATCH';
    }

    is($server->receive($quick)->{status}, $mode eq 'forward' ? 200 : 404,
        "$mode: the token is good");

    list(apps => [{ id => $app }]);
    ok(await(sub { probe($server) eq 'tokenRevoked' }),
        "$mode: it is revoked while a body is on its way");

    print $client $rest;
    is($server->receive($client)->{reason}, 'tokenRevoked',
        "$mode: the request is refused when the body has come");

    ok(!IO::Select->new($listener)->can_read(0.3),
        "$mode: the back end gets nothing of it");

    ends($server, $mode);
}

# requests that wait for a change that is under way

sub waiting {
    my ($server, $listener) = gateway('forward');
    my ($first, $rest) = start($server, 'first');

    print $first $rest;
    serve($listener);

    my $change = receive($listener);
    is($change->{method}, 'PATCH', 'a change is under way');

    my ($second, $second_rest) = start($server, 'second');
    print $second $second_rest;
    ok(await(sub { $server->log =~ /print task waits/ }), 'another one waits');

    my ($third, $third_rest) = start($server, 'third', $other);
    print $third $third_rest;
    ok(await(sub { (() = $server->log =~ /print task waits/g) > 1 }),
        'and one of another application');

    list(apps => [{ id => $app }]);
    ok(await(sub { probe($server) eq 'tokenRevoked' }),
        'the application of the first two is revoked');

    respond($change);
    is($server->receive($first)->{status}, 200,
        'the change that was sent is answered');

    while (my $request = receive($listener)) {
        is($request->{app}, 'another', "a $request->{method} of the other one");
        respond($request);
    }

    is($server->receive($second)->{reason}, 'tokenRevoked',
        'the one that has waited is refused');
    is($server->receive($third)->{status}, 200, 'the other one is served');

    ends($server, 'waiting');
}

sub gateway {
    my ($mode) = @_;

    list();

    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                         Listen => 100) or die "listen: $!";
    my $server = PrintTask::Server->new(workers => 1, mode => $mode,
        level => 'debug', pass => '127.0.0.1:' . $listener->sockport,
        location => "print_task_revoked_file $file; print_task_lease 75s 20s;"
                    . 'proxy_set_header X-App $print_task_app_id;',
        store => "$keys print_task_store memory:m:1m;");

    return ($server, $listener);
}

sub ends {
    my ($server, $name) = @_;

    ok(defined $server->stop, "$name: nginx ends");
    is($server->quiet, '', "$name: and is quiet");
}

# the reason to refuse a request that needs no back end

sub probe {
    my ($server) = @_;

    return $server->ask("PATCH /print/taskDefinitions/d/tasks/p HTTP/1.1\r\n"
                        . "Host: localhost\r\nConnection: close\r\n"
                        . "Authorization: Bearer $good\r\n"
                        . "Content-Type: application/json\r\n"
                        . "Content-Length: 1\r\n\r\n{")->{reason} // '';
}

# a request without the last bytes of its body

sub start {
    my ($server, $n, $token) = @_;
    my $socket = $server->connect;
    my $body = qq({"status":{"state":"processing","description":"$n"}});
    my $before = bodies($server);

    $token //= $good;

    $socket->autoflush(1);
    print $socket "PATCH /print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
                  . "Host: localhost\r\nConnection: close\r\n"
                  . "Authorization: Bearer $token\r\n"
                  . "Content-Type: application/json\r\n"
                  . 'Content-Length: ' . length($body) . "\r\n\r\n"
                  . substr($body, 0, -10);

    # the token was checked when the body is next

    ok(await(sub { bodies($server) > $before }), "$n has begun");

    return ($socket, substr $body, -10);
}

sub bodies {
    my ($server) = @_;

    return scalar(() = $server->log =~ /print task step: body/g);
}

sub receive {
    my ($listener) = @_;

    IO::Select->new($listener)->can_read(1) or return;

    my $socket = $listener->accept;
    my ($method) = readline($socket) =~ /^(\w+)/;
    my ($length, $from) = (0, '');

    while (defined(my $line = readline $socket)) {
        $length = $1 if $line =~ /^Content-Length: (\d+)/i;
        $from = $1 if $line =~ /^X-App: (\S+)/;
        last if $line eq "\r\n";
    }

    read $socket, my $body, $length if $length;

    return { socket => $socket, method => $method, app => $from };
}

sub respond {
    my ($request) = @_;

    print { $request->{socket} } PrintTask::Server::response(200,
        '{"id":"t","status":{"state":"processing"}}',
        'Content-Type: application/json');
    close $request->{socket};
}

sub serve {
    my ($listener) = @_;

    respond(receive($listener) // die "no request\n");
}

# the status of an answer, and its reason

sub status {
    my ($token) = @_;
    my $got = $nginx->get($token);

    return join ' ', $got->{status}, $got->{reason} // ();
}

# both workers answer that, or have been asked often enough

sub both {
    my ($token, $want) = @_;
    my %workers;

    for (1 .. 50) {
        my $got = $nginx->get($token);

        return 0 if $want ne join ' ', $got->{status}, $got->{reason} // ();

        $workers{$got->{worker}} = 1;
        return 1 if keys %workers == 2;
    }

    return 1;
}

# each worker has had the time to look at the file twice more

sub once {
    my ($name, $pattern) = @_;
    my $end = time() + 2.2;

    await(sub { both($good, '401 tokenRevoked'); time() > $end });

    my @lines = grep { $_ =~ $pattern } split /^/, $nginx->log;

    is(@lines, 1, "$name: once");
    ok(both($good, '401 tokenRevoked') && status($other) eq '200',
        "$name: the last good entries are kept");
}

sub clear_log {
    truncate "$nginx->{dir}/logs/error.log", 0;
}

# the token is accepted in between, so that the new list is known to be seen

sub revoke {
    my ($kind, $entries, $name) = @_;

    list();
    await(sub { both($good, '200') }) or die "still revoked\n";
    list($kind => $entries);
    ok(await(sub { both($good, '401 tokenRevoked') }), $name);
}

sub list {
    replace($json->encode({ @_ }));
}

sub replace {
    my ($text) = @_;

    PrintTask::Server::write_file($file, $text);
}
