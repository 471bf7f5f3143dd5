package PrintTask::Storm::Locations;

=head1 NAME

PrintTask::Storm::Locations - what nginx can put around the module

=head1 DESCRIPTION

Servers, by name, each with one thing that could lead a request past its
judgement.  @Places has a hash for each of them:

    name        in Host
    lines       of the location /, which has print_task forward and a proxy_pass
    server      more lines of the server; "BACKEND", "COPIES", "DRY" and "DIR" are
                replaced
    strict      changes are refused while Redis is away, so that tasks can be
                shared by clients
    target      a function that returns the target for a definition and a task,
                where a path is not that of the task
    ids         1: so the task is not found in the target
    kept        connections are used again
    replaces    a script replaces the body
    elsewhere   other resources than tasks go to a location that is off
    pass        in place of http://BACKEND in proxy_pass

=cut

use strict;
use warnings;

use PrintTask::Spelling;

my $fallback = 'location @fallback { print_task off; proxy_pass http://BACKEND; }';
my $codes = '400 401 403 404 405 408 409 411 412 413 414 415 416 429 494 500 501'
            . ' 502 503 504';

our @Places = (
    { name => 'plain', strict => 1, kept => 1 },
    { name => 'check', kept => 1,
      lines => 'print_task_store_down check;' },
    { name => 'pages', strict => 1,
      lines => "error_page $codes = \@fallback;", server => $fallback },
    { name => 'same-status', strict => 1,
      lines => "error_page $codes \@fallback;", server => $fallback },
    { name => 'server-pages', strict => 1,
      server => "error_page $codes = \@fallback; client_max_body_size 200;"
                . $fallback },
    { name => 'limited', strict => 1,
      lines => "limit_req zone=one; error_page $codes = \@fallback;",
      server => $fallback },
    { name => 'redirected', strict => 1,
      lines => "error_page $codes = /off\$uri;",
      server => 'location /off/ { internal; print_task off;'
                . ' proxy_pass http://BACKEND/; }' },
    { name => 'intercepted', strict => 1,
      lines => "proxy_intercept_errors on; error_page $codes = \@fallback;",
      server => $fallback },
    { name => 'accel', strict => 1,
      server => 'location /off/ { internal; print_task off;'
                . ' proxy_pass http://BACKEND/; }' },
    { name => 'accel-named', strict => 1,
      lines => 'proxy_ignore_headers X-Accel-Redirect;' },
    { name => 'try-files', strict => 1,
      lines => 'root DIR; try_files /none @fallback;', server => $fallback },
    { name => 'rewritten', strict => 1,
      server => 'location /old/ { print_task forward; rewrite ^/old/(.*) /$1 last;'
                . ' proxy_pass http://BACKEND; }',
      target => sub { "/old/print/taskDefinitions/$_[0]/tasks/$_[1]" } },
    { name => 'rewritten-off', elsewhere => 1, strict => 1,
      lines => 'if ($print_task_app_id = x) { return 403; }'
               . ' rewrite ^(/v1.*) /off$1 last;',
      server => 'location /off/ { internal; print_task off;'
                . ' proxy_pass http://BACKEND/; }' },
    { name => 'broken-off', strict => 1,
      server => 'location /old/ { rewrite ^/old/(.*) /$1 break;'
                . ' proxy_pass http://BACKEND; }',
      target => sub { "/old/print/taskDefinitions/$_[0]/tasks/$_[1]" } },
    { name => 'mapped', strict => 1,
      server => 'location /td/ { proxy_pass'
                . ' http://BACKEND/v1.0/print/taskDefinitions/; }',
      target => sub { "/td/$_[0]/tasks/$_[1]" }, ids => 1 },
    { name => 'from-arguments', strict => 1,
      server => 'location = /change { proxy_pass'
                . ' http://BACKEND/print/taskDefinitions/$arg_d/tasks/$arg_t; }',
      target => sub { "/change?d=$_[0]&t=$_[1]" }, ids => 1 },
    { name => 'variable', strict => 1, pass => 'http://$backend' },
    { name => 'variable-uri', strict => 1, pass => 'http://$backend$request_uri' },
    { name => 'authorised', strict => 1,
      lines => 'auth_request /_auth;',
      server => 'location = /_auth { internal; print_task off; return 204; }' },
    { name => 'forbidden', strict => 1,
      lines => "auth_request /_auth; error_page $codes = \@fallback;",
      server => "$fallback location = /_auth { internal; print_task off;"
                . ' return 403; }' },
    { name => 'any', strict => 1,
      lines => 'satisfy any; allow 127.0.0.1; deny all;' },
    { name => 'denied', strict => 1,
      lines => "deny all; error_page $codes = \@fallback;", server => $fallback },
    { name => 'mirrored', strict => 1, lines => 'mirror /_copy;',
      server => 'location = /_copy { internal; print_task off;'
                . ' proxy_pass http://COPIES$request_uri; }' },
    { name => 'if', strict => 1,
      lines => 'if ($request_method = PATCH) { set $patched 1; }' },
    { name => 'if-off', strict => 1,
      lines => 'if ($http_x_no_accel) { return 418; } error_page 418 = @fallback;',
      server => $fallback },
    { name => 'excepted', strict => 1,
      lines => 'limit_except GET { deny all; }'
               . " error_page $codes = \@fallback;", server => $fallback },
    { name => 'next', strict => 1, pass => 'http://next',
      lines => 'proxy_next_upstream error timeout http_503 non_idempotent;' },
    { name => 'backup', strict => 1, pass => 'http://127.0.0.1:1',
      lines => 'error_page 502 504 = @fallback;', server => $fallback },
    { name => 'streamed', strict => 1,
      lines => 'proxy_request_buffering off; proxy_http_version 1.1;' },
    { name => 'in-files', strict => 1,
      lines => 'client_body_in_file_only clean;' },
    { name => 'kept-upstream', strict => 1, pass => 'http://kept', kept => 1,
      lines => 'proxy_http_version 1.1; proxy_set_header Connection "";' },
    { name => 'patient', strict => 1,
      lines => 'proxy_ignore_client_abort on;' },
    { name => 'posted', strict => 1, lines => 'post_action /_after;',
      server => 'location = /_after { internal; print_task off;'
                . ' proxy_pass http://COPIES/after; }' },
    { name => 'dry', pass => 'http://DRY',
      lines => 'print_task_dry_run on; print_task_realm dry;' },
);

my $lua = '/usr/lib/nginx/modules/ngx_http_lua_module.so';
my $ndk = '/usr/lib/nginx/modules/ndk_http_module.so';

push @Places, (
    { name => 'lua-uri', strict => 1, lines => 'access_by_lua_block {'
        . ' ngx.req.set_uri(ngx.var.arg_to or ngx.var.uri) }',
      target => sub { "/v1.0/print/other?to=/print/taskDefinitions/$_[0]/tasks/$_[1]" },
      ids => 1 },
    { name => 'lua-method', strict => 1,
      lines => 'access_by_lua_block { ngx.req.set_method(ngx.HTTP_PATCH) }' },
    { name => 'lua-exec', strict => 1,
      lines => 'access_by_lua_block { ngx.exec("@fallback") }',
      server => $fallback },
    { name => 'lua-content', strict => 1, pass => '',
      lines => 'content_by_lua_block { ngx.exec("/off" .. ngx.var.uri) }',
      server => 'location /off/ { internal; print_task off;'
                . ' proxy_pass http://BACKEND/; }' },
    { name => 'lua-capture', strict => 1, http1 => 1, pass => '',
      lines => 'content_by_lua_block { local res = ngx.location.capture('
               . ' "/off" .. ngx.var.uri,'
               . ' { method = ngx["HTTP_" .. ngx.var.request_method],'
               . ' body = ngx.req.get_body_data() })'
               . ' if res.truncated then return ngx.exit(502) end'
               . ' ngx.status = res.status ngx.print(res.body) }',
      server => 'location /off/ { internal; print_task off;'
                . ' proxy_pass http://BACKEND/; }' },
    { name => 'lua-body', strict => 1, replaces => 1,
      lines => 'access_by_lua_block { ngx.req.read_body()'
               . ' ngx.req.set_body_data("{}") }' },
) if -f $lua && -f $ndk;

sub modules {
    return -f $lua && -f $ndk ? ($ndk, $lua) : ();
}

# what nginx logs of troubles that this test makes

sub allowed {
    return qr/worker process \d+ exited on signal 9/;
}

sub target {
    my ($place, $task) = @_;

    return $place->{target}->($task->{definition}, $task->{id}) . arguments(1)
        if $place->{target};

    return spell_path($task->{definition}, $task->{id}) . arguments(0);
}

sub arguments {
    my ($more) = @_;

    return '' if $more || chance(0.8);
    return pick('?', '?a=b', '?$select=status', '?a=%2F..//');
}

sub http {
    my (%opt) = @_;
    my $conf = <<"_EOC_";
underscores_in_headers on;
log_format storm "\$msec \$pid \$http_x_spelling \$status \$print_task_verdict \$print_task_reason \$print_task_lookup \$print_task_from>\$print_task_to fence=\$print_task_fence up=\$upstream_status time=\$request_time connection=\$connection:\$remote_port \$print_task_id";
limit_req_zone \$server_name zone=one:1m rate=1r/s;
limit_req_status 503;
print_task_key_file $opt{key_file};
$opt{store}
print_task_lease 2s 300ms;
print_task_store_down reject;
proxy_read_timeout 400ms;
proxy_send_timeout 400ms;
proxy_connect_timeout 400ms;
client_body_timeout 5s;
client_header_timeout 5s;
map \$host \$backend { default BACKEND; }
map \$http_x_no_accel \$accel { default ""; }
upstream kept { server BACKEND; keepalive 4; }
upstream next { server 127.0.0.1:1 max_fails=0; server BACKEND backup; }
_EOC_

    for my $place (@Places) {
        my $pass = $place->{pass} // 'http://BACKEND';

        $pass = "proxy_pass $pass;" if $pass;

        $conf .= <<"_EOC_";
server {
    listen 127.0.0.1:$opt{http1};
    listen 127.0.0.1:$opt{http2} http2;
    server_name $place->{name};
    keepalive_requests 100000;
    access_log $opt{dir}/access.log storm;
    print_task forward;
    @{[$place->{server} // '']}
    location / {
        @{[$place->{lines} // '']}
        $pass
    }
}
_EOC_
    }

    my %address = (BACKEND => $opt{backend}, COPIES => $opt{copies},
                   DRY => $opt{dry}, DIR => $opt{dir});

    return $conf =~ s/\b(BACKEND|COPIES|DRY|DIR)\b/$address{$1}/gr;
}

1;
