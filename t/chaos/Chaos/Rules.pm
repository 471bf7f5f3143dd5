package Chaos::Rules;

=head1 NAME

Chaos::Rules - which state may follow which, for the back end and the checks

=head1 DESCRIPTION

There are two tables, each with a location of its own at the gateways.  Tasks
under F</v1.0> go round for as long as the run lasts; those under F</beta>
have the rules of print_task by default, and end.  The table of a task is in
by its name.

This is not the module's code in other words, but a second opinion on it.

=cut

use strict;
use warnings;

use Exporter qw(import);

use PrintTask::Defaults;

our @EXPORT = qw(@states $another prefix is_hidden transitions verdict judge
                 outcome leads_to);

our $another = 'another-application';

our @states = @States;

my %round = (
    pending    => [qw(processing aborted)],
    processing => [qw(completed aborted)],
    completed  => [qw(pending)],
    aborted    => [qw(pending)],
);

my %once = map { my $from = $_;
                 $from => [grep { $_ ne $from } sort keys %{$Next{$from}}] }
               @States;

sub table {
    my ($task) = @_;

    return $task =~ /^once/ ? \%once : \%round;
}

# where the task is found

sub prefix {
    my ($task) = @_;

    return $task =~ /^once/ ? '/beta' : '/v1.0';
}

# Whether an application may not see the task.

sub is_hidden {
    my ($task, $app) = @_;

    return $app eq $another && $task =~ /[13579]$/;
}

# the first table, as the gateways have it

sub transitions {
    return map { "print_task_transition $_ @{$round{$_}};" } @states;
}

# What a task in $state with $description makes of a change to $to with the
# description $text, where undef is what is not given: "legal", "illegal",
# "repeat" of what a final task is already, or "nothing" that would change.

sub verdict {
    my ($task, $state, $description, $to, $text) = @_;
    my @next = @{table($task)->{$state}};

    return 'nothing' if !defined $to && !defined $text;

    if (defined $to && $to ne $state) {
        return grep({ $_ eq $to } @next) ? 'legal' : 'illegal';
    }

    return 'legal' if @next;

    return !defined $text || $text eq $description ? 'repeat' : 'illegal';
}

# The same for a request that finds this version of a task: also "absent", if it
# needs one that is there.

sub judge {
    my ($op, $version) = @_;
    my $there = defined $version->{state};

    return $there && $op->{create} ? 'illegal' : 'legal'
        if $op->{method} eq 'PUT';

    return 'absent' if !$there;

    return verdict($op->{task}, @$version{qw(state description)},
                   @$op{qw(to text)});
}

# What it makes of that version, if it is allowed to.

sub outcome {
    my ($op, $version) = @_;
    my $rest = $op->{method} eq 'PUT' ? 'null' : $version->{description};

    return { state => $op->{to} // $version->{state},
             description => $op->{text} // $rest };
}

# Whether a task in $state can ever get to $to.

sub leads_to {
    my ($task, $state, $to) = @_;
    my $table = table($task);
    my %known = ($state => 1);

    for (@states) {
        $known{$_} = 1 for map { @{$table->{$_}} } keys %known;
    }

    return $known{$to};
}

1;
