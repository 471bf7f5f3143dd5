package PrintTask;

=head1 NAME

PrintTask - what the Test::Nginx files of this project have in common

=head1 SYNOPSIS

    use lib 't/lib';
    use PrintTask;

    run_tests();

    __DATA__

    === a pending task may be completed
    --- pt_redis
    HSET $key state pending rev 1
    --- request
    PATCH /print/taskDefinitions/d/tasks/t
    {"status":{"state":"completed"}}
    --- error_code: 200
    --- response_body_like: "state":"completed"
    --- pt_backend_saw
    PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
    --- pt_expect
    HGET $key state => completed
    HEXISTS $key lease => 0

One file is run by "prove t/NAME.t" after "util/build", all of them by
"util/test nginx".

=head1 DESCRIPTION

This is L<Test::Nginx::Socket> with the module loaded, random ports, a
directory of its own below F<build/t>, and these habits:

=over

=item *

There is no plan: write none, or "plan skip_all".

=item *

Each block asserts that the error log has no C<[alert]>, C<[crit]> or
C<[emerg]>, and no report of a sanitizer; where a master process runs, also
that the shutdown is quiet.  A C<must_die> block may log C<[emerg]>, any other
names in C<--- pt_allow> what it may log, for example C<crit>.

=item *

What a block does not say has a default: C<--- http_config> is http_conf(),
C<--- config> is gateway_conf(), C<--- request> is patch(), and
C<--- more_headers> is auth_headers().  A request without a token has a
C<--- more_headers> of its own, which may be C<#>.

=item *

Where Redis runs, it is emptied just before the block's request, unless there
is a C<--- pt_keep>.

=back

=head2 Variables

Written as C<$PrintTask::NAME> in any section for nginx or of the request:

    redis       address of the private Redis, unix:PATH; starts it
    backend     address of the back end, 127.0.0.1:PORT
    key_file    path of the key set that token() signs for
    token       a good token
    issuer      its issuer
    audience    its audience
    tenant      its tenant
    app         its application
    data        path of t/data
    root        path of the repository

=head2 Sections

=over

=item pt_redis

Commands for Redis, one a line, run before the request; words are quoted as in
a shell.  C<$key> is task_key(), and C<$PrintTask::NAME> works.  With C<eval>
it may also be a list of lists.

=item pt_expect

After the block: a command, C<< => >> and the reply to it: a string, C<(nil)>,
or C</a regular expression/>; the values of a list are joined with blanks.
Settlements are not waited for by the module, so a reply that differs is asked
for again until it fits, for up to two seconds.

=item pt_backend

The contents of the C<server {}> that answers as the back end, see backend().

=item pt_backend_saw

After the block: the requests that the back end has got, one a line: method,
URI, body.  Empty: none.

=item pt_backend_fields

After the block: header fields of the last request that the back end has got,
one C<name: value> a line; the value of one that is not there is C<->.

=item pt_refused

C<STATUS REASON>: the answer is an error of that status in the form of
Microsoft Graph, "innerError.code" is the reason, or absent if there is C<->
in its place; and, if there is no C<pt_backend_saw>, the back end has got no
PATCH.  With several requests one line for each of them, or one for all.

=item pt_log

After the block: the lines of F<logs/task.log>, an access log of the block's
configuration.  They are waited for, as with C<pt_expect>.

=item pt_script_flush

The scripts are removed from Redis before the request.

=item pt_keep, pt_allow

See above.

=back

=cut

use strict;
use warnings;

use Cwd ();
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Temp ();
use IO::Compress::Gzip ();
use IO::Socket::UNIX;
use POSIX qw(WNOHANG);
use Text::ParseWords qw(shellwords);
use Time::HiRes qw(sleep time);

my ($top, $owner, %redis);

# Before Test::Nginx is loaded: it reads its settings then, and an END block
# that is seen earlier runs later, so Redis outlives nginx.

BEGIN {
    $owner = $$;
    $top = Cwd::abs_path(dirname(__FILE__) . '/../..');

    my $build = "$top/build";
    my $name = basename($0, '.t');

    make_path("$build/t");

    $ENV{TEST_NGINX_SERVROOT} = "$build/t/$name-$$";
    $ENV{TEST_NGINX_BINARY} ||= '/usr/sbin/nginx';
    $ENV{TEST_NGINX_LOAD_MODULES}
        ||= "$build/gcc/ngx_http_print_task_module.so";

    delete $ENV{TEST_NGINX_RANDOMIZE};

    unshift @INC, grep { -d } "$build/testnginx/usr/share/perl5",
                              "$build/testnginx/lib/perl5";

    $SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);
}

END {
    if ($$ == $owner) {
        my $status = $?;
        local @SIG{qw(HUP INT TERM)} = ('IGNORE') x 3;
        redis_stop();
        %redis = ();
        clean_up($status);
        $? = $status;
    }
}

use Test::Nginx::Socket -base;
use PrintTask::Defaults;
use PrintTask::Token qw(token jwks jwks_file);

our @EXPORT = qw(
    http_conf gateway_conf backend task auth_headers task_key task_uri
    patch_uri patch body_headers raw_patch chunks gzip
    redis redis_cmd redis_stop
    token jwks jwks_file
    BODY_MAX ID_MAX @States %Next
);

# A file whose nginx does not start has failed, and the others go on.

{
    no warnings 'redefine';

    *Test::More::BAIL_OUT = sub { die "@_\n" };
}

# Not a port that the system gives to clients: a connection of another test,
# which is not known to be one's own, would be in the way.

{
    no warnings 'redefine';

    my $random = \&Test::Nginx::Util::gen_rand_port;
    my ($low, $high) = (32768, 60999);

    if (open my $in, '<', '/proc/sys/net/ipv4/ip_local_port_range') {
        ($low, $high) = split ' ', <$in>;
    }

    *Test::Nginx::Util::gen_rand_port = sub (;$$$) {
        for (1 .. 100) {
            my $port = $random->(@_);
            return $port if !$port || $port < $low - 4 || $port > $high;
        }

        return;
    };
}

my $port = Test::Nginx::Util::gen_rand_port(1000) or die "no free port\n";

server_port($port);
server_port_for_client($port);
no_long_string();

my %variables = (
    redis    => sub { redis() },
    backend  => sub { '127.0.0.1:$TEST_NGINX_RAND_PORT_1' },
    key_file => sub { jwks_file() },
    token    => sub { token() },
    issuer   => sub { $PrintTask::Token::Issuer },
    audience => sub { $PrintTask::Token::Audience },
    tenant   => sub { $PrintTask::Token::Tenant },
    app      => sub { $PrintTask::Token::App },
    data     => sub { "$top/t/data" },
    root     => sub { $top },
);

=head2 Functions for configurations

=over

=item http_conf(NAME => VALUE, ...)

The http part: directives that every gateway needs, and the back end.

    redis       address for print_task_redis; 0: none
    extra       lines of configuration, before the back end

=cut

sub http_conf {
    my (%opt) = @_;
    my $redis = $opt{redis} // '$PrintTask::redis';
    my $extra = $opt{extra} // '';

    $redis = $redis ? "print_task_redis $redis;" : '';

    # valgrind takes longer to translate libcrypto than Redis has to answer

    $redis .= ' print_task_redis_timeout 10s 10s;'
        if $redis && $ENV{TEST_NGINX_USE_VALGRIND}
           && $extra !~ /print_task_redis_timeout/;

    return <<"_EOC_" . $extra . backend_conf();
    print_task_key_file \$PrintTask::key_file;
    print_task_issuer \$PrintTask::issuer;
    print_task_audience \$PrintTask::audience;
    $redis
_EOC_
}

=item gateway_conf(NAME => VALUE, ...)

One location for all URIs.

    mode        of print_task: forward
    path        of the location: /print/
    pass        for proxy_pass: the back end
    extra       lines of configuration for the location

=cut

sub gateway_conf {
    my (%opt) = @_;
    my $mode = $opt{mode} // 'forward';
    my $path = $opt{path} // '/print/';
    my $pass = $opt{pass} // 'http://$PrintTask::backend';
    my $extra = $opt{extra} // '';

    return <<"_EOC_";
    location $path {
        print_task $mode;
        proxy_pass $pass;
        $extra
    }
_EOC_
}

=item backend(METHOD => [STATUS, BODY, NAME => VALUE, ...], ...)

For C<--- pt_backend eval>: what the back end answers to a method, with header
fields if there are any.  A method that is not given is answered as by default:
GET with a pending task, PATCH with what was asked for.  In BODY, $backend_id,
$backend_state and $backend_description are those of the request.

=cut

sub backend {
    my %answers = (
        GET   => [200, task('$backend_id', 'pending')],
        PATCH => [200, task('$backend_id', '$backend_state')],
        @_
    );
    my $conf = '';

    for my $method (sort keys %answers) {
        my ($status, $body, @headers) = @{$answers{$method}};

        $conf .= "if (\$request_method = $method) {\n";

        while (my ($name, $value) = splice @headers, 0, 2) {
            $conf .= "    add_header $name " . quote($value) . " always;\n";
        }

        $conf .= "    return $status " . quote($body) . ";\n}\n";
    }

    return "location / {\n$conf}\n";
}

=item task(ID, STATE, DESCRIPTION)

A printTask as JSON text; the description is that of the request, or an empty
string, if it is not given.

=cut

sub task {
    my ($id, $state, $description) = @_;

    $description //= '$backend_description';

    return qq({"id":"$id","parentUrl":"https://print.example/jobs/1",)
           . qq("status":{"state":"$state","description":"$description"}});
}

=item auth_headers(NAME => VALUE, ...)

The lines of C<--- more_headers> for a PATCH with a good token; the parameters
are those of token().

=cut

sub auth_headers {
    return 'Authorization: Bearer ' . token(@_) . "\n"
           . "Content-Type: application/json\n";
}

=item patch(BODY, DEFINITION, TASK)

A C<--- request> of that body; of C<{"status":{"state":"completed"}}> if it is
not given.

=item patch_uri(URI, BODY)

The same for any URI.

=item body_headers(BODY, LINE, ...)

The lines of C<--- more_headers> for a patch() with a body that has to arrive
as it is: Test::Nginx trims white space where there is no Content-Length.

=item raw_patch(BODY, LINE, ...)

A C<--- raw_request> on a connection that stays open, with these lines in its
header beside Host and Authorization; Content-Type and Content-Length are
added unless a line names them, or Transfer-Encoding.

=item chunks(TEXT, ...)

A body of these chunks, and the last chunk.

=item gzip(TEXT, NAME => VALUE, ...)

The text in gzip format; the options are those of IO::Compress::Gzip.

=item task_key(DEFINITION, TASK, TENANT)

The key of a task in Redis: of definition "d" and task "t" if not given.  TENANT
may be "REALM/TENANT".

=item task_uri(DEFINITION, TASK)

Its path.

=back

=cut

sub patch {
    my ($body, @ids) = @_;

    $body //= '{"status":{"state":"completed"}}';

    return 'PATCH ' . task_uri(@ids) . "\n$body";
}

sub body_headers {
    my ($body, @lines) = @_;

    return auth_headers() . join '', map { "$_\n" }
               'Content-Length: ' . length($body), @lines;
}

sub raw_patch {
    my ($body, @lines) = @_;

    push @lines, 'Content-Type: application/json'
        if !grep { /^Content-Type:/i } @lines;
    push @lines, 'Content-Length: ' . length($body)
        if !grep { /^(?:Content-Length|Transfer-Encoding):/i } @lines;

    return join "\r\n", 'PATCH ' . task_uri() . ' HTTP/1.1',
                'Host: localhost', 'Authorization: Bearer ' . token(),
                @lines, '', $body;
}

sub chunks {
    return join '', map { sprintf "%x\r\n%s\r\n", length, $_ } @_, '';
}

sub gzip {
    my ($text, @options) = @_;

    IO::Compress::Gzip::gzip(\$text => \my $gzip, -Minimal => !@options, @options)
        or die "gzip: $IO::Compress::Gzip::GzipError\n";

    return $gzip;
}

sub task_key {
    my ($definition, $task, $tenant) = @_;

    $definition //= 'd';
    $task //= 't';
    $tenant //= $PrintTask::Token::Tenant;

    return "print-task:{$tenant/$definition}/$task";
}

sub task_uri {
    my ($definition, $task) = @_;

    $definition //= 'd';
    $task //= 't';

    return "/print/taskDefinitions/$definition/tasks/$task";
}

sub patch_uri {
    my ($uri, $body) = @_;

    return patch($body) =~ s/ \S+/ $uri/r;
}

# The back end is two servers: the first one has read the body before it
# passes the request on, and so can log it, the second one answers.  Its part
# of the configuration is put in for "backend_answers", see prepare().

sub backend_conf {
    return <<'_EOC_';
    geo $dollar {
        default "$";
    }

    map $request_uri $backend_id {
        "~*tasks(?:/|\(')(?<id>[^/?']+)"  $id;
    }

    map $request_body $request_state {
        "~\"state\":\"(?<state>\w+)\""  $state;
        default                         pending;
    }

    map $request_body $request_description {
        "~\"description\":\"(?<description>[^\"]*)\""  $description;
    }

    map $http_x_state $backend_state {
        default  $http_x_state;
    }

    map $http_x_description $backend_description {
        default  $http_x_description;
    }

    log_format backend escape=none "$request_method $request_uri $request_body";

    server {
        listen $PrintTask::backend;
        access_log logs/backend.log backend;
        client_body_buffer_size 1m;

        location / {
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
            proxy_set_header X-State $request_state;
            proxy_set_header X-Description $request_description;
        }
    }

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        access_log off;
        default_type application/json;
        backend_answers;
    }
_EOC_
}

# nginx has no way to escape a dollar sign: $backend_... are for nginx

sub quote {
    my ($text) = @_;

    $text =~ s/([\\'])/\\$1/g;
    $text =~ s/\$(?!backend_)/\${dollar}/g;

    return "'$text'";
}

=head2 Functions for Redis

=over

=item redis(NAME => VALUE, ...)

Starts a redis-server on a unix socket in a directory of its own, if none runs
yet, with these settings of redis.conf besides 'save ""' and "appendonly no";
returns its address, as "unix:PATH".  It ends with the test file.

=cut

sub redis {
    return "unix:$redis{socket}" if $redis{pid};

    $redis{dir} //= File::Temp->newdir('pt-redis-XXXXXX', TMPDIR => 1);
    $redis{socket} = "$redis{dir}/redis.sock";

    my %conf = (port => 0, unixsocket => $redis{socket}, save => '',
                appendonly => 'no', daemonize => 'no', logfile => '',
                dir => "$redis{dir}", @_);

    my $pid = open my $log, '-|', $ENV{TEST_REDIS_SERVER} || 'redis-server',
                   map { ("--$_", $conf{$_}) } sort keys %conf
        or die "cannot start redis-server: $!\n";

    my $output = '';

    while (my $line = <$log>) {
        $output .= $line;

        if ($line =~ /ready to accept connections/i) {
            @redis{qw(pid log password)} = ($pid, $log, $conf{requirepass});
            return "unix:$redis{socket}" if redis_cmd('PING') eq 'PONG';
        }
    }

    die "redis-server did not start:\n$output";
}

=item redis_cmd(WORD, ...)

Sends a command, returns the reply: a string, undef, or a reference to an
array; dies of an error reply.

=cut

sub redis_cmd {
    my @words = @_;

    $redis{conn} //= redis_connect();

    $redis{conn}->print('*' . @words . "\r\n",
                        map { '$' . length($_) . "\r\n$_\r\n" } @words);

    return redis_reply();
}

=item redis_stop()

Stops Redis; redis() starts it anew at the same address.

=back

=cut

sub redis_stop {
    my $pid = delete $redis{pid} or return;

    delete $redis{conn};

    kill 'KILL', $pid;
    close delete $redis{log};
    unlink $redis{socket};
}

sub redis_connect {
    my $conn = IO::Socket::UNIX->new(Peer => $redis{socket})
        or die "cannot connect to $redis{socket}: $!\n";

    $conn->autoflush(1);
    $redis{conn} = $conn;

    redis_cmd('AUTH', $redis{password}) if defined $redis{password};

    return $conn;
}

sub redis_reply {
    my $line = readline $redis{conn};

    die "Redis closed the connection\n" if !defined $line;

    my ($type, $rest) = $line =~ /^([-+:\$*])(.*)\r\n\z/
        or die "not a reply of Redis: $line";

    if ($type eq '$') {
        return undef if $rest < 0;

        read $redis{conn}, my $value, $rest + 2;
        return substr $value, 0, $rest;
    }

    if ($type eq '*') {
        return undef if $rest < 0;
        return [map { redis_reply() } 1 .. $rest];
    }

    die "Redis: $rest\n" if $type eq '-';

    return $rest;
}

# The blocks: prepare() runs before nginx is started for one, begin() just
# before its request, finish() after it.

my $numbered;

add_block_preprocessor(sub {
    my ($block) = @_;

    if (!$numbered++) {
        my $builder = Test::More->builder;
        $builder->no_plan if !$builder->has_plan;
        number_blocks();
    }

    prepare($block);
});

add_test_cleanup_handler(\&finish);

sub number_blocks {
    my $n = 0;

    for my $block (Test::Base::blocks()) {
        my $name = $block->name;
        $n++;
        $block->set_value(name => "TEST $n: $name") if $name !~ /^TEST \d+:/;
    }
}

sub prepare {
    my ($block) = @_;

    default($block, http_config => \&http_conf);
    default($block, config => \&gateway_conf);
    default($block, request => \&patch)
        if !defined $block->raw_request && !defined $block->pipelined_requests;
    default($block, more_headers => \&auth_headers)
        if !defined $block->raw_request && !defined $block->must_die;

    my $answers = $block->pt_backend // backend();
    my $conf = $block->http_config;

    $conf =~ s/^\s*backend_answers;/$answers/m;
    $block->set_value(http_config => $conf);

    for my $section (qw(main_config http_config config more_headers request
                        pt_redis pt_expect))
    {
        substitute($block, $section);
    }

    http2($block);
    backend_fields($block);
    expect_refusal($block);
    check_error_log($block);

    my $init = $block->init // '';
    my $n = register($block);
    $block->set_value(init => "PrintTask::begin($n);\n$init");
}

# Test::Nginx writes "http2 on;" for all but very old versions, nginx has it
# since 1.25.1; before, it is a parameter of "listen".

my $version;

sub http2 {
    my ($block) = @_;

    $version //= $Test::Nginx::Util::NginxVersion;

    $Test::Nginx::Util::NginxVersion =
        defined $block->http2 && $version < 1.025001 ? '1.019008' : $version;
}

# the back end logs the fields that are asked for

sub backend_fields {
    my ($block) = @_;
    my $conf = $block->http_config;
    my $log = 'access_log logs/backend.log backend;';
    my $format = '';

    for my $name (map { $_->[0] } fields($block)) {
        $format .= " '$name: \$http_" . ($name =~ tr/-/_/r) . "\\n'";
    }

    return if $format eq '';

    $conf =~ s/^(\s*)\Q$log\E/$1$log\n    access_log logs\/fields.log fields;/m
        or die $block->name . ": no back end for pt_backend_fields\n";

    $block->set_value(http_config => "log_format fields$format;\n$conf");
}

sub fields {
    my ($block) = @_;

    return map { my ($name, $value) = split /:\s*/, $_, 2; [lc $name, $value] }
           grep { /\S/ } split /\n/, $block->pt_backend_fields // '';
}

my %codes = (
    400 => 'badRequest',  401 => 'unauthorized',  403 => 'forbidden',
    404 => 'notFound',  405 => 'methodNotAllowed',  408 => 'requestTimeout',
    409 => 'conflict',  412 => 'preconditionFailed',
    413 => 'contentTooLarge',  415 => 'unsupportedMediaType',
    429 => 'tooManyRequests',
    500 => 'internalServerError',  501 => 'notImplemented',
    502 => 'badGateway',  503 => 'serviceUnavailable',
    504 => 'gatewayTimeout',
);

sub expect_refusal {
    my ($block) = @_;
    my $requests = $block->pipelined_requests // $block->request;
    my $n = ref $requests ? @$requests : 1;
    my @lines = grep { /\S/ } split /\n/, $block->pt_refused // '' or return;
    my (@statuses, @patterns);

    @lines = (@lines) x $n if @lines == 1;

    die $block->name . ": not a line of pt_refused for each request\n"
        if @lines != $n;

    for my $line (@lines) {
        my ($status, $reason) = split ' ', $line;

        push @statuses, $status;
        push @patterns, error_pattern($status, $reason);
    }

    my $type = "Content-Type: application/json\n"
               . ($block->response_headers // '');

    default($block, error_code => sub { $n > 1 ? \@statuses : $statuses[0] });
    default($block, response_body_like
                    => sub { $n > 1 ? \@patterns : $patterns[0] });
    $block->set_value(response_headers => $n > 1 ? [($type) x $n] : $type);
}

sub error_pattern {
    my ($status, $reason) = @_;
    my $hex = '[0-9a-f]';
    my $code = $codes{$status} // die "status \"$status\" of pt_refused?\n";

    $reason = $reason eq '-' ? '' : qq("code":"$reason",);

    return qr/^\{"error":\{"code":"$code","message":"[^"]{10,}",
               "innerError":\{$reason
               "date":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
               "request-id":"$hex{8}(?:-$hex{4}){3}-$hex{12}"
               (?:,"client-request-id":"[^"]+")?\}\}\}\z/x;
}

sub default {
    my ($block, $section, $value) = @_;

    $block->set_value($section => $value->()) if !defined $block->$section;
}

sub substitute {
    my ($block, $section) = @_;
    my $value = $block->$section;

    return if !defined $value;

    my $replace = sub {
        my ($text) = @_;

        $text =~ s{\$PrintTask::(\w+)}
                  {($variables{$1} // die "no \$PrintTask::$1\n")->()}ge;
        $text =~ s/\$key\b/task_key()/ge if $section =~ /^pt_/;

        return $text;
    };

    my $walk;
    $walk = sub {
        my ($item) = @_;

        return ref $item eq 'ARRAY' ? [map { $walk->($_) } @$item]
               : ref $item ? $item : $replace->($item);
    };

    $block->set_value($section => $walk->($value));
}

# Test::Nginx warns of what a pattern does not name in this way; it has been
# either refused or allowed here

my $Quiet = '(?#[alert [crit [emerg)';

sub check_error_log {
    my ($block) = @_;
    my $allowed = $block->pt_allow // '';

    if (defined $block->must_die) {
        $allowed .= ' emerg';
        $block->set_value(suppress_stderr => 1);
    }

    my $levels = join '|', grep { $allowed !~ /\b$_\b/ } qw(alert crit emerg),
                     'none';
    my $pattern = qr/\[(?:$levels)\]|Sanitizer|runtime error:$Quiet/;
    my $own = $block->no_error_log;

    $block->set_value(no_error_log => [$pattern, patterns($own)]);

    if (master_process_enabled() eq 'on' && !defined $block->must_die) {
        $own = $block->no_shutdown_error_log;
        $block->set_value(no_shutdown_error_log
                          => [$pattern, patterns($own)]);
    }
}

sub patterns {
    my ($value) = @_;

    return defined $value ? ref $value eq 'ARRAY' ? @$value
           : ref $value ? $value : grep { length } split /\n+/, $value : ();
}

my @running;

sub register {
    push @running, @_;
    return $#running;
}

sub begin {
    my $block = $running[shift];

    truncate log_file(), 0;

    return if !$redis{pid};

    redis_cmd('FLUSHALL') if !defined $block->pt_keep;
    redis_cmd('SCRIPT', 'FLUSH') if defined $block->pt_script_flush;

    for my $command (commands($block->pt_redis)) {
        redis_cmd(@$command);
    }
}

sub commands {
    my ($value) = @_;

    return ref $value ? @$value
           : map { [shellwords($_)] } grep { /\S/ } split /\n/, $value // '';
}

sub finish {
    my ($block) = @_;
    my $name = $block->name;

    for my $line (grep { /\S/ } split /\n/, $block->pt_expect // '') {
        my ($command, $want) = $line =~ /^(.*?)\s+=>\s*(.*)$/
            or die "$name: not \"COMMAND => REPLY\": $line\n";

        expect_reply($name, $command, $want);
    }

    for my $field (fields($block)) {
        my ($field_name, $want) = @$field;

        Test::More::is(backend_field($field_name), $want,
                       "$name - $field_name for the back end");
    }

    if (defined $block->pt_refused && !defined $block->pt_backend_saw) {
        Test::More::unlike(backend_saw(), qr/^PATCH/m,
                           "$name - no PATCH for the back end");
    }

    expect_log($name, $block->pt_log) if defined $block->pt_log;

    if (defined $block->pt_backend_saw) {
        Test::More::is(backend_saw(), join('', map { "$_\n" }
                           grep { /\S/ } split /\n/, $block->pt_backend_saw),
                       "$name - requests that the back end has got");
    }
}

sub expect_reply {
    my ($name, $command, $want) = @_;
    my $deadline = time() + 2;
    my ($got, $fits);

    for ( ;; ) {
        $got = redis_cmd(shellwords($command));
        $got = join ' ', map { $_ // '(nil)' } @$got if ref $got;
        $got //= '(nil)';

        $fits = $want =~ m{^/(.*)/$} ? $got =~ /$1/ : $got eq $want;
        last if $fits || time() > $deadline;

        sleep 0.005;
    }

    Test::More::ok($fits, "$name - $command => $want")
        or Test::More::diag("got: $got");
}

sub log_file {
    return server_root() . '/logs/task.log';
}

sub expect_log {
    my ($name, $want) = @_;
    my $deadline = time() + 2;
    my $got;

    for ( ;; ) {
        $got = '';

        if (open my $in, '<', log_file()) {
            $got = join '', <$in>;
        }

        last if $got eq $want || time() > $deadline;

        sleep 0.005;
    }

    Test::More::is($got, $want, "$name - access log");
}

sub backend_saw {
    open my $in, '<', server_root() . '/logs/backend.log' or return '';

    return join '', map { s/ -?$//r } <$in>;
}

# of the last request that has it in the log

sub backend_field {
    my ($name) = @_;

    open my $in, '<', server_root() . '/logs/fields.log' or return '';

    my @values = map { /^\Q$name\E: (.*)/ ? $1 : () } <$in>;

    return $values[-1] =~ s/\\x([0-9A-F]{2})/chr hex $1/ger;
}

# The directory is kept when a test has failed: it holds nginx.conf and the
# logs of the last block.

sub clean_up {
    my ($status) = @_;
    my $root = $ENV{TEST_NGINX_SERVROOT};

    if ($status == 0 && Test::More->builder->is_passing) {
        remove_tree($root);

    } elsif (-d $root) {
        Test::More::diag("nginx.conf and logs are kept in $root");
    }
}

# "--- SECTION eval" is evaluated as a part of the test file, where the
# functions are, and an error in it is one.

package Test::Nginx::Socket::Filter;

use Test::Base::Filter -base;

sub eval {
    my ($self, $text) = @_;
    my @value = CORE::eval("package main; $text");

    die "$text: $@" if $@;

    return @value;
}

1;
