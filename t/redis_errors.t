#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Error replies of Redis: which concern one command and which the server, the
# log lines, and the recovery.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my $token = token();
my $fake = PrintTask::Redis::Fake->new(\&answer);
my $nginx;

# the connection stays: others may be answered

refused('OOM', qr/it is out of memory/);
refused('MISCONF', qr/cannot write its data/);
refused('NOREPLICAS', qr/too few replicas/);
refused('NOPERM', qr/the user lacks rights/);
refused('MOVED', qr/this is a Redis Cluster/);
refused('ASK', qr/this is a Redis Cluster/);
refused('ERR', qr/ERR"$/m);
refused('SOMETHING', qr/SOMETHING"$/m);

# another connection is made, when it is time

dropped('LOADING', qr/it is still loading its data/);
dropped('BUSY', qr/a script is running/);
dropped('MASTERDOWN', qr/cut off from its master/);
dropped('CLUSTERDOWN', qr/the cluster is down or lacks slots/);
dropped('TRYAGAIN', qr/being moved to another node/);
dropped('READONLY', qr/it is a replica/);
dropped('NOAUTH', qr/it requires a password/);
dropped('WRONGPASS', qr/the password is wrong/);

# in a script, as Redis before 7 reports it

my $script = 'ERR Error running script (call to f_0): @user_script:7: '
             . '@user_script: 7: -';

dropped('READONLY', qr/it is a replica/, $script);
refused('OOM', qr/it is out of memory/, $script);

# a handshake that is answered so is no connection

handshake('LOADING', 'PING', qr/it is still loading its data/);
handshake('NOAUTH', 'PING', qr/it requires a password/);
handshake('NOPERM', 'PING', qr/the user lacks rights/);
handshake('WRONGPASS', 'AUTH', qr/the password is wrong/);
handshake('ERR', 'SELECT', qr/ERR" to SELECT$/m);

# a script that is not there is sent

start();
$fake->mode('EVALSHA NOSCRIPT');

is($nginx->get($token)->{status}, 404, 'NOSCRIPT: the request is answered');
is(scalar(grep { /^EVAL / } $fake->commands), 1, 'NOSCRIPT: by EVAL');
unlike($nginx->log, qr/print task: redis/, 'NOSCRIPT: nothing is logged');

# one that cannot be sent, either, is an error like others

$fake->mode('EVAL NOSCRIPT');

is($nginx->get($token)->{reason}, 'storeDown', 'NOSCRIPT, to EVAL, too');

stop();

done_testing();


sub start {
    stop();

    $fake->mode('good');
    $fake->clear_commands;

    $nginx = PrintTask::Server->new(
        mode => 'answer', workers => 1,
        redis => $fake->address . " ping=0 @_",
        http => 'print_task_key_file ' . jwks_file() . ';');
}

sub stop {
    return if !$nginx;

    ok(defined $nginx->stop && $nginx->quiet eq '', 'nginx ends, and was quiet');
    undef $nginx;
}

sub handshakes {
    return scalar grep { $_ eq 'PING' } $fake->commands;
}

sub error {
    my ($word, $hint, $before) = @_;

    start();
    ok(PrintTask::Server::await(sub { $nginx->get($token)->{status} == 404 }),
        "$word: good at first");

    $fake->mode('EVALSHA ' . ($before // '') . $word);

    is($nginx->get($token)->{reason}, 'storeDown', "$word: store down");
    like($nginx->log, qr/redis "[^"]+" refuses commands: "$word"/,
        "$word: is logged");
    like($nginx->log, $hint, "$word: with a hint");
    unlike($nginx->log, qr/secret/, "$word: without the text");
}

sub refused {
    my ($word, $hint, $before) = @_;

    error($word, $hint, $before);

    is($nginx->get($token)->{reason}, 'storeDown', "$word: again");
    is(() = $nginx->log =~ /refuses commands/g, 1, "$word: logged once");

    $fake->mode('good');

    is($nginx->get($token)->{status}, 404, "$word: over");
    is(handshakes(), 1, "$word: the connection is the same");
}

sub dropped {
    my ($word, $hint, $before) = @_;

    error($word, $hint, $before);

    $fake->mode('good');

    ok(PrintTask::Server::await(sub { $nginx->get($token)->{status} == 404 }),
        "$word: over");
    is(handshakes(), 2, "$word: another connection");
    is(() = $nginx->log =~ /refuses commands/g, 1, "$word: logged once");
}

sub handshake {
    my ($word, $command, $hint) = @_;
    my $password = PrintTask::Server::free_port();
    my $file = File::Temp->new;

    print {$file} "$password\n";
    close $file;

    start("db=1 password_file=$file");
    $fake->mode("$command $word");

    is($nginx->get($token)->{reason}, 'storeDown', "$word to $command");
    ok(PrintTask::Server::await(sub { grep({ /^$command/ } $fake->commands) > 2 }),
        "$word to $command: it is tried again");
    is(() = $nginx->log =~ /it answered "$word" to $command/g, 1,
        "$word to $command: logged once");
    like($nginx->log, $hint, "$word to $command: with a hint");
    unlike($nginx->log, qr/$password|secret/,
        "$word to $command: without the text");

    $fake->mode('good');

    ok(PrintTask::Server::await(sub { $nginx->get($token)->{status} == 404 }),
        "$word to $command: over");
    is(() = $nginx->log =~ /is back/g, 1, "$word to $command: logged");
}

# the mode is a command and its error

sub answer {
    my ($mode, @words) = @_;
    my ($command, $error) = split ' ', $mode, 2;

    if ($command eq $words[0] || "$command $words[0]" eq 'EVAL EVALSHA') {
        return "-$error secret\r\n";
    }

    return PrintTask::Redis::Fake::handshake(@words)
           // "\$8\r\nabsent 1\r\n";
}
