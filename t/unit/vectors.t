#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The test vectors for signatures of t/data, and that the runner would see it
# if something was wrong with them.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);
use File::Temp ();
use JSON::PP ();
use Test::More;

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my $runner = "$top/build/unit/jws_vectors";

-x $runner or BAIL_OUT("no $runner, see util/test unit");

my $vectors = JSON::PP->new->decode(get("$top/t/data/jws_vectors.json"));
my @tests = map { @{$_->{tests}} } @{$vectors->{testGroups}};

cmp_ok(scalar @tests, '>', 150, 'there are vectors');

my ($status, @lines) = run("$top/t/data/jws_vectors.json");

is($status, 0, 'all come out as they should');
is(scalar(grep { !/^#/ } @lines), scalar @tests, 'a line for each');
is(scalar(grep { / valid accepted$/ } @lines),
   scalar(grep { $_->{result} eq 'valid' } @tests) - 1,
   'all that are valid are accepted, but one that is not ours');
is(scalar(grep { / valid not ours$/ } @lines), 1, '... which is reported');

# the other way round

my ($good) = grep { $_->{result} eq 'valid' } @tests;
my ($bad) = grep { $_->{comment} eq 'none' } @tests;

$good->{result} = 'invalid';
($status, @lines) = changed();
is($status, 1, 'one that is invalid but accepted');
is(scalar(grep { / $good->{tcId} invalid accepted WRONG$/ } @lines), 1,
    '... is reported');

$good->{result} = 'acceptable';
is((changed())[0], 0, 'one that may be either');

$good->{result} = 'valid';
$good->{jws} =~ s/\.[^.]*\z/.AAAA/;
is((changed())[0], 1, 'one that is valid but refused');

$good->{result} = 'invalid';
is((changed())[0], 0, '... if it is not valid');

# other names for the key

for my $name (qw(public jwk key private)) {
    for my $group (@{$vectors->{testGroups}}) {
        $group->{$name} = delete $group->{$_}
            for grep { $_ ne $name } grep { /^(?:jwks|public|jwk|key)$/ }
                keys %$group;
    }

    is((changed())[0], 0, "keys in \"$name\"");
}

$_->{private}{keys}[0]{d} = 'AAAA' for @{$vectors->{testGroups}};
is((changed())[0], 0, 'private parts are left out');

is((run('/nowhere'))[0], 2, 'a file that is not there');
is((run("$top/t/unit/vectors.t"))[0], 2, 'a file that is not JSON');

done_testing();


sub run {
    open my $out, '-|', "'$runner' '$_[0]' 2>/dev/null" or die "$runner: $!";
    chomp(my @lines = <$out>);
    close $out;

    return ($? >> 8, @lines);
}


sub changed {
    my $file = File::Temp->new();

    print $file JSON::PP->new->encode($vectors) or die "$file: $!";
    close $file or die "$file: $!";

    return run("$file");
}


sub get {
    open my $in, '<', $_[0] or die "$_[0]: $!";
    local $/;

    return scalar <$in>;
}
