package Chaos::Gateway;

=head1 NAME

Chaos::Gateway - an nginx with the module, one of several

=head1 SYNOPSIS

    Chaos::Gateway->new('gateway1', module => PATH, mode => 'forward',
                        conf => TEXT, env => {});

=cut

use strict;
use warnings;

use Cwd qw(getcwd);
use Exporter qw(import);
use IO::Socket::INET;

use PrintTask::Process;
use Chaos::Rules;

use PrintTask::Token qw(jwks_file);

our @EXPORT = qw($admin);

our $admin = 'PrintTask.Admin';         # the role of those who make tasks

sub new {
    my ($class, $name, %opt) = @_;
    my $self = bless { name => $name, %opt }, $class;

    # the port may be taken by somebody else before nginx has it

    for (1 .. 20) {
        $self->{port} = free_port();
        $self->write_conf();

        return $self if $self->up();

        last if $self->log() !~ /Address already in use/;
        unlink "$name.log";
    }

    die "$name does not start, see $name.log and $name.out\n";
}

sub free_port {
    for (1 .. 100) {
        my $port = 20000 + int rand 12000;

        my $free = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                         LocalPort => $port, Listen => 1,
                                         ReuseAddr => 1);
        return $port if $free;
    }

    die "no free port\n";
}

sub command {
    my ($self, @more) = @_;

    return (map({ "$_=$self->{env}{$_}" } sort keys %{$self->{env} // {}}),
            'nginx', '-p', getcwd() . '/', '-e', "$self->{name}.log",
            '-c', getcwd() . "/$self->{name}.conf", @more);
}

sub up {
    my ($self) = @_;

    $self->{pid} = start($self->{name}, 'env', $self->command());

    my $ended;

    return await(20, sub {
        $ended = defined wait_for($self->{pid}, 0);
        return $ended || workers_of($self->{pid}) == 2;
    }) && !$ended;
}

sub reload {
    my ($self) = @_;
    my $pid = start("$self->{name}-reload", 'env',
                    $self->command('-s', 'reload'));

    (wait_for($pid, 20) // 1) == 0
        or die "nginx -s reload failed, see $self->{name}-reload.out\n";
}

sub log {
    my ($self) = @_;

    open my $in, '<', "$self->{name}.log" or return '';
    local $/;

    return <$in>;
}

# Tasks under /v1.0 have a table with cycles, those under /beta the default.

sub write_conf {
    my ($self) = @_;
    my $name = $self->{name};
    my $user = $> ? '' : 'user ' . getpwuid($>) . ' ' . getgrgid($)) . ';';
    my $key_file = jwks_file();
    my $temps = join "\n", map { "${_}_temp_path temp;" }
                               qw(client_body proxy fastcgi uwsgi scgi);
    my $transitions = join "\n", transitions();
    my $mode = $self->{mode};
    my $owner = $mode eq 'answer' ? "print_task_admin role=$admin;"
                                  : 'proxy_pass http://backend;';

    open my $out, '>', "$name.conf" or die "$name.conf: $!\n";

    print $out <<"_EOC_" or die "$name.conf: $!\n";
$user
load_module $self->{module};
daemon off;
worker_processes 2;
pid $name.pid;
lock_file $name.lock;
error_log $name.log info;

events {
    worker_connections 512;
}

http {
    $temps

    log_format chaos '\$msec \$request_time \$pid \$http_client_request_id '
                     '\$status \$print_task_verdict \$print_task_reason '
                     'cache=\$print_task_lookup '
                     '\$print_task_from->\$print_task_to '
                     'fence=\$print_task_fence '
                     'upstream=\$upstream_response_time';
    access_log $name-access.log chaos;

    print_task_key_file $key_file;
    print_task_issuer $PrintTask::Token::Issuer;
    print_task_audience $PrintTask::Token::Audience;

    upstream backend {
        server unix:backend.sock;
        keepalive 16;
    }

    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header X-Fence \$print_task_fence;
    proxy_set_header X-App \$print_task_app_id;

    map "" \$chaos {
        default "\$print_task_verdict \$print_task_lookup \$print_task_from";
    }

    add_header X-Chaos "\$chaos \$print_task_fence \$pid" always;

$self->{conf}

    server {
        listen 127.0.0.1:$self->{port};

        location /v1.0/ {
            print_task $mode;
            $transitions
            $owner
        }

        location /beta/ {
            print_task $mode;
            $owner
        }
    }
}
_EOC_

    close $out or die "$name.conf: $!\n";
}

1;
