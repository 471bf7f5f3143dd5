package PrintTask::Storm;

=head1 NAME

PrintTask::Storm - random requests through all that nginx puts around the module

=head1 SYNOPSIS

    my $storm = PrintTask::Storm->new(requests => 2000, seed => 1);

    $storm->run;
    $storm->complaints;     # what the back end must not have got
    $storm->alarms;         # what must not be in the error log
    $storm->silences;       # requests that had no answer
    $storm->count;          # answers by status

=head1 DESCRIPTION

Clients send changes, reads and garbage to the servers of
L<PrintTask::Storm::Locations>, over HTTP/1.1 and HTTP/2, with good and bad
tokens, while the back end fails (L<PrintTask::Storm::Backend>), Redis is stopped,
killed or robbed of its scripts, and nginx is reloaded and loses workers.

Each client writes down what a request means before it sends it.  Afterwards a
L<PrintTask::Witness>, which knows nothing of the module, judges the bytes that
the back end has got: each change has to be meant by a client with a good token,
canonical, and legal in the state that the task was in.

A task that more than one client uses is only sent to servers that refuse changes
while Redis is away.  Other servers get tasks of one client each, and none whose
last change has an unknown outcome: without Redis there is no lease.  A task whose
change through them has an unknown outcome gets no other change: the back end may
still make this one.

=head2 Methods

=over

=item new(NAME => VALUE, ...)

    requests    how many, of all clients: 2000
    clients     6
    seed        of all random numbers
    store       "redis", or "memory"
    faults      how many times as often nginx and Redis are in trouble: 1; 0: never

=item run(), complaints(), alarms(), silences(), count()

=back

=cut

use strict;
use warnings;

use Encode qw(encode_utf8);
use File::Temp ();
use IO::Select;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Storable qw(freeze thaw);
use Time::HiRes qw(clock_gettime sleep time CLOCK_MONOTONIC);

use PrintTask::Defaults;
use PrintTask::HTTP2;
use PrintTask::Hostile;
use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Service qw(first_state task_of);
use PrintTask::Spelling;
use PrintTask::Storm::Backend;
use PrintTask::Storm::Locations;
use PrintTask::Token qw(token jwks_file);
use PrintTask::Witness;

# what a client can expect to wait for: the lease, the back end, and Redis

my $patience = 12;

my %tokens = (
    good    => token(),
    other   => token(claims => { azp => 'f2c5a1e8-3b64-4d0f-9a57-1c0de000000b' }),
    expired => token(exp => -3600),
    role    => token(claims => { roles => ['Another.Role'] }),
    broken  => PrintTask::Token::tamper(token(), 1),
    none    => undef,
);

sub new {
    my ($class, %opt) = @_;
    my $self = bless { requests => 2000, clients => 6, seed => 1, faults => 1,
                       store => 'redis', owner => $$, %opt }, $class;

    $SIG{PIPE} = 'IGNORE';
    $SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);

    $self->{dir} = File::Temp->newdir('pt-storm-XXXXXX', TMPDIR => 1);
    $self->{$_} = PrintTask::Storm::Backend->new(seed => $self->{seed})
        for qw(backend copies dry);
    $self->{redis} = PrintTask::Redis->new(appendonly => 'yes',
                                           appendfsync => 'always')
        if $self->{store} eq 'redis';
    $self->{$_} = PrintTask::Server::free_port() for qw(http1 http2);

    PrintTask::Server::write_file("$self->{dir}/page.html", 'page');

    $self->{nginx} = PrintTask::Server->new(
        workers => 2, load => [PrintTask::Storm::Locations::modules()],
        store => '', http => PrintTask::Storm::Locations::http(
            map({ $_ => $self->{$_} } qw(dir http1 http2)),
            map({ $_ => $self->{$_}->address } qw(backend copies dry)),
            key_file => jwks_file(),
            store => $self->{redis}
                     ? 'print_task_redis ' . $self->{redis}->address . ';'
                     : 'print_task_store memory:storm:16m;'));

    return $self;
}

sub run {
    my ($self) = @_;
    my @pids;

    for my $k (1 .. $self->{clients}) {
        my $pid = fork() // die "fork: $!\n";

        if (!$pid) {
            $self->{owner} = 0;
            my $done = eval { $self->client($k); 1 };
            print STDERR "client $k: $@" if !$done;
            POSIX::_exit($done ? 0 : 1);
        }

        push @pids, $pid;
    }

    srand $self->{seed};

    while (@pids) {
        @pids = grep {
            my $ended = waitpid $_, WNOHANG;
            $self->{failed}++ if $ended && $?;
            !$ended;
        } @pids;

        $self->fault if $self->{faults} && @pids;
        sleep 0.05;
    }

    sleep 1;            # for changes that the back end makes late
    $self->{nginx}->stop // die "nginx did not end\n";
}

# nginx and Redis in trouble, one at a time, none for longer than a lease

sub fault {
    my ($self) = @_;
    my $redis = $self->{redis};
    my $dice = int rand 160 / $self->{faults};

    if ($dice == 0) {
        kill 'HUP', $self->{nginx}{pid};

    } elsif ($dice == 1) {
        my @workers = $self->{nginx}->workers;
        kill 'KILL', $workers[rand @workers] if @workers;

    } elsif (!$redis) {
        return;

    } elsif ($dice == 2) {
        $redis->signal('STOP');
        sleep rand 0.6;
        $redis->signal('CONT');

    } elsif ($dice == 3) {
        $redis->stop;
        sleep rand 0.5;
        $redis->start;

    } elsif ($dice < 6) {
        eval { $redis->command('SCRIPT', 'FLUSH') };

    } elsif ($dice < 8) {
        eval { $redis->command('CLIENT', 'KILL', 'TYPE', 'normal') };
    }
}

sub complaints {
    my ($self) = @_;
    my $witness = PrintTask::Witness->new(reads => 1, again => 1);
    my $copied = PrintTask::Witness->new(reads => 1);
    my @complaints;

    push @complaints, "$self->{failed} clients have failed\n" if $self->{failed};

    for my $k (1 .. $self->{clients}) {
        open my $in, '<:raw', "$self->{dir}/meant.$k" or die "meant.$k: $!\n";

        while (defined(my $length = <$in>)) {
            read($in, my $bytes, $length) == $length or die "cut short\n";
            my ($n, %meaning) = @{thaw($bytes)};

            $witness->expect($n, %meaning);
            $copied->expect($n, %meaning);
        }
    }

    push @complaints, map { $witness->complaint($_->[0], unmade => $_->[1]) }
                          $self->{backend}->requests;

    # copies have no order, and so no states; those of post_action go elsewhere

    push @complaints, grep { !m{^from |^.*\n\w+ /after } }
                      map { $copied->complaint($_->[0], unmade => $_->[1]) }
                          $self->{copies}->requests;

    return map { $_ . $self->story($_) } @complaints;
}

# all that the back end has got of a task, with times

sub story {
    my ($self, $complaint) = @_;
    my ($target) = $complaint =~ /^from .*\n\S+ (\S+)/ or return '';
    my ($definition, $id) = task_of($target) or return '';
    my ($start, @story, %seen);

    for ($self->{backend}->requests) {
        my ($bytes, $unmade, $time) = @$_;
        my ($method, $path, $body) = $bytes =~ /^(\S+) (\S+).*?\r\n\r\n(.*)/s;
        my @ids = task_of($path // '');
        my ($n) = $bytes =~ /^X-Spelling: (\d+)/mi;
        my ($place) = $bytes =~ /^X-Place: (\S+)/mi;
        my ($trouble) = $bytes =~ /^X-Trouble: (\S+)/mi;

        next if !@ids || lc $ids[1] ne lc $id;

        push @story, sprintf "  %.3f %s %s by %s, %s%s %s\n",
                             $time - ($start //= $time), $n, $method, $place,
                             $trouble // '-', $unmade ? ', not made' : '', $body;
        push @story, map { "  $_" } $self->logged($n) if !$seen{$n}++;
    }

    return join '', @story;
}

# what nginx has logged of a request

sub logged {
    my ($self, $n) = @_;

    $self->{log} //= PrintTask::Server::slurp("$self->{dir}/access.log");

    return $self->{log} =~ /^(\S+ \S+ $n .*\n)/mg;
}

sub alarms {
    my ($self) = @_;
    my $allowed = PrintTask::Storm::Locations::allowed();

    return grep { !/$allowed/ } split /^/, $self->{nginx}->quiet;
}

# requests without an answer: what was sent, and what nginx has logged of them

sub silences {
    my ($self) = @_;
    my @silences;

    for my $k (1 .. $self->{clients}) {
        for (split /^(?=--- \d+ at )/m,
             PrintTask::Server::slurp("$self->{dir}/silent.$k"))
        {
            my ($n) = /^--- (\d+)/;
            push @silences, join '', $_, "--- access log\n",
                            $self->logged($n);
        }
    }

    return @silences;
}

sub count {
    my ($self) = @_;
    my %count;

    for my $k (1 .. $self->{clients}) {
        for (split /^/, PrintTask::Server::slurp("$self->{dir}/answers.$k")) {
            chomp;
            $count{$_}++;
        }
    }

    $count{changes} = grep { $_->[0] =~ /^PATCH/ } $self->{backend}->requests;

    return %count;
}


# --- a client

my ($meant, $answers, $n, $k, $ids, %sockets, @tasks);

sub client {
    my $self = shift;

    $k = shift;
    srand $self->{seed} * 1000 + $k;

    open $meant, '>:raw', "$self->{dir}/meant.$k" or die "meant: $!\n";
    open $answers, '>', "$self->{dir}/answers.$k" or die "answers: $!\n";

    @tasks = map { task("d$k") } 1 .. 4;
    $n = $k * 100_000_000;

    for (1 .. $self->{requests} / $self->{clients}) {
        $n++;
        chance(0.2) ? $self->over_http2 : $self->over_http1;
    }

    close $answers;
}

sub task {
    my ($definition) = @_;

    for ( ;; ) {
        my $id = "t$k-" . ++$ids . pick('a' .. 'z');
        $id = sprintf '%08x-%04x-4000-8000-%012x', $ids, $k, rand 2 ** 40
            if chance(0.3);

        return { definition => $definition, id => $id }
            if chance(0.3) || first_state($id) =~ /^p/;
    }
}

# one that all clients know, for a second or so

sub shared_task {
    return { definition => 'shared', shared => 1,
             id => 's' . int(time()) . '-' . int rand 3 };
}

sub choose {
    my ($self, $http2) = @_;
    my $place = pick(grep { !$http2 || !$_->{http1} }
                     @PrintTask::Storm::Locations::Places);
    my $i = int rand @tasks;

    $tasks[$i] = task("d$k")
        if chance(0.1) || $tasks[$i]{lost}
           || $tasks[$i]{dirty} && !$place->{strict};

    my $task = $place->{strict} && chance(0.4) ? shared_task() : $tasks[$i];

    return ($place, $task);
}

# A request, and what it means: nothing, if it must not come through

sub compose {
    my ($self, $http2) = @_;
    my ($place, $task) = $self->choose($http2);
    my $token = chance(0.75) ? 'good' : chance(0.4) ? 'other'
                : pick(qw(expired role broken none));
    my $update = { state => pick(@States, 'completed') };

    $update->{description} = pick(@Descriptions) if chance(0.3);
    delete $update->{state} if chance(0.1);

    my %request = (place => $place, task => $task, token => $token,
                   method => 'PATCH', update => $update, lines => [], end => '');

    $request{target} = PrintTask::Storm::Locations::target($place, $task);
    $request{body} = spell_body($update, $task->{id});

    my @kinds = (('change') x 60, ('hostile') x 12, ('read') x 8,
                 ('broken') x 10, ('other') x 8);
    my $kind = pick(@kinds);

    $self->can("compose_$kind")->($self, \%request, $http2)
        if $kind ne 'change';

    if (!$request{fields}) {
        my ($fields, $bytes) = spell_message($request{body}, !$http2);
        @request{qw(fields bytes)} = ($fields, $bytes);
    }

    push @{$request{lines}}, "X-Kind: $kind/$token/$request{end}/" . ($request{way} // "");

    push @{$request{fields}}, "Host: $place->{name}", "X-Spelling: $n",
         "X-Place: $place->{name}",
         @{$request{lines}};
    push @{$request{fields}}, "Authorization: Bearer $tokens{$token}"
        if defined $tokens{$token};

    # no answer, no lease, no order

    push @{$request{fields}}, 'X-No-Accel: 1' if chance(0.5);

    $request{never} = 1 if $token !~ /^(?:good|other)$/;
    $self->write_down(\%request);

    return \%request;
}

sub write_down {
    my ($self, $request) = @_;
    my ($definition, $id)
        = $request->{place}{ids} ? @{$request->{task}}{qw(definition id)}
          : task_of($request->{target} =~ s{^https?://[^/]*}{}r);
    my %update = %{$request->{update}};

    $update{description} = encode_utf8($update{description})
        if defined $update{description};

    my $text = freeze([$n, $request->{never} ? (never => 1)
                           : (definition => $definition, task => $id,
                              other => $request->{place}{replaces}
                                       || $request->{place}{elsewhere}, %update)]);

    syswrite $meant, length($text) . "\n$text";
}

sub compose_hostile {
    my ($self, $request, $http2) = @_;
    my $class = pick(qw(path method field body message));
    my $kind = pick(hostile($class));
    my ($task, $update) = @$request{qw(task update)};

    # what is put in for a state has to be one

    $update->{state} //= 'completed';

    if ($class eq 'path') {
        $request->{target} = $kind->{make}->($task->{definition}, $task->{id});

    } elsif ($class eq 'method') {
        $request->{method} = $kind->{make}->();

    } elsif ($class eq 'field') {
        push @{$request->{lines}}, $kind->{make}->();

    } elsif ($class eq 'body') {
        $request->{body} = $kind->{make}->($update, $task->{id});

    } else {
        @$request{qw(fields bytes)} = $kind->{make}->($request->{body}, !$http2);
    }
}

sub compose_read {
    my ($self, $request) = @_;

    $request->{method} = pick(qw(GET GET GET HEAD));
    $request->{fields} = [];
    $request->{bytes} = '';
}

# bodies and headers that end in an error of nginx, before or after the steps

sub compose_broken {
    my ($self, $request, $http2) = @_;
    my $body = $request->{body};
    my $type = 'Content-Type: application/json';
    my $long = length($body) + 40000;

    my @ways = $http2 ? (
        sub { $request->{fields} = [$type, 'Content-Length: 1'] },
        sub { $request->{fields} = [$type, "Content-Length: $long"];
              $request->{end} = 'reset' },
        sub { $request->{fields} = [$type];
              $request->{body} = $body . ' ' x 40000 },
        sub { $request->{fields} = [$type]; $request->{end} = 'reset' },
    ) : (
        sub { $request->{fields} = [$type, 'Transfer-Encoding: chunked'];
              $request->{bytes} = sprintf("%x\r\n%s\r\nzz\r\n", length $body,
                                          $body); },
        sub { $request->{fields} = [$type, "Content-Length: $long"];
              $request->{end} = 'close' },
        sub { $request->{fields} = [$type, 'Content-Length: ' . length $body];
              $request->{bytes} = substr $body, 0, -1;
              $request->{end} = 'close' },
        sub { $request->{fields} = [$type, 'Content-Length: 100000000'];
              $request->{bytes} = $body },
        sub { $request->{fields} = [$type, 'Transfer-Encoding: chunked'];
              $request->{bytes} = sprintf("%x\r\n%s\r\n", length $body, $body)
                                  . ("400\r\n" . ' ' x 1024 . "\r\n") x 20
                                  . "0\r\n\r\n" },
        sub { $request->{fields} = [$type, 'Content-Length: -1'] },
        sub { push @{$request->{lines}}, 'X-Long: ' . 'x' x 40000 },
        sub { $request->{target} .= '?' . 'x' x 40000 },
        sub { $request->{fields} = [$type, 'Content-Length: ' . length $body];
              $request->{end} = 'abort';
              return 1 },
    );

    my $way = int rand @ways;
    my $meant = $ways[$way]->();

    $request->{way} = $way;

    $request->{bytes} //= $request->{body};
    $request->{never} = 1
        if (!$meant || $meant ne '1' || $http2) && !$request->{place}{replaces};
}

# writes that change a task without naming it in the path

sub compose_other {
    my ($self, $request) = @_;
    my ($definition, $id) = @{$request->{task}}{qw(definition id)};
    my $change = qq({"id":"$id","status":{"state":"completed"}});
    my $url = qq({"\@id":"taskDefinitions/$definition/tasks/$id"});

    my ($method, $path, $body) = @{pick(
        ['PATCH', "/print/taskDefinitions/$definition", qq({"tasks":[$change]})],
        ['PATCH', "/print/taskDefinitions/$definition",
         qq({"tasks\@delta":[$change]})],
        ['PATCH', "/print/taskDefinitions('$definition')",
         qq({"TASKS\@odata.delta":[$change]})],
        ['PUT', "/print/taskDefinitions/$definition", qq({"tasks":[$change]})],
        ['POST', '/print/taskDefinitions', qq({"id":"$definition","tasks":[$change]})],
        ['PATCH', '/print', qq({"taskDefinitions":[{"id":"$definition","tasks":[$change]}]})],
        ['PATCH', "/\$entity?\$id=print/taskDefinitions/$definition/tasks/$id",
         '{"status":{"state":"completed"}}'],
        ['PATCH', "/print/taskDefinitions/\$entity?\$id=$definition", qq({"tasks":[$change]})],
        ['DELETE', "/print/taskDefinitions/$definition/tasks/\$ref?\$id=$id", ''],
        ['PUT', "/print/taskDefinitions/$definition/tasks/\$ref", $url],
        ['POST', "/print/taskDefinitions/$definition/tasks/$id/microsoft.graph.complete", '{}'],
        ['PATCH', "/print/taskDefinitions/$definition/tasks/$id/status", '{"state":"completed"}'],
        ['PUT', "/print/taskDefinitions/$definition/tasks/$id/status/state", '{"value":"completed"}'],
        ['PATCH', "/print/taskDefinitions/$definition/tasks", qq({"value":[$change]})],
        ['POST', '/$batch', qq({"requests":[{"id":"1","method":"PATCH","url":"/print/taskDefinitions/$definition/tasks/$id","body":$change}]})],
    )};

    $request->{method} = $method;
    $request->{target} = $path;
    $request->{fields} = ['Content-Type: application/json',
                          'Content-Length: ' . length $body];
    $request->{bytes} = $body;

    # a script that replaces the body makes it harmless

    $request->{never} = 1 if !$request->{place}{replaces};
}

sub over_http1 {
    my ($self) = @_;
    my $request = $self->compose(0);
    my $fresh = !$sockets{http1};
    my $socket = delete $sockets{http1} // $self->open('http1') or return;

    my @pieces = spell_request_as($request);

    return if !send_all($socket, $request->{end}, @pieces);

    if ($request->{end}) {
        shutdown $socket, 1 if $request->{end} eq 'close' && chance(0.5);
        $self->answered($request, 0) if $request->{end} ne 'close' || chance(0.7);
        return;
    }

    my ($status, $closed, $text) = receive($socket, $request->{method});

    $self->missed($socket, $text, @pieces) if $status eq 'silent';

    # a connection that was kept may have been closed meanwhile

    $status = $fresh ? 0 : 'late' if !$status;
    $self->answered($request, $status);
    $sockets{http1} = $socket if $status && $status =~ /^[2345]/ && !$closed
                                 && $request->{place}{kept};
}

sub spell_request_as {
    my ($request) = @_;
    my $head = "$request->{method} $request->{target} HTTP/1.1\r\n"
               . join('', map { "$_\r\n" } @{$request->{fields}}) . "\r\n";

    return ("$head$request->{bytes}") if chance(0.8);
    return ($head, $request->{bytes});
}

sub open {
    my ($self, $port) = @_;

    for (1 .. 200) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', Timeout => 5,
                                           PeerPort => $self->{$port});
        return $socket if $socket;
        sleep 0.02;
    }

    die "cannot connect\n";
}

sub send_all {
    my ($socket, $end, @pieces) = @_;

    for my $piece (@pieces) {
        my $done = 0;

        while ($done < length $piece) {
            my $count = syswrite $socket, $piece, length($piece) - $done, $done;

            # nginx may have answered and closed before the end of the body

            return 1 if !$count;

            $done += $count;
        }
    }

    return 1;
}

sub receive {
    my ($socket, $method) = @_;
    my $deadline = now() + $patience;
    my $text = '';

    for ( ;; ) {
        $text =~ s{^HTTP/1\.1 1\d\d .*?\r\n\r\n}{}s;

        if ($text =~ m{^(HTTP/1\.\d (\d+).*?\r\n\r\n)(.*)}s) {
            my ($head, $status, $body) = ($1, $2, $3);
            my ($length) = $head =~ /^Content-Length: (\d+)/mi;
            my $closed = $head =~ /^Connection: close/mi;

            return ($status, $closed)
                if $method eq 'HEAD' || $status == 204 || $status == 304;
            return ($status, $closed)
                if defined $length && length $body >= $length;
            return ($status, $closed)
                if $head =~ /^Transfer-Encoding: chunked/mi
                   && $body =~ /(?:^|\r\n)0\r\n\r\n$/;
        }

        # a client that did not run for that long finds its answer

        my $left = $deadline - now();

        return ('silent', 1, $text)
            if !IO::Select->new($socket)->can_read($left > 0 ? $left : 0);

        if (!sysread $socket, $text, 65536, length $text) {
            return ($text =~ m{^HTTP/1\.\d (\d+)} ? $1 : 0, 1);
        }
    }
}

sub over_http2 {
    my ($self) = @_;
    my $request = $self->compose(1);
    my $socket = $self->open('http2') or return;
    my @fields = grep { !/^(?:Transfer-Encoding|Connection|Upgrade|TE):/i }
                 @{$request->{fields}};

    @fields = grep { !/^Content-Length/i } @fields
        if !$request->{end} && !$request->{never} && chance(0.3);

    my $frames = h2_start()
                 . h2_request(1, $request->{method}, $request->{target}, \@fields,
                              $request->{bytes}, pick(1, 1, 2, 5));

    if ($request->{end}) {
        # the last frame, or a part of it, is replaced
        substr($frames, -1 - int rand 10) = '';
        $frames .= h2_frame('RST_STREAM', 0, 1, pack 'N', 8) if chance(0.5);
        send_all($socket, '', $frames);
        $self->answered($request, 0);
        return;
    }

    send_all($socket, '', $frames);

    my $start = now();
    my ($response) = h2_receive($socket, 1);
    my $status = $response->{status};

    if (!$status && now() - $start > 9) {
        $status = 'silent';
        $self->missed($socket, '', $frames);
    }

    $self->answered($request, $status);
}

# by a clock that nobody sets

sub now {
    return clock_gettime(CLOCK_MONOTONIC);
}

# what there is to know of a request without an answer

sub missed {
    my ($self, $socket, $text, @pieces) = @_;
    my $port = $socket->sockport;

    CORE::open my $out, '>>:raw', "$self->{dir}/silent.$k" or die "silent: $!\n";
    print $out sprintf("--- %d at %.3f\n", $n, time()), @pieces, "\n--- got\n",
               $text, "\n--- sockets\n",
               `ss -tnpo 'sport = :$port or dport = :$port' 2>&1`,
               "--- processes\n",
               `ps -o pid,ppid,stat,wchan:20,args --ppid $self->{nginx}{pid}`;
    close $out;
}

# After an outcome that is not known a task has no order without a lease: neither
# a later request may be without one, nor may this one have been.

sub answered {
    my ($self, $request, $status) = @_;

    print $answers "$status\n";

    return if $request->{method} eq 'GET' || $status =~ /^(?:200|4\d\d)$/;

    $request->{task}{dirty} = 1;
    $request->{task}{lost} = 1 if !$request->{place}{strict};
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    return if $self->{owner} != $$;

    delete $self->{nginx};
}

1;
