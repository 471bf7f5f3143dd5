#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A change of a task has many spellings.  Whatever it looks like, it is judged
# for what it means, and the back end gets it in one form; what servers may
# read in different ways does not get there.
#
# The spellings are made by chance: SEED=N makes those of another run again,
# ROUNDS=N makes more of them.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Defaults;
use PrintTask::Hostile;
use PrintTask::Play;
use PrintTask::Spelling;

my $seed = $ENV{SEED} // 20261126;
my $rounds = $ENV{ROUNDS} // 1;

my $play = PrintTask::Play->new;

diag("SEED=$seed");
srand $seed;

# --- what is valid: each task is changed by several spellings of its path

my @tasks = map { $play->task(pick(@States)) } 1 .. 230 * $rounds;

# ids that differ in case name different tasks, unless they are GUIDs

for (1 .. 20 * $rounds) {
    my $task = $play->short_task(pick(@States));

    push @tasks, $task, { %$task, id => uc $task->{id} };
}

for my $turn (1 .. 5) {
    $play->send(map { $play->change($_) } @tasks);
}

$play->none('changes in all spellings are judged for what they mean',
            $play->failures);

# --- the path, with each of its characters encoded, once and twice

for my $state (qw(pending completed)) {
    for my $at (0 .. length($play->path($play->short_task($state))) - 1) {
        my ($once, $twice) = map { $play->short_task($state) } 1, 2;
        my $char = substr $play->path($once), $at, 1;

        $play->send(
            $play->change($once, refused => $char eq '/',
                          path => put_in($once, $at, 1, encoded($char))),
            $play->change($twice, refused => 1,
                          path => put_in($twice, $at, 1,
                                         encoded($char) =~ s/%/%25/r)));
    }
}

$play->none('each character may be encoded once, but for slashes; none twice',
            $play->failures);

# --- something is put in, anywhere: some of it makes another id, the rest is
# no path; an illegal change gets through by none

for my $odd ('.', '/', '//', '/../', '%2e%2e/', '%2F', '%5c', '\\', ';',
             ';a=b', '%00', '%', '%25', '#', "'", '(', '%20', "\t", '*', "\xe9")
{
    $play->send(map { my $task = $play->short_task('completed');

                      $play->change($task, any => 1,
                                    path => put_in($task, $_ * 3, 0, $odd)) }
                0 .. 15);
}

$play->none('nothing that is put in makes an illegal change a legal one',
            $play->failures);

# --- what must be refused, be it a legal change or not

for my $state ((qw(pending completed)) x $rounds) {
    refused($state, map { hostile($_) } qw(path method field body message));
    refused($state, hostile('path'), 'merge');
}

$play->none('what may be read in different ways is refused',
            $play->failures);

# --- what has come out of the gateway

$play->none('the back end has got nothing but what was meant',
            $play->end);
$play->none('no client has caused an alarm', $play->alarms);

my %count = $play->count;

note(join ', ', map { "$_: $count{$_}" } sort keys %count);

cmp_ok($count{sent}, '>', 2000, "$count{sent} spellings were sent");
cmp_ok($count{$_}, '>', 200, "$count{$_} of them $_")
    for qw(forwarded answered refused);

done_testing();

sub refused {
    my ($state, @kinds) = @_;
    my $host = ref $kinds[-1] ? undef : pop @kinds;

    $play->send(map { $play->change($play->task($state), refused => 1,
                                    hostile => $_, host => $host,
                                    update => { state => pick(@States) }) }
                @kinds);
}

sub put_in {
    my ($task, $at, $length, $text) = @_;
    my $path = $play->path($task);

    substr $path, $at, $length, $text;

    return $path;
}
