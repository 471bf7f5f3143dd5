#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The Redis scripts with a stream of events, with a private redis-server: what
# each change appends to the stream, and what a reader of it gets.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use Test::More;
use Time::HiRes qw(time);

my $dir = tempdir('redis-events-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $path = "$dir/redis.sock";
my $sources = dirname(__FILE__) . '/../src/redis';

my ($task, $index, $stream) = ('t:{d}/one', 'i:{d}', 's:{d}');
my $hour = 3_600_000;
my $keep = 1000;

my ($table) = slurp("$sources/../core/pt_task.c")
              =~ /pt_state_names\[.*? = \{\n(.*?)^\};/ms;
my @states = $table =~ /ngx_string\("(\w+)"\)/g;

my ($pid, $log) = start_server();
my $redis = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!";

# --- put

my $created = put('pending', 'd', 'u', 'A');

is_deeply(last_event(),
    { type => 'created', task => 'one', state => 'pending',
      description => 'd', parentUrl => 'u', app => 'A',
      rev => $created->[2], time => $created->[1] },
    'put: an event with all fields of the new task');

put('processing', undef, undef, undef);

my $event = last_event();

is($event->{type}, 'updated', 'put: of a task that is there is an update');
is_deeply([sort keys %$event], [qw(rev state task time type)],
    'put: fields that are null are left out');
is($event->{rev}, $created->[2] + 1, 'put: the event has the new rev');

appends(0, 'put: for another version',
    sub { put_if(' 1 ', 'pending', 'd', 'u', 'A') });

# --- apply

my $apply = apply('pending processing', 'completed', 'done', 'set');

is_deeply(last_event(),
    { type => 'updated', task => 'one', state => 'completed',
      description => 'done', rev => $apply->[2], time => $apply->[1] },
    'apply: an event with the state after the change');

apply('completed', '', '', 'keep');
is(last_event()->{description}, 'done',
    'apply: an event has the description that the change keeps');

apply('completed', '', '', 'null');
ok(!exists last_event()->{description},
    'apply: an event has no description that became null');

appends(0, 'apply: of a state that is no source',
    sub { apply('pending', 'aborted', '', 'keep') });

# --- delete

my $rev = command('HGET', $task, 'rev');

appends(0, 'delete: of another version', sub { delete_task(' 1 ') });
appends(1, 'delete', sub { delete_task('*') });

$event = last_event();

is_deeply([@$event{qw(type task state)}], ['deleted', 'one', 'completed'],
    'delete: an event with the last state');
is($event->{rev}, $rev + 1, 'delete: the event has a rev of its own');
appends(0, 'delete: a second time', sub { delete_task('*') });

# --- the order of the events of a task

my ($wrong, $last) = (0, 0);

for (1 .. 200) {
    put('pending', 'd', 'u', 'A');
    $wrong++ unless last_event()->{rev} > $last;
    $last = last_event()->{rev};
    delete_task('*');
    $wrong++ unless last_event()->{rev} > $last;
    $last = last_event()->{rev};
}

is($wrong, 0, 'a task that is deleted and made again has a greater rev');

# --- a long key: the search for the id in it must not be quadratic

my @short = ($task, $index, $stream);

($task, $index, $stream) = map { "$_:{" . 'd' x 20_000 . '}' } qw(t i s);
$task .= '/one';
put('pending', 'd', 'u', 'A');

my @times = map {
    my $start = time();

    put('pending', 'd', 'u', 'A');
    apply('pending', 'pending', 'd', 'set');
    time() - $start;
} 1 .. 5;

is(last_event()->{task}, 'one', 'a long key: the event has the id');
cmp_ok((sort { $a <=> $b } @times)[0], '<', 0.1,
    'a long key: an event takes no longer');
delete_task('*');

($task, $index, $stream) = @short;

# --- commit

command('DEL', $task);
reserve('l1');
appends(1, 'commit: of a state that was not known',
    sub { commit('l1', 'processing', 'd', 'u', 'A') });
is_deeply([@{last_event()}{qw(type task state description parentUrl app rev)}],
    ['updated', 'one', 'processing', 'd', 'u', 'A',
     command('HGET', $task, 'rev')], 'commit: the event');
appends(0, 'commit: a second time',
    sub { commit('l1', 'processing', 'd', 'u', 'A') });

reserve('l2');
appends(0, 'commit: of what is stored',
    sub { commit('l2', 'processing', 'd', 'u', 'B') });

reserve('l3');
appends(1, 'commit: of another description',
    sub { commit('l3', 'processing', undef, 'u', 'A') });
ok(!exists last_event()->{description}, 'commit: null is left out');

reserve('l4');
appends(0, 'commit: of null that was null',
    sub { commit('l4', 'processing', undef, 'u', 'A') });

# --- a stream key with something else

command('DEL', $task, $index);
put('pending', 'd', 'u', 'A');

my $before = command('HGETALL', $task);

command('RENAME', $stream, 'away');
command('SET', $stream, 'x');

is(error_of(sub { put('aborted', 'e', 'u', 'A') }), 'WRONGTYPE',
    'put: a stream key of another type is an error');
is(error_of(sub { apply('pending', 'aborted', '', 'keep') }), 'WRONGTYPE',
    'apply: also');
is(error_of(sub { delete_task('*') }), 'WRONGTYPE', 'delete: also');
is(error_of(sub { events('') }), 'WRONGTYPE', 'events: also');
is_deeply(command('HGETALL', $task), $before, 'nothing was changed');
is(command('ZCARD', $index), 1, 'nor was the index');

reserve('l5');
is(error_of(sub { commit('l5', 'aborted', 'e', 'u', 'A') }), 'WRONGTYPE',
    'commit: also');
is_deeply(command('HMGET', $task, 'state', 'lease'), [undef, undef],
    'commit: the lease has ended, and the state is unknown');
is(command('GET', $stream), 'x', 'the other key is left alone');

command('DEL', $stream, $task, $index);

# --- without a stream

script('put', [$task, $index], $hour, 0, 'pending', 'd', 'u', 'A');
script('apply', [$task], 'A', 'pending', 'processing');
script('delete', [$task, $index], '*');
is(command('EXISTS', $stream), 0, 'without a stream no event is written');

# --- events

is_deeply([@{events('')}[1 .. 3]], ['0-0', 'end', undef],
    'events: of no stream: the position before all');
is(events('5-0')->[2], 'missed', 'events: a position beyond the end');

my @revs = map { put('pending', "d$_", 'u', undef)->[2] } 1 .. 5;
my @ids = map { $_->[0] } @{command('XRANGE', $stream, '-', '+')};

is_deeply([@{events('')}[1 .. 3]], [$ids[4], 'end', undef],
    'events: without a position: the end');

my $page = events('0-0', 2);

is_deeply([@$page[1, 2]], [$ids[1], 'more'], 'events: a part of them');
is_deeply([@$page[3 .. 10]],
    [$ids[0], 'created', 'one', 'pending', 'd1', 'u', undef, $revs[0]],
    'events: with their fields');
is(scalar @$page, 3 + 2 * 9, 'events: as many as asked for');

$page = events($ids[1], 3);

is_deeply([@$page[1, 2, 3]], [$ids[4], 'end', $ids[2]],
    'events: the rest of them');
is_deeply([@{events($ids[4])}[1 .. 3]], [$ids[4], 'end', undef],
    'events: none after the last');

my ($ms) = $ids[0] =~ /^(\d+)/;

for my $other ('-', 'x', '5', '5-', '+5-0', '5-0 ', $ms + $hour . '-0',
               '1' x 30 . '-0', '5-18446744073709551615',
               '5-' . '9' x 30, '9' x 50 . '-0')
{
    $page = eval { events($other) };
    is_deeply([@{$page || []}[1 .. 3]], [$ids[4], 'missed', undef],
        "events: \"$other\" is no position of the stream") or diag($@);
}

command('XTRIM', $stream, 'MAXLEN', 2);

is_deeply([@{events($ids[0])}[1, 2]], [$ids[4], 'missed'],
    'events: after a position that was cut off')
    if has_field('entries-added');
is(events($ids[3])->[2], 'end', 'events: after a position that is left');

command('XTRIM', $stream, 'MAXLEN', 0);

is_deeply([@{events($ids[4])}[1, 2]], [$ids[4], 'end'],
    'events: at the end of an empty stream nothing is missed');
is(events($ids[3])->[2], 'missed', 'events: before it, something is');

# --- how many are kept

$keep = 100;
put('pending', 'd', 'u', 'A') for 1 .. 1000;

my $length = command('XLEN', $stream);

ok($length >= 100 && $length < 400, 'about as many events are kept as asked')
    or diag($length);
is(events($ids[4])->[2], 'missed', 'events: the oldest were cut off');

done_testing();


sub put {
    return put_if(0, @_);
}


sub put_if {
    my ($match, @record) = @_;

    return script('put', [$task, $index, $stream], $hour, $match,
                  fields(@record), $keep);
}


sub apply {
    my ($sources, $state, $description, $how) = @_;

    return script('apply', [$task, $stream], 'A', $sources, $state,
                  $description, $how, '*', $keep);
}


sub delete_task {
    return script('delete', [$task, $index, $stream], $_[0], $keep);
}


sub reserve {
    return script('reserve', [$task], $_[0], $hour, join(' ', @states), 0);
}


sub commit {
    my ($lease, @record) = @_;

    return script('commit', [$task, $stream], $lease, $hour, 0, 1,
                  fields(@record), $keep);
}


sub events {
    my ($after, $max) = @_;

    return command('EVAL', text_of('events'), 1, $stream, $after, $max || 100,
                   $keep);
}


# a state and fields, and then the names of those that are null

sub fields {
    my ($state, @values) = @_;
    my @names = qw(description parentUrl app);

    return ($state, (map { $_ // '' } @values),
            grep { defined } map { defined $values[$_] ? undef : $names[$_] }
                             0 .. 2);
}


sub appends {
    my ($n, $name, $change) = @_;
    my $length = command('XLEN', $stream);

    $change->();

    is(command('XLEN', $stream) - $length, $n,
        "$name appends " . ($n ? 'an event' : 'nothing'));
}


sub last_event {
    my $entries = command('XREVRANGE', $stream, '+', '-', 'COUNT', 1);

    return { @{$entries->[0][1]} };
}


sub has_field {
    my ($name) = @_;
    my $info = command('XINFO', 'STREAM', $stream);

    return scalar grep { defined && $_ eq $name } @$info;
}


sub error_of {
    my ($call) = @_;

    return eval { $call->(); 1 } ? 'none' : $@ =~ /^redis: (\w+)/ ? $1 : $@;
}


# the words of the first line

sub script {
    my ($name, $keys, @args) = @_;
    my $reply = command('EVAL', text_of($name), scalar @$keys, @$keys, @args);

    return [split / /, ref $reply ? $reply->[0] : $reply];
}


# the text that the module sends: with the functions that a script may call

sub text_of {
    my ($name) = @_;

    return 'local function is_state(s) return '
           . join(' or ', map { "s == '$_'" } @states) . " end\n"
           . slurp("$sources/append_event.lua")
           . slurp("$sources/scripts/$name.lua");
}


sub slurp {
    my ($path) = @_;

    open(my $in, '<', $path) or die "$path: $!";
    local $/;

    return <$in>;
}


sub start_server {
    my $child = open(my $out, '-|', $ENV{TEST_REDIS_SERVER} || 'redis-server',
        '--port', 0, '--unixsocket', $path, '--dir', $dir, '--save', '',
        '--daemonize', 'no', '--logfile', '') or die "redis-server: $!";

    while (my $line = <$out>) {
        return ($child, $out) if $line =~ /accept connections/;
    }

    die 'redis-server did not start';
}


END {
    if ($pid) {
        my $status = $?;
        kill 'TERM', $pid;
        close $log;
        $? = $status;
    }
}


sub command {
    my (@args) = @_;

    print $redis join('', '*', scalar @args, "\r\n",
        map { ('$', length, "\r\n", $_, "\r\n") } @args);
    $redis->flush;

    my $reply = reply();

    die "redis: $$reply" if ref $reply eq 'SCALAR';

    return $reply;
}


sub reply {
    my $line = readline $redis;
    defined $line or die 'redis-server has gone';
    $line =~ s/\r\n\z//;

    my ($type, $rest) = (substr($line, 0, 1), substr($line, 1));

    return \$rest if $type eq '-';
    return $rest if $type eq '+' or $type eq ':';
    return undef if $rest < 0;
    return [map { reply() } 1 .. $rest] if $type eq '*';

    read($redis, my $bulk, $rest + 2) == $rest + 2 or die 'short reply';

    return substr($bulk, 0, $rest);
}
