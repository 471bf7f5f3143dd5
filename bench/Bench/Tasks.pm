package Bench::Tasks;

=head1 NAME

Bench::Tasks - what is asked for: tasks and tokens, any number of them

=cut

use strict;
use warnings;

use Crypt::OpenSSL::RSA;
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64url);

use Bench::Stack;
use PrintTask::Process qw(await);
use PrintTask::Token qw(token claims key_file);

our $Definition = '3203656e-6069-4e10-8147-d25290b00a3c';

# The id of the task of a number: bench/load.lua makes the same.

sub id {
    my ($i) = @_;

    return sprintf '%08x-1272-4bba-9227-%012x', $i * 2654435761 % 2**32, $i;
}

# Makes the records of tasks, from one number to below another: for "answer",
# for "forward", which has a realm of its own, or for the Lua gateway ("lua").

sub seed {
    my ($stack, $first, $end, $for) = @_;
    my $i = $first;
    my $now = time() * 1000;
    my $realm = $for eq 'forward' ? 'forward/' : '';

    $stack->redis_load(sub {
        return if $i >= $end;

        my $id = id($i++);

        return ['HSET', "pt:$Definition:$id", state => 'processing',
                parentUrl => $Bench::Stack::Parent,
                description => $Bench::Stack::Description]
            if $for eq 'lua';

        my $key = "print-task:{$realm$PrintTask::Token::Tenant/$Definition}"
                  . "/$id";

        return ['HSET', $key, state => 'processing',
                parentUrl => $Bench::Stack::Parent,
                description => $Bench::Stack::Description,
                app => $PrintTask::Token::App, rev => 1, confirmed => $now];
    });
}

# The same in shared memory, through a server where this address may do it.

sub put {
    my ($stack, $server, $first, $end) = @_;
    my $body = qq({"parentUrl":"$Bench::Stack::Parent","status":{"state":)
               . qq("processing","description":"$Bench::Stack::Description"}});
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $stack->port($server))
        or die "connect: $!\n";

    for my $i ($first .. $end - 1) {
        $socket->syswrite(join "\r\n",
                          "PUT /print/taskDefinitions/$Definition/tasks/"
                          . id($i) . ' HTTP/1.1', 'Host: localhost',
                          'Content-Type: application/json',
                          'Content-Length: ' . length($body), '', $body);
        answer($socket);
    }
}

# The bytes of a request for the task of a number.

sub patch {
    my ($i, $token, $description) = @_;
    my $body = '{"status":{"state":"processing","description":"'
               . ($description // 'Page 1 of 12 is out') . '"}}';

    return join "\r\n",
                "PATCH /print/taskDefinitions/$Definition/tasks/" . id($i)
                . ' HTTP/1.1', 'Host: localhost',
                "Authorization: Bearer $token",
                'Content-Type: application/json',
                'User-Agent: print-worker/2.1', 'Accept: application/json',
                'Content-Length: ' . length($body),
                '', $body;
}

# Waits until a gateway accepts a change: the first one connects to Redis.

sub ready {
    my ($stack, $server) = @_;

    await(10, sub { eval { know($stack, $server, 0, 1); 1 } })
        or die "$server is not ready: $@\n";
}

# Changes each of these tasks once, so that the gateway knows it.

sub know {
    my ($stack, $server, $first, $end) = @_;
    my ($token) = Bench::Stack::slurp(tokens(1)) =~ /(\S+)/;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $stack->port($server))
        or die "connect: $!\n";

    for my $i ($first .. $end - 1) {
        $socket->syswrite(patch($i, $token));
        answer($socket);
    }
}

# Waits for an answer, which has to be a success.

sub answer {
    my ($socket) = @_;
    my $answer = '';

    local $SIG{ALRM} = sub { die "no answer in time:\n$answer\n" };
    alarm 60;

    until ($answer =~ /\r\n\r\n(.*)/s
           && length($1) >= ($answer =~ /\nContent-Length: (\d+)/i ? $1 : 0))
    {
        $socket->sysread($answer, 4096, length $answer)
            or die "no answer:\n$answer\n";
    }

    alarm 0;

    $answer =~ m{^HTTP/1.1 20[014] } or die "not accepted:\n$answer\n";
}

# The first answer to one of so many tasks that is not as expected.

sub odd {
    my ($stack, $what) = @_;
    my ($token) = Bench::Stack::slurp($what->{tokens}) =~ /(\S+)/;

    for my $i (0 .. $what->{tasks} - 1) {
        my $socket = IO::Socket::INET->new(
            PeerAddr => '127.0.0.1', PeerPort => $stack->port($what->{url}));

        $socket->syswrite(patch($i, $token));
        $socket->sysread(my $answer, 4096);

        return "task $i:\n$answer\n"
            if ($answer =~ m{^HTTP/1.1 2}) == ($what->{refused} // 0);
    }

    return "but not now\n";
}

# A file with so many good tokens, one a line: kept for a day.

sub tokens {
    my ($count) = @_;
    my $file = "tokens-$count.txt";
    my $key = key_file('rsa1');

    return $file if -s $file && -M $file < 0.5 && -M $file < -M $key;

    my $rsa = Crypt::OpenSSL::RSA->new_private_key(Bench::Stack::slurp($key));

    $rsa->use_sha256_hash;

    my $header = encode_base64url('{"typ":"JWT","alg":"RS256","kid":"rsa1"}');
    my %claims = claims(exp => 2 * 86400);
    my @names = @{[claims()]}[map { 2 * $_ } 0 .. keys(%claims) - 1];
    my $json = JSON::PP->new->canonical->allow_nonref;

    Bench::Stack::write_file("$file.new", join '', map {
        $claims{uti} = sprintf 'Yj3nkSUPzEmZ4CYq%06dAA', $_;

        my $payload = '{' . join(',', map {
            "\"$_\":" . $json->encode($claims{$_})
        } @names) . '}';
        my $text = "$header." . encode_base64url($payload);

        "$text." . encode_base64url($rsa->sign($text)) . "\n"
    } 1 .. $count);

    rename "$file.new", $file or die "$file: $!\n";

    return $file;
}

# ... with one that has expired

sub expired {
    Bench::Stack::write_file('expired.txt', token(exp => -3600) . "\n");

    return 'expired.txt';
}

1;
