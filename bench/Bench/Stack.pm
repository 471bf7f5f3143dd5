package Bench::Stack;

=head1 NAME

Bench::Stack - the servers of a bench: Redis, a print service, gateways

=head1 SYNOPSIS

    my $stack = Bench::Stack->new("$top/build/bench", $module);

    $stack->redis;
    $stack->nginx('backend');
    $stack->nginx('gateway', 'gateway', workers => 2);

    $stack->url('answer');              # of the server with that port
    $stack->workers('gateway');         # process ids

=head1 DESCRIPTION

All of it is in one directory, which becomes the working directory, on ports of
the loopback interface that were free.  Nothing outlives the process, see
PrintTask::Process.  The configurations are those of bench/conf: a word in @ is a
setting, or the port of that name.

=cut

use strict;
use warnings;

use Cwd ();
use Digest::SHA qw(sha1_hex);
use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use IO::Socket::INET;
use IPC::Open2;
use POSIX qw(strftime);

use PrintTask::Process qw(start workers_of await);
use PrintTask::Token qw(jwks key_file);

my $top = Cwd::abs_path(dirname(__FILE__) . '/../..');

# What the print service knows of each task, but for its id.

our $Parent = 'https://graph.microsoft.com/v1.0/print/printers/'
              . 'd5ef6ec4-07ca-4212-baf9-d45be126bfbb/jobs/44353';
our $Description = 'Page 7 of 12 is out';

# When and with what something is measured, in one line.

sub versions {
    my ($nginx) = `/usr/sbin/nginx -v 2>&1` =~ m{nginx/(\S+)};
    my ($openssl) = `/usr/sbin/nginx -V 2>&1` =~ m{OpenSSL (\S+)};
    my ($redis) = `redis-server --version` =~ /v=(\S+)/;
    my ($compiler) = `gcc --version` =~ /(\S+)$/m;

    return strftime('%Y-%m-%d', gmtime) . ", nginx $nginx, OpenSSL $openssl, "
           . "Redis $redis, gcc $compiler";
}

sub new {
    my ($class, $dir, $module) = @_;

    make_path($dir);
    $dir = Cwd::abs_path($dir);
    chdir $dir or die "$dir: $!\n";

    unlink glob '*.out *.log *.pid *.lock *.conf *.so';
    remove_tree('temp');
    mkdir 'temp' or die "$dir/temp: $!\n";

    # the next build does not get in the way
    write_file('module.so', slurp($module));
    write_file('private.conf', slurp("$top/bench/conf/private.conf"));
    write_file('jwks.json', jwks('rsa1'));

    my $self = bless {
        dir => $dir,
        set => {
            module     => "$dir/module.so",
            top        => $top,
            dir        => $dir,
            workers    => 1,
            files      => files(),
            memory     => '',
            memory_size => '64m',
            tenant     => $PrintTask::Token::Tenant,
            token_zone => 'tokens:16m',
            issuer     => $PrintTask::Token::Issuer,
            audience   => $PrintTask::Token::Audience,
            role       => $PrintTask::Token::Role,
        },
        ports => {}, pids => {},
    }, $class;

    $self->{set}{redis_port} = $self->port('redis');
    $self->{set}{redis} = "127.0.0.1:$self->{set}{redis_port}";
    $self->{set}{cas_sha} = sha1_hex(slurp("$top/bench/lua/cas.lua"));

    my $key = key_file('rsa1');

    write_file('rsa1.pem', scalar `openssl pkey -pubout -in $key`);

    return $self;
}

# How many files a process may open at most.

sub files {
    my ($limit) = slurp('/proc/self/limits')
                  =~ /^Max open files\s+\d+\s+(\d+)/m;

    return $limit && $limit < 65536 ? $limit : 65536;
}

# The number of the port of that name.

sub port {
    my ($self, $name) = @_;

    return $self->{ports}{$name} //= free_port();
}

sub free_port {
    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1)
        or die "listen: $!\n";

    return $socket->sockport;
}

sub url {
    my ($self, $name) = @_;

    return "http://127.0.0.1:" . $self->port($name);
}

# Starts nginx as NAME with bench/conf/CONF.conf.  The ports are those of the
# configuration, with NAME before them where it is not that of CONF.

sub nginx {
    my ($self, $name, $conf, %set) = @_;

    $conf //= $name;

    my $prefix = $name eq $conf ? '' : "$name-";
    my $text = $self->fill($conf, $prefix, %set);
    my @ports = $text =~ /listen 127\.0\.0\.1:(\d+)/g;
    my @user = $> == 0 ? ('user ' . getpwuid(0) . ';') : ();

    write_file("$name.conf", $text);

    $self->{pids}{$name} =
        start($name, $set{under} ? @{$set{under}} : (),
              '/usr/sbin/nginx', '-p', "$self->{dir}/",
              '-c', "$self->{dir}/$name.conf", '-e', "$name-error.log",
              '-g', "daemon off; pid $name.pid; lock_file $name.lock; "
                    . join ' ', @user, $set{main} // ());

    await($set{patience} // 10, sub { !grep { !listens($_) } @ports })
        or die "nginx \"$name\" does not start, see $self->{dir}/$name.out\n"
               . slurp("$name.out");

    return $self;
}

sub fill {
    my ($self, $conf, $prefix, %set) = @_;
    my $text = slurp("$top/bench/conf/$conf.conf");
    my %task = (plain => 'd036638b-1272-4bba-9227-732463823ed3',
                backend => '$2');
    my %all = (
        %{$self->{set}}, %set,
        task => qq({"id":"@{[$task{$conf} // '']}","parentUrl":"$Parent",)
                . '"status":{"state":"processing",'
                . qq("description":"$Description"}}),
    );

    my $value = sub {
        my ($word, $listen) = @_;

        return $all{$word} if exists $all{$word};
        return $self->port($listen ? "$prefix$word" : $word);
    };

    $all{memory} = slurp("$top/bench/conf/memory.conf") if $all{memory};

    $text =~ s/\@memory\@/$all{memory}/;
    $text =~ s{(listen 127\.0\.0\.1:)?\@(\w+)\@}
              {($1 // '') . $value->($2, $1)}ge;

    return $text;
}

# Whether the module knows a directive.

sub knows {
    my ($self, $directive) = @_;

    return slurp("$self->{dir}/module.so") =~ /\0\Q$directive\E\0/;
}

# Whether there is a store in shared memory, and a way to make tasks there.

sub has_memory {
    my ($self) = @_;

    return $self->knows('print_task_store')
           && $self->knows('print_task_admin');
}

# The processes that serve requests.

sub workers {
    my ($self, $name) = @_;
    my $master = $self->{pids}{$name};
    my @workers = workers_of($master);

    return @workers ? @workers : $master;
}

sub pid {
    my ($self, $name) = @_;

    return $self->{pids}{$name};
}

sub stop {
    my ($self, $name, $signal) = @_;
    my $pid = delete $self->{pids}{$name} or return;

    # nginx may miss a signal that comes just before it waits for events, which
    # is likely where it is as slow as under valgrind

    my $ended;

    for (1 .. 60) {
        $ended = PrintTask::Process::stop($pid, $signal // 'QUIT', 0.5);
        last if defined $ended;
    }

    PrintTask::Process::kill_group($pid) if !defined $ended;

    delete $self->{ports}{$_}
        for grep { /^\Q$name\E-/ } keys %{$self->{ports}};
}

sub redis {
    my ($self) = @_;
    my $port = $self->port('redis');

    $self->{pids}{redis} =
        start('redis', 'redis-server', '--bind', '127.0.0.1', '--port', $port,
              '--unixsocket', "$self->{dir}/redis.sock", '--save', '',
              '--appendonly', 'no');

    await(10, sub { listens($port) })
        or die "Redis does not start, see $self->{dir}/redis.out\n";

    return $self;
}

# Sends any number of commands, which a function returns one by one, each as a
# reference to an array; undef ends them.

sub redis_load {
    my ($self, $next) = @_;
    my $pid = open2(my $out, my $in, 'redis-cli', '-s',
                    "$self->{dir}/redis.sock", '--pipe');

    my $sent = 0;

    while (my $words = $next->()) {
        $sent++;
        print $in '*' . @$words . "\r\n",
                  map { '$' . length($_) . "\r\n$_\r\n" } @$words;
    }

    close $in;

    my $said = join '', <$out>;

    waitpid $pid, 0;
    die "redis-cli, $sent commands: $said\n"
        if $? || $said !~ /errors: 0, replies: $sent$/m;
}

sub redis_info {
    my ($self, $name) = @_;
    my $info = `redis-cli -s $self->{dir}/redis.sock INFO`;
    my ($value) = $info =~ /^\Q$name\E:(\S+?)\r?$/m;

    return $value // die "Redis has no \"$name\"\n";
}

sub redis_command {
    my ($self, @words) = @_;

    system('redis-cli', '-s', "$self->{dir}/redis.sock", '-e', @words) == 0
        or die "redis-cli @words failed\n";
}

sub listens {
    my ($port) = @_;

    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
}

sub slurp {
    my ($file) = @_;

    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;

    return scalar <$in> // '';
}

sub write_file {
    my ($file, $text) = @_;

    open my $out, '>:raw', $file or die "$file: $!\n";
    print $out $text;
    close $out or die "$file: $!\n";
}

1;
