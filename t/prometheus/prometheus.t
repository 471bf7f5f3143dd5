#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# print_task_status against those who read it: promtool, the OpenMetrics parser of
# Prometheus' own client, and a Prometheus that scrapes a gateway and answers all
# expressions of conf/grafana/print-task.json and conf/prometheus/alerts.yml.
#
# Run by "util/test prometheus".

use strict;
use warnings;

use lib 't/lib';

use File::Temp ();
use HTTP::Tiny;
use JSON::PP ();
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

use PrintTask::Redis;
use PrintTask::Server;
use PrintTask::Token qw(token jwks_file);

*await = \&PrintTask::Server::await;

my $dir = File::Temp->newdir('pt-prometheus-XXXXXX', TMPDIR => 1);
my $json = JSON::PP->new->utf8;
my $http = HTTP::Tiny->new(timeout => 10);
my $key_file = jwks_file();
my $redis = PrintTask::Redis->new;

my $nginx = PrintTask::Server->new(
    store => "print_task_key_file $key_file; print_task_redis "
             . $redis->address . ';',
    server => "location = /status { print_task_status; }
               location /m/ {
                   rewrite ^/m(/.*) \$1 break;
                   print_task answer;
                   print_task_realm m;
                   print_task_overdue 1h;
                   print_task_store memory:m:1m;
               }");

traffic();

# --- the formats

is(check('text/plain', 'promtool check metrics'), '', 'promtool check metrics');

my $parser = 'from prometheus_client.openmetrics.parser import '
             . 'text_string_to_metric_families as parse; import sys; '
             . 'n = sum(len(f.samples) for f in parse(sys.stdin.read())); '
             . 'print("too few") if n < 100 else None';

is(check('application/openmetrics-text', "/usr/bin/python3 -c '$parser'"), '',
    'OpenMetrics is that of the parser of prometheus_client');

# --- a Prometheus

my $port = PrintTask::Server::free_port();
my ($step, $scraped) = (1, "127.0.0.1:$nginx->{port}");

PrintTask::Server::write_file("$dir/prometheus.yml", <<"_EOC_");
global:
  scrape_interval: ${step}s
  evaluation_interval: ${step}s
rule_files:
  - @{[POSIX::getcwd()]}/conf/prometheus/alerts.yml
scrape_configs:
  - job_name: print_task
    metrics_path: /status
    static_configs:
      - targets: ['$scraped']
_EOC_

my $pid = fork() // die "fork: $!\n";

if ($pid == 0) {
    open STDOUT, '>', "$dir/log";
    open STDERR, '>&STDOUT';
    exec 'prometheus', "--config.file=$dir/prometheus.yml",
         "--storage.tsdb.path=$dir/data", "--web.listen-address=127.0.0.1:$port"
        or POSIX::_exit(1);
}

ok(await(sub { traffic(); sleep 0.2; @{query('count_over_time(up[1m]) >= 6')} }, 60),
    'Prometheus scrapes the gateway') or diag(PrintTask::Server::slurp("$dir/log"));
is(value('min_over_time(up[1m])'), 1, 'each scrape was good');

my $targets = get('/api/v1/targets')->{data}{activeTargets}[0];

is($targets->{lastError}, '', 'without an error');

my $total = 'sum(nginx_print_task_requests_total)';
my $before = value($total);

traffic();
ok(await(sub { value($total) > $before }), 'its values move');

# --- the dashboard

my $dashboard = $json->decode(PrintTask::Server::slurp('conf/grafana/print-task.json'));
my @panels = grep { $_->{type} ne 'row' } @{$dashboard->{panels}};

cmp_ok(scalar @panels, '>', 15, 'the dashboard has panels');

for my $panel (@panels) {
    for my $target (@{$panel->{targets}}) {
        my $expr = $target->{expr} =~ s/\$__rate_interval/15s/gr
                                   =~ s/\$instance/.*/gr;

        ok(await(sub { traffic(); scalar @{query($expr)} }, 20),
            "dashboard: $panel->{title} has data") or diag($expr);
    }
}

# --- the alert rules

my @rules = map { @{$_->{rules}} } @{get('/api/v1/rules')->{data}{groups}};

is(scalar @rules, () = PrintTask::Server::slurp('conf/prometheus/alerts.yml') =~ /- alert:/g,
    'Prometheus has all alert rules');
is_deeply([map { $_->{lastError} // () } @rules], [], 'each can be evaluated');

my %exported = map { $_ => 1 } @{get('/api/v1/label/__name__/values')->{data}};
my @named = map { PrintTask::Server::slurp($_) =~ /\b(nginx_print_task_\w+)/g }
            'conf/prometheus/alerts.yml', 'conf/grafana/print-task.json';

is_deeply([grep { !$exported{$_} } @named], [], 'rules and dashboard name what there is');

kill 'TERM', $pid;
waitpid $pid, 0;

is($nginx->quiet, '', 'nothing alarming was logged');
$nginx->stop;

done_testing();

# requests of many kinds

sub traffic {
    my $body = '{"status":{"state":"completed"}}';

    $nginx->get('x');
    $nginx->get(token());
    $nginx->request('PATCH', "/print/taskDefinitions/d/tasks/$_", $body) for 1, 2;
    $nginx->request('PATCH', '/m/print/taskDefinitions/d/tasks/t', $body);
}

sub check {
    my ($accept, $command) = @_;
    my $got = $nginx->ask("GET /status HTTP/1.1\r\nHost: localhost\r\n"
                          . "Connection: close\r\nAccept: $accept\r\n\r\n");

    PrintTask::Server::write_file("$dir/metrics", $got->{body});

    my $said = `$command < $dir/metrics 2>&1`;

    return $said . ($? ? "exit status $?" : '');
}

sub get {
    my ($path) = @_;
    my $got = $http->get("http://127.0.0.1:$port$path");

    return $got->{success} || $got->{status} == 400 ? $json->decode($got->{content}) : {};
}

sub query {
    my ($expr) = @_;
    my $got = get('/api/v1/query?' . $http->www_form_urlencode({ query => $expr }));

    diag("$expr: $got->{error}") if $got->{error};

    return $got->{data}{result} // [];
}

sub value {
    my ($expr) = @_;
    my $result = query($expr);

    return @$result ? $result->[0]{value}[1] : undef;
}
