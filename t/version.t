#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# One version: src/version.h has it, the binary and the log of nginx show it, and
# CHANGELOG.md and debian/changelog agree with it.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

*slurp = \&PrintTask::Server::slurp;

my ($version) = slurp('src/version.h') =~ /_VERSION +"([0-9.]+)"/;

like($version, qr/^\d+\.\d+\.\d+$/, 'the version has three numbers');
is(`util/version`, "$version\n", 'util/version prints it');

like(slurp('debian/changelog'),
    qr/\A\S+ \(\Q$version\E-\d+\)/, 'the newest entry of debian/changelog');
like(slurp('CHANGELOG.md'), qr/^## \[\Q$version\E\]/m, 'CHANGELOG.md has it');

# --- the start

my $nginx = PrintTask::Server->new(location => 'print_task_key_file '
                                               . jwks_file() . ';');

my $line = qr/print\ task:\ \Q$version\E,\ OpenSSL\ [^,]+,
              \ hiredis\ [\d.]+,\ yajl\ [\d.]+$/mx;

PrintTask::Server::await(sub { $nginx->log =~ /start worker processes/ });
like($nginx->log, $line,
    'the log names the versions at the start');

$nginx->stop;
is($nginx->quiet, '', 'all was quiet');

done_testing();
