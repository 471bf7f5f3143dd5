#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# A worker ends in time, in whatever state its store is: when nginx is reloaded
# (HUP), quits (QUIT) or is terminated (TERM).

use strict;
use warnings;

use lib 't/lib';

use Digest::SHA qw(sha1_hex);
use IO::Socket::INET;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

# Longer than docs/redis.md says, since the machine may be busy, and much shorter
# than the time-out of a connection.

my $limit = 5;
my $jobs = 8;                                   # at a time
my $keys = jwks_file();
my $dead = PrintTask::Server::free_port();      # nobody listens there
my ($silent, @silent) = silent();               # nobody answers SYN there
my ($mute, $listener) = mute();                 # nobody answers what is said
my $names = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp')
    or die "bind: $!\n";                        # nobody answers questions
my %scripts;

my $password = File::Temp->new;

print {$password} "secret\n";
close $password;

# name, arguments of print_task_redis, mode of the fake, which is at "@"

my @states = (
    ['never used', '@', 'good', 0],
    ['ready', '@', 'good'],
    ['unknown socket', 'unix:/nonexistent/redis.sock', 'good'],
    ['refused', "127.0.0.1:$dead", 'good'],
    ['SYN is not answered', "127.0.0.1:$silent", 'good'],
    ['PING is not answered', "127.0.0.1:$mute", 'good'],
    ['TLS is not answered', "127.0.0.1:$mute ssl ssl_verify=off", 'good'],
    ['AUTH is not answered', "\@ password_file=$password", 'AUTH'],
    ['PING is refused', '@', 'LOADING'],
    ['it closes at once', '@', 'close'],
    ['the name server is silent', "localhost:$dead", 'good'],
    ['commands are not answered', '@', 'reserve silent'],
    ['the end of a lease is not answered', '@', 'settle silent'],
    ['the end of a lease closes the connection', '@', 'settle close'],
    ['the end of a lease is not taken now', '@', 'settle OOM'],
    ['the end of a lease is refused', '@', 'settle NOPERM'],
    ['the end of a lease finds a replica', '@', 'settle READONLY'],
    ['sentinel: ready', '@ sentinel=m', 'sentinel @'],
    ['sentinel: no master', '@ sentinel=m', 'sentinel none'],
    ['sentinel: refused', "127.0.0.1:$dead sentinel=m", 'good'],
    ['sentinel: SYN is not answered', "127.0.0.1:$silent sentinel=m", 'good'],
    ['sentinel: PING is not answered', "127.0.0.1:$mute sentinel=m", 'good'],
    ['sentinel: silent', '@ sentinel=m', 'sentinel silent'],
    ['sentinel: a master that refuses', '@ sentinel=m', "sentinel $dead"],
    ['sentinel: a silent master', '@ sentinel=m', "sentinel $silent"],
    ['sentinel: a mute master', '@ sentinel=m', "sentinel $mute"],
    ['sentinel: a replica', '@ sentinel=m', 'sentinel replica'],
    ['sentinel: two, the first is silent',
     "127.0.0.1:$mute @ sentinel=m", 'sentinel @'],
    ['cluster: one address, refused', "127.0.0.1:$dead cluster", 'good'],
    ['cluster: three addresses, refused',
     "127.0.0.1:$dead 127.0.0.2:$dead 127.0.0.3:$dead cluster", 'good'],
    ['cluster: SYN is not answered', "127.0.0.1:$silent cluster", 'good'],
    ['cluster: PING is not answered', "127.0.0.1:$mute cluster", 'good'],
    ['cluster: the slots are not answered', '@ cluster', 'slots silent'],
    ['cluster: no slot is taken', '@ cluster', 'slots none'],
    ['cluster: ready', '@ cluster', 'slots @'],
    ['cluster: two of three nodes are away', '@ cluster', 'slots three'],
    ['cluster: ASK to a node that refuses', '@ cluster', "settle ASK $dead"],
    ['cluster: ASK to a silent node', '@ cluster', "settle ASK $silent"],
    ['cluster: MOVED to a node that refuses', '@ cluster',
     "settle MOVED $dead"],
    ['cluster: MOVED to a silent node', '@ cluster', "settle MOVED $silent"],
    ['cluster: MOVED to itself', '@ cluster', 'settle MOVED @'],
    ['cluster: the end of a lease is not answered', '@ cluster',
     'settle silent'],
    ['memory', undef, 'good'],
);

run();

done_testing();


# so many processes, which take one state after the other

sub run {
    my @pipes;

    for my $job (0 .. $jobs - 1) {
        my $pid = open $pipes[$job], '-|';
        defined $pid or die "fork: $!\n";

        next if $pid;

        for my $i (grep { $_ % $jobs == $job } 0 .. $#states) {
            for my $signal (qw(QUIT TERM)) {
                eval { state($signal, @{ $states[$i] }); 1 }
                    or result("$states[$i][0]: $signal", "died: $@");
            }
        }

        POSIX::_exit(0);
    }

    for my $pipe (@pipes) {
        while (<$pipe>) {
            chomp;
            my ($name, $error) = split /\t/, $_, 2;
            is($error, '', $name);
        }

        ok(close $pipe, 'all of a job were looked at');
    }
}

sub result {
    my ($name, $error) = @_;

    syswrite STDOUT, join("\t", $name, $error =~ s/\s+/ /gr) . "\n";
}

# a reload, the same state again, and the end

sub state {
    my ($signal, $name, $redis, $mode, $requests) = @_;

    my $port = PrintTask::Server::free_port();
    my $fake = PrintTask::Redis::Fake->new(sub { answer($port, @_) },
                                           tcp => $port);

    $fake->mode($mode);
    $redis =~ s/\@/127.0.0.1:$port/ if defined $redis;

    my $nginx = PrintTask::Server->new(
        workers => 1,
        store => defined $redis ? "print_task_redis $redis;"
                                : 'print_task_store memory:exit:1m;',
        http => "print_task_key_file $keys;
                 print_task_redis_timeout 20s 100ms;
                 resolver 127.0.0.1:@{[$names->sockport]} ipv6=off;",
        passed => 'if ($uri ~ ^/print/taskDefinitions/d/tasks/(?<id>\w+)$) {
                       set $task $id;
                   }
                   default_type application/json;
                   return 200
                       \'{"id":"$task","status":{"state":"processing"}}\';');

    my @old;

    await(sub { @old = $nginx->workers });

    my $statuses = requests($nginx, $requests // 4);
    my $start = time;

    kill 'HUP', $nginx->{pid};

    my $gone = await(sub { !kill 0, @old }, $limit);

    result("$name: HUP", $gone ? '' : "there after " . (time - $start) . " s");
    kill 'KILL', @old if !$gone;

    await(sub { my @new = $nginx->workers; @new && $new[0] != $old[0] });

    $statuses .= requests($nginx, $requests // 4);

    my $time = $nginx->stop($signal);

    result("$name: $signal", defined $time && $time < $limit
                             ? '' : $time // 'it did not end');
    result("$name: requests", $statuses =~ s/\b(?:200|503) //gr);
    result("$name: leases", $statuses =~ /200/ ? '' : $statuses)
        if $mode =~ /settle/;
    result("$name: log", $nginx->quiet);
}

sub requests {
    my ($nginx, $n) = @_;
    my $statuses = '';

    for my $i (1 .. $n) {
        my $response = $nginx->request(
            'PATCH', "/print/taskDefinitions/d/tasks/t$i",
            '{"status":{"state":"completed"}}');

        $statuses .= ($response ? $response->{status} : 'none') . ' ';
    }

    return $statuses;
}


# a port whose queue of connections is full: SYN is not answered there

sub silent {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)
        or die "listen: $!\n";

    listen $listen, 0 or die "listen: $!\n";

    my $port = $listen->sockport;
    my @full = map {
        IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port", Blocking => 0)
    } 1 .. 4;

    return $port, $listen, @full;
}

sub mute {
    my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 4096)
        or die "listen: $!\n";

    return $listen->sockport, $listen;
}


# the mode is what is answered other than well

sub answer {
    my ($port, $mode, @words) = @_;

    my ($what, $how, $to) = split ' ', $mode;
    my $self = sub { $_[0] eq '@' ? $port : $_[0] };

    return '' if $mode eq 'close';
    return if $mode eq $words[0];
    return "-LOADING\r\n" if $mode eq 'LOADING';

    return array(bulk($how eq 'replica' ? 'slave' : 'master'), ':1', '*0')
        if $words[0] eq 'ROLE';

    if ($words[0] eq 'SENTINEL') {
        return if $how eq 'silent';
        return "*-1\r\n" if $how eq 'none';
        return array(bulk('127.0.0.1'),
                     bulk($how eq 'replica' ? $port : $self->($how)));
    }

    if ($words[0] eq 'CLUSTER') {
        return if $mode eq 'slots silent';
        return "*0\r\n" if $mode eq 'slots none';
        return array(range(0, 5000, $port), range(5001, 10000, $dead),
                     range(10001, 16383, $silent)) if $mode eq 'slots three';
        return array(range(0, 16383, $port));
    }

    # the script that gives leases is known by one of its answers

    $scripts{sha1_hex($words[2])} = 1
        if $words[0] eq 'SCRIPT' && $words[2] =~ /granted/;

    my $handshake = PrintTask::Redis::Fake::handshake(@words);

    return $handshake if $handshake;

    if ($scripts{$words[1]}) {
        return if $mode eq 'reserve silent';
        return bulk('granted 1');
    }

    return bulk('committed') if $what ne 'settle';
    return if $how eq 'silent';
    return '' if $how eq 'close';

    return "-$how 1" . (defined $to ? ' 127.0.0.1:' . $self->($to) : '')
           . "\r\n";
}

sub range {
    my ($first, $last, $port) = @_;

    return array(":$first", ":$last", array(bulk('127.0.0.1'), ":$port"));
}

sub bulk {
    my ($text) = @_;

    return '$' . length($text) . "\r\n$text\r\n";
}

sub array {
    return '*' . @_ . "\r\n" . join '', map { /\r\n\z/ ? $_ : "$_\r\n" } @_;
}
