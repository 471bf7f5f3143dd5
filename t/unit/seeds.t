#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The seeds of each fuzz target, without a fuzzer.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(basename dirname);
use Test::More;

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my @targets = map { basename($_, '.c') } glob "$top/t/fuzz/fuzz_*.c";

cmp_ok(scalar @targets, '>=', 7, 'there are targets');

for my $target (@targets) {
    my @seeds = glob "$top/t/fuzz/corpus/$target/*";

    cmp_ok(scalar @seeds, '>', 5, "$target: there are seeds");

    open my $out, '-|', "$top/build/unit/$target.replay", @seeds
        or die "$target: $!";
    my $printed = do { local $/; <$out> };
    close $out;

    is($?, 0, "$target: ends well");
    is($printed, @seeds . " inputs\n", "$target: has run them all");
}

done_testing();
