#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The Redis scripts alone, with a private redis-server: their changes of a
# record, their leases, and that each can be sent twice.

use strict;
use warnings;

use File::Basename qw(basename dirname);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use Test::More;

my $dir = tempdir('redis-scripts-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $path = "$dir/redis.sock";
my $sources = dirname(__FILE__) . '/../src/redis';

my ($table) = slurp("$sources/../core/pt_task.c")
              =~ /pt_state_names\[.*? = \{\n(.*?)^\};/ms;
my @states = $table =~ /ngx_string\("(\w+)"\)/g;

# any lease, record and answer of this file is gone long before it

my ($minute, $hour) = (60_000, 3_600_000);

my ($pid, $log) = start_server();
my $redis = IO::Socket::UNIX->new(Peer => $path) or die "connect: $!";

is(command('PING'), 'PONG', 'the server answers');

# --- the names of states are in one table, which the scripts are given

for my $path (glob "$sources/scripts/*.lua") {
    my $text = slurp($path);

    is_deeply([grep { $text =~ /^(?!--).*\b$_\b/m } @states], [],
        basename($path) . ': spells no state');
}

# --- reserve: a record that is not there

my $granted = script('reserve', 'new', 'lease-a', 5000, 'pending');

is($granted->[0], 'granted', 'reserve: an absent record is granted');
like($granted->[1], qr/^\d{13}$/, 'reserve: the clock of the server');
is_deeply([@$granted[2 .. 5]], [undef, undef, undef, undef],
    'reserve: nothing is known of it');
is($granted->[6], $granted->[1], 'reserve: rev starts at the clock');
is($granted->[7], undef, 'reserve: never confirmed');

my $record = record('new');

is_deeply([sort keys %$record], ['lease', 'leaseTime', 'leaseUntil', 'rev'],
    'reserve: only the lease and rev are written');
is($record->{lease}, 'lease-a', 'reserve: the id of the lease');
is($record->{leaseUntil}, $granted->[1] + 5000, 'reserve: its end');
between(command('PTTL', 'new'), 5000 + $minute,
    'reserve: a new record lives a minute longer than the lease');

# --- reserve: somebody else has it

is(script('reserve', 'new', 'lease-b', 5000, 'pending')->[0], 'busy',
    'reserve: a live lease of another is busy');
is(record('new')->{lease}, 'lease-a', 'reserve: busy changes nothing');

my $again = script('reserve', 'new', 'lease-a', 90_000, 'pending');

is($again->[0], 'granted', 'reserve: the own lease again is granted');
is($again->[6], $granted->[6], 'reserve: again, the same fence');
is(record('new')->{leaseUntil}, $again->[1] + 90_000,
    'reserve: again, it lasts from now');
between(command('PTTL', 'new'), 90_000 + $minute,
    'reserve: a shorter life of the record is prolonged');

# --- release

is(script('release', 'new', 'lease-b')->[0], 'lost',
    'release: not by another');
is(record('new')->{lease}, 'lease-a', 'release: the lease is as it was');
is(script('release', 'new', 'lease-a')->[0], 'released', 'release');
is_deeply(record('new'), { rev => $granted->[6] },
    'release: the lease is gone, rev is not');
is(script('release', 'new', 'lease-a')->[0], 'lost',
    'release: twice does nothing');
is(script('release', 'none', 'lease-a')->[0], 'lost',
    'release: of no record');
is(command('EXISTS', 'none'), 0, 'release: makes no record');

# --- commit

my $before = script('reserve', 'done', 'lease-a', 5000, '');

is(commit('done', 'lease-b', $hour, 'completed')->[0], 'lost',
    'commit: not by another');

my $commit = commit('done', 'lease-a', $hour, 'processing',
    'description', 'Printing "1/2"', 'parentUrl', 'https://x/y', 'app', 'A');

is($commit->[0], 'committed', 'commit');
is_deeply(record('done'),
    { state => 'processing', description => 'Printing "1/2"',
      parentUrl => 'https://x/y', app => 'A', rev => $before->[6] + 1,
      confirmed => record('done')->{confirmed} },
    'commit: the record; rev is the fence; no lease');
like(record('done')->{confirmed}, qr/^\d{13}$/, 'commit: confirmed now');
between(command('PTTL', 'done'), $hour, 'commit: the record lives that long');

is(commit('done', 'lease-a', $hour, 'aborted')->[0], 'lost',
    'commit: twice does nothing');
is(record('done')->{state}, 'processing', 'commit: twice, as it was');

script('reserve', 'done', 'lease-c', 5000, 'processing');
commit('done', 'lease-c', 0, 'completed', 'description', '');

is_deeply([sort keys %{ record('done') }],
    ['confirmed', 'description', 'rev', 'state'],
    'commit: what is null is removed');
is(record('done')->{description}, '', 'commit: an empty description is none');
is(command('PTTL', 'done'), -1, 'commit: ttl 0 is a record without an end');

command('SET', 'string', 'x');
wrong_type('commit', 'string', 'lease-a', $hour, 0, 1, 'pending', '', '', '');

# --- reserve: a record with a state

my $seen = script('reserve', 'done', 'lease-d', 5000, 'pending processing');

is($seen->[0], 'seen', 'reserve: a state that is no source is only seen');
is_deeply([@$seen[2 .. 5]], ['completed', '', undef, undef],
    'reserve: seen as it is');
is($seen->[7], record('done')->{confirmed}, 'reserve: when it was confirmed');
is(record('done')->{lease}, undef, 'reserve: seen takes no lease');

is(script('reserve', 'done', 'lease-d', 5000, 'pending completed')->[0],
    'granted', 'reserve: a source is granted');
is(command('PTTL', 'done'), -1,
    'reserve: a record without an end stays without');
is(script('reserve', 'done', 'lease-e', 5000, 'completed')->[0], 'busy',
    'reserve: and is busy for another');
is(script('reserve', 'done', 'lease-e', 5000, 'pending')->[0], 'seen',
    'reserve: but a state that is no source is seen all the same');

is(script('reserve', 'done', 'lease-d', 5000, 'pending')->[0], 'granted',
    'reserve: the own lease again, whatever the sources');

is(script('reserve', 'part', 'lease-a', 5000, '')->[0], 'granted',
    'reserve: no sources at all, not known');
command('HSET', 'part', 'state', 'pend');
script('release', 'part', 'lease-a');
is(script('reserve', 'part', 'lease-a', 5000, 'pending')->[0], 'granted',
    'reserve: an unknown state is no state');

# --- reserve: a lease that has run out

script('reserve', 'lapse', 'lease-a', 5000, '');
commit('lapse', 'lease-a', $hour, 'pending', 'description', 'd',
    'parentUrl', 'u', 'app', 'A');

my $rev = record('lapse')->{rev};

script('reserve', 'lapse', 'lease-b', 1, 'pending');
await_clock(record('lapse')->{leaseUntil});

my $read = script('read', 'lapse');

is_deeply([@$read[0, 2 .. 7]],
    ['seen', undef, undef, undef, undef, $rev, undef],
    'read: a lease that has run out leaves nothing known');
is(record('lapse')->{state}, 'pending', 'read: changes nothing');

my $next = script('reserve', 'lapse', 'lease-c', 5000, 'completed');

is($next->[0], 'granted', 'reserve: a lease that has run out is taken over');
is_deeply([@$next[2 .. 5, 7]], [undef, undef, undef, undef, undef],
    'reserve: what became of the task is not known');
is($next->[6], $rev + 1, 'reserve: the fence grows');
is_deeply([sort keys %{ record('lapse') }],
    ['lease', 'leaseTime', 'leaseUntil', 'rev'],
    'reserve: and is not known to others');
is(commit('lapse', 'lease-b', $hour, 'aborted')->[0], 'lost',
    'commit: too late, another has the lease');
is(script('release', 'lapse', 'lease-b')->[0], 'lost', 'release: too late');
is(script('invalidate', 'lapse', 'lease-b', $hour, 0)->[0], 'lost',
    'invalidate: too late');
is(record('lapse')->{lease}, 'lease-c', 'and the lease is as it was');

script('reserve', 'late', 'lease-a', 1, '');
await_clock(record('late')->{leaseUntil});
is(commit('late', 'lease-a', $hour, 'aborted')->[0], 'committed',
    'commit: late, but nobody took the lease');

script('reserve', 'own', 'lease-a', 5000, '');
commit('own', 'lease-a', $hour, 'pending');
script('reserve', 'own', 'lease-b', 1, 'pending');
await_clock(record('own')->{leaseUntil});
is(script('reserve', 'own', 'lease-b', 5000, 'pending')->[2], 'pending',
    'reserve: the own lease that has run out is renewed');

# --- commit: without a lease, of a task that was seen in a final state

is(commit('nobody', '', $hour, 'completed')->[0], 'lost',
    'commit: without a lease and a record');
is(command('EXISTS', 'nobody'), 0, 'commit: and makes none');

script('reserve', 'seen', 'lease-a', 5000, '');
$rev = record('seen')->{rev};
is(commit('seen', '', $hour, 'completed', 'app', 'A')->[0], 'committed',
    'commit: without a lease');
$record = record('seen');
is("@$record{qw(state app rev)}", 'completed A ' . ($rev + 1),
    'commit: is what was seen');
ok(!exists $record->{lease} && !exists $record->{leaseUntil},
    'commit: and ends the lease of another');
is(commit('seen', 'lease-a', $hour, 'aborted')->[0], 'lost',
    'commit: which comes too late');

# --- commit: a change was made without the lease meanwhile

my $own = script('reserve', 'overtaken', 'lease-a', 5000, '');

is(commit_of('overtaken', 'lease-a', $hour, $own->[6], 'pending',
             'app', 'A')->[0], 'committed', 'commit: rev is that of the grant');
is(record('overtaken')->{rev}, $own->[6] + 1, 'commit: and grows');

$own = script('reserve', 'overtaken', 'lease-b', 5000, 'pending');
script('invalidate', 'overtaken', '', $hour, 0);

is(commit_of('overtaken', 'lease-b', $hour, $own->[6], 'completed',
             'app', 'A')->[0], 'invalidated', 'commit: rev is another one now');
is_deeply(record('overtaken'), { rev => $own->[6] + 2 },
    'commit: the state is unknown, and the lease is over');
between(command('PTTL', 'overtaken'), $hour, 'commit: the record has an end');

# --- invalidate

script('reserve', 'invalidate', 'lease-a', 5000, '');
commit('invalidate', 'lease-a', 0, 'pending', 'description', 'd',
    'parentUrl', 'u', 'app', 'A');
$rev = script('reserve', 'invalidate', 'lease-b', 5000, 'pending')->[6];

is(script('invalidate', 'invalidate', 'lease-a', $hour, 0)->[0], 'lost',
    'invalidate: not by another');
is(script('invalidate', 'invalidate', 'lease-b', $hour, 0)->[0], 'invalidated',
    'invalidate');
is_deeply(record('invalidate'), { rev => $rev + 1 }, 'invalidate: only rev is left');
between(command('PTTL', 'invalidate'), $hour, 'invalidate: and it has an end');

is(script('invalidate', 'none', '', $hour, 0)->[0], 'lost',
    'invalidate: no record, no lease');
is(command('EXISTS', 'none'), 0, 'invalidate: and none is made');

command('HSET', 'known', 'state', 'pending', 'lease', 'lease-a',
        'leaseUntil', 99999999999999);
is(script('invalidate', 'known', '', $hour, 0)->[0], 'invalidated',
    'invalidate: a record, by who has no lease');
is_deeply([sort keys %{record('known')}], ['lease', 'leaseUntil', 'rev'],
    'invalidate: the lease of another stays');
is(command('PTTL', 'known'), -1, 'invalidate: and its time to live');

script('reserve', 'invalidate', 'lease-c', 5000, '');
is(script('invalidate', 'invalidate', 'lease-c', 2 * $hour, 1)->[0], 'invalidated',
    'invalidate: holding the lease');
is(record('invalidate')->{lease}, 'lease-c', 'invalidate: the lease is held');
is(script('reserve', 'invalidate', 'lease-d', 5000, '')->[0], 'busy',
    'invalidate: and others wait');
between(command('PTTL', 'invalidate'), $hour,
    'invalidate: a record is never made to live longer');
script('invalidate', 'invalidate', 'lease-c', 1000, 1);
between(command('PTTL', 'invalidate'), 5000 + $minute,
    'invalidate: nor shorter than the lease that is held');
is(record('invalidate')->{rev}, $rev + 3, 'invalidate: each one moves the fence');

# --- read

is(script('read', 'none')->[0], 'absent', 'read: no record');
is(scalar @{ script('read', 'none') }, 2, 'read: nothing but the clock');
wrong_type('read', 'string');

command('HSET', 'foreign', 'colour', 'red');
is(script('read', 'foreign')->[0], 'absent', 'read: a hash of another kind');

command('HSET', 'task', 'state', 'pending', 'parentUrl', 'u', 'app', 'A');
$read = script('read', 'task');
is_deeply([@$read[0, 2 .. 7]],
    ['seen', 'pending', undef, 'u', 'A', undef, undef],
    'read: a record as a print service makes it');

$record = record('done');
$read = script('read', 'done');
is_deeply([@$read[3, 7, 8]], [@$record{'state', 'rev', 'confirmed'}],
    'read: rev and when it was confirmed, during a lease too');
between($read->[2], 5000, 'read: and what is left of the lease');

# --- apply

my $apply = script('apply', 'task', 'A', 'pending', 'processing', 'p');
my $now = $apply->[1];

is_deeply($apply, ['applied', $now, 1, 'pending', 1, 'u'],
    'apply: returns rev, the state before, that there is an owner, parentUrl');
like($now, qr/^\d{13}$/, 'apply: and when');
is_deeply(record('task'),
    { state => 'processing', description => 'p', parentUrl => 'u',
      app => 'A', rev => 1, confirmed => $now },
    'apply: the record');
is(command('PTTL', 'task'), -1, 'apply: the life of the record stays');

is(script('apply', 'task', 'B', 'processing', 'aborted')->[0],
    'absent', 'apply: another application sees no task');
is(scalar @{ script('apply', 'task', 'B', 'pending', '') }, 2,
    'apply: and nothing of it');

$apply = script('apply', 'task', 'A', 'pending', 'pending', '', 'null');

is_deeply([@$apply[0, 2 .. 7]],
    ['seen', 'processing', 'p', 'u', 'A', '1', $now],
    'apply: a state that is no source is only seen');

is(ref command('EVAL', text_of('apply'), 1, 'task', 'A', 'pending', ''), '',
    'apply: so in one string');

for my $case ([description => undef], [parentUrl => "a\nb"], [rev => '1 2'],
              [confirmed => "1\n2"], [description => "a\nb"])
{
    my ($field, $value) = @$case;
    my %record = (state => 'aborted', description => 'd', parentUrl => 'u',
                  app => 'A', rev => 5, confirmed => 7, $field => $value);

    command('DEL', 'odd');
    command('HSET', 'odd', map { $_ => $record{$_} }
                           grep { defined $record{$_} } sort keys %record);

    is_deeply([@{script('apply', 'odd', 'A', 'pending', '')}[2 .. 7]],
        [@record{qw(state description parentUrl app rev confirmed)}],
        "apply: seen as it is, whatever $field is");
}

$apply = script('apply', 'task', 'A', 'processing', '');

is_deeply($apply, ['applied', $apply->[1], 2, 'processing', 1, 'u', 'p'],
    'apply: a change of nothing returns all and counts');
is(record('task')->{description}, 'p', 'apply: and keeps it');

$apply = script('apply', 'task', 'A', 'processing', 'completed', '', 'null');

is_deeply($apply, ['applied', $apply->[1], 3, 'processing', 1, 'u'],
    'apply: a description of null');
ok(!exists record('task')->{description}, 'apply: is removed');

$apply = script('apply', 'task', 'A', 'completed', '');
is_deeply([@$apply[0, 5, 6]], ['applied', 'u', undef],
    'apply: and is null then');

$apply = script('apply', 'task', 'A', 'completed', '', '');
is(record('task')->{description}, '', 'apply: an empty one is none');

is(script('apply', 'none', 'A', 'pending', 'aborted')->[0], 'absent',
    'apply: no record');
is(command('EXISTS', 'none'), 0, 'apply: makes none');
wrong_type('apply', 'string', 'A', 'pending', 'aborted');

command('HSET', 'odd', 'state', 'pending processing', 'rev', '1');
is(script('apply', 'odd', 'A', 'pending processing', 'aborted')->[0],
    'absent', 'apply: an unknown state is no task');

command('HSET', 'anyone', 'state', 'pending', 'rev', 'garbage');
command('PEXPIRE', 'anyone', 1000);
$apply = script('apply', 'anyone', 'C', 'pending', 'aborted');
is_deeply($apply, ['applied', $apply->[1], 1, 'pending', 0, undef],
    'apply: no owner is any owner, a rev of garbage is none');
between(command('PTTL', 'anyone'), 1000, 'apply: the end of the record stays');

command('HSET', 'url', 'state', 'pending', 'parentUrl', '');
is(command('EVAL', text_of('apply'), 1, 'url', 'A', 'pending', '', 'x')
   =~ s/^applied \d+ //r, '1 pending 0 ', 'apply: an empty parentUrl is one');

# numbers that are long, or round, are written as others are

for my $n (0, 9, 99_999_999, 999_999_998, 999_999_999, 1_000_000_000,
           299_999_999_999, 1_699_999_999_999, 999_999_999_999_999)
{
    command('HSET', 'count', 'state', 'pending', 'rev', $n);
    $apply = script('apply', 'count', 'A', 'pending', '', 'x');
    is_deeply([$apply->[2], record('count')->{rev}], [$n + 1, $n + 1],
        "apply: after rev $n");
}

# --- put

my $put = put('made', 0, 0, 'pending', 'description', 'd',
    'parentUrl', 'u', 'app', 'A');

is_deeply($put, ['created', $put->[1], $put->[1]],
    'put: a new task; rev starts at the clock');
is_deeply(record('made'),
    { state => 'pending', description => 'd', parentUrl => 'u', app => 'A',
      rev => $put->[1], confirmed => $put->[1] },
    'put: the record');
is(command('PTTL', 'made'), -1, 'put: ttl 0 is a record without an end');

my $held = put('made', 0, 1, 'aborted');

is_deeply([@$held[0, 2 .. 7]],
    ['seen', 'pending', 'd', 'u', 'A', $put->[1], $put->[1]],
    'put: one that is there is only seen by who would create it');
is(record('made')->{state}, 'pending', 'put: and stays');

command('HSET', 'made', 'lease', 'lease-a', 'leaseUntil', 99999999999999,
    'colour', 'red');
$again = put('made', $hour, 0, 'completed', 'description', '');

is_deeply($again, ['applied', $again->[1], $put->[1] + 1, 'pending'],
    'put: one that is there is replaced, and its state before returned');
is_deeply(record('made'),
    { state => 'completed', description => '', rev => $put->[1] + 1,
      confirmed => $again->[1], colour => 'red' },
    'put: what is null is removed, as is a lease; fields of others are not');
between(command('PTTL', 'made'), $hour, 'put: the record lives that long');
put('made', 0, 0, 'pending');
is(command('PTTL', 'made'), -1, 'put: or for ever again');

command('HSET', 'unknown', 'rev', 7, 'state', 'pend', 'app', 'A');
$put = put('unknown', 0, 1, 'processing');
is_deeply([@$put[0, 2 .. $#$put]], ['created', 8],
    'put: an unknown state is no task, but its rev counts');
is(record('unknown')->{app}, undef, 'put: and nothing else of it');

command('HSET', 'lapsed', 'rev', 7, 'state', 'pending', 'lease', 'lease-a',
    'leaseUntil', 1);
$put = put('lapsed', 0, 1, 'processing');
is_deeply([@$put[0, 2 .. $#$put]], ['created', 8],
    'put: nor is one whose lease has run out');

command('RPUSH', 'queue', 'x');
wrong_type('put', 'queue', 0, 1, 'pending', '', '', 'A');
is(command('TYPE', 'queue'), 'list', 'put: and a list stays');

for my $garbage ('', 'x', '-1', '1.5', '1e9', '9' x 30) {
    command('HSET', 'made', 'rev', $garbage);
    $put = put('made', 0, 0, 'pending');
    is($put->[2], $put->[1], "put: rev \"$garbage\" starts anew");
}

# a full server: the write is refused before anything was changed

command('HSET', 'made', 'description', 'kept');
$record = record('made');
command('CONFIG', 'SET', 'maxmemory', 1);
ok(!eval { put('made', $hour, 0, 'aborted'); 1 },
    'put: a server without memory refuses');
command('CONFIG', 'SET', 'maxmemory', 0);
is_deeply(record('made'), $record, 'put: and the record is as it was');

# --- garbage under the key

wrong_type('reserve', 'string', 'lease-a', 5000, 'pending');
wrong_type('release', 'string', 'lease-a');
wrong_type('invalidate', 'string', 'lease-a', $hour, 0);
wrong_type('invalidate', 'string', '', $hour, 0);

command('HSET', 'long', 'state', 'pending', 'description', 'x' x 1_100_000);

for my $script (['read', 'long'], ['reserve', 'long', 'l', 5000, 'pending'],
                ['put', 'long', 0, 1, 'pending', '', '', ''],
                ['apply', 'long', 'A', 'pending', 'aborted'])
{
    is(error_of(@$script), 'TOOLONG', "$script->[0]: a long record");
}

is_deeply([sort keys %{ record('long') }], ['description', 'state'],
    'a long record is left as it is');

for my $garbage ('', 'x', '-1', '1.5', '1e9', '0x10', '9' x 30, 'nan') {
    command('DEL', 'rev');
    command('HSET', 'rev', 'state', 'pending', 'rev', $garbage);
    $next = script('reserve', 'rev', 'lease-a', 5000, 'pending');
    is($next->[6], $next->[1], "reserve: rev \"$garbage\" starts anew");

    command('HSET', 'rev', 'rev', $garbage);
    commit('rev', 'lease-a', $hour, 'pending');
    is(record('rev')->{rev}, record('rev')->{confirmed},
        "commit: rev \"$garbage\" too");

    script('reserve', 'rev', 'lease-a', 5000, 'pending');
    command('HSET', 'rev', 'rev', $garbage);
    script('invalidate', 'rev', 'lease-a', $hour, 0);
    is_about_now(record('rev')->{rev}, "invalidate: rev \"$garbage\" too");
}

for my $garbage ('', 'x', 'inf', '1e99', '-1') {
    command('DEL', 'until');
    command('HSET', 'until', 'state', 'pending', 'rev', 7, 'lease', 'lease-x',
        'leaseUntil', $garbage);
    $next = script('reserve', 'until', 'lease-a', 5000, 'pending');
    is_deeply([@$next[0, 2, 6]], ['granted', undef, 8],
        "reserve: a lease until \"$garbage\" has run out");

    command('HSET', 'until', 'leaseUntil', $garbage);
    is(script('invalidate', 'until', 'lease-a', $hour, 1)->[0], 'invalidated',
        "invalidate: of a lease until \"$garbage\"");
}

command('HSET', 'rest', 'lease', 'lease-x');
is(script('reserve', 'rest', 'lease-a', 5000, '')->[0], 'granted',
    'reserve: a lease without an end has run out');

# --- out of memory: what is not true any more must not be believed later

for my $case (['commit', 'lease-a', 'completed'], ['invalidate', 'lease-a', 0],
              ['invalidate', 'lease-a', 1], ['invalidate', '', 0])
{
    my ($name, $lease, $last) = @$case;
    my $what = "$name \"$lease\" $last";

    command('DEL', 'full');
    script('reserve', 'full', 'lease-a', 5000, '');
    commit('full', 'lease-a', $hour, 'pending', 'app', 'A');
    script('reserve', 'full', 'lease-a', 5000, 'pending') if $lease;

    $rev = record('full')->{rev};

    command('CONFIG', 'SET', 'maxmemory', 1);
    my @args = $name eq 'commit' ? ($rev, $rev + 1, fields($last)) : $last;

    like(script($name, 'full', $lease, $hour, @args)->[0],
         qr/^(committed|invalidated)$/, "$what: also out of memory");
    command('CONFIG', 'SET', 'maxmemory', 0);

    is(record('full')->{state}, $last =~ /\d/ ? undef : $last,
        "$what: the old state is gone");
    is(record('full')->{rev}, $rev + 1, "$what: the fence grows");
    between(command('PTTL', 'full'), $hour, "$what: the record has an end");
}

command('DEL', 'bare');
command('HSET', 'bare', 'state', 'pending');
command('PEXPIRE', 'bare', $hour);
script('invalidate', 'bare', '', $hour, 0);
between(command('PTTL', 'bare'), $hour,
    'invalidate: a record with nothing else in it keeps its end');

command('DEL', 'full');
command('HSET', 'full', 'state', 'pending', 'rev', 1);
command('CONFIG', 'SET', 'maxmemory', 1);
eval { script('reserve', 'full', 'lease-a', 5000, 'pending') };
like($@, qr/^redis: (?:ERR .* -)?OOM /, 'reserve: out of memory is an error');
eval { script('apply', 'full', 'A', 'pending', 'aborted', '', 'null') };
like($@, qr/^redis: (?:ERR .* -)?OOM /, 'apply: out of memory is an error');
is(script('read', 'full')->[2], 'pending', 'read: needs no memory');
command('CONFIG', 'SET', 'maxmemory', 0);
is_deeply(record('full'), { state => 'pending', rev => 1 },
    'reserve, apply: nothing was changed');

# --- bytes

my $bytes = join '', map { chr } 0 .. 255;

command('HSET', 'bytes', 'state', 'pending');
script('apply', 'bytes', 'A', 'pending', '', $bytes);
is(record('bytes')->{description}, $bytes, 'apply: any byte is kept');
is(script('read', 'bytes')->[3], $bytes, 'read: any byte is answered');
is(script('apply', 'bytes', 'A', 'pending', '')->[5], $bytes,
    'apply: so it is there');
put('bytes', 0, 0, 'pending', 'app', $bytes);
is(record('bytes')->{app}, $bytes, 'put: any byte is kept, too');

command('HSET', 'bytes', 'parentUrl', $bytes, 'app', 'A');
$apply = script('apply', 'bytes', 'A', 'pending', '', 'x');
is($apply->[5], $bytes, 'apply: any byte of parentUrl is returned');

# a grant is one string, or an array where that would be ambiguous

my %whole = (state => 'pending', description => $bytes, parentUrl => 'u',
             app => 'A', rev => 7, confirmed => 8);

for my $case ([], [description => ''], [parentUrl => ''], [app => ''],
              [parentUrl => "\n", 1], [app => "a\nb", 1],
              [confirmed => "\n8", 1], [state => "a\nb", 1],
              [description => undef, 1],
              [parentUrl => undef, 1], [app => undef, 1],
              [confirmed => undef, 1], [state => undef, 1])
{
    my ($name, $value, $array) = @$case;
    my %record = (%whole, $name ? ($name => $value) : ());
    my $what = $name ? 'with ' . ($value // 'null') . " as $name" : 'as usual';

    $what =~ s/\n/\\n/;

    command('DEL', 'whole');
    command('HSET', 'whole', map { ($_, $record{$_}) }
                             grep { defined $record{$_} } sort keys %record);

    my @args = (1, 'whole', 'lease-a', 5000, 'pending');
    my $grant = command('EVAL', text_of('reserve'), @args);

    is(ref $grant, $array ? 'ARRAY' : '', "reserve: of a record $what");
    is_deeply([@{words($grant)}[2 .. 7]],
        [@record{qw(state description parentUrl app rev confirmed)}],
        "reserve: all of a record $what");
}

done_testing();


sub start_server {
    my $child = open(my $out, '-|', $ENV{TEST_REDIS_SERVER} || 'redis-server', '--port', 0,
        '--unixsocket', $path, '--dir', $dir, '--save', '', '--daemonize',
        'no', '--logfile', '') or die "redis-server: $!";

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


sub script {
    my ($name, $key, @args) = @_;

    return words(command('EVAL', text_of($name), 1, $key, @args));
}


sub error_of {
    my (@args) = @_;

    return eval { script(@args); 1 } ? 'none' : $@ =~ /^redis: (\w+)/ ? $1 : $@;
}


# an error, and the key is as it was

sub wrong_type {
    my ($name, $key, @args) = @_;
    my $before = command('DUMP', $key);

    is(error_of($name, $key, @args), 'WRONGTYPE',
        "$name: a key of another type is an error");
    ok(command('DUMP', $key) eq $before, "$name: and is left alone");
}


# the text that the module sends: a script may call is_state()

sub text_of {
    my ($name) = @_;
    my $text = slurp("$sources/scripts/$name.lua");

    return $text unless $text =~ /\bis_state\(/;

    return 'local function is_state(s) return '
           . join(' or ', map { "s == '$_'" } @states) . " end $text";
}


sub slurp {
    my ($path) = @_;

    open(my $in, '<', $path) or die "$path: $!";
    local $/;

    return <$in>;
}


# A reply as the words of its line and what follows it: of a snapshot that is
# its state, description, parentUrl, app, rev and confirmed.

sub words {
    my ($reply) = @_;

    if (!ref $reply && $reply =~ /^(?:granted|seen) /) {
        my ($line, $confirmed, $app, $parent, $description) =
            split /\n/, $reply, 5;
        my ($word, $now, $rev, $state) = split / /, $line, -1;

        return [$word, $now, $state, $description, $parent, $app, $rev,
                $confirmed];
    }

    my ($line, @values) = ref $reply ? @$reply : $reply;

    return [split(/ /, $line, 6), @values];
}


# of a lease whose grant is not looked at

sub commit {
    my ($key, $lease, $ttl, @record) = @_;

    return commit_of($key, $lease, $ttl, 0, @record);
}


sub commit_of {
    my ($key, $lease, $ttl, $rev, @record) = @_;

    return script('commit', $key, $lease, $ttl, $rev, $rev + 1,
                  fields(@record));
}


sub put {
    my ($key, $ttl, $create, @record) = @_;

    return script('put', $key, $ttl, $create, fields(@record));
}


# a state and fields, as scripts take a record

sub fields {
    my ($state, %fields) = @_;
    my @names = qw(description parentUrl app);

    return ($state, (map { $fields{$_} // '' } @names),
            grep { !defined $fields{$_} } @names);
}


sub record {
    return { @{ command('HGETALL', $_[0]) } };
}


# the clock of the server that the leases go by, not ours

sub await_clock {
    my ($end) = @_;

    for ( ;; ) {
        my ($sec, $usec) = @{ command('TIME') };
        last if $sec * 1000 + int($usec / 1000) > $end;
    }
}


sub is_about_now {
    my ($got, $name) = @_;
    my ($sec) = @{ command('TIME') };

    ok(abs($got / 1000 - $sec) < 60, $name) or diag($got);
}


# a life that was set just now; slow machines get half of it

sub between {
    my ($got, $set, $name) = @_;

    ok($got <= $set && $got > $set / 2, $name) or diag("$got of $set");
}


sub command {
    my (@args) = @_;

    print $redis join('', '*', scalar @args, "\r\n",
        map { ('$', length, "\r\n", $_, "\r\n") } @args);
    $redis->flush;

    return reply();
}


sub reply {
    my $line = readline $redis;
    defined $line or die 'redis-server has gone';
    $line =~ s/\r\n\z//;

    my ($type, $rest) = (substr($line, 0, 1), substr($line, 1));

    die "redis: $rest" if $type eq '-';
    return $rest if $type eq '+' or $type eq ':';
    return undef if $rest < 0;
    return [map { reply() } 1 .. $rest] if $type eq '*';

    read($redis, my $bulk, $rest + 2) == $rest + 2 or die 'short reply';

    return substr($bulk, 0, $rest);
}
