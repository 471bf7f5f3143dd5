#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Each example of conf/, and each part of a configuration in the documentation,
# is one that nginx loads without a warning.  What is different on each machine
# (paths, ports, the module) is replaced.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Token qw(jwks_file);

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');

my $nginx = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';
my @modules = split ' ', $ENV{TEST_NGINX_LOAD_MODULES}
              || "$top/build/gcc/ngx_http_print_task_module.so";

-e $_ or BAIL_OUT("no $_, see util/build") for @modules;

my $dir = tempdir('print-task-conf-XXXXXX', TMPDIR => 1, CLEANUP => 1);

mkdir "$dir/temp";
copy(jwks_file(), "$dir/$_.json") or die "$_.json: $!"
    for qw(jwks global us-gov);
put("$dir/redis.password", "secret\n");
certificate("$dir/tls.crt", "$dir/tls.key");
certificate("$dir/redis-ca.crt", "$dir/redis-ca.key");

# a location and what is around it, for parts of a configuration

my $settings = <<'_EOC_';
    print_task_key_file /etc/nginx/print-task/jwks.json;
    print_task_issuer https://print.example.com/;
    print_task_audience print;
    print_task_redis 127.0.0.1:6379;
_EOC_

my $good = http("server {\n" . 'location / { print_task forward; }' . '}');

# --- what loads, and that this test would see it if something did not

loads('a location', $good);

refuses('an unknown directive', $good =~ s/print_task forward/print_tusk on/r,
    qr/unknown directive "print_tusk"/);
refuses('a value that is not valid', $good =~ s/forward/backward/r,
    qr/invalid value "backward"/);
refuses('a setting that is missing', $good =~ s/print_task_issuer.*//r,
    qr/"print_task" needs "print_task_issuer"/);
refuses('a file that is missing', $good =~ s/jwks\.json/none.json/r,
    qr/"\Q$dir\E\/none.json" failed/);

for my $file (glob "$top/conf/*.conf") {
    my $text = get($file);

    like($text, qr/^# \S/, "$file begins with what it is for");
    loads($file =~ s{^\Q$top\E/}{}r, $text);
}

# --- blocks of the documentation, and the defaults of directives

my $blocks = 0;

for my $file ("$top/README.md", glob "$top/docs/*.md") {
    my $name = $file =~ s{^\Q$top\E/}{}r;
    my $n = 0;

    for my $block (get($file) =~ /^```nginx\n(.*?)^```$/msg) {
        loads("$name, block " . ++$n, whole($block));
        $blocks++;
    }
}

cmp_ok($blocks, '>', 5, 'blocks are found in the documentation');

my @defaults = get("$top/docs/directives.md")
               =~ /^- \*\*Default:\*\* `(.*)`$/mg;

cmp_ok(scalar @defaults, '>', 10, 'defaults are found in the documentation');
loads("default: $_", whole($_)) for @defaults;

done_testing();


sub loads {
    my ($name, $text) = @_;
    my ($status, $output) = try($text);

    ok($status == 0 && $output =~ /test is successful/
       && $output !~ /\[(?:warn|error|crit|alert|emerg)\]|Sanitizer/, $name)
        or diag($output);
}


sub refuses {
    my ($name, $text, $message) = @_;
    my ($status, $output) = try($text);

    ok($status != 0, "$name is refused");
    like($output, $message, "$name: the message");
}


# The status of "nginx -t", and what it prints.

sub try {
    my ($text) = @_;

    put("$dir/nginx.conf", local_paths($text));

    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD}
        if $ENV{TEST_NGINX_LD_PRELOAD};

    my $output = `'$nginx' -t -p '$dir' -e stderr -c '$dir/nginx.conf' \\
                  -g 'pid $dir/nginx.pid; error_log stderr;' 2>&1`;

    return ($?, $output);
}


# An example as it is loaded here: its files are in $dir, and so are its
# sockets, since the ports may be in use, or for root alone.

sub local_paths {
    my ($text) = @_;

    my $load = join '', map { "load_module $_;\n" } @modules;
    my $temp = join '', map { "    ${_}_temp_path $dir/temp;\n" }
               qw(client_body proxy fastcgi uwsgi scgi);

    $text =~ s/^load_module .*\n/$load/m;
    $text =~ s/^http \{\n/http {\n    access_log $dir\/access.log;\n$temp/m;
    $text =~ s{/etc/nginx/print-task/}{$dir/}g;
    $text =~ s{/var/log/nginx/}{$dir/}g;
    $text =~ s{/run/print-task/}{$dir/}g;
    $text =~ s{\blisten (\d+)}{listen unix:$dir/$1.sock}g;

    return $text;
}


# Makes a whole configuration of a part of one.

sub whole {
    my ($text) = @_;

    return $text if $text =~ /^http \{$/m;
    return http($text)
        if $text =~ /^(?:map|server|print_task_(?:token_zone|log_rate)) /m;
    return http("server {\n$text}\n") if $text =~ /^location /m;

    # the time-outs are of the Redis of the same level

    my $redis = $text =~ /print_task_redis / ? ''
                : 'print_task_redis 127.0.0.1:6379;';

    return http("server {\nlocation / {\n$redis\n$text\n}\n}\n");
}


sub http {
    my ($text) = @_;

    return "load_module print_task;\nevents {\n}\n"
           . "http {\n$settings$text\n}\n";
}


sub certificate {
    my ($crt, $key) = @_;

    my $output = `openssl req -x509 -newkey rsa:2048 -nodes -days 1 \\
                  -subj /CN=print.example.com -out '$crt' -keyout '$key' 2>&1`;

    die "openssl: $output" if $?;
}


sub get {
    my ($file) = @_;

    open my $in, '<', $file or die "$file: $!";
    local $/;

    return scalar <$in>;
}


sub put {
    my ($file, $text) = @_;

    open my $out, '>', $file or die "$file: $!";
    print $out $text or die "$file: $!";
    close $out or die "$file: $!";
}
