#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A drill: the key server changes its key ten times while twenty clients use
# the gateway.  A token of a key that was published for as long as the least
# time between fetches is never refused.  Then the key server goes down.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Server;
use PrintTask::Token qw(token jwks jwk);

*await = \&PrintTask::Server::await;

my $clients = 20;
my $min = 1;
my $margin = 1;                 # of a fetch, on a busy machine

my $dir = File::Temp->newdir;
my @tokens = map { token(kid => "k$_") } 0 .. 10;
my $keys = PrintTask::Server::Keys->new;

publish(0);

my $nginx = PrintTask::Server->new(
    level => 'warn',
    location => "print_task_key_request /_keys;
                 print_task_key_refresh 1h ${min}s;",
    server => 'location = /_keys { internal; proxy_pass http://'
              . $keys->address . '/; }');

ok(await(sub { $nginx->get($tokens[0])->{status} == 200 }), 'ready');

my $start = time();
my @pids = map { client($_) } 1 .. $clients;

for my $n (1 .. 10) {
    sleep $min + 0.2;
    publish($n);
}

sleep $min + $margin;

cmp_ok($keys->requests, '<=', 2 + (time() - $start) / $min,
    'at most one fetch in the least time');

$keys->stop;
sleep 1;

PrintTask::Server::write_file("$dir/stop", 1);
waitpid $_, 0 for @pids;

my ($requests, @refused) = (0);

for my $n (1 .. $clients) {
    my ($got, @lines) = split /\n/, PrintTask::Server::slurp("$dir/$n");

    $requests += $got // 0;
    push @refused, @lines;
}

diag("$requests requests, " . $keys->requests . ' fetches');

cmp_ok($requests, '>', 500, 'the gateway was under load');
is_deeply(\@refused, [], 'no token was refused whose key was published');

is($nginx->get($tokens[10])->{status}, 200,
    'the key server is down: tokens are still accepted');
is($nginx->get($tokens[3])->{reason}, 'tokenKeyUnknown',
    '... but not those of keys that are gone');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


# the key before stays for as long as there may be tokens of it

sub publish {
    my ($n) = @_;
    my @kids = grep { $_ >= 0 } $n - 1, $n;

    $keys->answer(PrintTask::Server::response(200,
        jwks(map { jwk('rsa1', kid => "k$_") } @kids)));

    PrintTask::Server::write_file("$dir/published", "$n " . time());
}


# uses the newest key as soon as it has been published for long enough, and now
# and then before

sub client {
    my ($id) = @_;
    my $pid = fork() // die "fork: $!\n";

    return $pid if $pid;

    my ($requests, @refused) = (0);

    while (!-e "$dir/stop") {
        my ($n, $since)
            = split ' ', PrintTask::Server::slurp("$dir/published");

        my $old = time() - $since > $min + $margin;
        my $got = $nginx->get($tokens[$old || rand() < 0.05 ? $n
                                 : $n > 0 ? $n - 1 : 0]);
        my $status = $got ? $got->{status} : 'none';

        $requests++;

        push @refused, sprintf 'k%d after %.2f s: %s', $n, time() - $since,
                               $status
            if $status ne '200' && ($old || $status ne '401');

        sleep 0.02;
    }

    PrintTask::Server::write_file("$dir/$id", join "\n", $requests, @refused);
    POSIX::_exit(0);
}
