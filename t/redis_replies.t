#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Replies match commands only by their order.  An invalid reply to a
# settlement closes the connection: otherwise the next command would get the
# reply of this one, and a change would get the lease and the state of another
# task.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token;

my %replies = (
    'no words'      => "*0\r\n",
    'another word'  => "\$5\r\nowned\r\n",
    'more words'    => "\$11\r\ncommitted 1\r\n",
    'a number'      => ":1\r\n",
    'null'          => "\$-1\r\n",
    'in an array'   => "*1\r\n\$9\r\ncommitted\r\n",
    'that of a reservation' => granted(),
    'good'          => "\$9\r\ncommitted\r\n",
    'lost'          => "\$4\r\nlost\r\n",
);

my $token = token();
my $fake = PrintTask::Redis::Fake->new(\&answer);

for my $name (sort keys %replies) {
    my $bad = $name !~ /^(?:good|lost)$/;

    my $nginx = gateway();

    $fake->clear_commands;
    $fake->mode($name);

    is(patch($nginx)->{status}, 200, "$name: the change is made");
    ok(await(sub { settlements() > 0 }), "$name: and its lease ended");

    if ($bad) {
        ok(await(sub { $nginx->log =~ /is unreachable: unexpected reply/ }),
            "$name: the connection is given up");

        $fake->mode('good');
        ok(await(sub { settlements() > 1 }), "$name: the lease is ended anew");
    }

    $nginx->stop;
    is(settlements(), 1, "$name: one reply is enough") if !$bad;
    unlike($nginx->log, qr/unexpected/, "$name: it is one") if !$bad;
    is($nginx->quiet, '', "$name: nothing alarming");
}

# --- a grant whose parts are missing, or garbage: the back end, which has no
# GET here, is asked for a task whose state is not known

for my $case (['granted', 502], ['granted 1', 502], ['granted x y z', 502],
              ["granted 1 5 pending\n", 200],
              ["granted 1 5 processing\n1\nA", 200],
              ["granted\n\n\n\n\n\n", 502],
              ["granted 1 5 pend\n1\nA\nu\nd", 502],
              ['granted 1 5 ' . 'x' x 3000, 502])
{
    my ($line, $status) = @$case;
    my $nginx = gateway();
    my $what = substr $line =~ s/\n/\\n/gr, 0, 40;

    $fake->clear_commands;
    $fake->mode("=$line");

    is(patch($nginx)->{status}, $status, "$what: a state, or none");
    ok(await(sub { settlements() > 0 }), "$what: and the lease ended");

    $nginx->stop;
    is($nginx->quiet, '', "$what: nothing alarming");
}

# --- what may be an answer, but not to this

for my $line ('applied 1 5 pending 1 u', 'created 1 5', 'absent 1', 'seen 1',
              'busy 1', 'committed')
{
    my $nginx = gateway('print_task_store_down reject;');

    $fake->mode("=$line");

    is(patch($nginx)->{status}, 503, "$line: no reservation");
    ok(await(sub { $nginx->log =~ /is unreachable: unexpected reply/ }),
        "$line: the connection is given up");

    $nginx->stop;
    is($nginx->quiet, '', "$line: nothing alarming");
}

# --- no lease, though nobody has it and any state would do; or no change, though
# it would be legal

for my $case (['forward', 'print_task_store_down pass;'], ['answer', '']) {
    my ($mode, $more) = @$case;

    for my $state ('pending', $mode eq 'forward' ? 'theirs' : ()) {
        my $nginx = PrintTask::Server->new(
            workers => 1, mode => $mode, redis => $fake->address,
            http => 'print_task_key_file ' . jwks_file() . '; ' . $more);

        $fake->mode("*seen 1,$state,d,u,$PrintTask::Token::App,5,1");

        my $response = patch($nginx);

        is($response->{status}, 503, "$mode: seen as $state: refused");
        like($response->{content} // $response->{body}, qr/"storeDown"/,
            "$mode: seen as $state: with the store's reason");

        $nginx->stop;
        is($nginx->quiet, '', "$mode: seen as $state: nothing alarming");
    }
}

# --- a change of the state whose reply has no description

for my $line ('applied 1', 'applied 1 5 pending 1 u') {
    my $nginx = PrintTask::Server->new(
        workers => 1, mode => 'answer', redis => $fake->address,
        http => 'print_task_key_file ' . jwks_file() . ';');

    $fake->mode("=$line");

    is(patch($nginx)->{status}, 503, "$line: nothing is made up");

    $nginx->stop;
    is($nginx->quiet, '', "$line: nothing alarming");
}

# --- a bad reply to a probe, after three operations that were not answered; the
# handshake was answered during the wait for the first one

my $nginx = gateway('print_task_redis_timeout 1s 100ms;');

$fake->mode('silent');
patch($nginx) for 1 .. 4;
ok(await(sub { $nginx->log =~ /it does not answer in time/ }), 'a slow server');

$fake->clear_commands;
$fake->mode('probe');
ok(await(sub { grep { $_ eq 'PING' } $fake->commands }),
    'probe: the connection is given up, and made anew');
$nginx->stop;
is($nginx->quiet, '', 'probe: nothing alarming');

done_testing();


sub gateway {
    my (@more) = @_;

    return PrintTask::Server->new(
        workers => 1, redis => $fake->address,
        http => join ' ', 'print_task_key_file ' . jwks_file() . ';', @more);
}

sub patch {
    my ($nginx) = @_;

    return $nginx->request('PATCH', '/print/taskDefinitions/d/tasks/t',
                           '{"status":{"state":"completed"}}', $token);
}

sub await {
    return PrintTask::Server::await(@_);
}

# the states that the change could be legal from, each with a space

sub is_reservation {
    my (@words) = @_;

    return ($words[6] // '') =~ /\S $/;
}

sub granted {
    return "*7\r\n\$9\r\ngranted 1\r\n\$10\r\nprocessing\r\n"
           . "\$-1\r\n\$-1\r\n\$-1\r\n\$1\r\n5\r\n\$1\r\n1\r\n";
}

sub settlements {
    return scalar grep { /^EVAL/ && !/pending / } $fake->commands;
}

sub answer {
    my ($mode, @words) = @_;

    my $handshake = PrintTask::Redis::Fake::handshake(@words);

    return $handshake if $handshake;
    return if $mode eq 'silent';
    return $words[3] =~ /probe/ ? "+OK\r\n" : undef if $mode eq 'probe';

    if ($mode =~ s/^\*//) {
        my @parts = split /,/, $mode;

        return '*' . @parts . "\r\n"
               . join '', map { '$' . length($_) . "\r\n$_\r\n" } @parts;
    }

    return (is_reservation(@words) ? granted() : $replies{$mode})
        if $mode !~ s/^=//;

    return is_reservation(@words)
           ? '$' . length($mode) . "\r\n$mode\r\n" : $replies{good};
}
