#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Tokens that are bound to the certificate of their client (RFC 8705, section
# 3), with clients that prove by TLS that they have its key.

use strict;
use warnings;

use lib 't/lib';

use Digest::SHA qw(sha256);
use MIME::Base64 qw(decode_base64 encode_base64url);
use Test::More;

use PrintTask::Certificates;
use PrintTask::Server;
use PrintTask::Service;
use PrintTask::Token qw(token jwks_file);

my $certs = PrintTask::Certificates->new;

$certs->authority('ca');
$certs->authority('alone');
$certs->issue('server', 'ca', names => 'DNS:localhost');
$certs->issue($_, 'ca') for 'one', 'two';

my $path = '/print/taskDefinitions/d/tasks/t';
my $tls = PrintTask::Server::free_port();
my $keys = 'print_task_key_file ' . jwks_file() . ';';
my $url = "https://localhost:$tls";
my $service = PrintTask::Service->new;
my %token = (map({ $_ => bound($_) } 'one', 'two', 'alone'), free => token());

my $nginx = PrintTask::Server->new(
    pass => $service->address,
    server => <<"_EOC_" .
        listen 127.0.0.1:$tls ssl http2;
        ssl_certificate @{[$certs->file('server.crt')]};
        ssl_certificate_key @{[$certs->file('server.key')]};
        ssl_client_certificate @{[$certs->file('ca.crt')]};
        ssl_verify_client optional_no_ca;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_cache shared:tls:1m;
_EOC_
        location('none', '')
        . location('require', '$ssl_client_raw_cert require')
        . location('escaped', '$ssl_client_escaped_cert')
        . location('tabs', '$ssl_client_cert')
        . location('header', '$http_client_cert'),
    location => "$keys print_task_client_certificate \$ssl_client_raw_cert;
                 add_header X-Token \$print_task_token_cache always;
                 add_header X-Verify \$ssl_client_verify always;
                 add_header X-Reused [\$ssl_session_reused] always;");

for my $http ('--http1.1', '--http2') {
    is(curl($http, 'one', 'one'), '200', "$http: the certificate");
    is(curl($http, 'two', 'one'), '401 tokenBound', "$http: another one");
    is(curl($http, undef, 'one'), '401 tokenBound', "$http: none");
    is(curl($http, 'two', 'two'), '200',
        "$http: a token that is bound to the other one");
    is(curl($http, 'alone', 'alone'), '200',
        "$http: a certificate that nobody else has signed");
    is(curl($http, undef, 'free'), '200', "$http: a token that is not bound");
    is(curl($http, 'one', 'free'), '200', "$http: ... and a certificate");
}

like(headers('one', 'one'), qr/^X-Verify: SUCCESS/mi,
    'a certificate that nginx has verified');
like(headers('alone', 'alone'), qr/^X-Verify: FAILED:self.signed/mi,
    'a certificate that nginx has not verified');
like(headers('two', 'one'),
    qr/^WWW-Authenticate:\ Bearer\ realm="print",\ error="invalid_token",
       \ error_description="The\ token\ is\ not\ valid"\r$/xmi,
    'a challenge to get another token');

# --- a verdict that is remembered is of no certificate

for (1 .. 10) {
    my $got = headers('two', 'one');

    like($got, qr/^X-Token: hit/mi, 'a token that is remembered');
    like($got, qr{^HTTP/\S+ 401}, '... is refused with another certificate');
    like(headers('one', 'one'), qr{^HTTP/\S+ 200}, '... and accepted with its');
}

is(curl('/none', 'one', 'one'), '401 tokenBound',
    'a location that asks for no certificate: a token that is bound');
is(curl('/none', 'one', 'free'), '200', '... and one that is not');
is(curl('/require', 'one', 'free'), '401 tokenBound',
    'a location that requires it: a token that is not bound');
is(curl('/require', 'one', 'one'), '200', '... and one that is');
is(curl('/require', 'two', 'one'), '401 tokenBound', '... to another one');
is(curl('/require', undef, 'one'), '401 tokenBound', '... without any');

# --- other kinds of proof

my $x5t = x5t('one');

for my $cnf ({ jkt => $x5t }, { jwk => { kty => 'RSA' } }, { kid => 'one' },
             { 'x5t#S256' => $x5t, jkt => $x5t }, { 'x5t' => $x5t }, {}, [],
             $x5t, \'null', { 'x5t#S256' => "$x5t=" })
{
    $token{other} = token(claims => { cnf => $cnf });
    is(curl('', 'one', 'other'), '401 tokenBound', 'another kind of "cnf"');
}

# --- many requests on one connection

for my $http ('--http1.1', '--http2') {
    my @got = raw("curl -sk $http -Z --parallel-max 1 --no-progress-meter "
                  . "-o /dev/null -w '%{http_code} %{num_connects} ' "
                  . identity('one')
                  . join ' --next ', map {
                        "-sk $http -o /dev/null -w '%{http_code} "
                        . "%{num_connects} ' " . identity('one')
                        . " -H 'Authorization: Bearer $token{$_}' $url$path"
                    } qw(one two free one)) =~ /(\d{3}) (\d)/g;

    is("@got[0, 2, 4, 6]", '200 401 200 200',
        "$http: the tokens of one connection");
}

# --- a session of TLS that is resumed keeps the certificate

for my $version ('-tls1_2', '-tls1_3') {
    my $session = $certs->file("session$version");

    like(s_client("$version -sess_out $session " . pair('one'), 'one'),
        qr{^HTTP/1.1 200 .*^X-Reused: \[\.\]}ms, "$version: a first session");
    like(s_client("$version -sess_in $session", 'one'),
        qr{^HTTP/1.1 200 .*^X-Reused: \[r\]}ms, "$version: ... is resumed");
    like(s_client("$version -sess_in $session", 'two'),
        qr{^HTTP/1.1 401 .*^X-Reused: \[r\]}ms,
        "$version: ... with the certificate that it had");
}

# --- other variables

for my $name ('escaped', 'tabs') {
    is(curl("/$name", 'one', 'one'), '200', "$name: the certificate");
    is(curl("/$name", 'two', 'one'), '401 tokenBound', "$name: another one");
    is(curl("/$name", undef, 'one'), '401 tokenBound', "$name: none");
}

for my $n ('one', 'two') {
    my $der = der($n);
    my $want = $n eq 'one' ? '200' : '401 tokenBound';
    my $pem = PrintTask::Server::slurp($certs->file("$n.crt"));
    my $base64 = MIME::Base64::encode_base64($der, '');

    $pem =~ s/([^A-Za-z0-9-])/sprintf '%%%02X', ord $1/ge;

    is(curl('/header', undef, 'one', "Client-Cert: $pem"), $want,
        "a field of a proxy: $n, PEM with escapes");
    is(curl('/header', undef, 'one', "Client-Cert: :$base64:"), $want,
        "a field of a proxy: $n, as in RFC 9440");
    is(curl('/header', undef, 'one', "Client-Cert: $base64"), $want,
        "a field of a proxy: $n, base64");
}

my $base64 = MIME::Base64::encode_base64(der('one'), '');

is(curl('/header', 'one', 'one'), '401 tokenBound',
    'a field of a proxy that is not there, and a certificate of TLS');
is(curl('/header', undef, 'one', "Client-Cert: $x5t"), '401 tokenBound',
    'a field of a proxy: the digest is not enough');
is(curl('/header', undef, 'one', 'Client-Cert: x'), '401 tokenBound',
    'a field of a proxy: no certificate');
is(curl('/header', undef, 'one', "Client-Cert: :$base64:, :$base64:"),
    '401 tokenBound', 'a field of a proxy: two certificates');

is($nginx->get($token{free})->{status}, 200, 'without TLS: a token');
is($nginx->get($token{one})->{reason}, 'tokenBound',
    'without TLS: a token that is bound');

ok(defined $nginx->stop, 'nginx ends');
is($nginx->quiet, '', 'nothing alarming in the log');

done_testing();


sub location {
    my ($name, $certificate) = @_;

    $certificate = "print_task_client_certificate $certificate;"
        if $certificate;

    return "location /$name/ { print_task forward; $keys $certificate"
           . " proxy_pass http://@{[$service->address]}; }\n";
}

sub bound {
    my ($name) = @_;

    return token(claims => { cnf => { 'x5t#S256' => x5t($name) } });
}

sub x5t {
    my ($name) = @_;

    return encode_base64url(sha256(der($name)));
}

sub der {
    my ($name) = @_;

    return decode_base64(PrintTask::Server::slurp($certs->file("$name.crt"))
                         =~ s/^-.*\n//mgr);
}

sub pair {
    my ($name) = @_;

    return "-cert @{[$certs->file(qq($name.crt))]} "
           . "-key @{[$certs->file(qq($name.key))]}";
}

# for curl

sub identity {
    my ($name) = @_;

    return defined $name ? pair($name) =~ s/-(cert|key) /--$1 /gr : '';
}

# the status of an answer, and its reason

sub curl {
    my ($how, $certificate, $token, @headers) = @_;
    my $prefix = $how =~ m{^/} ? $how : '';
    my $http = $how =~ /^--/ ? $how : '--http1.1';

    my $got = raw("curl -sk $http " . identity($certificate)
                  . " -H 'Authorization: Bearer $token{$token}'"
                  . join('', map { " -H '$_'" } @headers)
                  . " -w '\\n%{http_code} %{http_version}\\n' $url$prefix$path");

    my ($status, $version) = $got =~ /^(\d+) (\S+)$/m;
    my ($reason) = $got =~ /"innerError":\{"code":"(\w+)"/;

    return "HTTP/$version for $http"
        if $version ne ($http eq '--http2' ? '2' : '1.1');

    return join ' ', $status, $reason // ();
}

sub headers {
    my ($certificate, $token) = @_;

    return raw('curl -ski --http1.1 ' . identity($certificate)
               . " -H 'Authorization: Bearer $token{$token}' $url$path");
}

sub s_client {
    my ($options, $token) = @_;
    my $request = "GET $path HTTP/1.1\\r\\nHost: localhost\\r\\n"
                  . "Connection: close\\r\\n"
                  . "Authorization: Bearer $token{$token}\\r\\n\\r\\n";

    return raw("printf '$request' | timeout 20 openssl s_client -quiet"
               . " -ign_eof -connect 127.0.0.1:$tls $options 2> /dev/null");
}

sub raw {
    my ($command) = @_;

    return scalar qx($command);
}
