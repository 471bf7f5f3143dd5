package Bench::Source;

=head1 NAME

Bench::Source - functions of the module, by the place that they are registered at

=head1 SYNOPSIS

    my @steps = Bench::Source::steps();     # [name, function] of each step

    my @filters = Bench::Source::registered(
                      qr/ngx_http_top_\w+_filter = (\w+)/);

=head1 DESCRIPTION

The profile of a PATCH needs names of C functions.  A name that is written down
here would be wrong after the next renaming, and the profile would show nothing.
So the names are read from the source: from the table of steps, and from the
assignments that give a handler to nginx.  Nothing found is an error.

=cut

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my %text;

# All steps, in the order of the table in src/http/steps.c.

sub steps {
    my ($table) = text('src/http/steps.c')
                  =~ /\w+_steps\[\] = \{\n(.*?)\n\};/s
        or die "src/http/steps.c has no table of steps\n";
    my @steps = $table =~ /\{ "(\w+)",\s*(\w+),/g;

    return map { [@steps[2 * $_, 2 * $_ + 1]] } 0 .. @steps / 2 - 1;
}

# The functions that a pattern captures, in all sources, or in one FILE.

sub registered {
    my ($pattern, $file) = @_;
    my @files = $file // map { s{^\Q$top\E/}{}r }
                         glob "$top/src/*.c $top/src/*/*.c";
    my @found = map { text($_) =~ /$pattern/g } @files;

    die "no function is found by $pattern\n" if !@found;

    return @found;
}

sub text {
    my ($file) = @_;

    return $text{$file} //= do {
        open my $in, '<', "$top/$file" or die "$file: $!\n";
        local $/;

        <$in>;
    };
}

1;
