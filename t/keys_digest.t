#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A key set whose digest cannot be computed is not used: it could not be
# distinguished from another one.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp ();
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Server;
use PrintTask::Token;

*await = \&PrintTask::Server::await;

plan skip_all => 'the sanitizer has to be loaded first'
    if $ENV{TEST_NGINX_LD_PRELOAD};

my $dir = File::Temp->newdir('pt-digest-XXXXXX', TMPDIR => 1);
my $fails = "$dir/fails";
my $keys = "$dir/keys.json";

write_file("$dir/digest.c", <<'_EOC_');
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char  *fails;

static void __attribute__((constructor))
init(void)
{
    /* nginx overwrites its environment */
    fails = strdup(getenv("DIGEST_FAILS"));
}

typedef int (*digest_pt)(const void *, size_t, unsigned char *, unsigned *,
    const void *, void *);

int
EVP_Digest(const void *data, size_t len, unsigned char *md, unsigned *size,
    const void *type, void *impl)
{
    if (access(fails, F_OK) == 0) {
        return 0;
    }

    return ((digest_pt) dlsym(RTLD_NEXT, "EVP_Digest"))(data, len, md, size,
                                                        type, impl);
}
_EOC_

system('cc', '-O2', '-shared', '-fPIC', '-o', "$dir/digest.so",
       "$dir/digest.c", '-ldl') == 0
    or plan skip_all => 'cannot compile';

local $ENV{TEST_NGINX_LD_PRELOAD} = "$dir/digest.so";
local $ENV{DIGEST_FAILS} = $fails;

my $good = slurp(jwks_file());

write_file($keys, $good);

my $nginx = PrintTask::Server->new(
    workers => 1, http => "print_task_key_file $keys;");

is(status(), 200, 'a token is accepted');

write_file($fails, '');
write_file($keys, '{"keys":[]}');

ok(await(sub { status(); $nginx->log =~ /SHA-256 failed, its last good/ }),
    'keys without a digest are not used');
is(status(), 200, 'the last good keys are kept');

write_file($keys, '{"keys":[{"kty":"RSA"}]}');
ok(await(sub { status(); (() = $nginx->log =~ /SHA-256 failed/g) > 1 }),
    'neither are others');
is(status(), 200, 'and the keys are kept');

write_file($keys, jwks() =~ s/"kid":"/"kid":"no-/gr);
unlink $fails;
ok(await(sub { status() == 401 }, 15), 'with a digest they are read');

write_file($keys, $good);
ok(await(sub { status() == 200 }, 15), 'and so are good ones');

$nginx->stop;
is($nginx->quiet, '', 'nothing alarming');

write_file($fails, '');

my $log = do {
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD};
    my $binary = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';

    `$binary -t -p $nginx->{dir} -c $nginx->{dir}/nginx.conf 2>&1`;
};

like($log, qr/\[emerg\].*"print_task_key_file" .*SHA-256/,
    'nginx does not start without a digest');

done_testing();


sub status {
    my $response = $nginx->request('GET', '/print/taskDefinitions');

    return $response ? $response->{status} : 0;
}

sub write_file {
    my ($name, $text) = @_;

    open my $out, '>', "$name.new" or die "$name: $!\n";
    print $out $text;
    close $out;
    rename "$name.new", $name or die "$name: $!\n";
}

sub slurp {
    my ($name) = @_;

    open my $in, '<', $name or die "$name: $!\n";
    local $/;

    return <$in>;
}
