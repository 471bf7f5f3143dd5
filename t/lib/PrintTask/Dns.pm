package PrintTask::Dns;

=head1 NAME

PrintTask::Dns - a name server that a test drives by itself

=head1 SYNOPSIS

    use PrintTask::Dns;

    my $dns = PrintTask::Dns->new;

    $dns->answer('127.0.0.2', '::1');   # to each question
    $dns->fail;                         # SERVFAIL
    $dns->silence;
    $dns->address;                      # for "resolver"
    $dns->questions;                    # how many there were

=head1 DESCRIPTION

A process of its own, on UDP, that goes with the object.

=cut

use strict;
use warnings;

use File::Temp ();
use IO::Socket::INET;
use POSIX ();
use Socket qw(AF_INET AF_INET6 inet_pton);

my ($A, $AAAA) = (1, 28);

sub new {
    my ($class) = @_;
    my $dir = File::Temp->newdir('pt-dns-XXXXXX', TMPDIR => 1);
    my $self = bless { dir => $dir, owner => $$ }, $class;

    my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Proto => 'udp')
        or die "socket: $!\n";

    $self->{port} = $socket->sockport;
    $self->silence;

    $self->{pid} = fork() // die "fork: $!\n";
    return $self if $self->{pid};

    while (defined(my $peer = $socket->recv(my $question, 512))) {
        open my $log, '>>', "$dir/questions";
        syswrite $log, '.';
        close $log;

        my $response = $self->respond($question);
        $socket->send($response, 0, $peer) if defined $response;
    }

    POSIX::_exit(0);
}

sub address {
    my ($self) = @_;

    return "127.0.0.1:$self->{port}";
}

sub answer {
    my ($self, @addresses) = @_;

    $self->put("answer @addresses");
}

sub fail {
    my ($self) = @_;

    $self->put('fail');
}

sub silence {
    my ($self) = @_;

    $self->put('silence');
}

sub questions {
    my ($self) = @_;

    return -s "$self->{dir}/questions" // 0;
}

sub put {
    my ($self, $text) = @_;

    open my $out, '>', "$self->{dir}/mode.new" or die "mode: $!\n";
    print {$out} $text;
    close $out;
    rename "$self->{dir}/mode.new", "$self->{dir}/mode" or die "mode: $!\n";
}

sub respond {
    my ($self, $question) = @_;

    open my $in, '<', "$self->{dir}/mode" or return;
    my ($mode, @addresses) = split ' ', <$in>;

    return if $mode eq 'silence';

    # id, flags, counts; then a name, its type and class

    my ($id) = unpack 'n', $question;
    my ($name, $type) = substr($question, 12) =~ /^(.*?\0)(..)/s or return;
    my ($rcode, @records) = ($mode eq 'fail' ? 2 : 0);

    $type = unpack 'n', $type;

    for my $address (@addresses) {
        my $is = $address =~ /:/ ? $AAAA : $A;
        next if $is != $type;

        my $data = inet_pton($is == $A ? AF_INET : AF_INET6, $address);
        push @records, pack 'n n n N n/a*', 0xc00c, $type, 1, 0, $data;
    }

    return pack('n n n n n n', $id, 0x8180 | $rcode, 1, scalar @records, 0, 0)
           . $name . pack('n n', $type, 1) . join '', @records;
}

sub DESTROY {
    my ($self) = @_;
    local $?;

    return if $self->{owner} != $$ || !$self->{pid};

    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
}

1;
