#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The print services of docs/examples, in both languages and with both stores.
# They create tasks for their jobs, and end each job when an application has
# changed its task: also after a pause of the service, after a reload of nginx,
# and when the stream does not keep the events any more.

use strict;
use warnings;

use lib 't/lib';

use File::Temp ();
use JSON::PP ();
use POSIX ();
use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $keep = 20;                                  # events
my $path = '/print/taskDefinitions/d/tasks';
my $redis = PrintTask::Redis->new;

my @services = grep { system("$_->[0] --version > /dev/null 2>&1") == 0 }
    ['python3', 'docs/examples/print_service.py'],
    ['node', 'docs/examples/print_service.mjs'];

plan skip_all => 'neither python3 nor node' if !@services;

my $application = token();
my $dir = File::Temp->newdir('pt-spool-XXXXXX', TMPDIR => 1);
my ($nginx, $spool, $pid, $command);

spew("$dir/token", token(claims => { roles => ['PrintTask.Admin'] }));

for my $store ('print_task_store memory:m:1m;',
               'print_task_redis ' . $redis->address . ';')
{
    for my $service (@services) {
        my $name = "$service->[0] " . ($store =~ /redis/ ? 'Redis' : 'memory');

        $redis->command('FLUSHALL');

        $nginx = PrintTask::Server->new(
            mode => 'answer', store => $store,
            http => 'log_format accept "$request_method $uri $status '
                    . '$http_accept";',
            location => 'print_task_key_file ' . jwks_file() . ";
                         print_task_admin role=PrintTask.Admin;
                         print_task_events on keep=$keep;
                         access_log logs/access.log accept;");

        $spool = "$dir/" . ($name =~ tr/ /-/r);
        $command = $service;

        mkdir $_ or die "$_: $!\n" for $spool, "$spool/held";

        service($name);

        ok(defined $nginx->stop, "$name: nginx ends");
        is($nginx->quiet, '', "$name: nothing is alarming");
    }
}

done_testing();


sub service {
    my ($name) = @_;

    job($_) for 1 .. 3;
    begin();

    ok(await(sub { held(1, 2, 3) }), "$name: jobs get tasks");

    change(1, 'completed');
    ok(await(sub { moved(1, 'printed') }), "$name: a completed task");
    ok(await(sub { state(1) eq '' }), "$name: ... is deleted");

    change(2, 'aborted');
    ok(await(sub { moved(2, 'dropped') }), "$name: an aborted task");
    ok(await(sub { state(2) eq '' }), "$name: ... is deleted");
    ok(-e "$spool/held/3", "$name: the job of another task stays");

    job(4);
    ok(await(sub { held(4) }), "$name: a job that comes later");

    end();
    change(3, 'completed');
    spew("$nginx->{dir}/logs/access.log", '');
    begin();

    ok(await(sub { moved(3, 'printed') }),
        "$name: a task that changed while the service was away");
    unlike(PrintTask::Server::slurp("$nginx->{dir}/logs/access.log"),
        qr{^GET $path 200 (?!text/event-stream)}m,
        "$name: ... is heard of without a list");

    $nginx->reload;
    change(4, 'completed');
    ok(await(sub { moved(4, 'printed') }), "$name: a reload of nginx");

    job($_) for 5, 6;
    ok(await(sub { held(5, 6) }), "$name: jobs after a reload");

    end();
    change(5, 'completed');
    change(6, 'processing', "page $_") for 1 .. 8 * $keep;
    spew("$nginx->{dir}/logs/access.log", '');
    begin();

    ok(await(sub { moved(5, 'printed') }), "$name: events were cut off");
    like(PrintTask::Server::slurp("$nginx->{dir}/logs/access.log"),
        qr{^GET $path 200 (?!text/event-stream)}m,
        "$name: ... so the tasks are listed");

    change(6, 'aborted');
    ok(await(sub { moved(6, 'dropped') }), "$name: and later events are there");

    end();

    is_deeply([sort map { s{.*/(.*/.*)}{$1}r } glob "$spool/*/*"],
        [qw(dropped/2 dropped/6 printed/1 printed/3 printed/4 printed/5)],
        "$name: each job has ended once");
}

sub begin {
    $pid = fork // die "fork: $!\n";

    if ($pid == 0) {
        open STDERR, '>>', "$spool/log";
        exec @$command, "http://127.0.0.1:$nginx->{port}$path", $spool,
             "$dir/token" or POSIX::_exit(1);
    }
}

sub end {
    kill 'KILL', $pid;
    waitpid $pid, 0;
    undef $pid;
}

sub job {
    my ($id) = @_;

    spew("$spool/held/$id", "job $id\n");
}

# The service takes the files of a directory in any order.

sub held {
    my @ids = @_;

    return !grep { state($_) ne 'processing' } @ids;
}

sub moved {
    my ($id, $where) = @_;

    return -e "$spool/$where/$id" && !-e "$spool/held/$id";
}

sub state {
    my ($id) = @_;
    my $response = ask('GET', $id);

    return $response->{status} == 200
           ? JSON::PP::decode_json($response->{body})->{status}{state} : '';
}

sub change {
    my ($id, $state, $description) = @_;
    my %status = (state => $state);

    $status{description} = $description if defined $description;

    my $response = ask('PATCH', $id,
                       JSON::PP::encode_json({ status => \%status }));

    is($response->{status}, 200, "task $id: $state")
        if !defined $description || $response->{status} != 200;
}

sub ask {
    my ($method, $id, $body) = @_;

    $nginx->{token} = $application;

    return $nginx->request($method, "$path/$id", $body)
           // { status => 0, body => '' };
}

sub spew {
    my ($file, $text) = @_;

    open my $out, '>', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
}

END {
    if ($pid) {
        my $status = $?;

        end();
        diag PrintTask::Server::slurp("$spool/log") // '';
        $? = $status;
    }
}
