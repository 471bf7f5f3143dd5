#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Tasks that are not final for longer than print_task_overdue: counted, listed, and
# logged once each, whatever worker finds them, in each store.

use strict;
use warnings;

use lib 't/lib';

use JSON::PP qw(decode_json);
use Test::More;

use PrintTask::Metrics;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;
*scrape = \&PrintTask::Metrics::scrape;

my $role = 'PrintService.All';
my $service = token(claims => { azp => 'service', roles => [$role] });
my $keys = jwks_file();
my $tenant = $PrintTask::Token::Tenant;
my ($nginx, $store, $redis);

for (qw(memory redis)) {
    $store = $_;
    $redis = $store eq 'redis' ? PrintTask::Redis->new : undef;

    my $label = $redis ? 'redis:' . $redis->address : 'memory:tasks';

    $nginx = PrintTask::Server->new(mode => 'answer',
        store => $redis ? 'print_task_redis ' . $redis->address . ';'
                        : 'print_task_store memory:tasks:1m;',
        http => "print_task_key_file $keys; print_task_overdue 1s;",
        server => <<"_EOC_", location => "print_task_admin role=$role;");
        location = /status { print_task_status; }
        location /off/ {
            print_task answer;
            print_task_overdue off;
            print_task_admin role=$role;
        }
_EOC_
    $nginx->{token} = $service;
    $nginx->{label} = $label;

    counted();
    listed();
    logged();
    reset_by_put();
    reloaded();
    killed();

    ok(defined $nginx->stop, "$store: nginx ends");
    is($nginx->quiet =~ s/^.*exited on signal 9.*\n//mgr, '',
        '... and nothing alarming was logged');
}

done_testing();

sub path {
    my ($task, $definition) = @_;

    return '/print/taskDefinitions/' . ($definition // 'd') . "/tasks/$task";
}

sub put {
    my ($task, $state, %opt) = @_;
    my $app = $opt{app} ? qq("createdBy":"$opt{app}",) : '';
    my $answer = $nginx->request('PUT', path($task, $opt{definition}),
        qq({"status":{"state":"$state","description":"x"}}));

    $answer->{status} =~ /^20[01]$/ or die "PUT: $answer->{head}\n";
}

sub patch {
    my ($task, $status) = @_;

    local $nginx->{token} = token();

    is($nginx->request('PATCH', path($task), qq({"status":$status}))->{status},
        200, "$store: a change of $task");
}

# undef: not known

sub overdue {
    my $metrics = scrape($nginx) or return undef;

    return $metrics->{qq(nginx_print_task_overdue{store="$nginx->{label}"})};
}

sub known {
    my $metrics = scrape($nginx) or return undef;

    return $metrics->{qq(nginx_print_task_overdue_known{store="$nginx->{label}"})};
}

# until all tasks were looked at again, from the first to the last

sub walks {
    my $seen = sub {
        my $metrics = scrape($nginx) or return 0;
        return PrintTask::Metrics::sum($metrics, 'store_operations_total',
            operation => 'indexes');
    };
    my $before = $seen->();

    await(sub { $seen->() >= $before + 3 }) or die "nobody looks at the tasks\n";
}

sub lines {
    my ($task) = @_;

    return grep { /print task overdue: / && (!$task || /task: "$task"/) }
           split /\n/, $nginx->log;
}

sub list {
    my ($query, $definition) = @_;
    my $uri = '/print/taskDefinitions/' . ($definition // 'd') . "/tasks?$query";
    my (@ids, $pages);

    while (defined $uri && ++$pages < 1000) {
        my $got = $nginx->request('GET', $uri);

        $got->{status} == 200 or return "$got->{status} $got->{reason}";
        my $list = decode_json($got->{body});
        push @ids, map { $_->{id} } @{$list->{value}};

        $uri = $list->{'@odata.nextLink'};
        last if !defined $uri;
        $uri =~ s{^http://localhost}{} or die "a foreign link $uri\n";
        $uri =~ /overdue=true/ or return "a link without the option" if $query =~ /true/;
    }

    return join ' ', sort @ids;
}

sub counted {
    ok(await(sub { known() }), "$store: the number is known");
    is(overdue(), 0, '... and there are none yet');

    put($_, 'pending') for qw(a b c);
    put('p', 'processing');
    put('done', 'completed');
    put('gone', 'pending');
    put('other', 'pending', definition => 'e');

    is(list('overdue=true'), '', 'a new task is not overdue');

    # the description changes: the task is not final all the same

    patch('a', '{"state":"pending","description":"y"}');

    is($nginx->request('DELETE', path('gone'))->{status}, 204, '... deleted');

    ok(await(sub { (overdue() // 0) == 5 }), '... after its time it is')
        or diag('overdue: ' . (overdue() // 'not known'));
    is(known(), 1, '... which is known');

    my $json = decode_json($nginx->ask("GET /status HTTP/1.1\r\nHost: x\r\n"
        . "Accept: application/json\r\nConnection: close\r\n\r\n")->{body});
    is($json->{metrics}{nginx_print_task_overdue}{samples}[0]{value}, 5,
        '... also in JSON');
}

sub listed {
    is(list('overdue=true'), 'a b c p', "$store: the list of overdue tasks");
    is(list('overdue=true&$top=1'), 'a b c p', '... by pages');
    is(list('$filter=status/state%20eq%20%27pending%27&overdue=true&$top=2'),
        'a b c', '... of one state');
    is(list('$filter=status/state%20eq%20%27completed%27&overdue=true'), '',
        '... of a final state');
    is(list('overdue=true', 'e'), 'other', '... of another definition');
    is(list('overdue=false'), 'a b c done p', 'not only overdue ones');
    is(list('$top=2'), 'a b c done p', '... without the option');

    is(list("overdue=$_"), '400 queryNotSupported', "overdue=$_")
        for '', 'yes', '1', 'true%20', 'true&overdue=true', 'false&overdue=true';

    my ($token) = $nginx->request('GET', path('', 'd') =~ s{/$}{}r
        . '?overdue=true&$top=1')->{body} =~ /skiptoken=([\w-]+)/;
    ok($token, 'a position in the list of overdue tasks');
    is(list("\$top=1&\$skiptoken=$token"), '400 queryNotSupported',
        '... is none in the list of all');
    like(list("\$top=1&overdue=true&\$skiptoken=$token"), qr/^\w( \w)+$/,
        '... but in its own');

    is($nginx->request('GET', '/off/print/taskDefinitions/d/tasks?overdue=true')
        ->{reason}, 'queryNotSupported', 'without print_task_overdue');
    is($nginx->request('GET', '/off/print/taskDefinitions/d/tasks?overdue=false')
        ->{status}, 200, '... all tasks can be listed');

    local $nginx->{token} = token();
    is(list('overdue=true'), 'a b c p', 'an application sees those of all');
}

sub logged {
    ok(await(sub { lines() == 5 }), "$store: each one is logged");
    like((lines('p'))[0], qr/\[notice\] .*print task overdue: processing since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, tenant: "\Q$tenant\E", definition: "d", task: "p"/,
        '... with its ids');
    like((lines('other'))[0], qr/definition: "e"/, '... and its definition');

    walks();
    is(scalar(lines()), 5, '... once');
}

sub reset_by_put {
    put('a', 'pending');
    is(list('overdue=true'), 'b c p', "$store: PUT begins a new time");
    ok(await(sub { overdue() == 5 }), '... which ends');
    ok(await(sub { lines('a') == 2 }), '... and is logged again');

    patch('b', '{"state":"completed"}');
    is(list('overdue=true'), 'a c p', 'a final task is not overdue');
    ok(await(sub { overdue() == 4 }), '... and not counted');
    is($nginx->request('DELETE', path('c'))->{status}, 204, 'nor one that is gone');
    ok(await(sub { overdue() == 3 }), '... which is not counted');

    put('done', 'pending');
    is(list('overdue=true'), 'a p', 'a task that was final is new');
    ok(await(sub { overdue() == 4 }), '... but not for ever');
    ok(await(sub { lines('done') == 1 }), '... and is logged');
}

sub reloaded {
    my $lines = lines();

    ok($nginx->reload, "$store: a reload");
    ok(await(sub { known() }), '... the number is known');
    is(overdue(), 4, '... and the same');
    walks();
    is(scalar(lines()), $lines, '... no task is logged again');
}

# the worker that counts is one of two

sub killed {
    my $lines = lines();

    for my $pid ($nginx->workers) {
        kill 'KILL', $pid;
        ok(await(sub { my @now = $nginx->workers;
                       @now == 2 && !grep { $_ == $pid } @now }),
            "$store: a worker dies");
    }

    walks();
    is(overdue(), 4, '... and all tasks are still counted');
    is(scalar(lines()), $lines, '... not logged again');

    patch('p', '{"state":"aborted"}');
    ok(await(sub { overdue() == 3 }), '... and counted as they are');
}
