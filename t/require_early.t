#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A key is rotated: the first token of the new key waits until the key is
# known.  Values that nginx computed without an application meanwhile do not
# reach print_task_require, the log or the back end.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Server;
use PrintTask::Token qw(token jwks jwk);

*await = \&PrintTask::Server::await;

my $app = $PrintTask::Token::App;
my $keys = PrintTask::Server::Keys->new;
my $backend = PrintTask::Server::free_port();
my $kid = 0;

publish();

my $nginx = PrintTask::Server->new(workers => 1, http => <<"_EOC_", server => <<"_EOS_",
map_hash_bucket_size 128;
map \$print_task_app_id \$allowed { "" 1; default 1; "blocked" 0; }
map "x:\$allowed" \$nested { default 1; "x:0" 0; }
map \$print_task_app_id \$who { "~^(?<part>.)" \$part; default "nobody"; }
map \$remote_addr \$other { default 1; }
limit_req_zone "\$allowed\$nested\$who\$other" zone=z:64k rate=1000r/s;
limit_req_zone \$http_x zone=y:64k rate=1000r/s;
log_format who "\$who \$part \$kept \$status";
print_task_key_refresh 1h 1s;
server { listen 127.0.0.1:$backend; return 200 "back end\n"; }
_EOC_
location = /_keys { internal; proxy_pass http://@{[$keys->address]}/; }
location /require/ { @{[gateway('print_task_require $allowed;')]} }
location /nested/ { @{[gateway('print_task_require $other $nested error=404;')]} }
location /log/ {
    set \$kept kept;
    @{[gateway('access_log logs/who.log who;')]}
}
location /set/ {
    set \$ok 1;
    if (\$allowed = 0) { set \$ok 0; }
    @{[gateway('print_task_require $ok;')]}
}
location /away/ {
    print_task off;
    limit_req zone=z burst=100 nodelay;
    try_files /none \@require;
}
location \@require { @{[gateway('print_task_require $allowed;')]} }
_EOS_
    location => 'print_task_key_request /_keys;');

my %blocked = (claims => { azp => 'blocked' });

ok(await(sub { status('/require') == 200 }), 'the keys are there');
is(status('/require', %blocked), 403, 'a blocked application');
is(status('/nested', %blocked), 404, '... by another map');
is(status('/set', %blocked), 403, '... by "set"');

# --- a map that was computed before the token was known

rotate();
is(status('/require', %blocked), 403, 'a new key: it stays blocked');
is(status('/require', %blocked), 403, '... also when the key is known');
is(status('/require'), 200, '... and others do not');

rotate();
is(status('/require'), 200, 'a new key: who is not blocked is not refused');

rotate();
is(status('/nested', %blocked), 404, 'a map of a map is computed again');

# --- what "set" and "if" have decided without the token

rotate();

my $response = ask('/set', %blocked);

is($response->{status}, 503, '"set" was done without the token: not now');
is($response->{reason}, 'keysUnavailable', '... and why');
is(status('/set', %blocked), 403, '... the next one is judged');

rotate();
is(status('/set'), 503, 'the same for who is not blocked');
is(status('/set'), 200, '... whose next request is good');

# --- logs

rotate();
is(status('/log'), 200, 'a request that is logged');
is(logged(), substr($app, 0, 1) x 1 . ' ' . substr($app, 0, 1) . ' kept 200',
    'the log has the application, and what was set');

# --- a location without print_task, that leads here

is(status('/away', %blocked), 403, 'a map was computed in a location that is off');
is(status('/away'), 200, '... who is not blocked is let in');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');
unlike($nginx->log, qr/uninitialized/, 'no variable was asked for in vain');

done_testing();


sub gateway {
    my ($lines) = @_;

    return "print_task forward; print_task_key_request /_keys;
            limit_req zone=z burst=100 nodelay;
            $lines
            proxy_pass http://127.0.0.1:$backend;";
}

sub publish {
    $keys->answer(PrintTask::Server::response(200,
        jwks(jwk('rsa1', kid => "k$kid"))));
}

sub rotate {
    $kid++;
    publish();
    sleep 1.1;
}

sub ask {
    my ($prefix, %opt) = @_;
    my $token = token(kid => "k$kid", %opt);

    return $nginx->ask("GET $prefix/print/taskDefinitions/d/tasks/t HTTP/1.1\r\n"
                       . "Host: localhost\r\nConnection: close\r\n"
                       . "Authorization: Bearer $token\r\n\r\n");
}

sub status {
    return ask(@_)->{status};
}

sub logged {
    return await(sub {
        my ($line) = PrintTask::Server::slurp("$nginx->{dir}/logs/who.log")
                     =~ /^(.*)\n/m;
        return $line;
    });
}
