#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The commands of docs/operations.md: each is valid shell.  The commands for
# Redis, keys, logs and backups have the described effect, with a real Redis that
# is restarted.  The test replaces paths, ports and the way to signal nginx.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);
use File::Temp ();
use JSON::PP ();
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(jwks jwks_file token);

*await = \&PrintTask::Server::await;

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');
my $page = PrintTask::Server::slurp("$top/docs/operations.md");
my $dir = File::Temp->newdir('pt-ops-XXXXXX', TMPDIR => 1);
my ($redis, $nginx);

# --- all blocks are shell

my @blocks = $page =~ /^ *```sh\n(.*?)^ *```$/msg;

cmp_ok(scalar @blocks, '>', 8, 'commands are found');

for my $block (@blocks) {
    PrintTask::Server::write_file("$dir/block", $block);
    is(system('bash', '-n', "$dir/block"), 0, 'a block is valid shell');
}

# --- the rights are those of the page on Redis

my ($rights, $same) = map { /^(redis-cli ACL SETUSER gateway on (?:.*\\\n)*.*\n)/m }
                      $page, PrintTask::Server::slurp("$top/docs/redis.md");

like($rights, qr/\+evalsha/, 'there is a user');
is($rights, $same, 'with the rights of docs/redis.md');

# --- the user of Redis: in a file, in redis.conf, or lost

for my $way ('acl file', 'redis.conf', 'nowhere') {
    my $command = block(qr/ACL SAVE/, qr/ACL SETUSER gateway on/);

    $command =~ s/^redis-cli ACL SAVE$/redis-cli CONFIG REWRITE/m or die
        if $way eq 'redis.conf';
    $command =~ s/^redis-cli ACL SAVE$//m or die if $way eq 'nowhere';

    start_redis($way);
    is(run($command), 0, "$way: the commands succeed") or diag output();
    start_nginx();
    is(change('a'), '200', "$way: the gateway has Redis");

    my $denied = $redis->command('ACL', 'LOG');
    is(ref $denied ? scalar @$denied : 0, 0, "$way: the user has all rights");

    $redis->stop;
    $redis->start;

    if ($way eq 'nowhere') {
        ok(await(sub { change('b'); $nginx->log =~ /"WRONGPASS" to AUTH/ }),
            "$way: after a restart of Redis the user is gone");

    } else {
        ok(await(sub { change('b') eq '200' }),
            "$way: after a restart of Redis the user is there");
        unlike($nginx->log, qr/WRONGPASS|NOPERM|NOAUTH/, "$way: no refusal");
    }

    stop_nginx();
}

# --- another password, while requests are served

start_redis('acl file');
run(block(qr/ACL SAVE/, qr/ACL SETUSER gateway on/));
start_nginx();
is(change('a'), '200', 'password: the old one');
is(run(block(qr/'>NEW'/)), 0, 'password: the commands succeed') or diag output();
ok(await(sub { $nginx->log =~ /gracefully shutting down|exiting/ }),
    'password: nginx was reloaded');
is(change('b'), '200', 'password: the gateway has Redis');
$redis->stop;
$redis->start;
ok(await(sub { change('c') eq '200' }), 'password: also after a restart of Redis');
unlike($nginx->log, qr/WRONGPASS|NOAUTH/, 'password: it never had the wrong one');
stop_nginx();

# --- a key set in one step

start_redis('acl file');
run(block(qr/ACL SAVE/, qr/ACL SETUSER gateway on/));
PrintTask::Server::write_file("$dir/new-jwks.json", jwks());
start_nginx();
is(change('a'), '200', 'keys: those from before');
is(run(block(qr/new-jwks\.json/)), 0, 'keys: the commands succeed') or diag output();
is(change('b'), '200', 'keys: the new ones');
unlike($nginx->log, qr/print task key set .* (?:is|has|cannot)/, 'keys: no complaint');
stop_nginx();

# --- the reasons of a dry run

start_redis('acl file');
run(block(qr/ACL SAVE/, qr/ACL SETUSER gateway on/));
start_nginx('print_task_dry_run on;');
$nginx->ask("PATCH /print/taskDefinitions/d/tasks/t HTTP/1.1\r\nHost: x\r\n"
            . "Connection: close\r\nContent-Length: 2\r\n\r\n{}") for 1 .. 3;
change('a');
is(run(block(qr/would be refused: /)), 0, 'dry run: the command succeeds');
like(output(), qr/^ *3 would be refused: tokenMissing$/m, 'dry run: it counts reasons');
stop_nginx();

# --- drain: QUIT ends what is under way, and the leases

start_redis('acl file');
run(block(qr/ACL SAVE/, qr/ACL SETUSER gateway on/));
start_nginx();
is(change('a'), '200', 'drain: a change');
cmp_ok(stop_nginx(), '<', 10, 'drain: nginx ends soon');
is($redis->command('HGET', "print-task:{$PrintTask::Token::Tenant/d}/a", 'lease'),
    undef, 'drain: no lease is left');

# --- a backup of Redis

start_redis('append only');
run(block(qr/ACL SAVE/, qr/ACL SETUSER gateway on/));
start_nginx_answer();
make_tasks(250);

my $tasks = tasks();

is(scalar keys %$tasks, 250, 'backup of Redis: there are tasks');
is(operate(block(qr/redis-cli --rdb/)), 0, 'backup of Redis: the command succeeds')
    or diag output();
spoil();
isnt_deeply(tasks(), $tasks, 'backup of Redis: then tasks are lost');
is(operate(block(qr/print-task\.rdb/, qr/CONFIG REWRITE/)), 0,
    'restored: the commands succeed') or diag output();
is_deeply(tasks(), $tasks, 'restored: all tasks with all versions');
is($redis->command('CONFIG', 'GET', 'appendonly')->[1], 'yes',
    'restored: Redis writes each change again');
is(change('t1', 'aborted'), '200', 'restored: a change');
$tasks = tasks();
$redis->signal('KILL');
$redis->stop;
$redis->start;
is_deeply(tasks(), $tasks, 'restored: a crash of Redis loses nothing');
stop_nginx();

# --- a backup of the file of a memory store

mkdir "$dir/print-task";
start_nginx_answer("print_task_store memory:tasks:1m file=$dir/print-task/tasks.store;");
make_tasks(250);
$tasks = tasks();

is(operate(block(qr{^cp -p /run/print-task}m)), 0, 'backup of a file: done') or diag output();
is_deeply(tasks(), $tasks, 'backup of a file: all tasks are still there');
spoil();
unlink "$dir/print-task/tasks.store";
isnt_deeply(tasks(), $tasks, 'backup of a file: then tasks are lost');
is(operate(block(qr{^cp -p /var/backups/print-task}m)), 0, 'restored: done')
    or diag output();
is_deeply(tasks(), $tasks, 'restored: all tasks with all versions');
is(change('t1', 'aborted'), '200', 'restored: a change');

# --- a backup of tasks

$tasks = states();
is(operate(block(qr/util\/tasks export/) =~ s/^util\/tasks import.*//mr), 0,
    'backup of tasks: the command succeeds') or diag output();
request('DELETE', "t$_") for 1 .. 250;
is(scalar keys %{tasks()}, 0, 'backup of tasks: all are deleted');
is(operate(block(qr/util\/tasks import/) =~ s/^util\/tasks export.*//mr), 0,
    'restored: the command succeeds') or diag output();
is_deeply(states(), $tasks, 'restored: all tasks');
stop_nginx();

done_testing();


# The text of the block that has all of these.

sub block {
    my @has = @_;

    for my $block (@blocks) {
        return $block =~ s/^ +//mgr if !grep { $block !~ $_ } @has;
    }

    die "no block with @has\n";
}

sub run {
    my ($text) = @_;
    my $socket = $redis->address =~ s/^unix://r;
    my $pid = $nginx ? $nginx->{pid} : 0;

    $text =~ s/redis-cli/redis-cli -s $socket/g;
    $text =~ s/PASSWORD|OLD/secret/g;
    $text =~ s{/etc/nginx/print-task/}{$dir/}g;
    $text =~ s{/var/log/nginx/error\.log}{$nginx->{dir}/logs/error.log}g if $nginx;
    $text =~ s/-g www-data//g;
    $text =~ s/new-jwks\.json/$dir\/new-jwks.json/g;
    $text =~ s/nginx -t && systemctl reload nginx/kill -HUP $pid/g;
    $text =~ s{/var/lib/redis/}{$dir/}g;
    $text =~ s{/var/backups/}{$dir/}g;
    $text =~ s{/run/print-task/}{$dir/print-task/}g;
    $text =~ s{/etc/redis/redis\.conf}{$dir/redis.conf}g;
    $text =~ s/-o redis -g redis//g;
    $text =~ s/DEFINITION/d/g;
    $text =~ s{https://print\.example\.com/v1\.0}
              {http://127.0.0.1:$nginx->{port}}g if $nginx;
    $text =~ s{^util/}{$top/util/}mg;

    # redis-cli says what is wrong, and ends well

    PrintTask::Server::write_file("$dir/run", "set -e\n$text");

    my $status = system("bash $dir/run > $dir/out 2>&1");

    return $status || (output() =~ /^\(error\)|^ERR/m ? 1 : 0);
}

# runs a block; this test starts and stops the servers itself

sub operate {
    my ($text) = @_;
    my %server = (nginx => $nginx, 'redis-server' => $redis);
    my ($rest, $status) = ('', 0);

    for my $line (split /^/, "$text\n") {
        if ($line =~ /^(?:nginx -t && )?systemctl (start|stop) (\S+)/) {
            $status ||= run($rest);
            $rest = '';
            $server{$2}->$1;

        } else {
            $rest .= $line;
        }
    }

    return $status || run($rest);
}

sub output {
    return PrintTask::Server::slurp("$dir/out");
}

sub start_redis {
    my ($way) = @_;

    PrintTask::Server::write_file("$dir/redis.password", "secret\n");
    unlink "$dir/users.acl", "$dir/redis.conf";

    my %conf = (appendonly => 'yes', dir => "$dir");

    if ($way ne 'redis.conf' && $way ne 'nowhere') {
        PrintTask::Server::write_file("$dir/users.acl", '');
        $conf{aclfile} = "$dir/users.acl";
    }

    system('rm', '-rf', "$dir/appendonlydir", "$dir/appendonly.aof");
    PrintTask::Server::write_file("$dir/redis.conf", "# of this test\n");

    if ($way eq 'append only') {
        $conf{appendonly} = undef;
        PrintTask::Server::write_file("$dir/redis.conf",
                                      "appendonly yes\nappendfsync always\n");
    }

    $redis = PrintTask::Redis->new(%conf, conf_file => "$dir/redis.conf");
}

sub start_nginx {
    my ($location) = @_;

    unlink "$dir/jwks.json";
    PrintTask::Server::write_file("$dir/jwks.json", jwks());

    $nginx = PrintTask::Server->new(
        workers => 1, location => $location,
        redis => $redis->address . " user=gateway password_file=$dir/redis.password",
        http => "print_task_key_file $dir/jwks.json; print_task_store_down reject;",
        passed => 'default_type application/json;
                   if ($request_method = GET) {
                       return 200 \'{"id":"$print_task_id","status":{"state":"pending"}}\';
                   }
                   return 204;');
}

sub start_nginx_answer {
    my ($store) = @_;

    unlink "$dir/jwks.json";
    PrintTask::Server::write_file("$dir/jwks.json", jwks());

    $nginx = PrintTask::Server->new(
        workers => 1, mode => 'answer',
        store => $store // 'print_task_redis ' . $redis->address
                           . " user=gateway password_file=$dir/redis.password;",
        http => "print_task_key_file $dir/jwks.json;",
        location => 'print_task_admin 127.0.0.1;
                     print_task_tenant ' . $PrintTask::Token::Tenant . ';');
}

# tasks of the definition "d", some of them changed

sub make_tasks {
    my ($n) = @_;

    for my $i (1 .. $n) {
        request('PUT', "t$i", '{"status":{"state":"pending","description":"' . $i . '"}}');
        change("t$i", $i % 5 ? 'processing' : 'completed') if $i % 2;
    }
}

# what happens after a backup

sub spoil {
    change('t1', 'completed');
    request('DELETE', 't2');
    request('PUT', 'new', '{"status":{"state":"pending"}}');
    $redis->command('FLUSHALL') if $nginx->{store} =~ /print_task_redis/;
}

# all tasks, by their ids

sub tasks {
    my %tasks;
    my $query = '';

    while (defined $query) {
        my $got = serve('GET', $query);
        my $page = JSON::PP::decode_json($got->{body});

        last if !$page->{value};

        $tasks{$_->{id}} = $_ for @{$page->{value}};
        ($query) = ($page->{'@odata.nextLink'} // '') =~ /(\?.*)/;
    }

    return \%tasks;
}

# without their versions

sub states {
    my $tasks = tasks();

    return { map { ($_ => $tasks->{$_}{status}) } keys %$tasks };
}

# requests of the print service, which needs no token

sub request {
    my ($method, $task, $body) = @_;
    my $got = serve($method, "/$task", $body);

    like($got->{status}, qr/^20[014]$/, "$method $task") if $got->{status} !~ /^20/;
}

sub serve {
    my ($method, $path, $body) = @_;

    $body //= '';

    return $nginx->ask("$method /print/taskDefinitions/d/tasks$path HTTP/1.1\r\n"
                       . "Host: localhost\r\nConnection: close\r\n"
                       . "Content-Type: application/json\r\nContent-Length: "
                       . length($body) . "\r\n\r\n$body");
}

sub isnt_deeply {
    my ($got, $other, $name) = @_;
    my $json = JSON::PP->new->canonical;

    isnt($json->encode($got), $json->encode($other), $name);
}

sub stop_nginx {
    my $took = $nginx->stop;

    is($nginx->quiet, '', 'nothing alarming');
    undef $nginx;

    return $took;
}

sub change {
    my ($task, $state) = @_;
    my $got = $nginx->request('PATCH', "/print/taskDefinitions/d/tasks/$task",
                              sprintf '{"status":{"state":"%s"}}',
                                      $state // 'processing');

    return $got ? join ' ', grep { defined } $got->{status} =~ s/^204$/200/r,
                                             $got->{reason}
                : 'none';
}
