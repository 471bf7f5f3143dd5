package PrintTask::Certificates;

=head1 NAME

PrintTask::Certificates - certificates for tests of TLS

=head1 SYNOPSIS

    use PrintTask::Certificates;

    my $certs = PrintTask::Certificates->new;

    $certs->authority('ca');
    $certs->issue('redis', 'ca', names => 'DNS:redis.test,IP:127.0.0.1');
    $certs->file('redis.crt');

=head1 DESCRIPTION

Made by the openssl command, in a directory that goes with the object.

=head2 Methods

=over

=item new()

=item authority(NAME)

F<NAME.crt> and F<NAME.key>, self-signed.

=item issue(NAME, AUTHORITY, OPTION => VALUE, ...)

F<NAME.crt> and F<NAME.key>.

    names       the subjectAltName; that of an authority without any
    days        1; -1: expired

=item revoke(AUTHORITY, NAME)

F<AUTHORITY.crl>, with that certificate.

=item encrypt(NAME, PASSWORD)

F<NAME-encrypted.key>.

=item file(NAME)

The path of a file.

=back

=cut

use strict;
use warnings;

use File::Temp ();
use POSIX ();

sub new {
    my ($class) = @_;

    return bless { dir => File::Temp->newdir('pt-certs-XXXXXX', TMPDIR => 1) },
                 $class;
}

sub file {
    my ($self, $name) = @_;

    return "$self->{dir}/$name";
}

sub authority {
    my ($self, $name) = @_;

    $self->openssl('req', '-x509', '-days', 1, '-subj', "/CN=$name",
                   key_options(), '-keyout', $self->file("$name.key"),
                   '-out', $self->file("$name.crt"));
}

sub issue {
    my ($self, $name, $authority, %opt) = @_;
    my @extensions;

    if (defined $opt{names}) {
        $self->write("$name.ext", "subjectAltName=$opt{names}\n");
        @extensions = ('-extfile', $self->file("$name.ext"));
    }

    $self->openssl('req', '-subj', "/CN=$name", key_options(),
                   '-keyout', $self->file("$name.key"),
                   '-out', $self->file("$name.csr"));

    $self->openssl('x509', '-req', '-in', $self->file("$name.csr"),
                   '-CA', $self->file("$authority.crt"),
                   '-CAkey', $self->file("$authority.key"),
                   '-set_serial', ++$self->{serial},
                   validity($opt{days} // 1), @extensions,
                   '-out', $self->file("$name.crt"));
}

# from 3.4 on openssl has dates, and no days that end before they start

sub validity {
    my ($days) = @_;
    my ($major, $minor) = qx(openssl version) =~ /^OpenSSL (\d+)\.(\d+)/;

    return ('-days', $days) if $days > 0 || $major == 3 && $minor < 4;

    return ('-not_before', '20200101000000Z', '-not_after', '20200102000000Z');
}

sub key_options {
    return ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
            '-nodes');
}

sub revoke {
    my ($self, $authority, $name) = @_;

    $self->write('index.txt', '');
    $self->write('ca.conf', <<"_EOC_");
[ca]
default_ca = it
[it]
database = @{[$self->file('index.txt')]}
default_md = sha256
default_crl_days = 1
_EOC_

    my @ca = ('ca', '-config', $self->file('ca.conf'),
              '-cert', $self->file("$authority.crt"),
              '-keyfile', $self->file("$authority.key"));

    $self->openssl(@ca, '-revoke', $self->file("$name.crt"));
    $self->openssl(@ca, '-gencrl', '-out', $self->file("$authority.crl"));
}

sub encrypt {
    my ($self, $name, $password) = @_;

    $self->openssl('pkcs8', '-topk8', '-in', $self->file("$name.key"),
                   '-passout', "pass:$password",
                   '-out', $self->file("$name-encrypted.key"));
}

sub write {
    my ($self, $name, $text) = @_;

    open my $out, '>', $self->file($name) or die "$name: $!\n";
    print {$out} $text;
    close $out or die "$name: $!\n";
}

sub openssl {
    my ($self, @command) = @_;
    my $log = $self->file('openssl.log');

    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', $log;
        open STDERR, '>&', \*STDOUT;
        exec 'openssl', @command or POSIX::_exit(127);
    }

    waitpid $pid, 0;

    if ($? != 0) {
        open my $in, '<', $log;
        die "openssl @command:\n", <$in>;
    }
}

1;
