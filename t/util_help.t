#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The scripts of util: --help is no error, and files of another user are named.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Temp ();
use Test::More;

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');

for my $script (qw(build test demo bench pictures servers tasks token)) {
    my $text = `$top/util/$script --help 2>&1`;

    is($?, 0, "util/$script --help is no error");
    like($text, qr{util/$script}, "util/$script --help says how it is called");
}

isnt(system("$top/util/demo --nothing > /dev/null 2>&1"), 0,
    'an option that is not known is one');

SKIP: {
    skip 'only root can become another user', 2 if $> != 0;

    my $dir = File::Temp->newdir('pt-util-XXXXXX', TMPDIR => 1);

    chmod 0755, "$dir";
    mkdir "$dir/$_" for qw(util build build/log);
    copy("$top/util/lib.sh", "$dir/util/lib.sh") or die "lib.sh: $!";

    my $text = `setpriv --reuid=65534 --regid=65534 --clear-groups \\
                bash -c '. $dir/util/lib.sh' 2>&1`;

    isnt($?, 0, 'a run as another user ends');
    like($text, qr/"\Q$dir\E\/build" belongs to user root: remove/,
        'and says whose files are there');
}

done_testing();
