#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The spellings of t/spellings.t over HTTP/2, fewer of them.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Defaults;
use PrintTask::Hostile;
use PrintTask::Play;
use PrintTask::Spelling;

my $seed = $ENV{SEED} // 20261126;

my $play = PrintTask::Play->new(http2 => 1);

diag("SEED=$seed");
srand $seed;

my @tasks = map { $play->task(pick(@States)) } 1 .. 50;

for (1 .. 5) {
    my $task = $play->short_task(pick(@States));

    push @tasks, $task, { %$task, id => uc $task->{id} };
}

for my $turn (1 .. 3) {
    $play->send(map { $play->change($_) } @tasks);
}

$play->none('changes in all spellings are judged for what they mean',
            $play->failures);

for my $kind (map { hostile($_) } qw(path method field body message)) {
    $play->send($play->change($play->task(pick(qw(pending completed))),
                              update => { state => pick(@States) },
                              refused => 1, hostile => $kind));
}

$play->none('what may be read in different ways is refused',
            $play->failures);

$play->none('the back end has got nothing but what was meant',
            $play->end);
$play->none('no client has caused an alarm', $play->alarms);

my %count = $play->count;

cmp_ok($count{$_}, '>', 20, "$count{$_} were $_")
    for qw(forwarded answered refused);

done_testing();
