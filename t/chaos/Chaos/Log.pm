package Chaos::Log;

=head1 NAME

Chaos::Log - what the clients and the back end have logged

=head1 SYNOPSIS

    Chaos::History->new('clients.tsv', 'backend.tsv', lease => SECONDS);
    Chaos::History->new('clients.tsv', undef, latest => CODE);

=head1 DESCRIPTION

An operation is a line of the clients' log, an exchange one or more of the back
end's: see there for both.

    {ops}        by id; an op's {made} are its changes that got through to the
                 back end, whatever it made of them
    {exchanges}  in the order of their arrival
    {tasks}      by name: {versions}, the states that the task went through;
                 {asked} and {made}, the exchanges with PATCH

Without a back end the store owns the tasks.  What it has made of them is worked
out from what it answered, see Chaos::Revisions; the function says for an operation
whose answer is lost until when its change may be made.

=cut

use strict;
use warnings;

use List::Util qw(max min);

use Chaos::Clients qw(@fields);
use Chaos::Revisions;
use Chaos::Rules;

sub new {
    my ($class, $clients_log, $backend_log, %opt) = @_;
    my $self = bless { ops => {}, exchanges => [], tasks => {}, %opt }, $class;

    $self->read_ops($clients_log);
    $backend_log ? $self->read_exchanges($backend_log) : $self->infer();
    $self->versions($_) for keys %{$self->{tasks}};

    return $self;
}

sub lines {
    my ($file) = @_;

    open my $in, '<', $file or die "$file: $!\n";
    chomp(my @lines = <$in>);

    return map { [map { $_ eq '-' ? undef : $_ } split /\t/, $_, -1] } @lines;
}

sub read_ops {
    my ($self, $file) = @_;

    for my $line (lines($file)) {
        my %op;

        @op{@fields} = @$line;
        $op{made} = [];
        $self->{ops}{$op{id}} = \%op;
        $self->{tasks}{$op{task}} //= {};
    }
}

sub read_exchanges {
    my ($self, $file) = @_;
    my %serial;

    for my $line (lines($file)) {
        my ($type, $time, $serial, @rest) = @$line;

        if ($type eq 'A') {
            my %exchange = (arrived => $time, answered => $never);

            @exchange{qw(id method task)} = @rest;
            $serial{$serial} = \%exchange;
            push @{$self->{exchanges}}, \%exchange;
            push @{$self->{tasks}{$exchange{task}}{asked}}, \%exchange
                if $exchange{method} eq 'PATCH';

        } elsif ($type eq 'P') {
            my $exchange = $serial{$serial};

            @$exchange{qw(from to text fence status)} = @rest[3 .. 7];
            $exchange->{made} = $time;
            push @{$self->{tasks}{$exchange->{task}}{made}}, $exchange
                if $exchange->{method} eq 'PATCH';
            push @{$self->{ops}{$exchange->{id}}{made}}, $exchange
                if $exchange->{method} eq 'PATCH';

        } elsif ($type eq 'R') {
            $serial{$serial}{answered} = $time;

        } elsif ($type eq 'C') {
            $serial{$serial}{closed} = $time;
        }
    }
}

# A change whose time is not known was made after those before it had been
# started.

sub infer {
    my ($self) = @_;
    my %ops;

    push @{$ops{$_->{task}}}, $_ for $self->ops();

    for my $name (keys %ops) {
        my ($unknown, @made) = revisions($self->{latest}, @{$ops{$name}});
        my $made = -$never;

        for my $change (@made) {
            $change->{made} = $made = max($made, $change->{start});
            push @{$self->{ops}{$change->{id}}{made}}, $change
                if defined $change->{id};
        }

        @{$self->{tasks}{$name}}{qw(made unknown)} = (\@made, $unknown);
    }

    $self->{owned} = 1;
}

sub versions {
    my ($self, $name) = @_;
    my $task = $self->{tasks}{$name};

    my @versions = ({ number => 0, made => -$never, $self->{owned}
                      ? () : (state => 'pending', description => 'new') });

    for my $change (grep { $_->{status} == 200 } @{$task->{made} // []}) {
        my $last = $versions[-1];

        push @versions, {
            number => scalar @versions,
            change => $change,
            made => $change->{made},
            rev => $change->{rev},
            %{outcome($change, $last)},
        };

        $change->{version} = $versions[-1];
        $change->{from} //= $last->{state};
        $change->{known} //= is_done($self->{ops}{$change->{id}})
                            ? $self->{ops}{$change->{id}}{end} : $never;

        $task->{revisions}{$change->{rev}} = $versions[-1]
            if defined $change->{rev};
    }

    my $until = $never;

    for my $version (reverse @versions) {
        $version->{until} = $until;
        $until = min($until, $version->{change}{known}) if $version->{change};
    }

    $task->{versions} = \@versions;
}

# the versions that an operation may have seen

sub seen {
    my ($self, $op) = @_;

    return grep { $_->{until} >= $op->{start} } $self->reported($op);
}

# the versions that its answer can be about, as far as they were there by then

sub reported {
    my ($self, $op) = @_;
    my $task = $self->{tasks}{$op->{task}};

    my @versions = $self->{owned} && defined $op->{rev}
                   ? $task->{revisions}{$op->{rev}} // ()
                   : @{$task->{versions}};

    return grep { $_->{made} <= $op->{end} } @versions;
}

sub ops {
    my ($self) = @_;

    $self->{sorted} //= [sort { $a->{start} <=> $b->{start} }
                              values %{$self->{ops}}];

    return @{$self->{sorted}};
}

sub answered {
    my ($self) = @_;

    return grep { $_->{fate} eq 'answered' } $self->ops();
}

sub changes {
    my ($self) = @_;

    return map { $_->{change} // () }
           map { @{$_->{versions}} } values %{$self->{tasks}};
}

# When nothing more can come of a change: it was answered, or the back end has
# hung up, or the lease has run out, which was taken after the client had
# asked.

sub finished {
    my ($self, $change) = @_;

    return $change->{answered} if $change->{answered} < $never;
    return $change->{closed} if $change->{closed};

    return max($change->{made} // 0,
               $self->{ops}{$change->{id}}{start} + $self->{lease});
}

# What the back end did not answer.

sub unanswered {
    my ($self) = @_;

    return grep { $_->{answered} == $never } @{$self->{exchanges}};
}

# Whether the task was changed without a lease within these times.

sub unleased {
    my ($self, $task, $begins, $ends) = @_;

    return grep { !defined $_->{fence} && $_->{made} >= $begins
                  && $_->{made} <= $ends } @{$self->{tasks}{$task}{made} // []};
}

# the longest request, from when it was all there, and its operation

sub longest {
    my ($self) = @_;
    my ($op) = sort { $b->{end} - $b->{sent} <=> $a->{end} - $a->{sent} }
               $self->answered();

    return ($op->{end} - $op->{sent}, $op);
}

sub longest_exchange {
    my ($self) = @_;

    return max(0, map { $_->{answered} - $_->{arrived} }
                  grep { $_->{answered} < $never } @{$self->{exchanges}});
}

# All that is known of a task, in order.

sub history {
    my ($self, $name) = @_;
    my @events;

    for my $op (grep { $_->{task} eq $name } values %{$self->{ops}}) {
        my $what = "$op->{method} " . ($op->{to} // '-') . ' '
                   . ($op->{text} // '-') . " $op->{style}";

        push @events, [$op->{start}, $op->{id}, "client sends $what"],
                      [$op->{end}, $op->{id}, join ' ', $op->{fate},
                       map { $op->{$_} // '-' }
                           qw(status state description reason verdict cache
                              from rev worker)];
    }

    for my $change ($self->{owned} ? @{$self->{tasks}{$name}{made}} : ()) {
        my $version = $change->{version};

        push @events, [$change->{made}, $change->{id} // '-',
                       "    revision $change->{rev} is made, or later:"
                       . " $version->{state} $version->{description}"];
    }

    for my $exchange (grep { $_->{task} eq $name } @{$self->{exchanges}}) {
        push @events, [$exchange->{arrived}, $exchange->{id},
                       "    back end: $exchange->{method} arrives"];

        push @events, [$exchange->{made}, $exchange->{id},
                       "    back end: $exchange->{method} of"
                       . " $exchange->{from} is made: $exchange->{status}"
                       . ', fence ' . ($exchange->{fence} // '-')]
            if defined $exchange->{made};

        push @events, [$exchange->{answered}, $exchange->{id},
                       "    back end: $exchange->{method} answered"]
            if $exchange->{answered} < $never;
    }

    return sort { $a->[0] <=> $b->[0] } @events;
}

1;
