#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# What a node of a cluster or a sentinel answers about other servers: addresses
# that are empty, unknown or garbage, slots that do not exist, replies of another
# form.  Each is one reply; then the server answers well, and has to be used.

use strict;
use warnings;

use lib 't/lib';

use Test::More;

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $seed = $ENV{TOPOLOGY_SEED} // 20261130;
my $mutants = $ENV{TOPOLOGY_MUTANTS} // 60;     # of each kind

diag "TOPOLOGY_SEED=$seed" if $ENV{TOPOLOGY_MUTANTS};
srand $seed;

my $token = token();
my $keys = jwks_file();
my $dead = PrintTask::Server::free_port();      # nobody listens there
my $self = PrintTask::Server::free_port();      # of the fake
my @replies;

cluster();
sentinel();

done_testing();


sub cluster {
    my @slots = (slots(), mutants($mutants, slots_reply([0, 16383, '@'])));
    my @errors = (redirects(), mutants($mutants, "-MOVED 1 127.0.0.1:\@\r\n"));

    @replies = ((map { [$_, undef] } @slots), map { [undef, $_] } @errors);

    my $fake = PrintTask::Redis::Fake->new(\&node, tcp => $self);

    run('cluster', $fake, $fake->address . ' cluster', 'CLUSTER SLOTS',
        'EVALSHA');
}

sub sentinel {
    my $good = array(bulk('127.0.0.1'), bulk('@'));

    @replies = map { [$_] } masters(), mutants($mutants, $good);

    my $fake = PrintTask::Redis::Fake->new(\&replaced_master, tcp => $self);
    my $address = $fake->address;

    run('sentinel', $fake, "$address sentinel=printers", 'SENTINEL');
}

sub run {
    my ($what, $fake, $redis, @questions) = @_;

    my $nginx = PrintTask::Server->new(
        mode => 'answer', workers => 1, redis => $redis,
        http => "print_task_key_file $keys;
                 print_task_redis_timeout 300ms 100ms;");

    my @workers;

    ok(await(sub { @workers = $nginx->workers }), "$what: a worker");

    $fake->mode('good');
    ok(await(sub { status($nginx) == 404 }), "$what: a good answer");

    for my $i (0 .. $#replies) {
        my $name = name($what, $i);

        $fake->clear_commands;
        $fake->mode($i);

        my %statuses = (status($nginx) => 1);
        my $question = $questions[defined $replies[$i][0] ? 0 : 1];

        ok(await(sub {
               $statuses{status($nginx)} = 1;
               grep { /^$question/ } $fake->commands;
           }), "$name: answered");

        $fake->mode('good');

        ok(await(sub { status($nginx) == 404 }), "$name: then used again")
            or diag $nginx->log =~ s/.*(?=(?:.*\n){10}\z)//sr;

        is(join(' ', grep { !/^(?:404|503)$/ } keys %statuses), '',
            "$name: no request is lost");

        last if "@{[$nginx->workers]}" ne "@workers";
    }

    is_deeply([$nginx->workers], \@workers, "$what: the worker is alive");
    cmp_ok($nginx->stop // 99, '<', 10, "$what: nginx ends");
    is($nginx->quiet, '', "$what: nothing alarming in the log");
}

sub status {
    my ($nginx) = @_;
    my $response = $nginx->get($token);

    return $response ? $response->{status} : 0;
}

sub name {
    my ($what, $i) = @_;
    my $reply = join '', map { $_ // () } @{ $replies[$i] };

    $reply = substr($reply, 0, 60) . '...' if length $reply > 60;

    return "$what $i: " . $reply =~ s/\r\n/ /gr =~ s/[^ -~]/./gr;
}


# --- the fakes; in replies "@" stands for their port, "!" for that of nobody

sub fill {
    my ($reply) = @_;

    $reply =~ s/\$\d+\r\n\@\r\n/'$' . length($self) . "\r\n$self\r\n"/ge;

    return $reply =~ s/:\@/:$self/gr =~ s/!/$dead/gr;
}

sub node {
    my ($mode, @words) = @_;
    my $handshake = PrintTask::Redis::Fake::handshake(@words);

    return $handshake if $handshake;

    my ($slots, $error) = $mode eq 'good' ? () : @{ $replies[$mode] };

    return fill($slots // slots_reply([0, 16383, '@']))
        if "@words" eq 'CLUSTER SLOTS';

    return "+OK\r\n" if $words[0] eq 'ASKING';

    return $mode eq 'good' ? bulk('absent 1')
           : fill($error // "-MOVED 1 127.0.0.1:\@\r\n");
}

# the sentinel and its master: which breaks the connection while it is asked
# anew, so that it is looked for

sub replaced_master {
    my ($mode, @words) = @_;

    return $mode eq 'good' ? array(bulk('master'), ':1', "*0")
                           : ''
        if $words[0] eq 'ROLE';

    my $handshake = PrintTask::Redis::Fake::handshake(@words);

    return $handshake if $handshake;

    return fill($mode eq 'good' ? array(bulk('127.0.0.1'), bulk('@'))
                                : $replies[$mode][0])
        if $words[0] eq 'SENTINEL';

    return $mode eq 'good' ? bulk('absent 1') : '';
}


# --- replies

sub bulk {
    my ($text) = @_;

    return defined $text ? '$' . length($text) . "\r\n$text\r\n" : "\$-1\r\n";
}

sub array {
    return '*' . @_ . "\r\n" . join '', map { /\r\n\z/ ? $_ : "$_\r\n" } @_;
}

# of [FIRST, LAST, PORT, HOST, FURTHER]

sub slots_reply {
    my @ranges = @_;

    return array(map {
        my ($first, $last, $port, @more) = @$_;
        my $host = @more ? shift @more : '127.0.0.1';

        array(":$first", ":$last",
              array(bulk($host), ":$port", bulk('f' x 40), @more));
    } @ranges);
}

sub slots {
    my $far = 'x' x 300;
    my @hosts = ('', undef, '?', 'localhost', 'nowhere.test', $far, "a\r\nb",
                 "a\0b", ' ', '[::1]', '::1', '0.0.0.0', '255.255.255.255',
                 '127.0.0.1:1', '1', '%', "\xff\xfe");
    my @ports = ('@', '!', 0, -1, 65535, 65536, '9223372036854775807');
    my @ranges = ([0, -1], [-1, 0], [-1, -1], [5, 4], [0, 16384], [16384, 16384],
                  [-9223372036854775807, 9223372036854775807],
                  [0, 9223372036854775807], [16383, 0]);
    my @replies;

    for my $host (@hosts) {
        push @replies, slots_reply([0, 16383, '@', $host]);
        push @replies, slots_reply([0, 16383, '@', 'node.test',
                                    array(bulk('ip'), bulk($host))]);
        push @replies, slots_reply([0, 16383, '@', '?',
                                    array(bulk('ip'), bulk($host))]);
    }

    push @replies, map { slots_reply([0, 16383, $_]) } @ports;
    push @replies, map { slots_reply([0, 16383, $_, '']) } @ports;
    push @replies, map { slots_reply([@$_, '@']) } @ranges;

    push @replies,
        slots_reply(),
        slots_reply([0, 16383, '@'], [0, 16383, '!'], [100, 200, '@']),
        slots_reply(map { [$_, $_, '!', "127.1.0.$_"] } 0 .. 250),
        slots_reply(map { [$_, $_, '!', sprintf '127.2.%d.%d', $_ / 250, $_ % 250]
                    } 0 .. 2000),
        slots_reply(map { [0, 16383, '@'] } 0 .. 2000),
        slots_reply([0, 16383, '@', 'node.test', array()]),
        slots_reply([0, 16383, '@', 'node.test', array(bulk('ip'))]),
        slots_reply([0, 16383, '@', 'node.test', array(bulk('ip'), ':1')]),
        slots_reply([0, 16383, '@', 'node.test', array(':1', bulk('ip'))]),
        slots_reply([0, 16383, '@', 'node.test', "*-1\r\n"]),
        "*-1\r\n", "*0\r\n", "*16384\r\n", "*16385\r\n", "*2147483647\r\n",
        "*4294967297\r\n", "\$-1\r\n", "+OK\r\n", ":1\r\n", bulk(''),
        "*1\r\n*-1\r\n", "*1\r\n*0\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n*0\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*-1\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n:1\r\n:\@\r\n",
        "*1\r\n*3\r\n\$1\r\n0\r\n\$1\r\n1\r\n*2\r\n\$0\r\n\r\n:\@\r\n",
        "*1\r\n*2\r\n:0\r\n:1\r\n", '*1' . "\r\n*1" x 20 . "\r\n:1\r\n",
        "-ERR unknown command\r\n", "-NOPERM no\r\n", "-CLUSTERDOWN no\r\n",
        "-LOADING no\r\n", "-\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n", ",1.5\r\n";

    return @replies;
}

sub redirects {
    my @errors;

    for my $to ('', ':', ':0', ':@', ':!', '@', '?:@', '?:0', '127.0.0.1:0',
                '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:', '[::1]:@',
                '::1:@', ':::@', 'localhost:@', "127.0.0.1\0:\@", ' :@',
                '127.0.0.1:99999999999999999999', 'x' x 300 . ':@', '0.0.0.0:@')
    {
        push @errors, "-MOVED 1 $to\r\n", "-ASK 1 $to\r\n";
    }

    for my $slot ('', -1, 16384, 16383, '99999999999999999999', 'x', '0x1') {
        push @errors, "-MOVED $slot 127.0.0.1:\@\r\n",
                      "-ASK $slot 127.0.0.1:\@\r\n", "-ASK $slot :!\r\n";
    }

    return @errors, "-MOVED\r\n", "-ASK\r\n", "-MOVED \r\n", "-ASK 1\r\n",
           "-MOVED 1\r\n", "-MOVED 1 \r\n", "-TRYAGAIN\r\n", "-CLUSTERDOWN\r\n";
}

sub masters {
    my @hosts = ('', undef, '?', ' ', 'localhost', '0.0.0.0', '255.255.255.255',
                 '::', '[::1]', "127.0.0.1\0", 'x' x 300, "\xff", '127.0.0.1:1');
    my @ports = ('!', 0, -1, '', undef, 65535, 65536, 'x', '6379x', ' 6379',
                 '99999999999999999999', '0x10');

    return (map({ array(bulk($_), bulk('@')) } @hosts),
            map({ array(bulk('127.0.0.1'), bulk($_)) } @ports),
            map({ array(bulk(''), bulk($_)) } @ports),
            array(bulk('127.0.0.1'), ':@'), array(':1', bulk('@')),
            array(bulk('127.0.0.1')), array(), array((bulk('127.0.0.1')) x 3),
            array(array(bulk('127.0.0.1'), bulk('@')), bulk('@')),
            "*-1\r\n", "\$-1\r\n", "+OK\r\n", ":1\r\n", "*2147483647\r\n",
            "-ERR no\r\n", "-IDONTKNOW no\r\n", "-LOADING no\r\n", "-\r\n",
            "_\r\n", "%1\r\n+a\r\n+b\r\n");
}

# one to three bytes of a reply are others, missing, or there twice

sub mutants {
    my ($n, $reply) = @_;

    return map {
        my $mutant = $reply;

        for (0 .. rand 3) {
            my $at = int rand length $mutant;
            my $byte = substr '0123456789-+$*:_%?@! ' . "\r\n\0\xff", rand 25, 1;
            my $how = int rand 3;

            substr $mutant, $at, $how == 2 ? 0 : 1, $how == 1 ? '' : $byte;
        }

        $mutant;
    } 1 .. $n;
}
