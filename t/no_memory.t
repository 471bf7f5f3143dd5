#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# One of N allocations of a worker fails, for N from 1000 down to 25.  The
# worker survives, the back end gets only checked changes, each once, and with
# memory all requests succeed again.

use strict;
use warnings;

use lib 't/lib';

use File::Temp ();
use IO::Compress::Gzip qw(gzip);
use IO::Socket::INET;
use Test::More;

use PrintTask::Events;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Service qw(first_state);
use PrintTask::Token qw(token jwks_file jwks);
use PrintTask::Witness;

*await = \&PrintTask::Server::await;

plan skip_all => 'the sanitizer has an allocator of its own'
    if $ENV{TEST_NGINX_LD_PRELOAD};

my $rounds = $ENV{NO_MEMORY_ROUNDS} // 12;      # of all kinds, for each N
my $seed = $ENV{NO_MEMORY_SEED} // 1;

my $dir = File::Temp->newdir('pt-oom-XXXXXX', TMPDIR => 1);
my $source = 't/lib/PrintTask/oom.c';

system('cc', '-O2', '-shared', '-fPIC', '-o', "$dir/oom.so", $source) == 0
    or plan skip_all => "cannot compile $source";

open my $control, '+>', "$dir/control" or die "control: $!\n";
fail_one_of(0);

my $redis = PrintTask::Redis->new;
my $service = PrintTask::Service->new;
my $key_server = PrintTask::Server::Keys->new;

$key_server->answer(PrintTask::Server::response(200, jwks()));

my $keys = jwks_file();
my $witness = PrintTask::Witness->new;
my $good = token();
my $admin = token(claims => { roles => ['PrintTask.Admin'] });
my $revoked = token(claims => { uti => 'revoked' });
my $lists = 0;
my (@listeners, %position);

revoke();

my $nginx = start();
my @old;
my $n = 0;

ok(await(sub { @old = $nginx->workers; @old == 2 }), 'two workers');
ok(await(sub { kinds(1) eq '' }), 'all is well at first') or diag kinds(1);

for my $of (1000, 300, 100, 50, 25) {
    fail_one_of($of);
    kinds() for 1 .. $rounds;
    fail_one_of(0);

    ok(await(sub { kinds(1) eq '' }), "one of $of failed, and all is well")
        or diag kinds(1);

    is("@{[$nginx->workers]}", "@old", "one of $of failed: the workers live")
        or diag join "\n", $nginx->log =~ /^.*(?:nginx|\.so)\(.*$/mg;
}

my @complaints = map { $witness->complaint($_) } $service->requests;

is(scalar @complaints, 0, 'what the back end got is what was judged')
    or diag $complaints[0];

is(join(' ', grep { $witness->changes($_) > 1 } 1 .. $n), '',
    'no change was made twice');

cmp_ok(scalar(grep { $witness->changes($_) } 1 .. $n), '>', 20,
    'changes were made');

like($nginx->log, qr/malloc\(\d+\) failed|posix_memalign\(.*\) failed/,
    'allocations failed');

ok(defined $nginx->stop, 'nginx ends');

is(join('', grep { !/\[emerg\].*(?:malloc|posix_memalign|realloc)/ }
            split /^/, $nginx->quiet), '', 'nothing else is alarming');

done_testing();


sub fail_one_of {
    my ($of) = @_;

    sysseek $control, 0, 0;
    syswrite $control, pack 'LL', $of, $seed++;
}

# a list of another length each time, so that nginx reads it again

sub revoke {
    my $ids = join ',', map { qq({"id":"$_"}) } 'revoked',
                                                map { "other$_" } 1 .. ++$lists;

    open my $out, '>', "$dir/revoked.new" or die "revoked.new: $!\n";
    print $out qq({"tokens":[$ids]});
    close $out or die "revoked.new: $!\n";

    rename "$dir/revoked.new", "$dir/revoked.json" or die "revoked.json: $!\n";
}

sub start {
    local $ENV{TEST_NGINX_LD_PRELOAD} = "$dir/oom.so";
    local $ENV{OOM_FILE} = "$dir/control";

    my $backend = 'http://' . $service->address;

    return PrintTask::Server->new(
        workers => 2, store => 'print_task_store memory:default:1m;',
        http => 'request_pool_size 256; connection_pool_size 256;
                 client_header_buffer_size 256; client_max_body_size 2k;',
        server => "
            location /memory/ {
                print_task forward;
                print_task_key_file $keys;
                print_task_store memory:forward:1m;
                proxy_pass $backend;
            }

            location /redis/ {
                print_task forward;
                print_task_key_file $keys;
                print_task_store redis;
                print_task_redis @{[$redis->address]};
                proxy_pass $backend;
            }

            location /fetched/ {
                print_task forward;
                print_task_key_request /_keys;
                print_task_key_refresh 1h 1s;
                print_task_store memory:fetched:1m;
                proxy_pass $backend;
            }

            location /revoked/ {
                print_task forward;
                print_task_key_file $keys;
                print_task_revoked_file $dir/revoked.json;
                print_task_store memory:revoked:1m;
                proxy_pass $backend;
            }

            location /answer/ {
                print_task answer;
                print_task_key_file $keys;
                print_task_store memory:answer:1m;
                print_task_events on;
                print_task_overdue 1s;
                print_task_admin role=PrintTask.Admin;
            }

            location /answer-redis/ {
                print_task answer;
                print_task_key_file $keys;
                print_task_store redis;
                print_task_redis @{[$redis->address]} db=1;
                print_task_events on;
                print_task_overdue 1s;
                print_task_admin role=PrintTask.Admin;
            }

            location = /_keys {
                internal;
                proxy_pass http://@{[$key_server->address]}/;
            }",
        location => "print_task_key_file $keys;");
}

# A request of each kind; what was answered other than it should be.

sub kinds {
    my ($checked) = @_;
    my @wrong;

    revoke();

    for my $kind (
        (map { my $place = $_;
               map { ["/$place", 'PATCH', $_, 200] } qw(good gzip description)
             } qw(memory redis fetched)),
        ['/redis', 'PATCH', 'repeat', 200],
        ['/memory', 'PATCH', 'illegal', 409], ['/redis', 'PATCH', 'illegal', 409],
        ['/memory', 'PATCH', 'json', 400], ['/redis', 'PATCH', 'large', 413],
        ['/memory', 'PATCH', 'token', 401], ['/fetched', 'PATCH', 'kid', 401],
        ['/revoked', 'PATCH', 'good', 200], ['/revoked', 'PATCH', 'revoked', 401],
        ['/memory', 'GET', '', 200], ['/redis', 'GET', '', 200],
        (map { my $place = $_;
               (["/$place", 'GET', 'events', 200],
                ["/$place", 'PUT', 'good', 201], ["/$place", 'GET', 'last', 200],
                ["/$place", 'PATCH', 'last', 200])
             } qw(answer answer-redis)))
    {
        my $status = one(@$kind);

        push @wrong, "@$kind: $status"
            if $checked && $status != $kind->[3];
    }

    return join '; ', @wrong;
}

# Goes on where the last listener was.  The changes that follow are sent to the
# last three.

sub listen_to {
    my ($place) = @_;
    my $l = PrintTask::Events->new($nginx->{port}, token => $admin,
        path => "$place/print/taskDefinitions/d/tasks",
        after => $position{$place});

    push @listeners, $l;
    shift(@listeners)->close if @listeners > 3;

    return $l->{status} // 0 if ($l->{status} // 0) != 200;

    for (1, 2) {
        my $message = $l->next(1) // return 'no position';

        $position{$place} = $message->{id} if defined $message->{id};
    }

    return 200;
}

my $last;

sub one {
    my ($place, $method, $what) = @_;
    my $answer = $place =~ /answer/;

    return listen_to($place) if $what eq 'events';

    # a task that the back end has as "processing", or as "completed"

    my $want = $what eq 'illegal' ? 'completed' : 'processing';
    my $id;

    do { $id = 't' . ++$n } while first_state($id) ne $want;

    $id = $last if $what eq 'last' || $what eq 'repeat' && defined $last;
    $last = $id;

    my %update = (state => $what eq 'illegal' ? 'aborted' : 'completed');

    $update{description} = "text $n" if $what eq 'description';
    $update{state} = 'processing' if $method eq 'PUT';

    my $body = '{"status":{' . join(',', map { qq("$_":"$update{$_}") }
                                            reverse sort keys %update) . '}}';

    $witness->expect($n, $method eq 'PATCH' && !$answer
        && $what !~ /^(?:illegal|json|large|token|kid|revoked)$/
            ? (definition => 'd', task => $id, %update) : ());

    my @fields;

    if ($what eq 'gzip') {
        gzip(\$body => \my $gzipped);
        $body = $gzipped;
        push @fields, 'Content-Encoding: gzip';
    }

    $body = '{"status":' if $what eq 'json';
    $body = '{"status":' . ' ' x 3000 . '{}}' if $what eq 'large';

    my $token = $what eq 'token' ? undef : $what eq 'kid'
                ? token(header => { kid => "other$n" })
                : $what eq 'revoked' ? $revoked
                : $method eq 'PUT' ? $admin : $good;

    push @fields, "Authorization: Bearer $token" if defined $token;
    push @fields, 'Content-Type: application/json',
                  'Content-Length: ' . length $body if $method ne 'GET';

    my $response = $nginx->ask(join "\r\n",
        "$method $place/print/taskDefinitions/d/tasks/$id HTTP/1.1",
        'Host: localhost', 'Connection: close', "X-Spelling: $n", @fields, '',
        $method eq 'GET' ? '' : $body);

    return $response ? $response->{status} : 0;
}
