#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A key file that changes: it is read again, without a reload of nginx.

use strict;
use warnings;

use lib 't/lib';

use Test::More;
use Time::HiRes qw(time);

use PrintTask::Server;
use PrintTask::Token qw(token jwks jwk);

*await = \&PrintTask::Server::await;

my $dir = File::Temp->newdir;
my $file = "$dir/jwks.json";

replace(set('k1'));

my $nginx = PrintTask::Server->new(location => "print_task_key_file $file;");

is(status('k1'), 200, 'the keys that nginx was started with');
is(status('k2'), 401, 'and no others');

# --- good changes

replace(set('k2'));
ok(await(sub { both('k2') }), 'replaced by another file: both workers see it');
is(status('k1'), 401, 'replaced: the old key is gone');

edit(set('k3'));
ok(await(sub { both('k3') }), 'edited in place');
is(status('k2'), 401, 'edited: the old key is gone');

my $size = -s $file;
edit(set('k4'));
is(-s $file, $size, 'edited, of the same size');
ok(await(sub { both('k4') }), '... is seen');

# --- bad changes: the old keys are kept, and it is logged once

for my $bad (['not JSON', '{"keys":[', qr/is not valid JSON/],
             ['nothing', '', qr/is not valid JSON/],
             ['no keys', '{"keys":[]}', qr/has no usable key/],
             ['a private key', jwks(jwk('rsa1', kid => 'k1', d => 'AQAB')),
              qr/holds a private or symmetric key/],
             ['over 256 KiB', set('k1') . ' ' x (256 * 1024),
              qr/is larger than 256 KiB/])
{
    my ($name, $text, $message) = @$bad;
    my $pattern = qr/\[error\].*key set "\Q$file\E" $message/;

    clear_log();
    replace($text);
    ok(await(sub { both('k4'); $nginx->log =~ $pattern }), "$name: logged");
    once($name, $pattern);
    is(status('k1'), 401, "$name: nothing of it is taken");
}

clear_log();
unlink $file;
ok(await(sub { both('k4'); $nginx->log =~ /\[error\].*stat\(\).*failed/ }),
    'no file: logged');
once('no file', qr/\[error\].*stat\(\)/);

clear_log();
mkdir $file;
ok(await(sub { both('k4'); $nginx->log =~ /is not a file/ }),
    'a directory: logged');
once('a directory', qr/is not a file/);
rmdir $file;

# --- and good again

replace(set('k5'));
ok(await(sub { both('k5') }), 'a good file again');
is(status('k4'), 401, 'a good file again: the old key is gone');

# --- a bad file is read again, even if it seems to be the same

my $long_ago = int(time()) - 1000;
my $text = set('k6');
my $bad = qr/is not valid JSON/;

clear_log();
dated('x' x length $text, $long_ago);
ok(await(sub { both('k5'); $nginx->log =~ $bad }), 'same date: a bad file');
once('same date', $bad, 'k5');
dated($text, $long_ago);
ok(await(sub { both('k6') }),
    'same date: what it becomes without a new date is read');

# --- a verdict of a key that is gone does not live on

replace(set('k8'));
ok(await(sub { status('k8') == 200 }), 'new key');
replace(set('k1', 'k7'));
ok(await(sub { both('k7') }), 'and one more');
is(status('k8'), 401, 'a token that was accepted is not, without its key');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


sub status {
    my ($kid) = @_;

    return $nginx->get(token(kid => $kid))->{status};
}


# both workers accept it, or have been asked often enough

sub both {
    my ($kid) = @_;
    my %workers;

    for (1 .. 50) {
        my $got = $nginx->get(token(kid => $kid));

        return 0 if $got->{status} != 200;

        $workers{$got->{worker}} = 1;
        return 1 if keys %workers == 2;
    }

    return 1;
}


# each worker has had the time to look at the file twice more

sub once {
    my ($name, $pattern, $kid) = (@_, 'k4');
    my $end = time() + 2.2;

    await(sub { both($kid); time() > $end });

    my @lines = grep { $_ =~ $pattern } split /^/, $nginx->log;

    is(@lines, 1, "$name: once");
    ok(both($kid), "$name: the last good keys are kept");
}


sub clear_log {
    truncate "$nginx->{dir}/logs/error.log", 0;
}


sub replace {
    my ($text) = @_;

    PrintTask::Server::write_file($file, $text);
}


sub edit {
    my ($text) = @_;

    open my $out, '+<', $file or die "$file: $!\n";
    print $out $text;
    truncate $out, length $text;
    close $out;
}


sub dated {
    my ($text, $time) = @_;

    utime $time, $time, $file or die "$file: $!\n";

    open my $out, '+<', $file or die "$file: $!\n";
    truncate $out, 0;
    syswrite $out, $text;
    utime $time, $time, $out or die "$file: $!\n";
    close $out;
}


sub set {
    return jwks(map { jwk('rsa1', kid => $_) } @_);
}
