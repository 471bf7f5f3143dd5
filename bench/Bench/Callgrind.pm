package Bench::Callgrind;

=head1 NAME

Bench::Callgrind - what callgrind has counted: instructions by function

=head1 SYNOPSIS

    my $counts = Bench::Callgrind->read('callgrind.out');

    $counts->total;
    $counts->self('pt_update_read');        # of the function alone
    $counts->calls('malloc');               # how often it was called
    $counts->inclusive('ngx_palloc');       # with all that it called
    $counts->inclusive('memcpy', 'caller'); # ... from there

    $counts->minus($other);                 # of what came in addition

=head1 DESCRIPTION

Functions that share a name are taken for one.  Those of an object without
symbols have their address for a name.

=cut

use strict;
use warnings;

sub read {
    my ($class, $file) = @_;
    my $self = bless { self => {}, arcs => {}, objects => {} }, $class;
    my (%names, %objects, $function, $callee, $object, $count);

    open my $in, '<', $file or die "$file: $!\n";

    while (<$in>) {
        if (/^(c?)ob=\((\d+)\)(?: (.*))?/) {
            $objects{$2} = $3 if defined $3;
            $object = $objects{$2} if !$1;

        } elsif (/^(c?)fn=\((\d+)\)(?: (.*))?/) {
            my ($called, $id, $name) = ($1, $2, $3);

            # a number shows how deep in a recursion it is

            $names{$id} = $name =~ s/'\d+$//r if defined $name;

            if ($called) {
                $callee = $names{$id};

            } else {
                $function = $names{$id};
                $self->{objects}{$function} = $object;
            }

        } elsif (/^calls=(\d+)/) {
            $count = $1;

        } elsif (/^(?:[+-]?\d+|\*) (\d+)/) {
            if (defined $count) {
                my $arc = $self->{arcs}{$callee}{$function} //= [0, 0];

                $arc->[0] += $count;
                $arc->[1] += $1;
                undef $count;

            } else {
                $self->{self}{$function} += $1;
            }
        }
    }

    return $self;
}

sub total {
    my ($self) = @_;
    my $sum = 0;

    $sum += $_ for values %{$self->{self}};

    return $sum;
}

sub functions {
    my ($self) = @_;

    return keys %{$self->{self}};
}

sub object {
    my ($self, $function) = @_;

    return $self->{objects}{$function} // '';
}

sub self {
    my ($self, $function) = @_;

    return $self->{self}{$function} // 0;
}

sub callers {
    my ($self, $function) = @_;

    return keys %{$self->{arcs}{$function} // {}};
}

sub callees {
    my ($self, $function) = @_;

    return grep { $self->{arcs}{$_}{$function} } keys %{$self->{arcs}};
}

sub calls {
    my ($self, $function, $caller) = @_;

    return $self->arc(0, $function, $caller);
}

sub inclusive {
    my ($self, $function, $caller) = @_;

    return $self->arc(1, $function, $caller);
}

sub arc {
    my ($self, $which, $function, $caller) = @_;
    my $arcs = $self->{arcs}{$function} // {};
    my $sum = 0;

    for my $from (defined $caller ? $caller : keys %$arcs) {
        $sum += $arcs->{$from}[$which] if $arcs->{$from};
    }

    return $sum;
}

sub minus {
    my ($self, $other) = @_;

    for my $function (keys %{$self->{self}}) {
        $self->{self}{$function} -= $other->{self}{$function} // 0;
    }

    for my $callee (keys %{$self->{arcs}}) {
        for my $caller (keys %{$self->{arcs}{$callee}}) {
            my $less = $other->{arcs}{$callee}{$caller} or next;

            $self->{arcs}{$callee}{$caller}[$_] -= $less->[$_] for 0, 1;
        }
    }

    return $self;
}

1;
