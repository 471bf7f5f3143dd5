#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Settings that are well-formed but can never work: the messages of "nginx
# -t".  Correct settings beside them load without a message.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(dirname);
use File::Temp ();
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Defaults;
use PrintTask::Server qw(nginx_version);
use PrintTask::Token qw(jwks_file);

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');
my $module = $ENV{TEST_NGINX_LOAD_MODULES}
             // "$top/build/gcc/ngx_http_print_task_module.so";
my $dir = File::Temp->newdir('pt-conf-XXXXXX', TMPDIR => 1);
my $keys = jwks_file();

mkdir "$dir/temp";
mkdir "$dir/open";
chmod 0777, "$dir/open";

my $guid = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000001';
my $cut = '8f2c5a1e-3b64-4d0f-9a57-1c0de000001';
my $entra = 'https://login.microsoftonline.com';

# --- issuers

dies('an issuer with another name in braces', issuer => qq("$entra/{tdi}/v2.0"),
    qr/invalid issuer "\Q$entra\E\/\{tdi\}\/v2\.0" in "print_task_issuer", only "\{tid\}" may be in braces/);
dies('a brace that is not closed', issuer => qq("https://print.example.com/{tid"),
    qr/invalid issuer .* only "\{tid\}"/);

for my $tenant ('contoso.onmicrosoft.com', 'common', $cut, '') {
    dies("Entra ID: tenant \"$tenant\"", issuer => "$entra/$tenant/v2.0",
        qr/invalid issuer "[^"]+" in "print_task_issuer", it must be "\Q$entra\E\/TENANT\/v2\.0", and TENANT a GUID or "\{tid\}"/);
}

dies('Entra ID: no version', issuer => "$entra/$guid", qr/invalid issuer/);
dies('Entra ID: a slash too many', issuer => "$entra/$guid/v2.0/", qr/invalid issuer/);
dies('Entra ID: version 1.0 without its slash',
    issuer => "https://sts.windows.net/$guid", qr/it must be "https:\/\/sts\.windows\.net\/TENANT\/"/);

loads('Entra ID: a tenant', issuer => "$entra/" . uc($guid) . '/v2.0');
loads('Entra ID: all versions and clouds', issuer =>
    qq("$entra/{tid}/v2.0" "https://sts.windows.net/{tid}/"
       "https://login.microsoftonline.us/{tid}/v2.0"));
loads('another identity provider', issuer => 'https://print.example.com/');
loads('a name', issuer => 'print');

# --- tenants, applications, audiences

for my $directive (qw(print_task_tenant print_task_app)) {
    warns("$directive: a domain", issuer => qq("$entra/{tid}/v2.0"),
        location => "$directive contoso.onmicrosoft.com;",
        qr/no token of Microsoft Entra ID has "contoso\.onmicrosoft\.com" in "$directive", it must be a GUID/);
    loads("$directive: a GUID", issuer => qq("$entra/{tid}/v2.0"),
        location => "$directive $guid;");
    loads("$directive: a name, with another identity provider",
        location => "$directive contoso;");
}

for my $directive (qw(print_task_tenant print_task_app print_task_audience)) {
    dies("$directive: a GUID without a digit", location => "$directive $cut;",
        qr/invalid value "$cut" in "$directive", it must be a GUID of 36 characters/);
    dies("$directive: a GUID with a digit too many",
        location => "$directive ${guid}0;", qr/invalid value "${guid}0"/);
}

loads('print_task_audience: an address', issuer => qq("$entra/{tid}/v2.0"),
    location => 'print_task_audience api://print.example.com;');

# --- keys

dies('a key without the task', location => 'print_task_key "x:$print_task_definition_id";',
    qr/"x:\$print_task_definition_id" in "print_task_key" is the key of more than one task, it needs "\$print_task_id"/);
dies('a key without the tenant', issuer => qq("$entra/{tid}/v2.0"),
    location => 'print_task_key "x:$print_task_definition_id/$print_task_id";',
    qr/in "print_task_key" is the key of more than one task, it needs "\$print_task_tenant_id", or "print_task_tenant" with one tenant/);
loads('a key without the only tenant', issuer => qq("$entra/{tid}/v2.0"),
    location => "print_task_tenant $guid;"
                . 'print_task_key "x:${print_task_definition_id}/${print_task_id}";');
loads('a key without the tenant of the only issuer', issuer => "$entra/$guid/v2.0",
    location => 'print_task_key "x:$print_task_definition_id/$print_task_id";');
loads('a key with something else in it', location => 'print_task_key "x:$uri";');
warns('a key without the definition', location => 'print_task_key "x:$print_task_id";',
    qr/"x:\$print_task_id" in "print_task_key" is the key of more than one task, unless ids of tasks are unique without "\$print_task_definition_id"/);

# --- the store

dies('a file in a directory that is not there',
    location => 'print_task_store memory:m:1m file=/nonexist/x;',
    qr/cannot find the directory of "file=\/nonexist\/x" in "print_task_store" \(2: No such file/);
dies('a file in a directory that others can write to',
    location => "print_task_store memory:m:1m file=$dir/open/x;",
    qr/"file=\Q$dir\E\/open\/x" is not used: others can write to the directory "[^"]+\/open"/);

# --- directives that do not go together

warns('print_task_admin with forward', location => 'print_task_admin role=Maker;',
    qr/"print_task_admin" has no effect with "print_task forward", it needs "print_task answer"/);
loads('print_task_admin from above', server => 'print_task_admin role=Maker;');
dies('proxy_method', location => 'proxy_method POST;',
    qr/"proxy_method POST" cannot be used with "print_task forward", the back end must get the method of the client/);
loads('proxy_method with a variable', location => 'proxy_method $request_method;');
warns('proxy_method in a dry run', location => 'print_task_dry_run on; proxy_method POST;',
    qr/"proxy_method POST" cannot be used with "print_task forward"/);
dies('proxy_set_body', location => 'proxy_set_body x;',
    qr/"proxy_set_body x" cannot be used with "print_task forward", the back end must get the body that was checked/);
loads('proxy_set_body with a variable', location => 'proxy_set_body $request_body;');

SKIP: {
    skip 'nginx speaks no HTTP/2 to back ends', 7
        if nginx_version() < 1_029_004;

    dies('HTTP/2 to the back end', location => 'proxy_http_version 2;',
        qr/"proxy_http_version 2" cannot be used with "print_task forward", it must be "1.0" or "1.1"/);
    dies('HTTP/2 to the back end, from above', server => 'proxy_http_version 2;',
        qr/"proxy_http_version 2" cannot be used with "print_task forward"/);
    warns('HTTP/2 to the back end in a dry run',
        location => 'print_task_dry_run on; proxy_http_version 2;',
        qr/"proxy_http_version 2" cannot be used with "print_task forward"/);
    loads('HTTP/2 to the back end elsewhere',
        server => 'location /x { print_task off; proxy_http_version 2;
                                 proxy_pass http://127.0.0.1; }');
}

loads('HTTP/1.0 to the back end', location => 'proxy_http_version 1.0;');

warns('proxy_next_upstream non_idempotent',
    location => 'proxy_next_upstream error non_idempotent;',
    qr/with "proxy_next_upstream non_idempotent" a change of "print_task forward" may be sent twice/);
warns('a body that nginx does not take', location => 'client_max_body_size 8k;',
    qr/"client_max_body_size" of 8192 is smaller than "print_task_body_max" of @{[BODY_MAX]}/);
loads('a body of any size', location => 'client_max_body_size 0;');

# --- values: the message has directive, value and choices

value('print_task on', qr/"off", "forward" or "answer"/);
value('print_task_store_down ignore', qr/"reject", "check" or "pass"/);
value('print_task_log_level debug', qr/"info", "notice", "warn" or "error"/);
value('print_task_dry_run maybe', qr/"on" or "off"/);
value('print_task_transition pending started',
    qr/"pending", "processing", "completed" or "aborted"/);
value('print_task_leeway 301s', qr/from 0 to 300s/);
value('print_task_store disk', qr/"memory:name:size" or "redis"/);
value('print_task_store memory:m:1m path=x', qr/"file=path"/);
value('print_task_store memory:m:1k', qr/from 256k to 64g/);
value('print_task_store redis x', qr/which takes no parameter/);
value('print_task_redis 127.0.0.1:6379 timeout=1s', qr/for its parameters/);
value('print_task_redis 127.0.0.1:6379 db=one', qr/must be a number/);
value('print_task_redis 127.0.0.1:6379 ssl ssl_verify=yes', qr/"on" or "off"/);
value('print_task_redis 127.0.0.1:6379 ping=often', qr/from 0 to 3650d/);
value('print_task_admin localhost', qr/an IP address, a CIDR or "unix:"/);
value('print_task_queue 0', qr/from 1 to 65536/);
value('print_task_lease soon', qr/from 1ms to 3650d/);
value('print_task_body_max 1', qr/from 64 to 1048576/);

done_testing();


sub value {
    my ($line, $choices) = @_;
    my ($directive, @values) = split ' ', $line;
    my ($status, $output) = try(only => "$line;");

    ok($status != 0, "$line: is refused");
    like($output, qr/"$directive/, "$line: the message has the directive");
    my ($last) = $values[-1] =~ /([^=]+)\z/;

    like($output, qr/\Q$last\E/, "$line: the value");
    like($output, $choices, "$line: and the choices");
}

sub dies {
    my $message = pop;
    my ($name, %opt) = @_;
    my ($status, $output) = try(%opt);

    ok($status != 0, "$name: is refused");
    like($output, qr/\[emerg\] [^\n]*$message/, "$name: the message");
}

sub warns {
    my $message = pop;
    my ($name, %opt) = @_;
    my ($status, $output) = try(%opt);

    is($status, 0, "$name: loads");
    like($output, qr/\[warn\] [^\n]*$message/, "$name: with a warning");
}

sub loads {
    my ($name, %opt) = @_;
    my ($status, $output) = try(%opt);

    ok($status == 0 && $output !~ /\[(?:warn|error|crit|alert|emerg)\]|Sanitizer/,
        "$name: loads") or diag $output;
}

sub try {
    my (%opt) = @_;
    my $issuer = $opt{issuer} // 'https://print.example.com/';
    my $temp = join '', map { "${_}_temp_path $dir/temp;\n" }
               qw(client_body proxy fastcgi uwsgi scgi);
    my $mode = ($opt{only} // '') =~ /^print_task / ? '' : 'print_task forward;';

    $opt{location} //= $opt{only} // '';

    my $audience = $opt{location} =~ /print_task_audience/ ? ''
                   : 'print_task_audience print;';

    PrintTask::Server::write_file("$dir/nginx.conf", <<"_EOC_");
load_module $module;
events {
}
http {
    access_log off;
    $temp
    print_task_key_file $keys;
    print_task_issuer $issuer;

    server {
        listen unix:$dir/http.sock;
        @{[$opt{server} // '']}

        location / {
            $mode
            $audience
            $opt{location}
            proxy_pass http://127.0.0.1:8080;
        }
    }
}
_EOC_

    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD}
        if $ENV{TEST_NGINX_LD_PRELOAD};

    my $nginx = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';
    my $output = `'$nginx' -t -p '$dir' -e stderr -c '$dir/nginx.conf' \\
                  -g 'pid $dir/nginx.pid; error_log stderr;' 2>&1`;

    return ($?, $output);
}
