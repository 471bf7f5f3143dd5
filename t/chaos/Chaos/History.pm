package Chaos::History;

=head1 NAME

Chaos::History - the answers to clients, compared with what was done

=head1 DESCRIPTION

The clients have logged when each request was started and when it was answered,
and how; the back end in which order it made the changes, and when.  Both have
the same clock.  What was asked for and never answered may happen at any time
afterwards.

=over

=item *

The changes of a task, in the order of the back end, are one legal path: each is
legal from the version that the one before has left (check_path).  A version is
a state with a description.

=item *

Each task is linearizable: there is one order of its requests in which each one
lies between its start and its end, and sees what the one before it has left
(check_order).  This cannot be decided in general in a time that is of use; but
here the order of the changes is known, and only that of the others is sought.
Chaos::Order says how, and why nothing is missed.  A request has seen

    a GET, a repeat, a change of nothing  one of the versions that are as it was
                                          known
    a refusal (409, 412)                  one of those that its change is not
                                          legal from
    of a task that is not there (404)     the one before it was made
    a change that was made                the one that it was made from
    all else                              nothing that could be wrong

and none that was made after it had been answered.

=item *

Each single request is right by itself: a change that was answered 200 was made,
once, after it was asked for and before it was answered (check_accepted), one
that was answered otherwise was not (check_lost), and so on.  These checks say
what is wrong in simpler words, and look at what is no question of order.

=item *

No two changes of a task are under way at the same time (check_overlap).  One
that the back end has got and never answered is under way for as long as its
lease.

=back

Where the store owns the tasks there is no log of the order of the changes, and
no lease; instead, answers name the revision that they are about, which has to be
the version that was seen, and all revisions have to be the change of a request
(check_revisions): Chaos::Revisions says which of those without an answer were
made.

Each check returns a list of complaints, [operation or exchange, text].  Some
take a function that finds excuses for an operation.

=cut

use strict;
use warnings;

use parent -norequire, 'Chaos::Log';

use Chaos::Log;
use Chaos::Order;
use Chaos::Revisions;
use Chaos::Rules;

# Each change that was made is legal from the state that it was made from.  A
# back end with rules of its own may also get what it is already.

sub check_path {
    my ($self, @more) = @_;
    my %legal = map { $_ => 1 } 'legal', @more;
    my @bad;

    for my $name (keys %{$self->{tasks}}) {
        my $last;

        for my $version (@{$self->{tasks}{$name}{versions}}) {
            my $change = $version->{change};

            if ($change && defined $change->{id}) {
                my $verdict = judge($change, $last);

                push @bad, [$change, 'a change from '
                                     . ($last->{state} // 'nothing') . ' to '
                                     . ($change->{to} // 'the same')
                                     . " is $verdict"]
                    if !$legal{$verdict};
            }

            $last = $version;
        }
    }

    return @bad;
}

# Each revision is the change of one request.

sub check_revisions {
    my ($self) = @_;
    my $tasks = $self->{tasks};

    return map { [{ task => $_, end => $tasks->{$_}{unknown}{end} },
                  "nobody has made revision $tasks->{$_}{unknown}{rev}"] }
           grep { $tasks->{$_}{unknown} } sort keys %$tasks;
}

# Each task is linearizable.

sub check_order {
    my ($self, $excuse) = @_;
    my %ops;

    for my $op ($self->ops()) {
        my ($made) = grep { $_->{version} } @{$op->{made}};

        if ($made) {
            push @{$ops{$op->{task}}}, {
                %$op, change => $made->{version}{number},
                end => $made->{known},
            };

        } elsif (sees($op) && !$excuse->($op)) {
            push @{$ops{$op->{task}}}, {
                %$op, seen => [map { $_->{number} } $self->explain($op)],
            };
        }
    }

    return map { complaints(@{$ops{$_}}) } sort keys %ops;
}

# Whether the answer to what was not made says anything about the task.

sub sees {
    my ($op) = @_;

    return $op->{fate} eq 'answered'
           && (is_refused($op) || is_done($op) && !says_made($op));
}

# Whether it was refused because of the task.  With 412 the back end refuses a
# fence.

sub is_refused {
    my ($op) = @_;

    return $op->{status} =~ /^40[49]$/ || ($op->{reason} // '') eq 'taskExists';
}

# The versions that an answer can be about.

sub explain {
    my ($self, $op) = @_;
    my $fits = is_refused($op) ? \&is_illegal : \&is_as_reported;

    return grep { $fits->($op, $_) } $self->reported($op);
}

sub is_illegal {
    my ($op, $version) = @_;

    return judge($op, $version) eq ($op->{status} == 404 ? 'absent'
                                                         : 'illegal');
}

sub is_as_reported {
    my ($op, $version) = @_;

    return defined $version->{state}
           && $op->{state} eq $version->{state}
           && $op->{description} eq $version->{description}
           && judge($op, $version) =~ /^(?:nothing|repeat)$/;
}

# No change of a task arrives at the back end while another one is under way.

sub check_overlap {
    my ($self, $excuse) = @_;
    my @bad;

    for my $task (values %{$self->{tasks}}) {
        my $last;

        for my $change (sort { $a->{arrived} <=> $b->{arrived} }
                             @{$task->{asked} // []})
        {
            push @bad, [$change, "arrives while $last->{id} is under way"]
                if $last && $self->finished($last) > $change->{arrived}
                   && !$excuse->($last, $change);
            $last = $change;
        }
    }

    return @bad;
}

# The fence of each change that was made is greater than that of all before.

sub check_fences {
    my ($self) = @_;
    my @bad;

    for my $task (values %{$self->{tasks}}) {
        my $last = 0;

        for my $change (grep { $_->{status} == 200 && defined $_->{fence} }
                             @{$task->{made} // []})
        {
            push @bad, [$change, "fence $change->{fence} after $last"]
                if $change->{fence} <= $last;
            $last = $change->{fence};
        }
    }

    return @bad;
}

# Statuses and reasons are those that may come up, and malformed bodies are
# refused.

sub check_answers {
    my ($self, @refusals) = @_;
    my @bad;

    my %expected = map { $_ => 1 } 200, '400 stateInvalid', '409 taskFinal',
                                   '409 transitionNotAllowed', @refusals;

    @expected{201, '404 taskNotFound', '412 taskExists'} = (1) x 3
        if $self->{owned};

    for my $op ($self->answered()) {
        my $answer = join ' ', $op->{status}, $op->{reason} // ();

        push @bad, [$op, "answered $answer"]
            if !$expected{$answer}
               || ($op->{status} == 400) != ($op->{style} eq 'wrong');
    }

    return @bad;
}

# A change that was answered 200 was made, once, meanwhile, and with the
# result that the client got.

sub check_accepted {
    my ($self) = @_;
    my @bad;

    for my $op (grep { is_done($_) && $_->{method} ne 'GET' }
                     $self->answered())
    {
        my @made = grep { $_->{version} } @{$op->{made}};

        next if !@made && !says_made($op);

        my $problem = problem_of_200($op, @made);

        push @bad, [$op, $problem] if $problem;
    }

    return @bad;
}

sub problem_of_200 {
    my ($op, @made) = @_;

    return 'answered 200, but not made' if !@made;
    return 'made ' . @made . ' times' if @made > 1;

    my ($change) = @made;
    my $version = $change->{version};

    return 'made before or after'
        if $change->{made} < $op->{start} || $change->{made} > $op->{end};

    return "answered $op->{state} $op->{description},"
           . " but it is $version->{state} $version->{description}"
        if $op->{state} ne $version->{state}
           || $op->{description} ne $version->{description};

    return 'made, or replaced? answered ' . $op->{status}
        if ($op->{status} == 201) != !defined $change->{from};

    return;
}

# A change that was made was answered 200, if at all, unless the back end did
# not answer it; one that could not be known in full was not made.

sub check_lost {
    my ($self) = @_;
    my $unsure = $self->{owned} ? qr/^503$/ : qr/^50[24]$/;
    my @bad;

    for my $op ($self->ops()) {
        my @made = grep { $_->{version} } @{$op->{made}} or next;

        push @bad, [$op, 'made ' . @made . ' times'] if @made > 1;

        push @bad, [$op, "made, but answered $op->{status}"]
            if $op->{fate} eq 'answered' && !is_done($op)
               && !($made[0]{answered} == $never && $op->{status} =~ $unsure);

        push @bad, [$op, 'made, though its body was not all there']
            if $op->{style} eq 'torn';
    }

    return @bad;
}

# A change was let through, with a lease, because of the state that it was made
# from.

sub check_from {
    my ($self, $excuse) = @_;
    my @bad;

    for my $op (grep { $_->{status} != 503 } $self->answered()) {
        my ($change) = grep { $_->{version} } @{$op->{made}} or next;
        my $from = $change->{from};

        next if !defined $change->{fence};

        push @bad, [$op, 'let through from ' . ($op->{from} // '-')
                         . ', made from ' . ($from // '-')]
            if ($op->{from} // '') ne ($from // '') && !$excuse->($op);
    }

    return @bad;
}

# A change was refused where at some time meanwhile it was not allowed, and
# the client got the reason.  The state in the answer may be an older one,
# if no way leads from there to what it asked for.

sub check_refused {
    my ($self, $excuse) = @_;
    my @bad;

    for my $op (grep { is_refused($_) } $self->answered()) {
        my @reasons = grep { is_illegal($op, $_) } $self->seen($op);

        push @bad, [$op, 'refused, from ' . ($op->{from} // '-')
                         . ', but could not see that']
            if (!@reasons || !$self->reason_reported($op, @reasons))
               && !$excuse->($op);
    }

    return @bad;
}

sub reason_reported {
    my ($self, $op, @reasons) = @_;
    my ($from, $to) = @$op{qw(from to)};

    return 1 if $op->{reason} eq 'backEnd';
    return 1 if grep { ($_->{state} // '') eq ($from // '') } @reasons;

    return !$self->{owned} && defined $to && !leads_to($op->{task}, $from, $to);
}

# What was answered without a change is what the task was at some time
# meanwhile.

sub check_read {
    my ($self, $excuse) = @_;
    my @bad;

    for my $op (grep { is_done($_) && !@{$_->{made}} } $self->answered()) {
        next if says_made($op);

        my @sources = grep { is_as_reported($op, $_) } $self->seen($op);

        push @bad, [$op, "read as $op->{state} $op->{description},"
                         . ' which it was not']
            if !@sources && !$excuse->($op);
    }

    return @bad;
}

# What a back end with rules refuses is a change without a lease, or one that
# met such a change.

sub check_protected {
    my ($self, $excuse) = @_;

    return map { [$_, 'refused by the back end'] }
           grep { my ($asked) = @{$_->{made}};
                  $asked && $asked->{status} == 409
                  && defined $asked->{fence} && !$excuse->($_) }
                $self->ops();
}

# With a dry run, each request gets to the back end, and its answer to the
# client.

sub check_passed {
    my ($self) = @_;
    my @bad;

    for my $op (grep { $_->{method} eq 'PATCH' } $self->answered()) {
        my @statuses = map { $_->{status} } @{$op->{made}};

        push @bad, [$op, "answered $op->{status}, by the back end: @statuses"]
            if "@statuses" ne $op->{status};
    }

    return @bad;
}

# With a dry run, what would be refused because of the state is what the back
# end refuses, and the other way round.

sub check_foreseen {
    my ($self, $excuse) = @_;
    my @bad;

    for my $op (grep { $_->{method} eq 'PATCH' && @{$_->{made}} }
                     $self->answered())
    {
        my $verdict = $op->{verdict} // '-';

        # by a reason that says nothing about the state

        next if $verdict eq 'would_refuse' && !defined $op->{from};

        push @bad, [$op, "would be $verdict, but is answered $op->{status}"]
            if ($verdict eq 'would_refuse') != ($op->{status} != 200)
               && !$excuse->($op);
    }

    return @bad;
}

# Every request that its client waited for was answered.

sub check_cut {
    my ($self, $excuse) = @_;

    return map { [$_, $_->{fate}] }
           grep { $_->{fate} =~ /^(?:cut|stuck)$/ && !$excuse->($_) }
                $self->ops();
}

# Records are as the back end has the tasks, or do not say anything: with a
# lease that has run out they do not.  If they are the tasks, they are all there.

sub check_records {
    my ($self, $records) = @_;
    my @bad;

    for my $name (sort keys %{$self->{tasks}}) {
        my $record = $records->{$name} // {};
        my $last = $self->{tasks}{$name}{versions}[-1];

        next if !$self->{owned}
                && (!defined $record->{state} || defined $record->{lease});

        my $is = as_text($record, $self->{owned} && $record->{rev});
        my $should = as_text($last, $self->{owned} && $last->{rev});

        push @bad, [{ task => $name, end => $never },
                    "the record of $name is $is, the task is $should"]
            if $is ne $should;
    }

    return @bad;
}

sub as_text {
    my ($version, $rev) = @_;

    return 'none' if !defined $version->{state};

    return "$version->{state} " . ($version->{description} // 'null')
           . ($rev ? ", revision $rev" : '');
}

1;
