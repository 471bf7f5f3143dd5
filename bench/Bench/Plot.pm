package Bench::Plot;

=head1 NAME

Bench::Plot - small SVG pictures

=head1 DESCRIPTION

Lines and letters follow the light or dark scheme of the reader.

=cut

use strict;
use warnings;

use List::Util qw(max sum);

# Neighbours differ in lightness, too.  Parts of one step have one
# hue: dark, then light.

my @colours = map { "#$_" } qw(a8adb3 12436d f28e2b 2a9d8f 8e44ad e3b5f0 8c510a
                               e6c619 4ea8de c1121f ffb4a2 5b7f95 84cc16);
my $line = '#4e8fd0';

# Horizontal bars, one for each mode, of parts; or, "beside", one for each
# part.  Values are shown in thousands.  "labels" has names of modes.

sub bars {
    my (%about) = @_;
    my ($modes, $steps, $values) = @about{qw(modes steps values)};
    my $value = sub { $values->{$_[0]}{$_[1]} || 0 };
    my $most = max map {
        my $mode = $_;
        my @parts = map { $value->($mode, $_) } @$steps;

        $about{beside} ? max(@parts) : sum(@parts)
    } @$modes;
    my ($left, $width) = (150, 560);
    my ($y, $svg) = (about_top(\%about), '');
    my %colour;

    @colour{@$steps} = @colours;
    @colour{@$steps} = ($colours[0], $line) if $about{beside};

    for my $mode (@$modes) {
        my $x = $left;

        $svg .= text($left - 8, $y + 15, $about{labels}{$mode} // $mode, 'end');

        for my $step (@$steps) {
            my $w = $value->($mode, $step) / $most * $width;

            next if $w == 0;

            my $figure = sprintf '%.1f', $value->($mode, $step) / 1000;

            $svg .= sprintf qq(<rect x="%.1f" y="%d" width="%.1f" height="20" )
                            . qq(fill="%s"><title>%s</title></rect>\n),
                            $x, $y, $w, $colour{$step}, "$step: $figure";

            if ($about{beside}) {
                $svg .= text($x + $w + 6, $y + 15, $figure);
                $y += 22;

            } else {
                $svg .= text($x + $w / 2, $y + 14, $figure, 'middle',
                             on($colour{$step})) if $w > 24;
                $x += $w;
                $svg .= sprintf qq(<rect x="%.1f" y="%d" width="1" height="20" )
                                . qq(class="ground"/>\n), $x - 0.5, $y;
            }
        }

        $svg .= text($x + 6, $y + 15,
                     sprintf('%.1f', sum(map { $value->($mode, $_) } @$steps)
                                     / 1000))
            if !$about{beside};

        $y += $about{beside} ? 10 : 28;
    }

    my ($x, $column) = ($left, 0);

    for my $step (@$steps) {
        ($x, $y) = ($left, $y + 18) if $column && $column % 4 == 0;
        $column++;

        $svg .= qq(<rect x="$x" y="$y" width="12" height="12" )
                . qq(fill="$colour{$step}"/>\n) . text($x + 17, $y + 11, $step);
        $x += 150;
    }

    return picture($left + $width + 60, $y + 26, \%about, $svg);
}

# letters on a colour

sub on {
    my ($colour) = @_;
    my ($r, $g, $b) = map { hex } $colour =~ /^#(..)(..)(..)/;

    return 0.3 * $r + 0.6 * $g + 0.1 * $b > 130 ? '#000' : '#fff';
}

# A line over a logarithmic scale: points are [x, low, median, high].

sub curve {
    my (%about) = @_;
    my @points = @{$about{points}};
    my ($most, $step) = scale(max map { $_->[3] } @points);
    my $decades = log(max(map { $_->[0] } @points)) / log(10) || 1;
    my $first = log($points[0][0]) / log(10);
    my ($left, $width, $top, $height) = (70, 480, about_top(\%about) + 6, 200);
    my $bottom = $top + $height;
    my $x = sub { $left + (log($_[0]) / log(10) - $first)
                          / ($decades - $first) * $width };
    my $y = sub { $bottom - $_[0] / $most * $height };
    my $svg = '';

    for (my $value = 0; $value <= $most; $value += $step) {
        $svg .= sprintf qq(<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" )
                        . qq(stroke="currentColor" opacity="0.3"/>\n),
                        $left, $y->($value), $left + $width, $y->($value);
        $svg .= text($left - 6, $y->($value) + 4, $value, 'end');
    }

    $svg .= sprintf qq(<polyline fill="none" stroke="$line" stroke-width="2" )
                    . qq(points="%s"/>\n),
                    join ' ', map { sprintf '%.1f,%.1f', $x->($_->[0]),
                                    $y->($_->[2]) } @points;

    for my $point (@points) {
        my ($n, $low, $median, $high) = @$point;

        $svg .= sprintf qq(<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" )
                        . qq(stroke="$line" stroke-width="2"/>\n)
                        . qq(<circle cx="%.1f" cy="%.1f" r="4" fill="$line"/>\n),
                        $x->($n), $y->($low), $x->($n), $y->($high), $x->($n),
                        $y->($median);
        $svg .= text($x->($n), $y->($high) - 10, sprintf('%.1f', $median),
                     'middle');
        $svg .= text($x->($n), $bottom + 16, with_commas($n), 'middle');
    }

    $svg .= text(16, $top + $height / 2, $about{y}, 'middle', undef,
                 sprintf 'rotate(-90 16 %d)', $top + $height / 2);
    $svg .= text($left + $width / 2, $bottom + 34, $about{x}, 'middle');

    return picture($left + $width + 50, $bottom + 46, \%about, $svg);
}

# the end of an axis, and the distance of its lines: round numbers

sub scale {
    my ($most) = @_;
    my $step = 1;

    for (;;) {
        for my $factor (1, 2, 5) {
            my $distance = $step * $factor;

            return ($distance * (1 + int($most * 1.1 / $distance)), $distance)
                if $most * 1.1 / $distance < 6;
        }

        $step *= 10;
    }
}

sub with_commas {
    my ($n) = @_;

    1 while $n =~ s/^(\d+)(\d{3})/$1,$2/;

    return $n;
}

sub text {
    my ($x, $y, $text, $anchor, $colour, $transform) = @_;

    return sprintf qq(<text x="%.1f" y="%.1f" fill="%s"%s%s>%s</text>\n), $x, $y,
                   $colour // 'currentColor',
                   $anchor ? qq( text-anchor="$anchor") : '',
                   $transform ? qq( transform="$transform") : '', $text;
}

# title, and lines below it

sub about_top {
    my ($about) = @_;

    return 38 + 16 * @{$about->{notes} // []};
}

sub picture {
    my ($width, $height, $about, $svg) = @_;
    my $y = 22;
    my $head = qq(<text x="12" y="$y" font-size="14" font-weight="bold" )
               . qq(fill="currentColor">$about->{title}</text>\n);

    $head .= text(12, $y += 16, $_) for @{$about->{notes} // []};

    return qq(<svg xmlns="http://www.w3.org/2000/svg" width="$width" )
           . qq(height="$height" viewBox="0 0 $width $height" )
           . qq(font-family="sans-serif" font-size="12">\n)
           . "<style>\n    svg { color: #1f2328; } .ground { fill: #ffffff; }\n"
           . "    \@media (prefers-color-scheme: dark) {\n"
           . "        svg { color: #e6edf3; } .ground { fill: #0d1117; }\n    }\n"
           . "</style>\n"
           . qq(<rect width="100%" height="100%" class="ground"/>\n)
           . $head . $svg . "</svg>\n";
}

1;
