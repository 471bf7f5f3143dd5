#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Tokens are revoked while many clients use them, with several workers: a
# second after the change of the file no revoked token is accepted, and no
# other token is ever refused.

use strict;
use warnings;

use lib 't/lib';

use IO::Socket::INET;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Server;
use PrintTask::Service qw(first_state);
use PrintTask::Token qw(token jwks_file);

my $clients = 6;
my $workers = 4;

my $json = JSON::PP->new->canonical;
my $dir = File::Temp->newdir;
my $file = "$dir/revoked.json";
my $service = PrintTask::Service->new;

# each client is an application with a token and an object of its own

my @app = map { sprintf '8f2c5a1e-3b64-4d0f-9a57-1c0de0001%03d', $_ }
              1 .. $clients;
my @token = map { token(claims => { azp => $_, oid => "o$_", sub => "o$_",
                                    uti => "t$_" }) } @app;
my @task = map { pending($_) } @app;

# a list that is long enough for the reading to take its time

my @others = map { { id => "x$_", before => 1796000000 } } 1 .. 5000;

list();

my $nginx = PrintTask::Server->new(
    workers => $workers,
    pass => $service->address,
    store => 'print_task_key_file ' . jwks_file() . ';
              print_task_store memory:m:4m;',
    location => "print_task_revoked_file $file; print_task_app @app;");

my @pids = map { client($_) } 0 .. $clients - 1;

sleep 0.5;

# what is revoked, and the times of change()

my @changes = map { [$_, change(@$_)] }
    [0, apps => $app[0]], [1, objects => "o$app[1]"], [2, tokens => "t$app[2]"],
    [3, apps => uc $app[3]], [0, tokens => "t$app[0]"];

kill 'TERM', @pids;
waitpid $_, 0 for @pids;

my ($late, $wrong, $refused, $accepted, %worker) = (0, 0, 0, 0);

for my $client (0 .. $clients - 1) {
    for (split /\n/, PrintTask::Server::slurp("$dir/client.$client")) {
        my ($sent, $got, $status, $reason, $worker) = split;

        $worker{$worker}++;
        $status == 200 ? $accepted++ : $refused++;

        if ($reason eq 'tokenRevoked') {
            $wrong++ if !possibly($client, $sent, $got);

        } elsif ($status != 200) {
            diag("client $client: $status $reason") if $wrong++ < 5;

        } elsif (surely($client, $sent)) {
            diag("client $client: accepted $sent") if $late++ < 5;
        }
    }
}

note("$accepted requests were accepted, $refused refused");

is($late, 0, 'no token is accepted later than a second after it was revoked');
is($wrong, 0, 'no other token is refused');
cmp_ok($accepted, '>', 500, 'many requests were accepted');
cmp_ok($refused, '>', 100, 'many requests were refused');
cmp_ok(scalar keys %worker, '>', 1, 'more than one worker had requests');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');
$service->stop;

done_testing();


# revokes for a while; returns when the two changes of the file began and ended

sub change {
    my ($client, $kind, $id) = @_;
    my @times = time();

    list($kind => $id);
    push @times, time();
    sleep 2.2;

    push @times, time();
    list();
    push @times, time();
    sleep 1.2;

    return @times;
}

# whether a request had to be refused, by when it was sent

sub surely {
    my ($client, $sent) = @_;

    return grep { $_->[0][0] == $client
                  && $sent > $_->[2] + 1 && $sent < $_->[3] } @changes;
}

# whether it could be, by when it was sent and answered

sub possibly {
    my ($client, $sent, $got) = @_;

    return grep { $_->[0][0] == $client
                  && $got > $_->[1] && $sent < $_->[4] + 1 } @changes;
}

sub list {
    my ($kind, $id) = @_;
    my %list = (tokens => [@others]);

    push @{$list{$kind}}, { id => $id } if $kind;

    PrintTask::Server::write_file($file, $json->encode(\%list));
}

# a task whose state lets it be described again and again

sub pending {
    my ($id) = @_;

    for my $n (1 .. 1000) {
        return "$id-$n" if first_state("$id-$n") eq 'pending';
    }

    die "no task\n";
}

# reads and changes its task until it is ended

sub client {
    my ($n) = @_;
    my $pid = fork() // die "fork: $!\n";

    return $pid if $pid;

    my $run = 1;

    $SIG{TERM} = sub { $run = 0 };

    open my $out, '>', "$dir/client.$n" or die "$!\n";

    for (my $i = 0; $run; $i++) {
        my $sent = time();
        my $got = $nginx->ask(request($n, $i)) // next;

        print $out join(' ', $sent, time(), $got->{status},
                        $got->{reason} // '-', $got->{worker} // '-'), "\n";
    }

    close $out;
    POSIX::_exit(0);
}

sub request {
    my ($n, $i) = @_;
    my $path = "/print/taskDefinitions/d/tasks/$task[$n]";
    my $body = qq({"status":{"state":"pending","description":"$i"}});
    my @lines = ('Host: localhost', 'Connection: close',
                 "Authorization: Bearer $token[$n]");

    return join "\r\n", "GET $path HTTP/1.1", @lines, '', '' if $i % 2;

    return join "\r\n", "PATCH $path HTTP/1.1", @lines,
                'Content-Type: application/json',
                'Content-Length: ' . length $body, '', $body;
}
