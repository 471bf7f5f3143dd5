#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# What print_task_status counts is what clients count, and no counter ever falls:
# neither in a reload, nor when a worker dies, nor in an upgrade of the binary.

use strict;
use warnings;

use lib 't/lib';

use File::Temp ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Metrics;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;
*scrape = \&PrintTask::Metrics::scrape;
*sum = \&PrintTask::Metrics::sum;

my $can_upgrade = !$ENV{TEST_NGINX_LD_PRELOAD};
my $key_file = jwks_file();
my $token = token();

my $revoked = token(claims => { azp => 'revoked' });
my $list = File::Temp->new(SUFFIX => '.json');

print $list '{"apps":[{"id":"revoked"}]}';
$list->flush;

# what a client asks for, by what it gets: status, method, path, further header
# lines, body; N is the number of the request

my $completed = '{"status":{"state":"completed"}}';
my @json = ('Content-Type: application/json');
my @bearer = ("Authorization: Bearer $token");
my $tasks = 'print/taskDefinitions/d/tasks';

my %ask = (
    passed           => [200, 'GET', '/print/printers', \@bearer],
    tokenMalformed   => [401, 'GET', '/print/printers', ['Authorization: Bearer x']],
    methodNotAllowed => [405, 'DELETE', "/$tasks/t", \@bearer],
    refetchFailed    => [502, 'PATCH', "/$tasks/tN", [@bearer, @json], $completed],
    list             => [200, 'GET', "/a/$tasks", \@bearer],
    put              => [200, 'PUT', "/a/$tasks/there", \@json,
                         '{"status":{"state":"pending"}}'],
    conditionFailed  => [412, 'PATCH', "/a/$tasks/there",
                         [@bearer, @json, 'If-Match: "1"'],
                         '{"status":{"state":"aborted"}}'],
    tooEarly         => [425, 'PATCH', "/a/$tasks/there",
                         [@bearer, @json, 'Early-Data: 1'], $completed],
    tokenRevoked     => [401, 'PATCH', "/a/$tasks/there",
                         ["Authorization: Bearer $revoked", @json], $completed],
    queryNotSupported => [400, 'GET', "/a/$tasks?\$orderby=id", \@bearer],
    taskNotFound     => [404, 'HEAD', "/a/$tasks/absent", \@bearer],
);

# these have no reason, or no token is judged

my %verdict = (passed => 'passed', list => 'answered', put => 'answered');
my @no_token = qw(methodNotAllowed put tooEarly);

my $nginx = PrintTask::Server->new(daemon => $can_upgrade,
    store => "print_task_key_file $key_file; print_task_store memory:m:1m;",
    server => "location = /status { print_task_status; }
               location /a/ {
                   rewrite ^/a(/.*) \$1 break;
                   print_task answer;
                   print_task_realm a;
                   print_task_admin 127.0.0.1;
                   print_task_tenant $PrintTask::Token::Tenant;
                   print_task_revoked_file $list;
               }");

is(ask('put', 0)->{status}, 201, 'a task is there');
ok(await(sub { sum(scrape($nginx), 'requests_total') == 1 }), 'its request is counted');

my %counted = (put => 1);
my @scrapes = (scrape($nginx));

# --- reloads under load

{
    my @clients = map { load($_) } 1 .. 3;

    for (1 .. 20) {
        ok($nginx->reload, "reload $_");
        push @scrapes, scrape($nginx);
    }

    finish(@clients);
    exact('20 reloads under load');
}

# --- workers that die

for my $n (1 .. 5) {
    my ($pid) = $nginx->workers;

    kill 'KILL', $pid;
    ok(await(sub {
        my @workers = $nginx->workers;
        return @workers == 2 && !grep { $_ == $pid } @workers;
    }), "worker $n was killed");

    push @scrapes, scrape($nginx);
    finish(load($n, 20));
}

exact('5 workers were killed');

# --- one that dies under load: no more is lost than what it was at

{
    my @clients = map { load($_) } 1 .. 2;

    for (1 .. 5) {
        sleep 0.1;
        kill 'KILL', ($nginx->workers)[0];
        push @scrapes, scrape($nginx);
    }

    finish(@clients);
    ok(await(sub { (scrape($nginx) // return 0)->{nginx_print_task_leases} == 0 }),
        'leases of workers that died are not counted any more');
    push @scrapes, scrape($nginx);
}

# --- an upgrade under load

SKIP: {
    skip 'the new binary has not the environment of a sanitizer', 4
        if !$can_upgrade;

    my $before = settled_total() - total(\%counted);
    my @clients = map { load($_) } 1 .. 2;
    my $old = $nginx->{pid};

    kill 'USR2', $old;

    my $new = await(sub {
        my $pid = PrintTask::Server::slurp("$nginx->{dir}/nginx.pid");
        return $pid && $pid != $old && $pid;
    });
    ok($new, 'a new binary');
    chomp $new;

    push @scrapes, scrape($nginx) for 1 .. 10;
    kill 'WINCH', $old;
    ok(await(sub { !grep { $_ != $new } $nginx->workers }), 'the old workers end');
    $nginx->{pid} = $new;
    kill 'QUIT', $old;
    ok(await(sub { !kill 0, $old }), 'the old binary ends');
    push @scrapes, scrape($nginx);

    finish(@clients);

    is(await_total(total(\%counted) + $before), total(\%counted) + $before,
        'upgrade under load: all requests of both binaries are counted');
    push @scrapes, scrape($nginx);
}

# ---

is(scalar(grep { !defined } @scrapes), 0, 'each scrape was answered');

my @fallen = map { PrintTask::Metrics::fallen($scrapes[$_ - 1], $scrapes[$_]) }
             1 .. $#scrapes;

is_deeply(\@fallen, [], 'no counter ever fell, in ' . @scrapes . ' scrapes');
cmp_ok(scalar @scrapes, '>', 25, 'in many scrapes');

# nginx says of a worker that was killed that it had a lock, or was sent a message

is(join('', grep { !/exited\ on\ signal\ 9
                     | was\ locked\ by\ \d+ | sendmsg\(\)\ failed/x }
            split /^/, $nginx->quiet), '', 'nothing else is alarming');
$nginx->stop;

done_testing();

# a client that goes on until it gets a signal, or for so many requests

sub load {
    my ($seed, $n) = @_;
    my $pid = open(my $out, '-|') // die "fork: $!\n";

    if ($pid) {
        return { out => $out };
    }

    my %got;
    my @names = sort keys %ask;

    srand $seed;

    for (my $i = 0; $n ? $i < $n : !-e "$nginx->{dir}/stop"; $i++) {
        my $name = $names[rand @names];
        my $got = ask($name, "$seed-$$-$i");

        if (!$got) {
            $got{lost}++;

        } elsif ($got->{status} != $ask{$name}[0]) {
            $got{"$name was $got->{status}"}++;

        } else {
            $got{$name}++;
        }
    }

    print map { "$_ $got{$_}\n" } keys %got;
    close STDOUT;
    POSIX::_exit(0);
}

sub ask {
    my ($name, $n) = @_;
    my (undef, $method, $path, $head, $body) = @{$ask{$name}};

    $path =~ s/N$/$n/;
    $body //= '';

    return $nginx->ask(join "\r\n", "$method $path HTTP/1.1", 'Host: localhost',
                       'Connection: close', @$head, 'Content-Length: ' . length $body,
                       '', $body);
}

sub finish {
    my (@clients) = @_;

    # not by a signal, which could end a wait for an answer

    PrintTask::Server::write_file("$nginx->{dir}/stop", '');

    for my $client (@clients) {
        my $out = $client->{out};

        while (<$out>) {
            $counted{$1} += $2 if /^(.*) (\d+)$/;
        }

        close $out;
    }

    unlink "$nginx->{dir}/stop";
}

sub total {
    my ($metrics) = @_;

    return exists $metrics->{nginx_print_task_leases}
           ? sum($metrics, 'requests_total')
           : eval { my $n = 0; $n += $metrics->{$_} for grep { $_ ne 'lost' }
                                                    keys %$metrics; $n };
}

sub count {
    my $n = 0;

    $n += $counted{$_} // 0 for @_;

    return $n;
}

# a request is counted after it was answered

sub await_total {
    my ($want) = @_;

    await(sub { total(scrape($nginx)) == $want });

    return total(scrape($nginx));
}

# when nothing is under way any more

sub settled_total {
    my $last = -1;

    await(sub {
        my $total = total(scrape($nginx));
        my $same = $total == $last;

        $last = $total;
        sleep 0.2 if !$same;

        return $same;
    });

    return $last;
}

sub exact {
    my ($when) = @_;
    my $wrong = join ' ', grep { !$ask{$_} } keys %counted;

    is($wrong, '', "$when: each request got its answer");
    is(await_total(total(\%counted)), total(\%counted), "$when: the sum is exact");

    my $metrics = scrape($nginx);

    push @scrapes, $metrics;

    for my $verdict ('passed', 'answered') {
        is(sum($metrics, 'requests_total', verdict => $verdict),
            count(grep { ($verdict{$_} // '') eq $verdict } keys %ask),
            "$when: verdict $verdict");
    }

    for my $reason (grep { !$verdict{$_} } sort keys %ask) {
        is(sum($metrics, 'requests_total', reason => $reason), $counted{$reason},
            "$when: $reason");
    }

    is(sum($metrics, 'requests_total', mode => 'answer'),
        count(grep { $ask{$_}[2] =~ m{^/a/} } keys %ask), "$when: mode");
    is(sum($metrics, 'tokens_total'), total(\%counted) - count(@no_token),
        "$when: tokens");
    is(sum($metrics, 'step_seconds_count', step => 'refetch'), $counted{refetchFailed},
        "$when: questions to the back end");
    is(sum($metrics, 'transitions_total', to => 'completed', verdict => 'refused'),
        count('refetchFailed'), "$when: transitions");
    is(sum($metrics, 'transitions_total', to => 'aborted', verdict => 'refused'),
        count('conditionFailed'), "$when: transitions that a condition refused");
    is(sum($metrics, 'store_operations_total', result => 'granted'),
        sum($metrics, 'store_operations_total', result => 'settled'),
        "$when: each lease that was granted was settled");
    is($metrics->{nginx_print_task_leases}, 0, "$when: no lease is left");
    is($metrics->{nginx_print_task_lease_waiting}, 0, "$when: nobody waits");
}
