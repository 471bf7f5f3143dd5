package Bench::Plot;

=head1 NAME

Bench::Plot - small SVG pictures

=cut

use strict;
use warnings;

use List::Util qw(max sum);

my @colours = map { "#$_" } qw(bab0ac 4e79a7 f28e2b e15759 76b7b2 59a14f edc948
                               b07aa1 ff9da7 9c755f 86bcb6 d37295 a0cbe8 8cd17d
                               d4a6c8 f1ce63 ffbe7d 499894 79706e);

# Horizontal bars, one for each mode, of parts; or, "beside", one for each
# part.  Values are shown in thousands.

sub bars {
    my (%about) = @_;
    my ($modes, $all, $values) = @about{qw(modes steps values)};
    my $value = sub { $values->{$_[0]}{$_[1]} || 0 };
    my $steps = [grep { my $step = $_; grep { $value->($_, $step) } @$modes } @$all];
    my $most = max map {
        my $mode = $_;
        my @parts = map { $value->($mode, $_) } @$steps;

        $about{beside} ? max(@parts) : sum(@parts)
    } @$modes;
    my ($left, $width) = (120, 560);
    my ($y, $svg) = (40, '');
    my %colour;

    @colour{@$steps} = @colours;

    for my $mode (@$modes) {
        my $x = $left;

        $svg .= text($left - 8, $y + 15, $mode, 'end');

        for my $step (@$steps) {
            my $w = $value->($mode, $step) / $most * $width;

            next if $w == 0;

            my $label = sprintf '%s: %.1f', $step,
                                $value->($mode, $step) / 1000;

            $svg .= sprintf qq(<rect x="%.1f" y="%d" width="%.1f" height="20" )
                            . qq(fill="%s"><title>%s</title></rect>\n),
                            $x, $y, $w, $colour{$step}, $label;

            if ($about{beside}) {
                $svg .= text($x + $w + 6, $y + 15,
                             sprintf('%.1f', $value->($mode, $step) / 1000));
                $y += 22;

            } else {
                $x += $w;
            }
        }

        $svg .= text($x + 6, $y + 15,
                     sprintf('%.1f', sum(map { $value->($mode, $_) } @$steps)
                                     / 1000))
            if !$about{beside};

        $y += $about{beside} ? 10 : 30;
    }

    my ($x, $column) = ($left, 0);

    for my $step (@$steps) {
        $svg .= qq(<rect x="$x" y="$y" width="12" height="12" )
                . qq(fill="$colour{$step}"/>\n) . text($x + 17, $y + 11, $step);
        $x += 150;

        if (++$column % 4 == 0) {
            ($x, $y) = ($left, $y + 18);
        }
    }

    return picture($left + $width + 60, $y + 26, $about{title}, $svg);
}

# A line over a logarithmic scale: points are [x, low, median, high].

sub curve {
    my (%about) = @_;
    my @points = @{$about{points}};
    my $most = 1.2 * max map { $_->[3] } @points;
    my $decades = log(max(map { $_->[0] } @points)) / log(10) || 1;
    my $first = log($points[0][0]) / log(10);
    my ($left, $width, $top, $height) = (60, 420, 40, 200);
    my $bottom = $top + $height;
    my $x = sub { $left + (log($_[0]) / log(10) - $first)
                          / ($decades - $first) * $width };
    my $y = sub { $bottom - $_[0] / $most * $height };
    my $svg = '';

    for my $step (0 .. 4) {
        my $value = $most * $step / 4;

        $svg .= sprintf qq(<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" )
                        . qq(stroke="#ddd"/>\n), $left, $y->($value),
                        $left + $width, $y->($value);
        $svg .= text($left - 6, $y->($value) + 4, sprintf('%.0f', $value),
                     'end');
    }

    for my $point (@points) {
        my ($n, $low, $median, $high) = @$point;

        $svg .= sprintf qq(<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" )
                        . qq(stroke="$colours[1]"/>\n<circle cx="%.1f" )
                        . qq(cy="%.1f" r="4" fill="$colours[1]"/>\n),
                        $x->($n), $y->($low), $x->($n), $y->($high), $x->($n),
                        $y->($median);
        $svg .= text($x->($n), $bottom + 16, $n, 'middle');
    }

    $svg .= sprintf qq(<polyline fill="none" stroke="$colours[1]" )
                    . qq(points="%s"/>\n),
                    join ' ', map { sprintf '%.1f,%.1f', $x->($_->[0]),
                                    $y->($_->[2]) } @points;
    $svg .= text($left + $width / 2, $bottom + 34, $about{x}, 'middle');

    return picture($left + $width + 40, $bottom + 46, $about{title}, $svg);
}

sub text {
    my ($x, $y, $text, $anchor) = @_;

    return sprintf qq(<text x="%.1f" y="%.1f"%s>%s</text>\n), $x, $y,
                   $anchor ? qq( text-anchor="$anchor") : '', $text;
}

sub picture {
    my ($width, $height, $title, $svg) = @_;

    return qq(<svg xmlns="http://www.w3.org/2000/svg" width="$width" )
           . qq(height="$height" font-family="sans-serif" font-size="12">\n)
           . qq(<rect width="100%" height="100%" fill="white"/>\n)
           . qq(<text x="12" y="22" font-size="14">$title</text>\n)
           . $svg . "</svg>\n";
}

1;
