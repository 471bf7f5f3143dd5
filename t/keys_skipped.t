#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Keys of a set that cannot be used are named in the log, once for all workers
# and for as long as the set stays the same.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Server;
use PrintTask::Token qw(token jwks jwk);

*await = \&PrintTask::Server::await;
*response = \&PrintTask::Server::response;

my $okp = { kid => "line\nfeed", kty => 'OKP', crv => 'Ed25519', x => 'AA' };
my $okp_line
    = qr/\[warn\].* key 2 in "\S+" \(kid "line\\x0afeed", kty "OKP"\) is skipped/;
my $enc_line
    = qr/key 3 in "\S+" \(kid "rsa2", kty "RSA"\) is skipped: its "use" is not/;

# --- a set that is fetched

{
    my $keys = PrintTask::Server::Keys->new;

    $keys->answer(response(200, jwks(good('k1'), $okp)));

    my $nginx = PrintTask::Server->new(
        location => 'print_task_key_request /_keys;
                     print_task_key_refresh 50ms 50ms;',
        server => 'location = /_keys { internal; proxy_pass http://'
                  . $keys->address . '/; }');

    ok(await(sub { $keys->requests >= 10 }), 'fetched: many times');
    is($nginx->get(token(kid => 'k1'))->{status}, 200,
        'fetched: the other key is used');
    is(lines($nginx, $okp_line), 1, 'fetched: the skipped key is named once');
    is(lines($nginx, qr/\[warn\].* 1 keys in "\/_keys" cannot be used/), 1,
        'fetched: skipped keys are counted');

    ok($nginx->reload, 'fetched: reload');

    my $before = $keys->requests;

    ok(await(sub { $keys->requests >= $before + 5 }), 'fetched: and again');
    is(lines($nginx, $okp_line), 1, 'fetched: a reload changes nothing');

    my $enc = jwk('rsa2', use => 'enc');

    $keys->answer(response(200, jwks(good('k1'), $okp, $enc)));

    ok(await(sub { lines($nginx, $enc_line) }),
        'fetched: another set is logged');
    is(lines($nginx, $okp_line), 2, 'fetched: with all its skipped keys');

    $keys->answer(response(200, jwks(good('k2'))));

    ok(await(sub { $nginx->get(token(kid => 'k2'))->{status} == 200 }),
        'fetched: a set without such keys');
    is(lines($nginx, qr/skipped/), 5, 'fetched: adds no line');

    end($nginx, 'fetched');
}

# --- a set in a file

{
    my $dir = File::Temp->newdir;

    chmod 0755, $dir;
    PrintTask::Server::write_file("$dir/keys", jwks(good('k1'), $okp));

    my $nginx = PrintTask::Server->new(location => "print_task_key_file $dir/keys;");

    is(lines($nginx, $okp_line), 1, 'file: logged at start');
    is($nginx->get(token(kid => 'k1'))->{status}, 200,
        'file: the other key is used');

    PrintTask::Server::write_file(
        "$dir/keys", jwks(good('k1'), $okp, map { { kty => "k$_" } } 1 .. 20));

    my %workers;

    ok(await(sub {
        $workers{$_} = 1
            for $nginx->log =~ /\[notice\] (\d+)#.* was read again, 1 keys/g;
        $nginx->get(token(kid => 'k2'));
        return keys %workers == 2;
    }, 30), 'file: read again by both workers');

    is(lines($nginx, $okp_line), 2, 'file: logged by one of them');
    is(lines($nginx, qr/\[warn\].* 21 keys in ".*" cannot be used/), 1,
        'file: all are counted');
    is(lines($nginx, qr/key \d+ in ".*" \(kty "k\d+"\) is skipped/), 7,
        'file: the first eight are named');
    is(lines($nginx, qr/\[warn\].* 13 more keys in ".*" are skipped/), 1,
        'file: the others are not');

    end($nginx, 'file');
}

done_testing();


sub good {
    my ($kid) = @_;

    return jwk('rsa1', kid => $kid);
}


sub lines {
    my ($nginx, $pattern) = @_;

    return scalar grep { $_ =~ $pattern } split /^/, $nginx->log;
}


sub end {
    my ($nginx, $name) = @_;
    my $took = $nginx->stop;

    ok(defined $took && $took < 10, "$name: nginx ends");
    is($nginx->quiet, '', "$name: nothing alarming in the log");
}
