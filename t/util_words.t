#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# util/words finds each form of a word that docs/glossary.md retires, and no other.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp ();
use Test::More;

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');
my $dir = File::Temp->newdir('pt-words-XXXXXX', TMPDIR => 1);

# joined here, so that this file passes the check

my ($make, $ask, $block, $ping) = ('ro' . 'om', 'te' . 'll', 'ce' . 'll',
                                   'wat' . 'ch');

for ([refused => 'src/a.c', "pt_store_make_$make(store);"],
     [refused => 'src/a.c', "/* a client that is being ${ask}ing */"],
     [refused => 'src/a.c', 'PT_' . uc($block) . 'S'],
     [refused => 'docs/a.md', ucfirst($make) . 's of memory'],
     [refused => 't/redis_a.t', "=== a server is ${ping}ed"],
     [passed => 'src/a.c', "a ${make}mate, an inte${ask}igent word"],
     [passed => 'docs/a.md', "a $block of a table"],
     [passed => 'src/http/a.c', "${ping}(stream)"])
{
    my ($expected, $path, $text) = @$_;

    make_path("$dir/" . dirname($path));

    open my $out, '>', "$dir/$path" or die "$path: $!";
    print $out "$text\n";
    close $out;

    my $said = `$top/util/words $dir/$path`;

    is($? == 0 ? 'passed' : 'refused', $expected, "$path: $text");
    like($said, $expected eq 'passed' ? qr/^$/
                                      : qr{\Q$path\E:1: "\w+" is not used, see},
        '... and is ' . ($expected eq 'passed' ? 'not named' : 'named'));
}

done_testing();
