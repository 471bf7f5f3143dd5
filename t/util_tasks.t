#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# util/tasks: tasks go to a file, and from there to another store.  TEST_TASKS is their
# number.

use strict;
use warnings;

use lib 't/lib';

use Digest::SHA qw(sha256_hex);
use File::Temp ();
use JSON::PP ();
use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

my $key_file = jwks_file();
my $redis = PrintTask::Redis->new;
my $n = $ENV{TEST_TASKS} // 500;
my $dir = File::Temp->newdir('pt-tasks-XXXXXX', TMPDIR => 1);
my $tenant = $PrintTask::Token::Tenant;

sub location {
    my ($path, $more) = @_;

    return "location /$path/ {
                rewrite ^/$path(/.*) \$1 break;
                print_task answer;
                print_task_admin 127.0.0.1;
                print_task_tenant $tenant;
                $more
            }";
}

my $nginx = PrintTask::Server->new(
    store => "print_task_key_file $key_file;"
             . " print_task_redis " . $redis->address . ';',
    server => location('memory', 'print_task_store memory:m:32m;')
              . location('other', 'print_task_store memory:other:32m;')
              . location('back', 'print_task_store memory:back:32m;')
              . location('redis', 'print_task_realm r; print_task_store redis;'));

my $url = "http://127.0.0.1:$nginx->{port}";

# --- tasks of all kinds, as the file has them

my @states = qw(pending processing completed aborted);
my @texts = (undef, '', 'plain', "two\nlines \"\\\t<b>", "gr\x{fc}n \x{1f5a8}",
             'x' x 1000);
my $json = JSON::PP->new->utf8->canonical;

open my $out, '>', "$dir/made" or die "$dir/made: $!";

print $out map { $json->encode($_) . "\n" } map {
    {
        definition => "d" . $_ % 3,
        task => {
            id => "t-$_",
            parentUrl => $_ % 5 ? "https://print.example/jobs/$_" : undef,
            status => { state => $states[$_ % 4],
                        description => $texts[$_ % 6] },
            $_ % 2 ? (definition => { createdBy => { appId => "app$_" } })
                   : (),
        },
    }
} 1 .. $n;
close $out;

like(run("import $url/memory < $dir/made"), qr/^$n tasks created, 0 replaced, 0 exist/,
    'tasks are imported');
like(run("export $url/memory d0 d1 d2 > $dir/memory"), qr/^$n tasks exported/,
    'and exported');
is(digest("$dir/memory"), digest("$dir/made"), 'they are the same');

# from memory to memory and to Redis, and from Redis to memory

for my $way (['memory', 'other'], ['memory', 'redis'], ['redis', 'back']) {
    my ($from, $to) = @$way;

    like(run("import $url/$to < $dir/$from"), qr/^$n tasks created, 0 replaced, 0 exist/,
        "$from to $to: all tasks are imported");
    like(run("export $url/$to d0 d1 d2 d3 > $dir/$to"), qr/^$n tasks exported/,
        "$from to $to: all are there");
    is(digest("$dir/$to"), digest("$dir/made"), "$from to $to: they are the same");
}

# --- what is there

like(run("import $url/memory < $dir/made"), qr/^0 tasks created, 0 replaced, $n exist/,
    'what exists is left as it is');
like(run("import --replace $url/memory < $dir/made"), qr/^0 tasks created, $n replaced/,
    'or replaced');

# --- what goes wrong is said

like(run("export $url/none d"), qr/^GET .*: 404/, 'no gateway');
like(run("import $url/memory < /etc/passwd"), qr/^line 1: no task/, 'another file');
like(run("export $url/memory"), qr/^usage/, 'no definition');
like(run("export $url/memory 'a/b'"), qr/^GET .*a%2Fb.*: 400/, 'no id');

is($nginx->quiet, '', 'nginx is quiet');
done_testing();

# what it says, beside what goes to a file

sub run {
    return scalar `{ util/tasks @_; } 2>&1`;
}

# of the lines in the order of the bytes: a list has an order of its own

sub digest {
    my ($name) = @_;

    open my $in, '<', $name or die "$name: $!";

    return sha256_hex(join '', sort <$in>);
}
