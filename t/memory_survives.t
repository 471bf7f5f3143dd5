#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The memory store outlives workers, configurations, binaries and, with a
# file, nginx itself.

use strict;
use warnings;

use lib 't/lib';

use File::Basename qw(dirname);
use File::Temp ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Defaults;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $dir = File::Temp->newdir('pt-memory-XXXXXX', TMPDIR => 1);
my $key_file = jwks_file();
my $key = "print-task:{$PrintTask::Token::Tenant/d}/t%s";

chomp(my $module = `t/store/build`);

# --- reload

{
    my $nginx = gateway('memory:m:1m');

    put($nginx, $_) for 1 .. 20;
    patch($nginx, 1, 'completed');
    op($nginx, 'reserve', 2, lease => 'a', lease_time => 100_000);

    ok($nginx->reload, 'reload');
    is(seen($nginx, 1 .. 20), 20, 'reload: all tasks are there');
    is(patch($nginx, 1, 'processing'), 409, 'reload: as they were');
    is(op($nginx, 'reserve', 2, lease => 'b')->{result}, 'busy',
        'reload: leases, too');

    my ($master, @workers) = map { [close_on_exec($_)] } $nginx->{pid}, $nginx->workers;

    is_deeply($master, [0, 0], 'the master keeps the memory for a new binary');
    is_deeply([map { @$_ } @workers], [(1) x (2 * @workers)],
        'workers do not hand it to what they start');

    # a larger size: old workers, which a request keeps, use it, too

    $nginx->configure(store => store('memory:m:2m'));
    ok($nginx->reload, 'reload with a larger size');
    is(seen($nginx, 1 .. 20), 20, 'a larger size: all tasks are there');
    is(op($nginx, 'reserve', 2, lease => 'b')->{result}, 'busy',
        'a larger size: leases, too');
    like($nginx->log, qr/"m" has grown from 1048576 to 2097152 bytes/,
        'a larger size: it is logged');

    is(scalar(grep { put($nginx, $_) ne 'created' } 1001 .. 4000), 0,
        'a larger size: there is memory for more');

    # a smaller one

    $nginx->configure(store => store('memory:m:512k'));
    ok($nginx->reload, 'reload with a smaller size');
    is(seen($nginx, 1 .. 20), 20, 'a smaller size: all tasks are there');
    like($nginx->log, qr/\[warn\] .*"m" keeps its size of 2097152 bytes, it cannot shrink: .* export its tasks, stop nginx, start nginx/,
        'a smaller size: it is logged');

    # one that is too large

    $nginx->configure(store => store('memory:m:9m'));
    kill 'HUP', $nginx->{pid};
    ok(await(sub { $nginx->log =~ /"m" cannot grow from 2097152 to 9437184 bytes, only to 8388608: choose that/ }),
        'over eight times the first size: the reload is refused');
    is(seen($nginx, 1 .. 20), 20, '... and no task is lost');

    like($nginx->quiet, qr/cannot grow/, 'reload');
    $nginx->stop;
}

# --- workers that are killed under load

{
    my $nginx = gateway('memory:m:1m');
    my @clients = map { load($nginx, $_) } 1 .. 3;
    my ($killed, $deadline) = (0, time() + 3);

    while (time() < $deadline) {
        my ($pid) = sort { rand() <=> 0.5 } $nginx->workers;

        $killed += kill 'KILL', $pid if $pid;
        sleep 0.03;
    }

    my %said;

    for my $client (@clients) {
        while (<$client>) {
            $said{$1} = $2 if /^(\S+) (\S+)/;
        }

        close $client;
    }

    cmp_ok($killed, '>', 20, 'workers were killed');
    cmp_ok(scalar keys %said, '>', 20, 'while tasks were changed');

    my @lost = grep { op($nginx, 'read', $_)->{state} ne $said{$_} }
               keys %said;

    is_deeply(\@lost, [], 'what was answered with 200 is there');
    is(patch($nginx, (keys %said)[0], 'pending'), 409, 'and nobody is locked');
    # nginx itself unlocks the zone of tokens of a worker that had its lock

    is(join('', grep { !/worker process \d+ exited on signal 9/
                       && !/zone "print_task_tokens" was locked by/ }
                split /^/, $nginx->quiet), '', 'nothing else is alarming');
    $nginx->stop;
}

# --- a file

{
    my $file = "$dir/store";
    my $nginx = gateway("memory:m:1m file=$file");

    put($nginx, $_) for 1 .. 20;

    is((stat $file)[2] & 0777, 0600, 'file: for nobody else');

    # a process that dies in the middle of a change, holding the lock

    like(`build/store/die $file`, qr/^[1-3]$/, 'a process dies in a change');
    is(seen($nginx, 1 .. 20), 20, '... which was not made');
    like($nginx->log, qr/a process ended while it changed .* was undone/,
        '... which the log says');

    # one that is stopped there

    my $stopped = stop_in_change($file);
    my $began = time();

    is(patch($nginx, 3, 'processing'), 503, 'a process is stopped in a change');
    is(scalar(grep { patch($nginx, $_, 'processing') == 503 } 4 .. 13), 10,
        '... nobody can change a task');
    cmp_ok(time() - $began, '<', 10, '... nor waits for it');

    kill 'KILL', $stopped;
    waitpid $stopped, 0;

    ok(await(sub { patch($nginx, 3, 'processing') == 200 }), '... until it is gone');
    is(seen($nginx, 1 .. 20), 20, '... and no task with it');

    unlike(start("memory:m:2m file=$file", '-t'), qr/in use/,
        'file: a test of a configuration leaves it alone');

    $nginx->configure(store => store("memory:m:2m file=$file"));
    ok($nginx->reload, 'file: a reload with a larger size');
    is(seen($nginx, 1 .. 20), 20, '... has all tasks');
    is(-s $file, 2097152, '... and the file has that size');

    # another nginx beside it

    my $second = gateway("memory:m:1m file=$file");

    is(seen($second, 1 .. 20), 20, 'file: two nginx share it');
    put($second, 21);
    is(seen($nginx, 21), 1, '... in both directions');
    end($second, 'the second one');

    SKIP: {
        skip 'no PID namespaces here', 1
            if system('unshare --pid --fork true > /dev/null 2>&1');

        like(start("memory:m:1m file=$file", { by => 'unshare --pid --fork' }),
            qr/is in use by an nginx in another PID namespace/,
            'file: one that cannot be seen from here does not start');
    }

    is(seen($nginx, 1 .. 21), 21, 'file: they are all there');

    ok(defined $nginx->stop, 'stopped');
    system("build/store/die $file > /dev/null 2>&1");

    $nginx = gateway("memory:m:1m file=$file");
    is(seen($nginx, 1 .. 21), 21, 'file: it outlives nginx');
    like($nginx->log, qr/print_task_store ".*" has 21 records/, '... it says');

    # all at once

    kill 'KILL', $nginx->{pid}, $nginx->workers;
    $nginx->stop;
    $nginx = gateway("memory:m:1m file=$file");
    is(seen($nginx, 1 .. 21), 21, 'file: even if all of it was killed');
    end($nginx, 'file');

    $nginx = gateway("memory:m:4m file=$file");
    is(seen($nginx, 1 .. 21), 21, 'file: it grows when nginx starts, too');
    is(-s $file, 4194304, '... to that size');
    end($nginx, 'file');

    # harm

    open my $out, '+<', $file or die "$file: $!";
    seek $out, 4096 + 56, 0;
    print $out pack 'V', 0xffffff;
    close $out;
    like(start("memory:m:1m file=$file"), qr/\[emerg\] .*print_task_store ".*" (?:is damaged|was written by another version)/,
        'file: one that has come to harm is not used');

    open $out, '>', $file or die "$file: $!";
    print $out 'x' x (1024 * 1024);
    close $out;
    like(start("memory:m:1m file=$file"), qr/"\Q$file\E" is not a print_task_store/,
        'file: what is not ours is not written to');
    is(-s $file, 1024 * 1024, '... and stays as it is');

    like(start("memory:m:1m file=$dir/none/store"), qr/cannot find the directory of ".*" \(2:/,
        'file: no such directory');
}

# --- a clock that is set back while a worker waits for the lock

{
    my $file = "$dir/clock";
    my $library = "$dir/clock.so";

    system('gcc', '-shared', '-fPIC', '-O1', '-o', $library,
           dirname(__FILE__) . '/lib/clock.c') == 0 or die "gcc failed\n";

    PrintTask::Server::write_file("$dir/offset", pack 'q<2', 600_000, 0);

    local $ENV{CLOCK_FILE} = "$dir/offset";
    local $ENV{TEST_NGINX_LD_PRELOAD}
        = join ' ', grep { $_ } $ENV{TEST_NGINX_LD_PRELOAD}, $library;

    my $nginx = gateway("memory:m:1m file=$file");

    put($nginx, 1);

    my $stopped = stop_in_change($file);
    my $began = time();

    is(patch($nginx, 1, 'processing'), 503, 'the clock is set back: 503');
    cmp_ok(time() - $began, '<', 5, '... soon');

    kill 'KILL', $stopped;
    waitpid $stopped, 0;
    $nginx->stop;
}

# --- upgrade

SKIP: {
    skip 'the new binary has not the environment of a sanitizer', 7
        if $ENV{TEST_NGINX_LD_PRELOAD};

    my $nginx = gateway('memory:m:1m', daemon => 1);
    my $old = $nginx->{pid};

    put($nginx, $_) for 1 .. 20;
    op($nginx, 'reserve', 2, lease => 'a', lease_time => 100_000);

    kill 'USR2', $old;

    my $new = await(sub {
        my $pid = PrintTask::Server::slurp("$nginx->{dir}/nginx.pid");
        return $pid && $pid != $old && $pid;
    });
    ok($new, 'upgrade: a new binary');
    chomp $new;

    put($nginx, 21);
    kill 'WINCH', $old;
    $nginx->{pid} = $old;
    ok(await(sub { !grep { $_ != $new } $nginx->workers }),
        'upgrade: the old workers end');
    $nginx->{pid} = $new;

    is(seen($nginx, 1 .. 21), 21, 'upgrade: all tasks are there');
    is(op($nginx, 'reserve', 2, lease => 'b')->{result}, 'busy',
        'upgrade: leases, too');

    kill 'QUIT', $old;
    ok(await(sub { !kill 0, $old }), 'upgrade: the old binary ends');
    ok($nginx->reload, 'upgrade: reload of the new one');
    is(seen($nginx, 1 .. 21), 21, 'upgrade: they still are');
    end($nginx, 'upgrade');
}

done_testing();

# a process that is stopped with the lock; its number

sub stop_in_change {
    my ($file) = @_;
    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        exec 'build/store/die', $file, 'stop' or POSIX::_exit(1);
    }

    waitpid $pid, POSIX::WUNTRACED();

    return $pid;
}

# of each memory of a process that has no file

sub close_on_exec {
    my ($pid) = @_;
    my @fds = grep { (readlink $_ // '') =~ /memfd:print_task/ }
              glob "/proc/$pid/fd/*";

    return map { PrintTask::Server::slurp(s/\/fd\//\/fdinfo\//r)
                     =~ /^flags:\s+0*2\d{6}$/m ? 1 : 0 } @fds;
}

sub store {
    my ($store) = @_;

    return "print_task_key_file $key_file; print_task_store $store;";
}

sub gateway {
    my ($store, @options) = @_;

    return PrintTask::Server->new(load => [$module], store => store($store),
        location => 'print_task_realm f;',
        server => 'location /a/print/ { print_task answer; }', @options);
}

# what an nginx says that does not start

sub start {
    my ($store, @options) = @_;
    my $by = ref $options[-1] ? (pop @options)->{by} : '';
    my $nginx = bless { dir => File::Temp->newdir(), port => 1, owner => 0,
                        load => [$module], store => store($store) },
                'PrintTask::Server';

    mkdir "$nginx->{dir}/logs";
    $nginx->configure(location => 'print_task_realm f;',
        server => 'location /a/print/ { print_task answer; }',
                      port => PrintTask::Server::free_port());

    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // '';

    my $binary = $ENV{TEST_NGINX_BINARY} || '/usr/sbin/nginx';

    return scalar `timeout 20 $by $binary -p $nginx->{dir} \\
                       -c $nginx->{dir}/nginx.conf @options 2>&1`
           . $nginx->log;
}

sub op {
    my ($nginx, $op, $n, %args) = @_;
    my @states = (@States, '-');

    %args = (op => $op, key => sprintf($key, $n), state => 4, sources => 15,
             lease_time => 1000, %args);

    my $query = join '&', map { "$_=" . $args{$_} =~ s/[{}]/sprintf '%%%x', ord $&/ger }
                          sort keys %args;
    my $got = $nginx->ask("GET /a/print/op?$query HTTP/1.0\r\n"
                          . "Host: localhost\r\n\r\n") or return {};
    my %got = map { split / /, $_, 2 } split /\n/, $got->{body};

    $got{state} = $states[$got{state} // 4];

    return \%got;
}

sub put {
    my ($nginx, $n) = @_;

    return op($nginx, 'put', $n, state => 0, ttl => 0)->{result} // '';
}

sub seen {
    my ($nginx, @tasks) = @_;

    return scalar grep { op($nginx, 'read', $_)->{result} eq 'seen' } @tasks;
}

sub patch {
    my ($nginx, $n, $state) = @_;
    my $body = qq({"status":{"state":"$state"}});
    my $got = $nginx->ask("PATCH /a/print/taskDefinitions/d/tasks/t$n HTTP/1.0\r\n"
        . "Host: localhost\r\nAuthorization: Bearer " . token() . "\r\n"
        . "Content-Type: application/json\r\n"
        . 'Content-Length: ' . length($body) . "\r\n\r\n$body");

    return $got ? $got->{status} : 0;
}

# makes and changes tasks, and prints its answers; what is not answered
# of is made anew under another name

sub load {
    my ($nginx, $client) = @_;
    my $pid = open my $out, '-|';

    return $out if $pid;

    my $deadline = time() + 3;

    for (my $n = 0; time() < $deadline; $n++) {
        my $task = "$client.$n";
        my $said;

        next if put($nginx, $task) ne 'created';

        $said = 'pending';

        for my $state ('processing', 'completed') {
            my $status = patch($nginx, $task, $state);

            $said = $status == 200 ? $state : undef;
            last if !$said;
        }

        print "$task $said\n" if $said;
    }

    close STDOUT;
    POSIX::_exit(0);
}

sub end {
    my ($nginx, $name) = @_;

    ok(defined $nginx->stop, "$name: nginx ends");
    is($nginx->quiet, '', "$name: and is quiet");
}
