#!/usr/bin/perl

# The checker itself: small histories, written by hand, that are right, and such
# that are wrong in one way each, which it has to find.  Where it looks for an
# order it is held against a search through all orders.

use strict;
use warnings;

use File::Temp ();
use FindBin;
use List::Util qw(all);
use Test::More;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos::Clients qw(@fields);
use Chaos::History;
use Chaos::Order;

my $dir = File::Temp->newdir();
my $lease = 10;

# What the clients and the back end have logged, as a checked history:
#
#     START END ID GATEWAY'S ANSWER: METHOD [TO] [TEXT]
#     TIME LETTER ID, and for P: FROM TO TEXT FENCE
#
# An operation that ends with "-" has no answer, and one is let through from the
# state that it was made from, if not told otherwise.  They are of the task
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

sub task_of {
    return $_[0] =~ /^o/ ? 'once-1' : 'task-1';
}

sub op_line {
    my ($line, @log) = @_;
    my ($answer, $request) = split /: */, $line;
    my ($start, $end, $id, $status, @told) = split ' ', $answer;
    my ($method, $to, $text) = split ' ', $request;
    my %op = (id => $id, start => $start, sent => $start, end => $end,
              method => $method, to => $to, text => $text, style => 'plain',
              task => task_of($id), fate => 'answered', status => $status);

    if ($status eq '-') {
        @op{qw(fate status)} = ('left', undef);

    } elsif ($status == 200) {
        @op{qw(state description verdict from)} = @told;

    } else {
        @op{qw(reason from)} = @told;
    }

    $op{from} //= (map { /^\S+ P $id (\w+)/ } @log)[0];

    return map { $_ // '-' } @op{@fields};
}

# the names of the checks that complain, in alphabetical order

sub complaints_of {
    my ($history, @excused) = @_;
    my %excused = map { $_ => 1 } @excused;
    my $no = sub { 0 };
    my @names;

    for my $name (qw(accepted answers cut fences from lost order overlap path
                     read refused))
    {
        my $check = "check_$name";
        my @bad = $history->$check($name eq 'answers' 
                                   ? ('503 taskBusy', 504) : $no);

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

bad('a change that is told as another one', <<'_', 'accepted');
    1.0 2.0 a 200 processing other forwarded: PATCH processing mine
    1.2 A a
    1.4 P a pending processing mine 7
    1.6 R a
_

bad('an answer that may not be', <<'_', 'answers');
    1.0 2.0 a 500 internal: PATCH processing
_

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

done_testing();
