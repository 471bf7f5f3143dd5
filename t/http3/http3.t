#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# Changes over HTTP/3: what reaches the back end is what was checked, whatever
# frames it came in, with several workers and after a reload.

use strict;
use warnings;

use lib 't/lib';

use JSON::PP;
use Test::More;

use PrintTask::Certificates;
use PrintTask::Defaults;
use PrintTask::Server qw(nginx_has);
use PrintTask::Service qw(first_state);
use PrintTask::Token qw(token jwks_file);

plan(skip_all => 'nginx has no http_v3')
    if !nginx_has('--with-http_v3_module');

my $python = $ENV{TEST_HTTP3_PYTHON};

plan(skip_all => 'no python with aioquic in TEST_HTTP3_PYTHON') if !$python;

my $port = PrintTask::Server::free_port();
my $service = PrintTask::Service->new;
my $certs = PrintTask::Certificates->new;
my $token = token();
my $completed = '{"status":{"state":"completed"}}';
my $n = 0;

$certs->authority('ca');
$certs->issue('server', 'ca', names => 'DNS:localhost');

my $nginx = PrintTask::Server->new(
    store => 'print_task_store memory:three:1m; print_task_key_file '
             . jwks_file() . ';',
    pass => $service->address,
    server => "listen 127.0.0.1:$port quic reuseport;
               print_task forward;
               keepalive_requests 10000;
               ssl_certificate @{[$certs->file('server.crt')]};
               ssl_certificate_key @{[$certs->file('server.key')]};");

# --- changes

for my $parts (1, 2, length $completed) {
    my $id = task();
    my ($got) = play(change($id, body => '{"Status":{"State":"Completed"}}',
                            parts => $parts));

    is($got->{status}, 200, "a change in $parts frames");
    like($got->{body}, qr/"id":"$id".*"state":"completed"/, '... its answer');
    is(changed($id), $completed, '... its canonical body for the back end');
}

# --- refusals

my $id = task();

refused(401, 'tokenMissing', change($id, headers => [json_type()]));
refused(401, 'tokenMalformed',
        change($id, headers => [json_type(), ['authorization', 'Bearer x']]));
refused(400, 'jsonSyntax', change($id, body => '{'));
refused(400, 'bodyEmpty', change($id, body => ''));
refused(400, 'stateInvalid', change($id, body => '{"status":{"state":"x"}}'));
refused(400, 'pathInvalid',
        { %{change($id)}, path => "/print//taskDefinitions/d/tasks/$id" });
refused(413, 'bodyTooLarge', change($id, body => '{"status":{"state":"completed",'
                                 . '"description":"' . 'x' x BODY_MAX . '"}}'));
refused(415, 'contentType', change($id, headers => [bearer()]));
refused(425, 'tooEarly',
        change($id, headers => [json_type(), bearer(), ['early-data', '1']]));

# --- bodies that are not what their length says, and those that do not end

for my $length ('5', '500') {
    my ($got) = play(change($id, headers => [json_type(), bearer(),
                                             ['content-length', "$length"]]));

    ok($got->{status} == 0 || $got->{status} == 400,
       "a body of 32 bytes that is said to have $length");
}

my @got = play(change($id, parts => 4, reset => 1), change(task()));

is($got[1]{status}, 200, 'a change after one that the client gave up');
is(changed($id), '', '... of which nothing has come to the back end');

# --- many changes on one connection, and many connections

my @ids = map { task() } 1 .. 50;

@got = play(map { change($_) } @ids);

is(scalar(grep { $_->{status} == 200 } @got), 50, '50 changes on a connection');
is(scalar(grep { changed($_) eq $completed } @ids), 50, '... are all made');

many('several workers');

my %workers = map { $_ => 1 } map { worker(play(change(task()))) } 1 .. 20;

is(scalar keys %workers, 2, 'connections are shared by the workers');

# --- a reload

ok($nginx->reload, 'nginx is reloaded');
many('after a reload');

is($nginx->quiet, '', 'nothing alarming was logged');
unlike($nginx->log, qr/\[error\]/, '... and no error');
ok(defined $nginx->stop, 'nginx ends');

done_testing();


# ten clients at a time

sub many {
    my ($name) = @_;
    my @tasks = map { task() } 1 .. 10;
    my @outs = map { start(change($_)) } @tasks;
    my @all = map { finish($_) } @outs;

    is(scalar(grep { $_->{status} == 200 } @all), 10, "10 connections: $name");
    is(scalar(grep { changed($_) eq $completed } @tasks), 10, '... all made');
}

# a task that nobody has changed yet

sub task {
    my $name;

    do { $name = 't' . ++$n } until first_state($name) eq 'pending';

    return $name;
}

sub change {
    my ($name, %opt) = @_;

    return { method => 'PATCH', path => "/print/taskDefinitions/d/tasks/$name",
             headers => [json_type(), bearer()], body => $completed, %opt };
}

sub json_type {
    return ['content-type', 'application/json'];
}

sub bearer {
    return ['authorization', "Bearer $token"];
}

sub refused {
    my ($status, $reason, $request) = @_;
    my ($got) = play($request);

    is($got->{status}, $status, "$status $reason");
    like($got->{body}, qr/^\{"error":.*"innerError":\{"code":"$reason"/,
         '... in the form of Microsoft Graph');
    is(changed($id), '', '... and nothing for the back end');
}

# the body of the change of a task that the back end got, "" without one

sub changed {
    my ($name) = @_;
    my @bodies = map { m{^PATCH \S*/tasks/$name .*\r\n\r\n(.*)}s ? $1 : () }
                 $service->requests;

    return join ' and ', @bodies;
}

sub worker {
    my ($got) = @_;
    my ($field) = grep { $_->[0] eq 'x-worker' } @{$got->{headers}};

    return $field->[1];
}

sub play {
    return finish(start(@_));
}

sub start {
    open my $out, '-|', $python, 't/http3/client.py', $port, encode_json([@_])
        or die "$python: $!\n";

    return $out;
}

sub finish {
    my ($out) = @_;
    my $text = do { local $/; <$out> };

    close $out or die "the client of HTTP/3 failed\n";

    return @{decode_json($text)};
}
