#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The JSON texts of t/data, and that the runner would see it if something was
# wrong with them.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(basename dirname);
use File::Temp ();
use Test::More;

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my $runner = "$top/build/unit/json_suite";
my $folder = "$top/t/data/json_suite";

-x $runner or BAIL_OUT("no $runner, see util/test unit");

my @names = sort map { basename($_) } glob "$folder/*";
my ($status, $out) = run($folder);

cmp_ok(scalar @names, '>', 400, 'there are texts');
is($status, 0, 'all come out as they should');
is_deeply([sort keys %$out], \@names, 'a line for each');

is_deeply([grep { $out->{$_} eq 'accepted' } grep { /^n_/ } keys %$out], [],
    'none that is not JSON is accepted');

is_deeply(named(qr/^refused, duplicate member/),
    [grep { /^[ny]_object_duplicate/ } @names],
    'refused for a duplicate member are those that have one');
is_deeply(named(qr/^refused, escaped NUL/), [grep { /^y_string_nul/ } @names],
    'refused for an escaped NUL are those that have one');
is_deeply(named(qr/folded: refused, duplicate member/),
    [grep { /^y_object_names_differ_in_case(?:_escaped)?\.json/ } @names],
    'only ASCII is folded');

# what is ours to decide

is_deeply([grep { /^i_/ } @{named(qr/^accepted$/)}],
    [grep { /^i_(?:depth|number)/ } @names],
    'of choice are accepted: any depth, any number');
is_deeply([grep { /^i_/ } @{named(qr/^refused, syntax$/)}],
    [grep { /^i_structure_byte_order_mark/ } @names],
    'a byte order mark is no white space');
is_deeply([grep { /^i_/ } @{named(qr/^refused, encoding$/)}],
    [grep { /^i_(?:string_lone|utf)/ } @names],
    'what is not UTF-8, or half a pair, is refused');

# the other way round

sub outcome;

is_deeply([outcome 'n_x', '{}'], [1, 'accepted'],
    'one that is not JSON but accepted');
is_deeply([outcome 'y_x', '{]'], [1, 'refused, syntax'],
    'one that is JSON but refused');
is_deeply([outcome 'y_x', "[\"\xff\"]"], [1, 'refused, encoding'],
    'one that is said to be JSON, and is not UTF-8');
is_deeply([outcome 'y_x', "[\"\\u0000\xff\"]"], [1, 'refused, encoding'],
    '... nor without its NUL');
is_deeply([outcome 'y_x', '{"a":1,"a":]'], [1, 'refused, duplicate member'],
    'a duplicate member does not excuse what follows');
is_deeply([outcome 'y_x', '{"a\\"":"b" , "a\\"" :1}'],
    [0, 'refused, duplicate member'], 'one that has nothing else wrong');
is_deeply([outcome 'i_x', '{]'], [0, 'refused, syntax'],
    'one that may be either');
is((outcome 'x_x', '{}')[0], 2, 'a folder without a text');
is((run('/nowhere'))[0], 2, 'a folder that is not there');

done_testing();


sub run {
    my ($dir) = @_;
    my %lines;

    open my $in, '-|', "'$runner' '$dir' 2>/dev/null" or die "$runner: $!";

    while (<$in>) {
        $lines{$1} = $2 if /^(?:not )?ok \d+ - (\S+): (.*)$/;
    }

    close $in;

    return ($? >> 8, \%lines);
}


# the status for a folder with that text, and what became of it

sub outcome {
    my ($name, $text) = @_;
    my $dir = File::Temp->newdir();

    open my $file, '>', "$dir/$name" or die "$dir/$name: $!";
    print $file $text or die "$dir/$name: $!";
    close $file or die "$dir/$name: $!";

    my ($rc, $lines) = run($dir);

    return ($rc, $lines->{$name});
}


sub named {
    my ($verdict) = @_;

    return [sort grep { $out->{$_} =~ $verdict } keys %$out];
}
