#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The file of the memory store: files that nginx refuses and does not write
# to.

use strict;
use warnings;

use lib 't/lib';

use File::Copy qw(copy);
use File::Temp ();
use POSIX ();
use Test::More;

use PrintTask::Server;
use PrintTask::Store;
use PrintTask::Token qw(jwks_file);

my $dir = File::Temp->newdir('pt-file-XXXXXX', TMPDIR => 1);
my $key_file = jwks_file();
my $module = PrintTask::Store->module;
my $file = "$dir/store";

# --- a sound one, which is damaged in one place after another

my $nginx = PrintTask::Server->new(load => [$module], mode => 'answer',
                                   store => store($file));
my $store = PrintTask::Store->of($nginx, 'print/op');

$store->op('put', key => "print-task:{t/d/$_}", state => 'pending', ttl => 0)
    for 1 .. 50;

ok(defined $nginx->stop, 'a file is made');
is($nginx->quiet, '', '... quietly');
copy($file, "$dir/good");

for my $damage (['word', -512], ['word', 0], ['word', 5], ['word', 1 << 40],
                ['word', 0x20000], ['undos', 1 << 20], ['undos', 1 << 63],
                ['undos', 200], ['top', 1 << 30], ['top', 0],
                ['free', 0xfffffff0], ['free', 1], ['bucket', 0xfffffff0],
                ['chain', 0xfffffff0], ['newer', 0xfffffff0],
                ['newer', 0], ['state', 0xfffffff0], ['state', 0xffff])
{
    damaged(@$damage);
}

# --- files that others can write to, or that are none

SKIP: {
    skip 'only root can give files away', 2 if $>;

    sound();
    chown 65534, 65534, $file;
    refused('a file of another user', qr/belongs to user 65534/);

    sound();
    mkdir "$dir/other";
    chown 65534, 65534, "$dir/other";
    refused('a directory of another user', qr/the directory ".*" belongs to user 65534/,
            "$dir/other/store");
}

for my $mode (0666, 0620, 0602) {
    sound();
    chmod $mode, $file;
    refused(sprintf('a file of mode %o', $mode), qr/others can write to it/);
}

sound();
link $file, "$dir/another";
refused('a file with another name', qr/it has 2 names/);
unlink "$dir/another";

sound();
rename $file, "$dir/target";
symlink "$dir/target", $file;
refused('a symbolic link', qr/a symbolic link is not followed|is not a regular file/);
unlink $file;

POSIX::mkfifo($file, 0600);
refused('a pipe', qr/is not a regular file/);
unlink $file;

mkdir $file;
refused('a directory', qr/open\(\) ".*" failed \(21|is not a regular file/);
rmdir $file;

for my $mode (0777, 0775) {
    mkdir "$dir/$mode";
    chmod $mode, "$dir/$mode";
    refused(sprintf('a directory of mode %o', $mode),
            qr/others can write to the directory/, "$dir/$mode/store");
    ok(! -e "$dir/$mode/store", '... and no file is made');

    mkdir "$dir/$mode/own";
    refused('... above that of the file', qr/others can write to the directory/,
            "$dir/$mode/own/store");
}

mkdir "$dir/sticky";
chmod 01777, "$dir/sticky";
is(start("$dir/sticky/store", '-t') =~ /successful/, 1,
    'a directory like /tmp is used');

done_testing();

sub store {
    my ($file) = @_;

    return "print_task_key_file $key_file;
            print_task_store memory:m:1m file=$file;";
}

# what nginx says that should not start

sub start {
    my ($file, @options) = @_;
    my $nginx = bless { dir => File::Temp->newdir(), port => 1, owner => 0,
                        load => [$module], store => store($file) },
                'PrintTask::Server';

    mkdir "$nginx->{dir}/logs";
    $nginx->configure(mode => 'answer', port => PrintTask::Server::free_port());

    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // '';

    my $binary = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';
    my $said = `timeout 20 $binary -p $nginx->{dir} \\
                    -c $nginx->{dir}/nginx.conf @options 2>&1`;

    return "status $? " . $said . $nginx->log;
}

sub sound {
    unlink $file;
    copy("$dir/good", $file);
    chmod 0600, $file;
}

sub damaged {
    my ($field, $value) = @_;

    sound();
    system('build/store/damage', $file, $field, $value) == 0
        or die "build/store/damage: $?";

    my $before = content();
    my $said = start($file);

    like($said, qr/^status 256 .*\[emerg\] .*print_task_store ".*" (?:is damaged: \w|was written by another version)/s,
        "$field $value is refused");
    is(content() eq $before, 1, '... and nothing is written');
}

sub refused {
    my ($name, $reason, $path) = @_;

    $path //= $file;

    for my $options ('', '-t') {
        like(start($path, $options), qr/^status 256 .*\[emerg\] .*$reason/s,
            "$name is refused" . ($options && ' by a test of the configuration'));
    }
}

sub content {
    return PrintTask::Server::slurp($file);
}
