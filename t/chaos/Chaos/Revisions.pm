package Chaos::Revisions;

=head1 NAME

Chaos::Revisions - which request has made which revision of a task

=head1 SYNOPSIS

    my ($unknown, @changes) = revisions($latest, @ops);

=head1 DESCRIPTION

Where the store owns the tasks, nobody logs what it does.  But each change makes
one revision more of its task, and each answer names the revision that it is
about.  So a change that was answered 200 has its place.

A revision that no answer has reported has to be the change of an
operation whose answer is lost: of one that was answered 503, or whose client or
worker has gone.  There may be many, and each may be made once, or not at all.
Sought are such that

    each is allowed, after the revision before
    it makes of that what others have seen: the state and the description
    nobody had seen its revision, or a later one, before it was started
    nobody saw an older one after it must be over, see $latest

If there are none, no order of the changes explains what was seen: then the
first revision that none was found for is returned, as { rev, end }, and those
that were seen count as changes of nobody.  Otherwise it is undef.  A change is
an operation with more:

    rev, fence  the revision that it has made
    known       when it was made, at the latest
    status      200, which it is for whoever has made it

Where the task begins may be unknown, too: its first revisions could be of
operations without an answer.

=cut

use strict;
use warnings;
no warnings 'recursion';

use Exporter qw(import);
use List::Util qw(any max min uniqnum);

use Chaos::Rules;

our @EXPORT = qw($never revisions is_done says_made);

our $never = 9**9**9;

my $most = 2e6;        # steps of a search
my $few = 9;           # revisions before the first that anybody has seen

sub revisions {
    my ($latest, @ops) = @_;
    my @answers = grep { $_->{fate} eq 'answered' && defined $_->{rev} } @ops;
    my %made = map { $_->{rev} => $_ } reverse grep { says_made($_) } @answers;
    my %seen = seen(@answers) or return;
    my %said = map { ($_->{description} // '') => 1 } values %seen;

    # what somebody has seen is left to those who have said it

    my @lost = sort { $a->{said} <=> $b->{said} || $a->{known} <=> $b->{known} }
               map { { %$_, known => $latest->($_),
                       said => $said{says($_)} // 0 } }
               grep { may_be_made($_) } @ops;
    my %lost;

    push @{$lost{says($_)}}, $_ for @lost;

    my $first = min(keys %seen);
    my $born = $made{$first} && $made{$first}{status} == 201;
    my $most_before = $born ? 0 : min($few, scalar @lost);
    my $unknown;

    for my $before (0 .. $most_before) {
        my $search = { made => { %made }, seen => \%seen, lost => \@lost,
                       by_text => \%lost };

        prepare($search, $first - $before, @answers);

        return (undef, changes($search)) if place($search, 0, -$never);

        my $rev = $search->{deepest};
        $unknown //= { rev => $rev, end => $search->{before}{$rev} };
    }

    return ($unknown, changes({ made => \%made, seen => \%seen }));
}

# The revisions that answers name; a change also of the one before.

sub seen {
    my (@answers) = @_;
    my @made = grep { says_made($_) } @answers;
    my %seen;

    for my $op (@made, grep { !says_made($_) } @answers) {
        my ($rev, $from) = @$op{qw(rev from)};

        if (is_done($op)) {
            $seen{$rev}{$_} //= $op->{$_} for qw(state description);

        } elsif (defined $from) {
            $seen{$rev}{state} //= $from;
        }

        next if !defined $from || !says_made($op);

        $seen{$rev - 1}{state} //= $from;
        $seen{$rev - 1}{description} //= $op->{description}
            if $op->{method} eq 'PATCH' && !defined $op->{text};
    }

    return %seen;
}

# The revisions that are nobody's, and what is known of the time of each.

sub prepare {
    my ($search, $first, @answers) = @_;
    my (@unknown, %started, %ended);
    my $next = $first;

    for my $rev (sort { $a <=> $b } keys %{$search->{seen}}) {

        # of a gap no more than could be made

        push @unknown, $next .. min($rev - 1, $next + @{$search->{lost}});
        push @unknown, $rev if !$search->{made}{$rev};
        $next = $rev + 1;
    }

    for my $op (@answers) {
        my $rev = $op->{rev};

        $started{$rev} = max($started{$rev} // -$never, $op->{start});
        $ended{$rev} = min($ended{$rev} // $never, $op->{end});
    }

    my @revs = sort { $a <=> $b } uniqnum @unknown, keys %started;
    my ($after, $before) = (-$never, $never);

    for my $rev (@revs) {
        $search->{after}{$rev} = $after;
        $after = max($after, $started{$rev} // -$never);
    }

    for my $rev (reverse @revs) {
        $before = min($before, $ended{$rev} // $never);
        $search->{before}{$rev} = $before;
    }

    $search->{unknown} = \@unknown;
    $search->{deepest} = $unknown[@{$search->{lost}}];
}

# Finds an operation for each unknown revision from the Nth on, where those
# before were started at $began.

sub place {
    my ($search, $n, $began) = @_;
    my ($made, $seen) = @$search{qw(made seen)};
    my $rev = $search->{unknown}[$n] // return 1;

    return 0 if @{$search->{unknown}} > @{$search->{lost}};

    $search->{deepest} = max($search->{deepest} // $rev, $rev);

    my $last = $search->{version}{$rev - 1} // $seen->{$rev - 1} // {};
    my $after = max($began, $search->{after}{$rev});

    for my $op (candidates($search, $seen->{$rev}, $last)) {
        return 0 if $search->{steps}++ > $most;

        next if $search->{placed}{$op->{id}}
                || $op->{start} > $search->{before}{$rev}
                || $op->{known} < $after
                || judge($op, $last) ne 'legal';

        my $version = outcome($op, $last);

        next if any { $seen->{$rev}{$_} ne $version->{$_} }
                    keys %{$seen->{$rev} // {}};

        $made->{$rev} = $op;
        $search->{version}{$rev} = $version;
        $search->{placed}{$op->{id}} = 1;

        return 1 if place($search, $n + 1, max($began, $op->{start}));

        delete $made->{$rev};
        delete $search->{version}{$rev};
        delete $search->{placed}{$op->{id}};
    }

    return 0;
}

# Those that say what was seen; or nothing, if that was there before.

sub candidates {
    my ($search, $seen, $last) = @_;
    my $text = $seen->{description} // return @{$search->{lost}};
    my $kept = ($last->{description} // '') eq $text;

    return map { @{$search->{by_text}{$_} // []} } $text, $kept ? '' : ();
}

# The description that is made, if it is another one.

sub says {
    my ($op) = @_;

    return $op->{text} // ($op->{method} eq 'PUT' ? 'null' : '');
}

sub changes {
    my ($search) = @_;
    my ($made, $seen) = @$search{qw(made seen)};

    my @changes;

    for my $rev (sort { $a <=> $b } uniqnum keys %$made, keys %$seen) {
        my ($op, $version) = ($made->{$rev}, $seen->{$rev});

        $op //= { method => 'PATCH', to => $version->{state},
                  text => $version->{description}, start => -$never,
                  known => $never };

        push @changes, {
            %$op, rev => $rev, fence => $rev, status => 200, from => undef,
            known => $op->{known} // $op->{end},
            answered => defined $op->{known} ? $never : $op->{end},
        };
    }

    return @changes;
}

# what was answered 200, or 201

sub is_done {
    my ($op) = @_;

    return ($op->{status} // 0) =~ /^20[01]$/;
}

# Whether the answer is that the change was made.

sub says_made {
    my ($op) = @_;
    my $verdict = $op->{verdict} // '-';

    return 1 if $verdict eq 'forwarded';

    return $verdict eq 'answered' && $op->{method} ne 'GET'
           && (defined $op->{to} || defined $op->{text}) || 0;
}

sub may_be_made {
    my ($op) = @_;

    return $op->{method} ne 'GET' && (defined $op->{to} || defined $op->{text})
           && defined $op->{sent} && $op->{style} ne 'torn'
           && ($op->{fate} ne 'answered' || $op->{status} == 503);
}

1;
