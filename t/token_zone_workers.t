#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Tokens that are remembered: by all workers, over a reload, as long as there
# is memory for them, and until they expire.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Socket::UNIX;
use Test::More;
use Time::HiRes qw(sleep time);

use lib dirname(__FILE__) . '/lib';

use PrintTask::Token qw(token jwks_file);

my $top = Cwd::abs_path(dirname(__FILE__) . '/..');

my $nginx = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';
my @modules = split ' ', $ENV{TEST_NGINX_LOAD_MODULES}
              || "$top/build/gcc/ngx_http_print_task_module.so";

-e $_ or BAIL_OUT("no $_, see util/build") for @modules;

my $dir = tempdir('print-task-zone-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $pid;

chmod 0755, $dir;
mkdir $_ for "$dir/temp", "$dir/html", "$dir/html/print";
put("$dir/html/print/x", 'x');

# --- two workers

start('token_zone' => 't:64k', workers => 2);

my (%first, %seen);
my $deadline = time() + 20;

while (keys %seen < 2 && time() < $deadline) {
    my ($status, $cache, $worker) = get(token());

    $first{$cache}++;
    $seen{$worker}++;
}

is(keys %seen, 2, 'both workers were asked');
is($first{miss}, 1, 'one of them has verified the token, once');

# --- a reload

reload();
is((get(token()))[1], 'hit', 'a reload keeps what is remembered');

reload(role => "x $PrintTask::Token::Role");
is((get(token()))[1], 'miss', '... but not with another policy');
is((get(token()))[1], 'hit', '... under which it is remembered, too');

reload();
is((get(token()))[1], 'hit', 'the first policy again');

reload(key_file => jwks_file('rsa1'));
is((get(token()))[1], 'miss', 'other keys');

reload(key_file => jwks_file('ec1'));
is((get(token()))[0], 401, 'keys without the one of the token');

reload('token_zone' => 'off');
is((get(token()))[1], 'off', 'off');

reload('token_zone' => 't:128k');
is((get(token()))[1], 'miss', 'a zone of another size is a new one');

stop();

# --- a worker that dies

start(workers => 2);

get(token()) for 1 .. 4;

for my $worker (workers()) {
    kill 'KILL', $worker;

    my $deadline = time() + 10;

    while (grep({ $_ == $worker } workers()) && time() < $deadline) {
        sleep 0.01;
    }
}

is((get(token()))[1], 'hit', 'what it remembered is still there');
is((get(token(key => 'stranger', kid => 'rsa1')))[0], 401,
    '... and lets nothing else in');

stop(qr/exited on signal 9/);

# --- keys that change in their file, without a reload

put("$dir/keys.json", slurp(jwks_file()));
start(key_file => "$dir/keys.json");

get(token()) for 1, 2;
is((get(token()))[1], 'hit', 'a token of a key that is to be removed');

put("$dir/keys.new", slurp(jwks_file('ec1')));
rename "$dir/keys.new", "$dir/keys.json" or die "keys.json: $!";

is(await(401), 401, 'it is not accepted any longer once the key is gone');

put("$dir/keys.new", slurp(jwks_file()));
rename "$dir/keys.new", "$dir/keys.json" or die "keys.json: $!";

is(await(200), 200, '... and is again when the key is back');

stop();

# --- no memory

start('token_zone' => 't:32k');

my @tokens = map { token(alg => 'ES256', claims => { jti => $_ }) } 1 .. 150;
my %got;

for my $token (@tokens) {
    my ($status, $cache) = get($token);

    $got{"$status $cache"}++;
}

is_deeply(\%got, { '200 miss' => 150 }, 'more tokens than the zone holds');
is((get($tokens[-1]))[1], 'hit', 'the last one is remembered');
is((get($tokens[0]))[1], 'miss', 'the first one is not');
is((get($tokens[-1]))[1], 'hit', 'the last one used is given up last');
is((get($tokens[0]))[1], 'hit', 'the first one is remembered again');

get($_) for @tokens[1 .. $#tokens];

is((get($tokens[0]))[1], 'miss', '... until it is given up');
is((get($tokens[0]))[1], 'hit', '... and so on');

my @long = map { token(alg => 'ES256',
                       claims => { azp => 'a' x 124 . "-$_" }) } 100 .. 140;

%got = map { join(' ', (get($_))[0, 1]) => 1 } @long;

is_deeply(\%got, { '200 miss' => 1 }, 'entries of another size');
is((get($long[-1]))[1], 'hit', '... get an entry, too');

stop();

# --- until it expires

start('token_zone' => 't:64k', leeway => '0s');

my $exp = int(time()) + 3;
my $token = token(claims => { exp => $exp });
my ($status, $cache, $hits, $last) = (0, '', 0, 0);

$deadline = time() + 10;

for ( ;; ) {
    my $now = time();

    ($status, $cache) = get($token);
    last if $status != 200 || time() > $deadline;

    ($hits, $last) = ($hits + ($cache eq 'hit'), $now);
    sleep 0.02;
}

is($status, 401, 'a token that expires while it is remembered');
cmp_ok($hits, '>', 0, '... and was found before');
cmp_ok($last, '<', $exp + 1, '... is not accepted any longer');
is((get(token()))[0], 200, '... which another one is');

stop();

done_testing();


sub start {
    configure(@_);
    run();

    my $deadline = time() + 10;

    # nginx may go to the background before its master has written it

    until (-s "$dir/nginx.pid") {
        die "nginx has no pid\n" if time() > $deadline;
        sleep 0.01;
    }

    chomp($pid = slurp("$dir/nginx.pid"));
}


# Ends nginx and looks at what it has logged, beside lines like that.

sub stop {
    my ($like) = @_;

    run('-s', 'quit');

    my $deadline = time() + 10;

    while (-e "$dir/nginx.pid" && time() < $deadline) {
        sleep 0.01;
    }

    ok(!-e "$dir/nginx.pid", 'nginx has ended');

    my $log = join '', grep { !$like || !/$like/ }
              slurp("$dir/error.log") =~ /^.*\n/mg;

    unlike($log, qr/\[(?:alert|crit|emerg|error)\]|Sanitizer|runtime error:/,
        'nothing of note in the log');
    unlink "$dir/error.log";
}


# Asks until there is that status, for a while; returns the last one.

sub await {
    my ($want) = @_;
    my $deadline = time() + 10;
    my $status;

    do {
        ($status) = get(token());
        sleep 0.02 if $status != $want;
    } while ($status != $want && time() < $deadline);

    return $status;
}


# A reload is done when no worker of before answers any more.

sub reload {
    my %old = map { $_ => 1 } workers();

    configure(@_);
    run('-s', 'reload');

    my $deadline = time() + 10;

    while (time() < $deadline) {
        my @now = workers();

        last if @now && !grep { $old{$_} } @now;
        sleep 0.01;
    }
}


sub workers {
    return grep { length }
           split ' ', slurp("/proc/$pid/task/$pid/children");
}


sub run {
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD}
        if $ENV{TEST_NGINX_LD_PRELOAD};

    system($nginx, '-p', $dir, '-e', "$dir/error.log",
           '-c', "$dir/nginx.conf", @_) == 0
        or die slurp("$dir/error.log");
}


sub configure {
    my %opt = (
        issuer => $PrintTask::Token::Issuer,
        audience => $PrintTask::Token::Audience,
        key_file => jwks_file(), token_zone => 't:64k', workers => 1, @_
    );
    my $workers = delete $opt{workers};
    my $settings = join '', map { "print_task_$_ $opt{$_};\n" } sort keys %opt;
    my $load = join '', map { "load_module $_;\n" } @modules;
    my $user = $> == 0 ? 'user ' . getpwuid(0) . ';' : '';
    my $temp = join '', map { "${_}_temp_path $dir/temp;\n" }
               qw(client_body proxy fastcgi uwsgi scgi);

    put("$dir/nginx.conf", <<"_EOC_");
$load
$user
worker_processes $workers;
pid $dir/nginx.pid;
error_log $dir/error.log notice;
events {
    accept_mutex off;
}
http {
    access_log off;
    $temp
    $settings
    print_task_redis unix:$dir/none.sock;
    server {
        listen unix:$dir/http.sock;
        location / {
            root $dir/html;
            print_task forward;
            add_header X-Token \$print_task_token_cache always;
            add_header X-Worker \$pid always;
        }
    }
}
_EOC_
}


# The status, what the memory of tokens said, and the worker.

sub get {
    my ($token) = @_;

    my $conn = IO::Socket::UNIX->new(Peer => "$dir/http.sock")
        or die "http.sock: $!";

    print $conn "GET /print/x HTTP/1.0\r\nAuthorization: Bearer $token\r\n\r\n";

    local $/;
    my $answer = <$conn> // '';

    return map { $answer =~ $_ ? $1 : '-' } qr{^HTTP/1.1 (\d+)},
               qr/^X-Token: (\w+)/m, qr/^X-Worker: (\d+)/m;
}


sub put {
    my ($file, $text) = @_;

    open my $out, '>', $file or die "$file: $!";
    print $out $text or die "$file: $!";
    close $out or die "$file: $!";
}


sub slurp {
    my ($file) = @_;

    open my $in, '<', $file or return '';
    local $/;

    return scalar(<$in>) // '';
}


END {
    kill 'TERM', $pid if $pid && -e "$dir/nginx.pid";
}
