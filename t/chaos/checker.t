#!/usr/bin/perl

# The checker itself: small histories, written by hand, that are right, and such
# that are wrong in one way each, which it has to find.  Where it looks for an
# order, or for who has made a revision, it is held against a search through all
# that could have been.

use strict;
use warnings;

use File::Temp ();
use FindBin;
use List::Util qw(any min);
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos::Clients qw(@fields);
use Chaos::History;
use Chaos::Order;
use Chaos::Rules;

my $dir = File::Temp->newdir();
my $lease = 10;
my $late = 2;           # s, that a change may be made after its answer was lost

# What the clients and the back end have logged, as a checked history:
#
#     START END ID GATEWAY'S ANSWER: METHOD [TO] [TEXT]
#     TIME LETTER ID, and for P: FROM TO TEXT FENCE
#
# An operation that ends with "-" has no answer, and one is let through from the
# state that it was made from, unless given.  They are of the task
# "task-1" unless the id begins with "o", which is of one that ends.

sub history {
    my (@ops, @log, %serial);

    for my $line (grep { /\S/ } split /\n/, shift) {
        $line =~ s/^\s+//;
        $line =~ /^\S+ [APRC] / ? push @log, $line : push @ops, $line;
    }

    open my $out, '>', "$dir/clients" or die;
    print $out map { join("\t", op_line($_, @log)) . "\n" } @ops;
    close $out;

    open $out, '>', "$dir/backend" or die;

    for my $line (@log) {
        my ($time, $letter, $id, @more) = split ' ', $line;

        $serial{$id} = 1 + keys %serial if $letter eq 'A';

        my @who = $letter =~ /[AP]/ ? ($id, 'PATCH', task_of($id)) : ();

        push @more, 200 if $letter eq 'P' && @more == 4;
        print $out join("\t", $letter, $time, $serial{$id}, @who, @more), "\n";
    }

    close $out;

    return Chaos::History->new("$dir/clients", "$dir/backend",
                               lease => $lease);
}

# The same of a store that owns the tasks.  Answers name the revision, too: the
# state and the description, verdict, state before and revision; or reason, state
# and revision.

sub owned {
    my @ops = grep { /\S/ } split /\n/, shift;

    s/^\s+// for @ops;

    return history_of(map { join "\t", op_line($_) } @ops);
}

sub history_of {
    open my $out, '>', "$dir/clients" or die;
    print $out map { "$_\n" } @_;
    close $out;

    return Chaos::History->new("$dir/clients", undef,
                               latest => sub { $_[0]{end} + $late });
}

sub task_of {
    return $_[0] =~ /^o/ ? 'once-1' : 'task-1';
}

sub op_line {
    my ($line, @log) = @_;
    my ($answer, $request) = split /: */, $line;
    my ($start, $end, $id, $status, @rest) = split ' ', $answer;
    my ($method, $to, $text) = split ' ', $request;
    my %op = (id => $id, start => $start, sent => $start, end => $end,
              method => $method, to => $to, text => $text, style => 'plain',
              task => task_of($id), fate => 'answered', status => $status);

    $op{create} = 1 if $op{method} =~ s/!$//;

    if ($status eq '-') {
        @op{qw(fate status)} = ('left', undef);

    } elsif ($status =~ /^20/) {
        @op{qw(state description verdict from rev)} = @rest;

    } else {
        @op{qw(reason from rev)} = @rest;
    }

    $op{from} //= (map { /^\S+ P $id (\w+)/ } @log)[0];

    return map { $_ // '-' } @op{@fields};
}

# the names of the checks that complain, in alphabetical order

sub complaints_of {
    my ($history, @excused) = @_;
    my %excused = map { $_ => 1 } @excused;
    my $no = sub { 0 };
    my @expected = ('503 taskBusy', '503 storeDown', 504);
    my @names;

    for my $name (qw(accepted answers cut fences from lost order overlap path
                     read refused revisions))
    {
        my $check = "check_$name";
        my @bad = $history->$check($name eq 'answers' ? @expected : $no);

        push @names, $name if @bad && !$excused{$name};
    }

    return "@names";
}

sub good {
    my ($name, $text) = @_;

    is(complaints_of(history($text)), '', "good: $name");
}

sub bad {
    my ($name, $text, $found) = @_;

    is(complaints_of(history($text)), $found, "bad: $name");
}

good('one change after the other, and what is seen of them', <<'_');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
    2.1 2.4 b 200 processing new -: GET
    2.5 3.0 c 409 transitionNotAllowed processing: PATCH pending
    3.0 4.0 d 200 completed done forwarded: PATCH completed done
    3.2 A d
    3.4 P d processing completed done 8
    3.6 R d
_

good('a refusal that ends after the change that it did not see', <<'_');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
    1.1 1.9 b 409 transitionNotAllowed pending: PATCH completed
_

good('a change whose client is gone, seen by one and later by all', <<'_');
    1.0 1.1 a -: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
    2.0 2.2 b 200 processing new -: GET
    2.3 2.4 c 409 transitionNotAllowed processing: PATCH pending
_

good('a change that is never answered, and none before its lease ends', <<'_');
    1.0 3.0 a 504: PATCH processing
    1.2 A a
    2.4 P a pending processing - 7
    4.0 6.0 b 503 taskBusy: PATCH completed
    12.0 13.0 c 200 completed new forwarded: PATCH completed
    12.2 A c
    12.4 P c processing completed - 9
    12.6 R c
_

good('a repeat of a final change', <<'_');
    1.0 2.0 o1 200 completed done forwarded: PATCH completed done
    1.2 A o1
    1.4 P o1 pending completed done 7
    1.6 R o1
    2.1 2.2 o2 200 completed done repeated: PATCH completed done
    2.1 2.2 o3 200 completed done repeated: PATCH completed
    2.1 2.2 o4 409 taskFinal completed: PATCH completed other
_

bad('an illegal change', <<'_', 'path');
    1.0 2.0 a 200 completed new forwarded: PATCH completed
    1.2 A a
    1.4 P a pending completed - 7
    1.6 R a
_

bad('a stale refusal', <<'_', 'order refused');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
    2.1 2.4 b 409 transitionNotAllowed pending: PATCH completed
_

bad('a refusal of what was always legal', <<'_', 'order refused');
    1.0 2.0 a 409 transitionNotAllowed pending: PATCH processing
_

bad('a stale read', <<'_', 'order read');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
    2.1 2.4 b 200 pending new -: GET
_

# each of the two could be right without the other

bad('one reads what is new, a later one what is old', <<'_', 'order');
    1.0 3.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    2.9 R a
    1.5 1.8 b 200 processing new -: GET
    2.0 2.2 c 200 pending new -: GET
_

bad('a read of what is still to come', <<'_', 'order read');
    1.0 3.0 a 200 processing new forwarded: PATCH processing
    1.1 1.2 b 200 processing new -: GET
    1.3 A a
    1.4 P a pending processing - 7
    2.9 R a
_

bad('a lost update: accepted, and never made', <<'_', 'accepted');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.6 R a
_

bad('a lost update: made over one that was not seen', <<'_', 'from path');
    1.0 2.0 a 200 aborted new forwarded: PATCH aborted
    1.2 A a
    1.4 P a pending aborted - 7
    1.6 R a
    2.1 3.0 b 200 processing new forwarded pending: PATCH processing
    2.2 A b
    2.4 P b aborted processing - 8
    2.6 R b
_

bad('changes out of order: answered before it is made', <<'_',
    1.0 2.0 a 200 processing mine forwarded: PATCH processing mine
    3.0 4.0 b 200 processing yours forwarded: PATCH processing yours
    3.1 A b
    3.2 P b pending processing yours 8
    3.3 R b
    3.4 A a
    3.5 P a processing processing mine 9
    3.6 R a
_
    'accepted order');

bad('fences out of order', <<'_', 'fences');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 8
    1.6 R a
    3.0 4.0 b 200 completed new forwarded: PATCH completed
    3.1 A b
    3.2 P b processing completed - 8
    3.3 R b
_

bad('a repeat of what was not asked for', <<'_', 'order read');
    1.0 2.0 o1 200 completed done forwarded: PATCH completed done
    1.2 A o1
    1.4 P o1 pending completed done 7
    1.6 R o1
    2.1 2.2 o2 200 completed done repeated: PATCH completed other
_

bad('a repeat of what is not final', <<'_', 'order read');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
    2.1 2.2 b 200 processing new repeated: PATCH processing
_

bad('changes that overlap', <<'_', 'overlap');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.2 A a
    1.1 2.0 b 200 completed new forwarded: PATCH completed
    1.4 P a pending processing - 7
    1.5 A b
    1.6 R a
    1.8 P b processing completed - 8
    1.9 R b
_

bad('a change within the lease of one that is not answered', <<'_', 'overlap');
    1.0 3.0 a 504: PATCH processing
    1.2 A a
    4.0 5.0 b 200 processing new forwarded: PATCH processing
    4.1 A b
    4.2 P b pending processing - 9
    4.3 R b
_

bad('a change made twice', <<'_', 'accepted lost');
    1.0 2.0 a 200 processing new forwarded: PATCH processing
    1.1 A a
    1.2 P a pending processing - 7
    1.3 R a
    1.4 A a
    1.5 P a processing processing - 8
    1.6 R a
_

bad('a change made, and answered, and refused to the client', <<'_', 'lost');
    1.0 2.0 a 503 taskBusy: PATCH processing
    1.2 A a
    1.4 P a pending processing - 7
    1.6 R a
_

bad('a change that is answered as another one', <<'_', 'accepted');
    1.0 2.0 a 200 processing other forwarded: PATCH processing mine
    1.2 A a
    1.4 P a pending processing mine 7
    1.6 R a
_

bad('an answer that may not be', <<'_', 'answers');
    1.0 2.0 a 500 internal: PATCH processing
_

# Where the store owns the tasks.

sub right {
    my ($name, $text) = @_;

    is(complaints_of(owned($text)), '', "right: $name");
}

sub wrong {
    my ($name, $text, $found) = @_;

    is(complaints_of(owned($text)), $found, "wrong: $name");
}

right('one change after the other, and what is seen of them', <<'_');
    0.1 0.2 n 404 taskNotFound: GET
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 200 processing a answered pending 8: PATCH processing
    1.8 1.9 c 409 transitionNotAllowed processing 8: PATCH pending
    2.0 2.5 d 200 processing null answered processing 9: PATCH - null
    2.1 2.4 e 200 processing a answered - 8: GET
    2.6 2.7 f 412 taskExists processing 9: PUT! pending f
    2.8 2.9 g 200 pending null answered processing 10: PUT pending
    3.0 3.1 h 200 pending null answered pending 10: PATCH
_

right('what was answered 503 was made, or not', <<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    1.6 1.7 c 503 storeDown: PATCH aborted c
    2.0 2.1 d 200 processing b answered - 8: GET
_

right('what was answered 503 is made later', <<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    2.0 2.1 c 200 pending a answered - 7: GET
    3.0 3.1 d 200 processing b answered - 8: GET
_

right('a client is gone, and nobody has seen what it did', <<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b -: PATCH processing b
    1.8 1.9 c 200 completed c answered processing 9: PATCH completed c
_

right('a client that repeats what it got no answer to: made twice', <<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    1.8 1.9 c 200 processing b answered processing 9: PATCH processing b
_

right('... and once', <<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    1.8 1.9 c 200 processing b answered pending 8: PATCH processing b
_

right('only one order is legal', <<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH completed
    1.6 1.7 c 503 storeDown: PATCH processing
    1.8 1.9 d 200 completed a answered - 9: GET
_

right('nobody knows how it began', <<'_');
    1.0 1.1 a 503 storeDown: PUT pending a
    1.2 1.3 b 503 storeDown: PATCH processing b
    1.8 1.9 c 200 processing c answered processing 9: PATCH - c
_

wrong('a lost update: two have made one revision', <<'_', 'accepted');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 processing b answered pending 8: PATCH processing b
    1.6 1.9 c 200 aborted c answered pending 8: PATCH aborted c
_

wrong('a lost update: one that was made is not seen by the next', <<'_',
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 pending b answered pending 8: PATCH - b
    1.6 1.9 c 200 processing a answered pending 9: PATCH processing
_
    'accepted');

wrong('a lost update: nothing is left of it', <<'_', 'order read');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 processing b answered pending 8: PATCH processing b
    1.9 2.0 c 200 pending a answered - 7: GET
_

wrong('half of a change is made', <<'_', 'order read revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    2.0 2.1 c 200 processing a answered - 8: GET
    2.2 2.3 d 200 processing b answered - 8: GET
_

wrong('an illegal step', <<'_', 'path');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 completed b answered pending 8: PATCH completed b
_

wrong('the later of two comes first', <<'_', 'accepted order');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 processing b answered processing 9: PATCH processing b
    1.9 2.0 c 200 processing c answered pending 8: PATCH processing c
_

wrong('a refusal of what was legal all along', <<'_', 'order refused');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 409 transitionNotAllowed pending 7: PATCH processing b
_

wrong('a refusal because of what is still to come', <<'_', 'order refused');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 409 transitionNotAllowed processing 8: PATCH pending b
    1.9 2.0 c 200 processing c answered pending 8: PATCH processing c
_

wrong('a refusal that names another state', <<'_', 'refused');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 409 transitionNotAllowed aborted 7: PATCH completed b
_

wrong('a change that was made, and refused', <<'_', 'revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 409 transitionNotAllowed pending 7: PATCH completed b
    1.9 2.0 c 200 completed b answered - 8: GET
_

wrong('a change that was made twice', <<'_', 'revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    1.8 1.9 c 200 processing c answered processing 9: PATCH - c
    2.0 2.1 d 200 processing b answered - 10: GET
_

wrong('a change that was answered, and made once more', <<'_', 'revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 200 processing b answered pending 8: PATCH processing b
    1.8 1.9 c 200 processing c answered processing 9: PATCH - c
    2.0 2.1 d 200 processing b answered - 10: GET
_

wrong('a change that nobody asked for', <<'_', 'revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 200 processing b answered pending 9: PATCH processing b
_

wrong('a change that was made before it was asked for', <<'_', 'revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 200 processing b answered - 8: GET
    1.8 1.9 c 503 storeDown: PATCH processing b
_

wrong('a change that was made long after it was given up', <<'_', 'revisions');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.7 b 503 storeDown: PATCH processing b
    4.0 4.1 c 200 pending a answered - 7: GET
    4.2 4.3 d 200 processing b answered - 8: GET
_

wrong('a stale read', <<'_', 'order read');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 processing b answered pending 8: PATCH processing b
    1.9 2.0 c 200 pending a answered - 7: GET
_

wrong('a read of what it was not', <<'_', 'order read');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.9 2.0 c 200 pending b answered - 7: GET
_

wrong('a repeat of what is not final', <<'_', 'order read');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.9 2.0 c 200 pending a repeated pending 7: PATCH pending a
_

wrong('a task that is there no more', <<'_', 'order refused');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 404 taskNotFound: GET
_

wrong('a task that is made twice', <<'_', 'accepted from');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 201 pending b answered - 8: PUT pending b
_

wrong('a task that is replaced, and should not be', <<'_', 'path');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 pending b answered pending 8: PUT! pending b
_

wrong('a change that is answered as made from another state', <<'_',
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 aborted b answered processing 8: PATCH aborted b
_
    'from');

my $kept = owned(<<'_');
    1.0 1.5 a 201 pending a answered - 7: PUT pending a
    1.6 1.8 b 200 processing b answered pending 8: PATCH processing b
_
my %record = (state => 'processing', description => 'b', rev => 8);

for ([0, 'as it was answered', \%record],
     [1, 'an older one', { %record, rev => 7 }],
     [1, 'of another state', { %record, state => 'pending' }],
     [1, 'without the description', { state => 'processing', rev => 8 }],
     [1, 'gone', undef])
{
    my ($bad, $name, $record) = @$_;

    is(scalar $kept->check_records({ 'task-1' => $record }), $bad,
       "the record in the end: $name");
}

# Whether there is any order at all, by trying all of them.

sub any_order {
    my ($version, @ops) = @_;

    return 1 if !@ops;

    for my $i (0 .. $#ops) {
        my ($op, @others) = @ops[$i, grep { $_ != $i } 0 .. $#ops];

        next if grep { $_->{end} < $op->{start} } @others;

        next if $op->{change} ? $op->{change} != $version + 1
                              : !grep { $_ == $version } @{$op->{seen}};

        return 1 if any_order($op->{change} // $version, @others);
    }

    return 0;
}

srand($ENV{CHAOS_SEED} // 1);

my %found = (0 => 0, 1 => 0);
my @differ;

for my $n (1 .. 5000) {
    my $changes = int rand 4;
    my @ops = map { { id => "w$_", change => $_ } } 1 .. $changes;

    push @ops, map { my $id = "r$_";
                     { id => $id, seen => [grep { rand() < 0.5 }
                                                0 .. $changes] } }
                   1 .. 1 + rand 4;

    for my $op (@ops) {
        $op->{start} = $op->{change} && rand() < 0.8 ? $op->{change} * 3
                                                     : int rand 12;
        $op->{end} = rand() < 0.1 ? 9**9**9 : $op->{start} + int rand 5;
    }

    my $right = any_order(0, @ops);

    $found{$right}++;
    push @differ, $n if $right != !complaints(@ops);
}

is("@differ", '', 'an order is found if there is one: of 5000 histories'
                  . " $found{1} have one");
cmp_ok($found{$_}, '>', 500, 'there are enough of both kinds') for 0, 1;

# Whether requests of a store that owns its tasks can have come about, by trying
# all orders of them, and each request without an answer at each place, and at
# none.

sub any_story {
    my ($version, @ops) = @_;

    return 1 if !grep { $_->{fate} eq 'answered' && $_->{status} != 503 } @ops;

    for my $i (0 .. $#ops) {
        my ($op, @others) = @ops[$i, grep { $_ != $i } 0 .. $#ops];

        next if grep { $_->{until} < $op->{start} } @others;

        my $next = step($op, $version);

        return 1 if $op->{until} > $op->{end} && any_story($version, @others);
        return 1 if agrees($op, $version, $next)
                    && any_story($next // $version, @others);
    }

    return 0;
}

sub step {
    my ($op, $version) = @_;

    return if $op->{method} eq 'GET' || judge($op, $version) ne 'legal';

    return { %{outcome($op, $version)}, rev => $version->{rev} + 1 };
}

# Whether the answer is the one to a request that finds this version.

sub agrees {
    my ($op, $version, $next) = @_;

    return defined $next if $op->{until} > $op->{end};

    my %answer = answer($op, $version, $next);

    return !grep { ($answer{$_} // '-') ne ($op->{$_} // '-') } keys %answer;
}

sub answer {
    my ($op, $version, $next) = @_;
    my $from = $version->{state};
    my $judged = judge($op, $version);

    return (%$next, status => defined $from ? 200 : 201, from => $from,
            verdict => 'answered') if $next;

    return (status => 404, reason => 'taskNotFound') if $judged eq 'absent';

    return (status => 412, reason => 'taskExists', from => $from,
            rev => $version->{rev}) if $op->{create};

    return (status => 409, reason => 'transitionNotAllowed', from => $from,
            rev => $version->{rev}) if $judged eq 'illegal';

    return (%$version, status => 200,
            verdict => $judged eq 'repeat' ? 'repeated' : 'answered');
}

# Requests in the order of their times, as a store would have answered, with
# some answers lost and, in most, something changed.

sub story {
    my $version = { rev => 6 };
    my $number = 0;
    my @ops;

    for my $time (sort { $a <=> $b } map { rand 12 } 1 .. 3 + rand 4) {
        my $op = { id => 'x' . ++$number, task => 'task-1', style => 'plain',
                   fate => 'answered', method => 'PATCH',
                   start => $time - rand 3, end => $time + rand 3 };
        my $dice = rand;

        $op->{method} = 'GET' if $dice < 0.3;
        $op->{method} = 'PUT' if $dice > 0.8 || !defined $version->{state};
        $op->{create} = 1 if $op->{method} eq 'PUT' && rand() < 0.3;
        $op->{to} = $states[rand @states]
            if $op->{method} eq 'PUT' || $op->{method} eq 'PATCH' && rand() < 0.8;
        $op->{text} = rand() < 0.8 ? $op->{id} : 'null'
            if $op->{method} ne 'GET' && (!defined $op->{to} || rand() < 0.5);

        my $next = step($op, $version);
        my $lost = $op->{method} ne 'GET' && rand() < 0.3;

        %$op = (%$op, answer($op, $version, $next));
        $op->{sent} = $op->{start};
        lose($op) if $lost;
        $op->{until} = $op->{end} + ($lost ? $late : 0);

        $version = $next if $next && (!$lost || rand() < 0.7);
        push @ops, $op;
    }

    return spoil(@ops);
}

sub lose {
    my ($op) = @_;

    delete @$op{qw(state description verdict from rev reason)};
    @$op{qw(status reason)} = (503, 'storeDown');
}

# One answer or time is another one.

sub spoil {
    my (@ops) = @_;
    my $op = $ops[rand @ops];
    my $what = (qw(nothing nothing start end rev rev state description))[rand 8];

    if ($what =~ /^(?:start|end)$/) {
        my $shift = 2 - rand 4;

        $op->{$_} += $shift for qw(start sent end until);

    } elsif (defined $op->{$what}) {
        $op->{$what} = $what eq 'rev' ? $op->{rev} + (rand() < 0.5 ? 1 : -1)
                       : $ops[rand @ops]{$what} // $op->{$what};
    }

    return @ops;
}

%found = (0 => 0, 1 => 0);
@differ = ();

for my $n (1 .. 3000) {
    my @ops = story();
    my $right = any { any_story({ rev => $_ }, @ops) } 0 .. 12;

    my $complaints = complaints_of(history_of(map {
        my $op = $_;
        join "\t", map { $_ // '-' } @$op{@fields};
    } @ops));

    $found{$right ? 1 : 0}++;
    push @differ, "$n ($complaints)" if $right == !!$complaints;
}

is("@differ[0 .. min(9, $#differ)]", '', 'a story is found if there is one: of 3000 histories'
                  . " $found{1} have one");
cmp_ok($found{$_}, '>', 500, 'there are enough of both kinds') for 0, 1;

done_testing();
