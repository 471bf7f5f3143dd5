package Chaos;

=head1 NAME

Chaos - gateways, a store and clients under trouble, and what came of it

=head1 SYNOPSIS

    use Chaos;

    chaos(seconds => 20, events => [...], ...);

=head1 DESCRIPTION

Two gateways with two workers each share a store and a back end.  Clients send
legal and illegal changes through both, for some seconds, while the events of
the test come to pass.  Then it is checked, by what the back end has logged,
that the gateways kept their promises; see Chaos::Checks and Chaos::History.

    seconds   how long; CHAOS_SECONDS in the environment goes before.  It takes
              longer if the events do
    events    what happens, see Chaos::Events
    mode      "forward"; or "answer", with which the store owns the tasks, and
              there is no back end
    sanitize  the module is built by "util/build --sanitize"
    gateways  how many there are: 2
    store     what they share: "redis", by "tls", "sentinel", "cluster"; or
              "memory", which one gateway has for itself, and which answers nobody
              what is in it
    policy    print_task_store_down
    connections
              how many a worker has to Redis: 1
    sockets   how many it has for that, if there are more
    tasks     how many go round: 20
    lease     how long a lease is, in seconds
    timeout   of the proxy, in seconds
    conf      more lines for the http part of the gateways
    protect   how the back end protects its tasks, see Chaos::Backend
    hidden    some tasks are not shown to one of the two applications
    dry       print_task_dry_run is on; the back end has rules then
    refusals  answers that may come up, besides those to what is not allowed
    reason    of refusals that have to come up
    nodes     more options of the servers of a cluster

All is in a directory below F<build/chaos>, which stays if a check failed, or
with CHAOS_KEEP in the environment.  The generators of random numbers start
from CHAOS_SEED, if it is there.

=cut

use strict;
use warnings;

use Cwd ();
use Exporter qw(import);
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Temp ();
use IO::Socket::INET;
use IO::Socket::UNIX;
use List::Util qw(max);
use Socket qw(SOCK_STREAM);
use Test::More;

use Chaos::Backend;
use Chaos::Checks;
use Chaos::Clients;
use Chaos::Cluster;
use Chaos::Events;
use Chaos::Gateway;
use Chaos::History;
use PrintTask::Process;
use Chaos::Proxy;
use Chaos::Redis qw(free_ports);
use Chaos::Rules;
use Chaos::Sentinel;

use PrintTask::Token qw(token);

our @EXPORT = qw(chaos);

my $clients = 50;
my $often = 0.5;                # s, between samples

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');
my $owner = $$;

# what the parts of a run know of each other

my %run = (events => [], kills => [], reloads => [], samples => []);

my ($seed, $dir, $done);

sub chaos {
    %run = (%run, gateways => 2, store => 'redis', mode => 'forward',
            policy => 'reject', connections => 1, tasks => 20,
            lease => 10, timeout => 3, conf => '', refusals => [], @_);
    $run{sockets} //= $run{connections};

    # for the lease, and to connect with Redis, and for its answer

    $run{wait} = ($run{mode} eq 'forward' ? 2 : 0) + 1 + 1;

    my $seconds = $ENV{CHAOS_SECONDS} || $run{seconds};

    $seed = $ENV{CHAOS_SEED} || 1 + int rand 1e9;
    srand $seed;

    $SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);
    $SIG{PIPE} = 'IGNORE';

    # nothing takes that long

    $SIG{ALRM} = sub { diag('takes too long'); exit 1 };
    alarm int($seconds) + 180;

    diag(sprintf '%s: seed %d, %.0f s', basename($0, '.t'), $seed, $seconds);

    set_up();
    run_clients($seconds);
    $run{settled} = $run{redis} && settle();
    $run{records} = $run{redis} && $run{redis}->records();
    quit();

    $run{history} = Chaos::History->new('clients.tsv',
                                        $run{backend} && 'backend.tsv',
                                        lease => $run{lease},
                                        latest => latest(\%run));
    check_all(\%run);

    chdir $top;
    $done = Test::More->builder->is_passing() && !$ENV{CHAOS_KEEP};
    remove_tree($dir) if $done;

    done_testing();
}

sub set_up {
    my $name = basename($0, '.t');

    make_path("$top/build/chaos");
    $dir = $run{dir} = File::Temp::tempdir("$name-XXXXXX",
                                           DIR => "$top/build/chaos");

    # the path of a socket has to be short

    chdir $dir or die "$dir: $!\n";
    mkdir 'temp';

    set_up_backend() if $run{mode} eq 'forward';

    my $store = $run{store} eq 'memory' ? 'print_task_store memory:chaos:4m;'
                                        : set_up_redis();

    my $build = $run{sanitize} ? 'gcc-asan' : 'gcc';
    my $module = "$top/build/$build/ngx_http_print_task_module.so";
    my @options = (conf => conf($store), module => $module,
                   mode => $run{mode},
                   env => $run{sanitize} ? sanitizer($module) : {});

    $run{gateways} = [map { Chaos::Gateway->new("gateway$_", @options) }
                          1 .. $run{gateways}];

    $run{files} = files();
}

sub set_up_backend {
    ($run{backend_pid}, $run{backend})
        = start_controlled('backend', \&Chaos::Backend::serve,
                     my $listener = listener('backend.sock'),
                     log => 'backend.tsv', seed => $seed,
                     protect => $run{dry} ? 'rules' : $run{protect},
                     hidden => $run{hidden});
    close $listener;
}

# Leaks are looked for when a process ends, and do not change its status.  By
# then nginx has unloaded the module, and nobody could name its functions by
# name: with LD_PRELOAD it stays.  Stacks have to be in full, since they begin
# in nginx, which has no frame pointers.

sub sanitizer {
    my ($module) = @_;
    my $library = Cwd::abs_path(`gcc -print-file-name=libasan.so` =~ s/\n//r);

    return {
        LD_PRELOAD => "$library $module",
        ASAN_OPTIONS => 'log_path=sanitizer:fast_unwind_on_malloc=0',
        LSAN_OPTIONS => 'exitcode=0',
        UBSAN_OPTIONS => 'print_stacktrace=1',
    };
}

sub listener {
    my ($name) = @_;

    return IO::Socket::UNIX->new(Type => SOCK_STREAM, Listen => 128,
                                 Local => $name)
           // die "$name: $!\n";
}

sub tcp_listener {
    my ($port) = @_;

    return IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 128,
                                 LocalPort => $port, ReuseAddr => 1)
           // die "port $port: $!\n";
}

# Redis is behind a proxy only if an event of the run uses it.

sub set_up_redis {
    my %class = (redis => 'Chaos::Redis', tls => 'Chaos::Redis',
                 sentinel => 'Chaos::Sentinel', cluster => 'Chaos::Cluster');
    my ($port, $tls_port) = free_ports(2);

    my $redis = $run{redis} = $class{$run{store}}->new(
                    $run{store} eq 'tls' ? (tls_port => $tls_port) : (),
                    $run{nodes} ? (options => $run{nodes}) : (),
                    clock => scalar grep { $_->[1] eq 'clock' }
                                         @{$run{events}});

    return 'print_task_redis ' . $redis->directive() . ';'
        if !grep { is_of_proxy($_->[1]) } @{$run{events}};

    my ($listener, $address) = $run{store} eq 'tls'
        ? (tcp_listener($port), "127.0.0.1:$port")
        : (listener('proxy.sock'), 'unix:proxy.sock');

    ($run{proxy_pid}, $run{proxy})
        = start_controlled('proxy', \&Chaos::Proxy::serve, $listener,
                     server => $redis->peer(), seed => $seed);
    close $listener;

    return 'print_task_redis ' . $redis->directive($address) . ';';
}

sub conf {
    my ($store) = @_;
    my $dry = $run{dry} ? 'on' : 'off';

    $store .= "\n    print_task_redis_timeout 1s 1s;" if $run{redis};

    return <<"_EOC_" . $run{conf};
    $store
    print_task_dry_run $dry;
    print_task_store_down $run{policy};
    print_task_lease $run{lease}s 2s;
    proxy_connect_timeout $run{timeout}s;
    proxy_send_timeout $run{timeout}s;
    proxy_read_timeout $run{timeout}s;
_EOC_
}

# The clients hold a pipe: they have ended when it is closed, which they have to
# be named.  After each outage gateways have their time to use Redis again.

sub run_clients {
    my ($seconds) = @_;

    my @tokens = (token(), token(claims => { azp => $another }));
    my $maker = token(claims => { roles => [$admin] });

    pipe my $read, my $write or die "pipe: $!\n";

    my $pid = start('clients', \&Chaos::Clients::drive,
                    clients => $clients, mode => $run{mode}, maker => $maker,
                    tasks => $run{tasks}, definition => 'd',
                    tokens => \@tokens,
                    ports => [map { $_->{port} } @{$run{gateways}}],
                    seed => $seed, log => 'clients.tsv');
    close $write;

    my $began = now();
    my $rest = $began;
    my @events = @{$run{events}};

    $run{events} = [];

    for my $event (@events) {
        my ($part, $name, $argument) = @$event;
        my $begins = $began + $part * $seconds;

        let_go($read, max($begins, is_outage($name) ? $rest : 0), 1);
        happen($name, $argument, $read);

        $rest = now() + $soon + $margin if is_outage($name);
    }

    let_go($read, max($began + $seconds, $rest), 1);
    kill 'USR1', $pid;

    is(ended($read, 60) ? wait_for($pid, 10) : undef, 0, 'the clients end')
        or die "see clients.out\n";
}

# Lets the clients go on until then.

sub let_go {
    my ($read, $until, $watch) = @_;

    while ((my $left = $until - now()) > 0) {
        ended($read, $watch && $left > $often ? $often : $left)
            and die "the clients have ended, see clients.out\n";

        push @{$run{samples}}, sample(\%run) if $watch && $left > $often;
    }
}

# Whether they end within these seconds.

sub ended {
    my ($read, $seconds) = @_;
    my $bits = '';

    vec($bits, fileno $read, 1) = 1;

    return select $bits, undef, undef, $seconds;
}

sub happen {
    my ($name, $argument, $read) = @_;
    my %event = (name => $name, down => now());

    begin_event(\%run, $name, $argument);

    if (lasting($name)) {
        let_go($read, now() + ($argument // 0));
        end_event(\%run, $name, $argument);
    }

    $event{back} = now();
    push @{$run{events}}, \%event;
}

# What is left when nothing is under way any more: the seconds until all
# leases were settled, or had run out; undef if this did not come.

sub settle {
    my $redis = $run{redis};
    my $began = now();

    await($run{lease} + $margin, sub {
        return !grep { defined $_->{lease} } values %{$redis->records()};
    });

    await($run{lease} + $margin, sub { !live_leases() }) or return;

    return now() - $began;
}

sub live_leases {
    my $now = $run{redis}->time();
    my $records = $run{redis}->records();

    return grep { defined $records->{$_}{lease}
                  && $records->{$_}{leaseUntil} > $now } sort keys %$records;
}

# how many files each worker has

sub files {
    return { map { $_ => files_of($_) }
             map { workers_of($_->{pid}) } @{$run{gateways}} };
}

# Without a client and without a back end they have their connections to Redis.

sub check_files {
    my $before = $run{files};
    my @more;

    await(5, sub {
        my $files = files();

        @more = map { "worker $_ has $files->{$_}, not $before->{$_}" }
                grep { defined $before->{$_}
                       && $files->{$_} > $before->{$_} + $run{sockets} }
                     sort keys %$files;
        return !@more;
    });

    is(join("\n", @more), '', 'in the end workers have the files and'
                              . ' connections of the beginning');
}

sub quit {
    is(stop($run{backend_pid}, 'TERM', 10), 0, 'the back end ends')
        if $run{backend};

    push @{$run{samples}}, sample(\%run);

    # new workers have others

    check_files() if !@{$run{kills}} && !@{$run{reloads}};

    for my $gateway (@{$run{gateways}}) {
        my $pid = $gateway->{pid};

        ok(await(5, sub { workers_of($pid, 1) == 2 }),
           "$gateway->{name} has no workers but the last two");

        is(stop($pid, 'QUIT', 10), 0, "$gateway->{name} ends after a signal");
        ok(!kill(0, -$pid), "$gateway->{name} leaves no process");
    }

    $run{spoilt} = $run{proxy} ? control($run{proxy}, 'pass') : 0;
}

END {
    if ($$ == $owner && $dir && !$done) {
        diag("logs are kept in $dir");
    }
}

1;
