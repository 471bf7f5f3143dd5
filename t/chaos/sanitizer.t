#!/usr/bin/perl

# As strict.t, shorter, with the module built by "util/build --sanitize".

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
    seconds => 10,
    build => 'gcc-asan',
    events => [[0.2, crash => 0.5], [0.6, freeze => 1.2]],
    refusals => ['503 storeDown', '503 taskBusy'],
    lease => 10,
    wait => 2 + 1 + 1,
    env => {
        LD_PRELOAD => "$library $module",
        ASAN_OPTIONS => 'log_path=sanitizer:fast_unwind_on_malloc=0',
        LSAN_OPTIONS => 'exitcode=0',
        UBSAN_OPTIONS => 'print_stacktrace=1',
    },
    conf => <<'_EOC_',
    print_task_store_down reject;
    print_task_redis_timeout 1s 1s;
    print_task_lease 10s 2s;
    proxy_connect_timeout 3s;
    proxy_send_timeout 3s;
    proxy_read_timeout 3s;
_EOC_
);
