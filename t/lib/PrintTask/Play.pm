package PrintTask::Play;

=head1 NAME

PrintTask::Play - sends changes of tasks, and knows what has to become of them

=head1 SYNOPSIS

    my $play = PrintTask::Play->new;
    my $task = $play->task('pending');

    $play->send($play->change($task), $play->change($task, refused => 1), ...);
    $play->none('as it should be', $play->failures);

    $play->none('... behind the gateway', $play->end);

=head1 DESCRIPTION

A L<PrintTask::Raw> gateway, and a L<PrintTask::Witness> behind it.  What is
expected comes out of a table and a few lines of this module, not out of the
gateway.

A task is a hash of definition, id, state and description: as it is after the
changes so far.

=head2 Methods

=over

=item new(NAME => VALUE, ...)

    http2       1: over HTTP/2

and those of PrintTask::Raw.

=item send(REQUEST, ...)

Up to four of them in a row on one connection, without waiting for answers.

=item failures()

Answers that are not as they should be, since it was asked last.

=item end()

Stops the gateway; what the back end should not have got.

=item alarms(), count()

What should not be in the error log; how many requests have had which outcome.

=item none(NAME, TEXT, ...)

A test: there is nothing.

=item task(STATE), short_task(STATE)

One that is new; of eight characters.

=item path(TASK)

Its path, in the plain form.

=item change(TASK, NAME => VALUE, ...)

A request, not sent yet: a change that is made by chance, in a spelling that is
made by chance, but for

    update      the change
    path        the path
    host        the server
    hostile     a kind of PrintTask::Hostile
    refused     it must be refused, for what it looks like
    any         it may be refused or not: what gets to the back end counts

=back

=cut

use strict;
use warnings;

use Encode qw(encode_utf8);
use Test::More ();

use PrintTask::Defaults;
use PrintTask::HTTP2;
use PrintTask::Raw;
use PrintTask::Service qw(task_of);
use PrintTask::Spelling;
use PrintTask::Witness;

sub new {
    my ($class, %opt) = @_;

    return bless {
        raw => PrintTask::Raw->new(%opt),
        witness => PrintTask::Witness->new, copied => PrintTask::Witness->new,
        http2 => $opt{http2}, stream => 1, n => 0,
        failures => [], count => {}, wanted => {},
    }, $class;
}

sub task {
    my ($self, $state) = @_;

    return { definition => new_id(pick(@States)), id => new_id($state),
             state => $state, description => undef };
}

sub short_task {
    my ($self, $state) = @_;

    return { definition => short_id(pick(@States)), id => short_id($state),
             state => $state, description => undef };
}

sub path {
    my ($self, $task) = @_;

    return "/print/taskDefinitions/$task->{definition}/tasks('$task->{id}')";
}

sub change {
    my ($self, $task, %opt) = @_;
    my $update = $opt{update} // random_update($task);
    my $kind = $opt{hostile} // { class => '' };
    my $made = sub { my $class = shift;
                     return if $kind->{class} ne $class;
                     return $kind->{make}->(@_) };
    my $n = ++$self->{n};

    my $host = $opt{host} // pick(@PrintTask::Raw::Hosts);
    my $target = $made->('path', @$task{qw(definition id)}) // $opt{path}
                 // ($self->{http2} || chance(0.9) ? '' : pick('http', 'HTTP') . "://$host")
                    . spell_path(@$task{qw(definition id)}) . arguments();
    my $body = $made->('body', $update, $task->{id})
               // spell_body($update, $task->{id});
    my ($fields, $bytes) = $made->('message', $body, !$self->{http2});

    ($fields, $bytes) = spell_message($body, !$self->{http2}) if !$fields;

    $self->mean($n, $update, $target, $opt{any});

    my $stream = $self->{stream} += 2;

    return {
        n => $n, stream => $stream, host => $host,
        hostile => $opt{refused} || $opt{any}, any => $opt{any},
        want => $opt{any} ? 'any' : $opt{refused} ? 'refused'
                : verdict($task, $update),
        pieces => [$self->pieces(
            $made->('method') // 'PATCH', $target,
            ["Host: $host", "X-Spelling: $n", @$fields, $made->('field')],
            $bytes, $stream)],
    };
}

sub pieces {
    my ($self, $method, $target, $fields, $bytes, $stream) = @_;

    return spell_request($method, $target, $fields, $bytes) if !$self->{http2};

    my @fields = ("Authorization: Bearer $Token", @$fields);

    @fields = grep { !/^Content-Length/i } @fields if chance(0.3);

    return h2_request($stream, $method, $target, \@fields, $bytes,
                      pick(1, 1, 2, 50));
}

sub arguments {
    return pick(('') x 5, '?', '?$select=status', '?a=%2F..//&b=%00&c=;d',
                '?x=1?y=/tasks/2', '?%24expand=trigger&_method=DELETE');
}

sub random_update {
    my ($task) = @_;
    my %update;

    $update{state} = pick(@States) if chance(0.8);
    $update{description} = chance(0.2) ? undef
                           : chance(0.2) ? $task->{description}
                           : pick(@Descriptions)
        if chance(0.5);

    return \%update;
}

# a path that was changed at random may be that of another task, or of none

sub mean {
    my ($self, $n, $update, $target, $any) = @_;
    my ($definition, $id) = task_of($target);
    my %update = %$update;

    $update{description} = encode_utf8($update{description})
        if defined $update{description};

    $_->expect($n, definition => $definition, task => $id, other => $any,
               %update)
        for $self->{witness}, $self->{copied};
}

# what has to become of a change, which is made if it is legal

sub verdict {
    my ($task, $update) = @_;
    my $state = $update->{state} // $task->{state};
    my $given = exists $update->{description};
    my $same = !$given || ($update->{description} // "\0")
                         eq ($task->{description} // "\0");

    return 'answered' if !exists $update->{state} && !$given;

    if ($Next{$task->{state}}{$state}) {
        $task->{state} = $state;
        $task->{description} = $update->{description} if $given;

        return 'forwarded';
    }

    return $state eq $task->{state} && $same ? 'answered' : 'refused';
}

sub send {
    my ($self, @requests) = @_;

    while (@requests) {
        my @row = shift @requests;

        push @row, shift @requests
            while @requests && @row < 4 && !$row[-1]{hostile} && chance(0.7);

        $self->row(@row);
    }
}

sub row {
    my ($self, @row) = @_;
    my $socket = delete $self->{socket} // $self->open;

    $self->{raw}->send($socket, map { @{$_->{pieces}} } @row);

    my @responses = $self->{http2} ? h2_receive($socket, map { $_->{stream} } @row)
                    : $self->{raw}->receive($socket, scalar @row);

    for my $request (@row) {
        my $response = shift @responses // { status => 0, body => '' };

        $self->{count}{sent}++;
        $self->{count}{$request->{want}}++;
        $self->{wanted}{$request->{n}} = [@$request{qw(want host)}];

        die "no answers any more\n"
            if $response->{late} && ++$self->{late} > 5;

        my $wrong = answer_wrong($request->{want}, $response) or next;

        push @{$self->{failures}}, "$wrong: $response->{status} "
             . ($response->{body} // '') . "\n"
             . printable(join '', @{$request->{pieces}}) . "\n";
    }

    $self->{socket} = $socket if $self->{http2} || !$row[-1]{hostile};
}

sub open {
    my ($self) = @_;
    my $socket = $self->{raw}->connect($self->{http2});

    $self->{raw}->send($socket, h2_start()) if $self->{http2};

    return $socket;
}

sub answer_wrong {
    my ($want, $response) = @_;
    my $status = $response->{status};

    return if $want eq 'any';

    if ($want eq 'refused') {
        return if $status =~ /^4|^501$/ && $response->{error};
        return 'not refused';
    }

    return if $status == 200 && $response->{body} =~ /"status":/;
    return "not $want";
}

sub printable {
    my ($text) = @_;

    $text =~ s/(Bearer) \S+/$1 .../i;
    $text = substr($text, 0, 2000) . '...' if length $text > 2000;

    return $text =~ s/([^ -~\n])/$1 eq "\r" ? '' : sprintf '\\x%02x', ord $1/ger;
}

sub failures {
    my ($self) = @_;

    return splice @{$self->{failures}};
}

sub count {
    my ($self) = @_;

    return %{$self->{count}};
}

sub end {
    my ($self) = @_;
    my ($witness, $copied) = @$self{qw(witness copied)};

    delete $self->{socket};
    $self->{raw}->end;

    my @complaints
        = map({ $witness->complaint($_) } $self->{raw}->service->requests),
          map({ $copied->complaint($_) } $self->{raw}->copies->requests);

    for my $n (sort { $a <=> $b } keys %{$self->{wanted}}) {
        my ($want, $host) = @{$self->{wanted}{$n}};
        my $changes = $witness->changes($n);
        my $copies = $copied->changes($n);

        next if $want eq 'any';
        next if $changes == ($want eq 'forwarded')
                && $copies == ($want eq 'forwarded' && $host eq 'mirror');

        push @complaints, "$n by $host was $want, and the back end has got "
                          . "$changes changes and $copies copies\n";
    }

    return @complaints;
}

sub alarms {
    my ($self) = @_;

    return $self->{raw}->alarms;
}

sub none {
    my ($self, $name, @lines) = @_;

    Test::More::is(@lines, 0, $name)
        or Test::More::diag(@lines[0 .. ($#lines < 4 ? $#lines : 4)]);
}

1;
