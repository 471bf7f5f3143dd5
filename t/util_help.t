#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The scripts of util: --help is no error, and files of another user are named.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Temp ();
use Test::More;

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');

my @scripts = map { basename($_) } grep { -f && -x } glob "$top/util/*";

cmp_ok(@scripts, '>', 15, 'there are scripts');

for my $script (@scripts) {
    my $text = `$top/util/$script --help 2>&1 < /dev/null`;

    is($?, 0, "util/$script --help is no error");
    like($text, qr{util/$script}, "util/$script --help says how it is called");
}

isnt(system("$top/util/demo --nothing > /dev/null 2>&1"), 0,
    'an option that is not known is one');

SKIP: {
    skip 'only root can become another user', 5 if $> != 0;

    my $dir = File::Temp->newdir('pt-util-XXXXXX', TMPDIR => 1);

    chmod 0755, "$dir";
    mkdir "$dir/$_" for qw(util build build/log bin);
    copy("$top/util/lib.sh", "$dir/util/lib.sh") or die "lib.sh: $!";

    my $text = as_nobody(". $dir/util/lib.sh");

    isnt($?, 0, 'a run as another user ends');
    like($text, qr/"\Q$dir\E\/build" belongs to user root: remove/,
        'and says whose files are there');

    # a system without sudo, where a package is missing

    rmdir "$dir/$_" for qw(build/log build);

    for my $program (qw(apt-get dpkg-query)) {
        symlink '/bin/false', "$dir/bin/$program" or die "$program: $!";
    }

    for my $program (qw(bash id dirname)) {
        my $path = `sh -c "command -v $program"`;
        chomp $path;
        symlink $path, "$dir/bin/$program" or die "$program: $!";
    }

    $text = as_nobody("PATH=$dir/bin; . $dir/util/lib.sh; PATH=$dir/bin; need a-package");

    isnt($?, 0, 'a user who cannot install packages cannot go on');
    like($text, qr/only root or sudo can install them: apt-get install .*a-package$/m,
        'and reads which packages are missing');
    ok(!-e "$dir/build", 'nothing is left behind');
}

done_testing();

sub as_nobody {
    my ($script) = @_;

    return scalar `setpriv --reuid=65534 --regid=65534 --clear-groups \\
                   bash -c '$script' 2>&1`;
}
