#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# With each example of conf/ and of README.md, a refusal is in the error log,
# with the ids of its answer.  The test replaces only paths, ports and the
# user.

use strict;
use warnings;

use Cwd ();
use File::Basename qw(basename dirname);
use File::Copy qw(copy);
use File::Temp ();
use IO::Socket::SSL;
use IO::Socket::UNIX;
use POSIX qw(WNOHANG);
use Test::More;

use lib dirname(__FILE__) . '/lib';

use PrintTask::Server;
use PrintTask::Token qw(jwks_file);

*await = \&PrintTask::Server::await;
*slurp = \&PrintTask::Server::slurp;

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');
my $module = $ENV{TEST_NGINX_LOAD_MODULES}
             // "$top/build/gcc/ngx_http_print_task_module.so";

my $task = '/v1.0/print/taskDefinitions/d/tasks/t';
my ($readme) = slurp("$top/README.md") =~ /^```nginx\n(load_module.*?|user .*?)^```$/ms;

example('README.md', $readme);

for my $file (glob "$top/conf/*.conf") {
    example(basename($file), slurp($file));
}

done_testing();


sub example {
    my ($name, $text) = @_;
    my $dir = File::Temp->newdir('pt-conf-XXXXXX', TMPDIR => 1);

    like($text, qr/^user www-data;$/m, "$name: the user is kept");
    like($text, qr{^error_log /var/log/nginx/error\.log notice;$}m,
        "$name: error_log takes refusals");

    files($dir);
    PrintTask::Server::write_file("$dir/nginx.conf", here($dir, $text));

    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD}
            if $ENV{TEST_NGINX_LD_PRELOAD};

        open STDERR, '>', "$dir/stderr";
        exec $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx', '-p', "$dir/",
             '-e', "$dir/error.log", '-c', "$dir/nginx.conf",
             '-g', "daemon off; pid $dir/nginx.pid;"
            or POSIX::_exit(1);
    }

    ok(await(sub { IO::Socket::UNIX->new(Peer => "$dir/443.sock") }),
        "$name: nginx starts") or diag slurp("$dir/stderr");

    my $answer = refused($dir);
    my ($id) = $answer =~ /^request-id: (\S+)\r$/m;
    my $kind = $name eq 'dry-run.conf' ? 'would be refused' : 'refused';
    my $line = await(sub { (grep { /print task .*refused/ } split /^/,
                                  slurp("$dir/error.log"))[0] });

    like($line, qr/\[notice\] .* print task $kind: tokenMissing \(401\), /,
        "$name: the refusal is logged");
    like($line, qr/, definition: "d", task: "t", request-id: "\S+", client-request-id: "mine", client: /,
        "$name: with what was refused");
    like($line, qr/request-id: "\Q$id\E"/, "$name: with the id of the answer")
        if defined $id;

    kill 'QUIT', $pid;
    ok(await(sub { waitpid $pid, WNOHANG; !kill 0, $pid }, 30),
        "$name: nginx ends");

    my @json = grep { /^\{/ } split /^/, slurp("$dir/print-task.log");

    json($json[0]) if $name eq 'logging.conf';
}


# --- the log in JSON has all there is to know, and is JSON

sub json {
    my ($line) = @_;
    my $docs = slurp("$top/docs/directives.md");
    my $format = slurp("$top/conf/logging.conf");
    my @names = $docs =~ /^\| `\$(print_task_\w+)` \|/mg;

    cmp_ok(scalar @names, '>', 10, 'logging.conf: variables are documented');
    is(join(' ', grep { $format !~ /"\$$_"/ } @names), '',
        'logging.conf: it logs each of them');
    like($format, qr/"\$http_traceparent"/, 'logging.conf: and the trace');

    my $got = eval { require JSON::PP; JSON::PP->new->decode($line) };

    is($got->{reason}, 'tokenMissing', 'logging.conf: a line is JSON')
        or diag $line, $@;
    is($got->{traceparent},
        '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        'logging.conf: with the trace of the client');
}


sub files {
    my ($dir) = @_;

    mkdir "$dir/temp";
    copy(jwks_file(), "$dir/$_.json") or die "$_: $!" for qw(jwks global us-gov);
    PrintTask::Server::write_file("$dir/redis.password", "secret\n");

    my $output = `openssl req -x509 -newkey rsa:2048 -nodes -days 1 \\
                  -subj /CN=print.example.com -out '$dir/tls.crt' \\
                  -keyout '$dir/tls.key' 2>&1`;
    die "openssl: $output" if $?;
}

sub here {
    my ($dir, $text) = @_;
    my $temp = join '', map { "    ${_}_temp_path $dir/temp;\n" }
               qw(client_body proxy fastcgi uwsgi scgi);
    my $user = $> == 0 ? 'user ' . getpwuid(0) . ';' : '';
    my $first = 1;

    $text =~ s/^load_module .*\n/load_module $module;\n/m;
    $text =~ s/^user .*\n/$user\n/m;
    $text =~ s/^http \{\n/http {\n    access_log $dir\/access.log;\n$temp/m;
    $text =~ s{/etc/nginx/print-task/}{$dir/}g;
    $text =~ s{/var/log/nginx/}{$dir/}g;
    $text =~ s{\blisten (\d+)}{"listen unix:$dir/" . ($first-- > 0 ? $1 : $first) . '.sock'}ge;

    return $text;
}

sub refused {
    my ($dir) = @_;
    my $socket = IO::Socket::UNIX->new(Peer => "$dir/443.sock");

    IO::Socket::SSL->start_SSL($socket,
        SSL_verify_mode => IO::Socket::SSL::SSL_VERIFY_NONE()) or die 'TLS';

    print $socket "PATCH $task HTTP/1.1\r\nHost: print.example.com\r\n"
        . "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
        . "client-request-id: mine\r\nConnection: close\r\n"
        . "Content-Length: 2\r\n\r\n{}";

    my $text = '';
    local $SIG{ALRM} = sub { die "no answer\n" };
    alarm 20;

    # a dry run goes on to a back end that is not there

    eval { 1 while sysread $socket, $text, 65536, length $text;
           1 } or $text = '';
    alarm 0;

    return $text;
}
