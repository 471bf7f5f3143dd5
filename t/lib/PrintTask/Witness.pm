package PrintTask::Witness;

=head1 NAME

PrintTask::Witness - judges what has reached a back end

=head1 SYNOPSIS

    my $witness = PrintTask::Witness->new;

    $witness->expect($n, definition => 'd', task => 't',
                     state => 'completed', description => undef);
    ...
    my @complaints = map { $witness->complaint($_) } $service->requests;

    $witness->changes($n);      # how many changes of number $n have come

=head1 DESCRIPTION

With C<< new(loose => 1) >> nothing need have been said: what a change means is
not looked at, all else is.  With C<< reads => 1 >> a GET may have a body, as after
an internal redirect, and with C<< again => 1 >> a change may come a second time, as
after an error page that leads to a spare back end.  A request that was announced with C<< never => 1 >>
must not come at all, whatever its method is.

Requests are numbered in a header field, C<X-Spelling>, and the test has said
what each of them means.  The witness sees the bytes that have come out of the
gateway, in their order.  It knows nothing of how the gateway reads a request:

=over

=item *

a request that it has no number for was not sent, so the gateway has made one
request into two;

=item *

a write has to name, for a reader who decodes its path once, the task that was
meant, and nothing but the members that were meant, in one order, without white
space, under header fields that describe just these bytes;

=item *

the task has to be in a state from which the change is legal: the states are
those of L<PrintTask::Service>, and of the changes that came before;

=item *

a write that names no task, where that may be (C<< other => 1 >>), must not name
one for any of the readers who decode twice, resolve dots, cut parameters, merge
slashes, or the like.

=back

=cut

use strict;
use warnings;

use PrintTask::Defaults;
use PrintTask::Service qw(first_state task_key task_of);

# what describes a body, or would let a back end see another method, path or
# protocol than the ones that were judged

my @forbidden = qw(transfer-encoding content-encoding content-md5 digest
                   content-digest expect upgrade x-http-method
                   x-http-method-override x-method-override x-original-url
                   x-rewrite-url trailer te);

sub new {
    my ($class, %opt) = @_;

    return bless { meant => {}, states => {}, changes => {}, %opt }, $class;
}

sub expect {
    my ($self, $n, %meaning) = @_;

    $self->{meant}{$n} = \%meaning;
}

sub changes {
    my ($self, $n) = @_;

    return $self->{changes}{$n} // 0;
}

# An empty list if the bytes of a request are as they should be.  A back end that
# got a change and did not make it leaves the task as it was.

sub complaint {
    my ($self, $bytes, %opt) = @_;

    return if eval { $self->judge($bytes, $opt{unmade}); 1 };

    my $text = substr $bytes =~ s/(Bearer) \S+/$1 .../ir, 0, 2000;

    return $@ . $text =~ s/([^ -~\n])/sprintf '\\x%02x', ord $1/ger . "\n";
}

sub judge {
    my ($self, $bytes, $unmade) = @_;
    my ($method, $target, $fields, $body) = parse($bytes);

    my $n = $self->{loose} ? 'any' : one($fields, 'x-spelling');
    my $meant = $self->{loose} ? { other => 1 } : $self->{meant}{$n}
                // die "nobody has sent this: $n\n";
    my ($definition, $task) = task_of($target);

    die "a request that must not come\n" if $meant->{never};

    if ($method eq 'GET' || $method eq 'HEAD') {
        die "a body that was not asked for\n"
            if length $body && !$self->{loose} && !$self->{reads};
        return;
    }

    if (!defined $task) {
        die "a write, and to some a task\n" if anyhow_task($target);
        die "a write that nobody meant\n" if !$meant->{other};
        return;
    }

    plain_path($target);

    die "$method of a task\n" if $method ne 'PATCH';
    die "of $definition/$task, not of what was meant\n"
        if !$self->{loose}
           && (!$meant->{task} || $definition ne $meant->{definition}
               || $task ne $meant->{task});

    canonical_fields($fields, $body);

    my ($state, $description) = canonical_body($body);

    if (!$self->{loose}) {
        same('state', $state, $meant->{state});
        same('description', $description,
             exists $meant->{description} ? $meant->{description} // 'null'
                                          : undef);
    }

    $self->{changes}{$n}++;

    my $last = \$self->{last}{task_key($definition, $task)};

    return if $self->{again} && ($$last // '') eq $n;

    $$last = $n if !$unmade;
    $self->make($definition, $task, $state, $unmade);
}

sub parse {
    my ($bytes) = @_;
    my $token = qr/[!#\$%&'*+.^_`|~0-9A-Za-z-]+/;
    my ($head, $body) = $bytes =~ /^(.*?\r\n)\r\n(.*)/s or die "no head\n";
    my ($line, @lines) = split /\r\n/, $head, -1;
    my ($method, $target)
        = $line =~ m{^($token) (/[!-~]*) HTTP/1\.[01]\z}
        or die "no request line\n";
    my %fields;

    pop @lines;

    for (@lines) {
        my ($name, $value) = /^($token): ([^\0\r\n]*)\z/
            or die "no field: $_\n";

        push @{$fields{lc $name}}, $value;
    }

    return ($method, $target, \%fields, $body);
}

sub one {
    my ($fields, $name) = @_;
    my @values = @{$fields->{$name} // []};

    die scalar(@values) . " of $name\n" if @values != 1;

    return $values[0];
}

# one that all servers read alike

sub plain_path {
    my ($path) = @_;

    $path =~ s/\?.*//s;

    my $encoded = $path =~ /%(?:2f|25|5c)/i;

    $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;

    die "a path that is not plain\n"
        if $encoded || $path =~ m{[^ -~]|[%\\#]|//|/\.\.?(?:[/;]|\z)};
}

sub canonical_fields {
    my ($fields, $body) = @_;

    one($fields, 'host');

    die "Content-Length\n" if one($fields, 'content-length') ne length $body;
    die "Content-Type\n" if one($fields, 'content-type') ne 'application/json';

    for my $name (@forbidden) {
        die "$name\n"
            if grep { tr/_/-/r eq $name } keys %$fields;
    }
}

sub canonical_body {
    my ($body) = @_;
    my $char = qr/[^\x00-\x1f"\\]|\\["\\bfnrt]|\\u00[0-9A-F]{2}/;
    my ($state, $comma, $description)
        = $body =~ /^\{"status":\{(?:"state":"([a-z]+)")?(,)?
                    (?:"description":(null|"$char*"))?\}\}\z/x
        or die "a body that is not canonical\n";

    die "a comma\n" if defined $comma != (defined $state && defined $description);

    return ($state, defined $description ? text($description) : undef);
}

sub same {
    my ($name, $got, $want) = @_;

    die "$name: " . ($got // 'none') . ' instead of ' . ($want // 'none') . "\n"
        if defined $got != defined $want || defined $got && $got ne $want;
}

sub text {
    my ($json) = @_;
    my %named = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t");

    return $json if $json !~ s/^"(.*)"$/$1/s;

    $json =~ s/\\(?:u(....)|(.))/defined $1 ? chr hex $1 : $named{$2} \/\/ $2/ges;

    return $json;
}

sub make {
    my ($self, $definition, $task, $state, $unmade) = @_;
    my $now = \$self->{states}{task_key($definition, $task)};

    $$now //= first_state($task);
    $state //= $$now;

    die "from $$now to $state\n" if !$Next{$$now}{$state};

    $$now = $state if !$unmade;
}

# whether anybody would find a print task in a path: others have tasks, too

sub anyhow_task {
    my ($path) = @_;

    $path =~ s/\?.*//s;

    for (1 .. 3) {
        $path =~ s/%u00([0-9A-Fa-f]{2})/chr hex $1/ge;
        $path =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
    }

    for my $cut (qr/#.*/s, qr/\0.*/s, qr/\0/) {
        my $read = $path =~ s/$cut//gr;

        $read =~ tr{\\}{/};
        $read =~ s/;[^\/]*//g;
        $read =~ s/\xc0\xaf|\xe2\x88\x95|\xef\xbc\x8f/\//g;
        $read =~ s{[^!-~]+(?=/|\z)|(?<=/)[^!-~]+}{}g;
        $read =~ s{//+}{/}g;
        1 while $read =~ s{/\.(?=/|\z)}{};
        1 while $read =~ s{/[^/]+/\.\.(?=/|\z)}{};
        $read =~ s/\.+(?=\/|\z)//g;

        return 1
            if $read =~ m{/(?:print|taskDefinitions|jobs)
                          (?:/|\(.*/)(?:.*/)?tasks(?:/[^/]|\()}xi;
    }

    return 0;
}

1;
