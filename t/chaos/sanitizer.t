#!/usr/bin/perl

# Some of the rest, shorter, with the module built by "util/build --sanitize".

use strict;
use warnings;

use Cwd ();
use FindBin;

use lib $FindBin::Bin, "$FindBin::Bin/../lib";

use Chaos;

my $top = "$FindBin::Bin/../..";
my $module = Cwd::abs_path("$top/build/gcc-asan/ngx_http_print_task_module.so");
my $library = Cwd::abs_path(`gcc -print-file-name=libasan.so` =~ s/\n//r);

# Leaks are looked for when a process ends, and do not change its status.  By
# then nginx has unloaded the module, and nobody could tell its functions by
# name: with LD_PRELOAD it stays.  Stacks have to be in full, since they begin
# in nginx, which has no frame pointers.

chaos(
    seconds => 14,
    build => 'gcc-asan',
    events => [[0.05, garbage => 1], [0.2, crash => 0.5], [0.35, half => 0.7],
               [0.45, full => 0.5], [0.55, 'hang-up' => 0.7],
               [0.62, freeze => 2.5]],
    refusals => ['503 storeDown', '503 taskBusy', '502', '502 learnFailed'],
    env => {
        LD_PRELOAD => "$library $module",
        ASAN_OPTIONS => 'log_path=sanitizer:fast_unwind_on_malloc=0',
        LSAN_OPTIONS => 'exitcode=0',
        UBSAN_OPTIONS => 'print_stacktrace=1',
    },
);
