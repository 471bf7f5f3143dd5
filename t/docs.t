#!/usr/bin/perl

# Copyright (C) The ngx_http_print_task_module authors

# The documentation is complete, and describes only existing directives,
# variables and their values, reasons, files, functions and links.

use strict;
use warnings;

use File::Basename qw(dirname);
use Test::More;

chdir dirname(__FILE__) . '/..' or die "chdir: $!";

my @pages = ('README.md', 'CHANGELOG.md', glob 'docs/*.md');
my %text = map { $_ => slurp($_) } @pages, glob 'conf/*.conf conf/*/*.conf';

my %source = map { $_ => slurp($_) }
             glob 'src/*.[ch] src/*/*.[ch] src/redis/scripts/*.lua';
my $code = join '', values %source, slurp('t/lib/PrintTask.pm');

my $conf = slurp('src/conf/directives.c');
my $variables = slurp('src/http/variables.c');
my $directives = $text{'docs/directives.md'};

# --- directives

my %directive = $conf =~ /\{ ngx_string\("(print_task\w*)"\),\s+([\w|]+),/g;
my %section = map { /^(\w+)\n(.*)/s } split /^### /m,
              (split /^## Variables$/m, $directives)[0];

delete $section{$_} for grep { !/^print_task/ } keys %section;

cmp_ok(scalar keys %directive, '>', 15, 'directives are found in the source');
is_deeply([sort keys %section], [sort keys %directive],
    'each directive has a section, and no other has');

for my $name (sort keys %directive) {
    my $section = $section{$name} // '';
    my ($syntax) = $section =~ /^- \*\*Syntax:\*\* `(.*)`$/m;
    my ($default) = $section =~ /^- \*\*Default:\*\* (.*)$/m;

    like($syntax, qr/^\Q$name\E .*;$/, "$name: syntax");
    like($default, qr/^(?:`\Q$name\E .*;`$|none;|see below$)/,
        "$name: default");

    my ($context) = $directive{$name} =~ /^(\w+)\|/;
    my %contexts = (NGX_HTTP_PRINT_TASK_CONF => 'http, server, location',
                    NGX_HTTP_MAIN_CONF => 'http',
                    NGX_HTTP_LOC_CONF => 'location');

    like($section, qr/^- \*\*Context:\*\* \Q$contexts{$context}\E(?=$|, but)/m,
        "$name: context, as in the source");
    like($section, qr/^- \*\*Phase:\*\* \S/m, "$name: phase");
    like($directives, qr/^[- ] .*\[\Q$name\E\]\(#\Q$name\E\)/m,
        "$name: in the contents");
}

# what a directive takes as a word

for my $table ([print_task => 'modes'],
               [print_task_store_down => 'store_downs'],
               [print_task_log_level => 'log_levels'])
{
    my ($name, $array) = @$table;
    my ($words) = $conf =~ /ngx_http_print_task_\Q$array\E\[\] = \{(.*?)\};/s;
    my ($syntax) = $section{$name} =~ /Syntax:\*\* `\w+ (.*);`/;

    is($syntax, join(' | ', $words =~ /ngx_string\("(\w+)"\)/g),
        "$name: its words");
}

# --- variables

my %variable = map { $_ => 1 }
               $variables =~ /\{ ngx_string\("(print_task_\w+)"\), NULL,/g;
my ($chapter) = $directives =~ /^## Variables\n(.*?)^## /ms;
my ($rows, @values) = split /^`\$(?=print_task_(?:verdict|token_cache|lookup)`:)/m,
                     $chapter;

cmp_ok(scalar keys %variable, '>', 8, 'variables are found in the source');
is_deeply([sort $rows =~ /^\| `\$(print_task_\w+)` \|/mg],
    [sort keys %variable], 'each variable has a row, and no other has');

for my $array (qw(verdict lookup token_cache)) {
    my ($words) = $variables
        =~ /ngx_http_print_task_${array}s\[\] = \{(.*?)\};/s;
    my ($table) = grep { /^print_task_$array`:/ } @values;

    is_deeply([sort $table =~ /^\| `(\w+)` \|/mg],
        [sort $words =~ /ngx_string\("(\w+)"\)/g],
        "\$print_task_$array: its values");
}

# --- reasons

my $table = slurp('src/core/pt_reason.h');
my %reason = $table =~ /PT_REASON\(\w+, "(\w+)", (\d+),/g;
my %documented = $text{'docs/errors.md'} =~ /^\| `(\w+)` \| (\d+) \|/mg;

cmp_ok(scalar keys %reason, '>', 40, 'reasons are found in the source');
is_deeply(\%documented, \%reason,
    'each reason has a row with its status, and no other has');

my %of_token = map { $_ => $reason{$_} }
               grep { /^(?:token|role|tenant|app|require)[A-Z]/ } keys %reason;

is_deeply({ $text{'docs/tokens.md'} =~ /^\| .* \| `(\w+)` \| (\d+) \|$/mg },
    \%of_token, 'each reason of a token is in docs/tokens.md');

# --- limits

my ($id_max) = slurp('src/core/pt_route_id.h') =~ /^#define PT_ID_MAX\s+(\d+)/m;

like($text{$_}, qr/1 to $id_max\scharacters of `A-Z a-z/, "$_: the length of an id")
    for 'docs/answer.md', 'docs/errors.md';

# --- states

my ($states) = slurp('src/core/pt_task.c') =~ /pt_state_names\[\] = \{(.*?)\};/s;
my @states = $states =~ /ngx_string\("(\w+)"\)/g;
my ($invalid) = $table =~ /PT_REASON\(STATE_INVALID, "stateInvalid", 400,\W+"(.*?)"\)/;
my ($legal) = $section{print_task_transition} =~ /^(\| .*?)\n\n/ms;

is_deeply([grep { $invalid !~ /\b$_\b/ } @states], [],
    'the message of "stateInvalid" names each state');
is_deeply([$legal =~ /^\| `(\w+)` \|/mg], \@states,
    'print_task_transition: each state has a row');

for my $rows ($text{'docs/errors.md'} =~ /^(\| `stateInvalid` .*)/m,
              $text{'docs/answer.md'} =~ /^(\| `status.state` .*)/m,
              $text{'docs/redis.md'} =~ /^(\| `state` .*)/m,
              $directives =~ /^(\| `\$print_task_from` .*)/m)
{
    is_deeply([grep { $rows !~ /`$_`/ } @states], [],
        'each state is in ' . substr($rows, 0, 20));
}

my %arrow = map { $_ => 1 } slurp('docs/pictures/states.dot') =~ /\b(\w+)(?= \[|;)/g;

is_deeply([grep { !$arrow{$_} } @states], [], 'each state is in the picture');

# --- metrics

my $metrics = slurp('src/core/pt_metrics.h') =~ s/\\\n//gr;
my %suffix = (COUNTER => '_total', INFO => '_info');
my @metrics;

while ($metrics =~ /PT_METRIC\(\w+,\s*"(\w+)",\s*(\w+),\s*"\w*",\s*"([\w ]*)",/g) {
    my ($name, $type, $labels) = ($1, $2, $3);

    push @metrics, join ' ', $name . ($suffix{$type} // ''), lc $type,
                             split / /, $labels;
}

my @rows = map { join ' ', /^\| `(nginx_print_task\w+)` \| (\w+) \|/,
                           (split / \| /)[2] =~ /`(\w+)`/g }
           $text{'docs/status.md'} =~ /^(\| `nginx_print_task.*)$/mg;

cmp_ok(scalar @metrics, '>', 15, 'metrics are found in the source');
is_deeply([sort @rows], [sort @metrics],
    'each metric has a row with its type and labels, and no other has');

my $words = join ' ', slurp('src/core/pt_metrics.c')
                      =~ /_words\[\] = \{(.*?)\}/gs;

is_deeply([grep { index($text{'docs/status.md'}, "`$_`") < 0 } $words =~ /"(\w+)"/g],
    [], 'each word of a label is in docs/status.md');

my %alert = map { $_ => 1 } slurp('conf/prometheus/alerts.yml') =~ /- alert: (\w+)/g;

is_deeply([sort $text{'docs/status.md'} =~ /^\| `(PrintTask\w+)` \|/mg],
    [sort keys %alert], 'each alert has a row, and no other has');

# --- scripts and fields of the record

my $redis = $text{'docs/redis.md'};
my ($scripts) = $redis =~ /^## Scripts\n(.*?)^## /ms;
my ($record) = $redis =~ /^## The record\n(.*?)^## /ms;
my %field = map { $_ => 1 } map { slurp($_) =~ /'([a-z]\w*)'/gi }
            map { "src/redis/scripts/$_.lua" } qw(reserve overdue);

is_deeply([sort $scripts =~ /^\| `(\w+)` \|/mg],
    [map { m{(\w+)\.lua$} } glob 'src/redis/scripts/*.lua'],
    'each script has a row, and no other has');

for my $field (map { /`(\w+)`/g } $record =~ /^\| (`\w+`(?:, `\w+`)*) \|/mg) {
    ok(delete $field{$field}, "field of the record: $field");
}

my %commands = map { lc $_ => 1 }
               map { slurp($_) =~ /redis\.p?call\('([A-Z]+)'/g }
               glob 'src/redis/*.lua src/redis/scripts/*.lua';
my ($acl) = $redis =~ /(ACL SETUSER.*?)```/s;

is_deeply([sort $acl =~ /\+(\w+)/g],
    [sort keys %commands, qw(ping select eval evalsha script xread)],
    'the commands that a user needs');

# --- first words of errors of Redis

my @errors = slurp('src/redis/error.c')
             =~ /^    \{ ngx_string\("(\w+)"\),\s+\w+_REDIS_(\w+),\s+\w+_REDIS_(\w+),/mg;
my (%treatment, %in_row);

while (my ($word, $alone, $cluster) = splice @errors, 0, 3) {
    push @{$treatment{$alone}}, $word;
}

for my $row ($redis =~ /^\| first word .*?\n\|---\|---\|\n(.*?)\n\n/ms ? split(/\n/, $1) : ()) {
    my ($words) = $row =~ /^\| (.*?) \|/;
    my @words = $words =~ /`([A-Z]+)`/g;

    $in_row{$words[0]} = [sort @words] if $words !~ /^all other/;
}

is_deeply([sort { $a->[0] cmp $b->[0] } values %in_row],
    [sort { $a->[0] cmp $b->[0] }
     map { [sort @{$treatment{$_}}] } qw(SEND_SCRIPT RECONNECT KEY)],
    'docs/redis.md has the words that are treated in a way of their own');

# --- claims

my @claims = slurp('src/core/pt_token.c')
             =~ /pt_json_member\(root, "(\w+)"\)|\{ "(\w+)", PT_REVOKED_/g;
my ($claims) = $text{'docs/tokens.md'} =~ /^### Claims of Entra ID\n(.*?)(?:^#|\z)/ms;
my %claim = map { $_ => 1 } map { /`(\w+)`/g } $claims =~ /^\| (.*?) \|/mg;

is_deeply([grep { defined && !$claim{$_} } @claims], [],
    'each claim that is read is in docs/tokens.md');

# --- header fields that are refused

my ($fields) = slurp('src/http/route.c') =~ /task_override\[\] = \{(.*?)\};/s;
my ($paragraph) = $text{'docs/decisions.md'}
                  =~ /^\*\*No header may replace the method or the path\.\*\*(.*?)\n\n/ms;

is_deeply([sort map { lc } $paragraph =~ /`([\w-]{2,})`/g],
    [sort $fields =~ /ngx_string\("([\w-]+)"\)/g],
    'docs/decisions.md has the header fields that are refused');

# --- the reading order of the source

my $order = $text{'docs/architecture.md'};

is_deeply([grep { index($order, "`$_`") < 0 } glob 'src/*.c src/*/*.c'], [],
    'each source file is in docs/architecture.md');

# --- the states of requests and connections: tables of the source, and of the
# documentation

my %next = (transitions('src/http/state.c'), transitions('src/redis/conn.c'));
my %leads;

while ($order =~ /`(?:ctx|redis)->(\w+?)(?:_state|\.state)?`[^|`]*\n\n(\| state .*?)\n\n/gs) {
    my ($machine, @rows) = ($1, split /\n/, $2);

    $leads{$machine} = { map { my @cells = split /\s*\|\s*/, $_, -1;
                               $cells[1] => [sort $cells[4] =~ /\b[A-Z_]{2,}\b/g] }
                         @rows[2 .. $#rows] };
}

cmp_ok(scalar keys %next, '>', 5, 'transitions are found in the source');
is_deeply(\%leads, \%next, 'states lead to what the source lets them lead to');

# --- anywhere: nothing that does not exist

for my $page (sort keys %text) {
    my $text = $text{$page};

    my @names = grep { defined }
                $text =~ /(\$print_task\w*)
                          |(?<![\w\/\$])(print_task(?:_\w+)?)\b(?![.:]\w)/gx;
    my @strange = grep { /^\$(.*)/ ? !$variable{$1} : !$directive{$_} } @names;

    is_deeply(\@strange, [], "$page: directives and variables exist");

    my @functions = $text =~ /\b((?:ngx_http_print_task|pt)_\w+)\b(?!\.[a-z])/g;

    @strange = grep { !/_module$/ && $code !~ /\b\Q$_\E\b/ } @functions;

    is_deeply(\@strange, [], "$page: functions and types exist")
        if @functions;

    my @files = $text =~ m{(?<![\w/.-])((?:src|t|util|conf|docs)/
                           [\w./*-]*[\w*])}gx;

    @strange = grep { !glob_exists($_) } @files;

    is_deeply(\@strange, [], "$page: files exist") if @files;
}

# --- links, within a page and between pages

for my $page (@pages) {
    my $dir = $page =~ m{^(.*/)} ? $1 : '';
    my @broken;

    for my $link ($text{$page} =~ /\]\(([^)\s]+)\)/g) {
        next if $link =~ /^https?:/;

        my ($file, $anchor) = $link =~ /^([^#]*)(?:#(.*))?$/;
        my $target = length $file ? "$dir$file" : $page;

        1 while $target =~ s{[^/]+/\.\./}{};

        push @broken, $link
            if !-e $target
               || defined $anchor && !anchors($target)->{$anchor};
    }

    is_deeply(\@broken, [], "$page: links");
}

done_testing();


# state => [states that may follow], by the name of the state machine

sub transitions {
    my ($file) = @_;
    my %machines;
    my $text = slurp($file);

    while ($text =~ /print_task_(?:redis_)?(\w+)_next\[\] = \{(.*?)\};/gs) {
        my ($machine, $table) = ($1, $2);
        my $prefix = uc $machine;

        for my $row ($table =~ m{(/\* \w+ \*/[^/]*)}g) {
            my ($state, $to) = $row =~ m{/\* (\w+) \*/(.*)}s;

            $machines{$machine}{$state} = [sort map { s/^${prefix}_//r }
                                                $to =~ /next\((\w+)\)/g];
        }
    }

    return %machines;
}


# the names that a page gives to its headings

sub anchors {
    my ($page) = @_;
    my %names;

    for my $heading (slurp($page) =~ /^#+ (.*)$/mg) {
        my $name = lc $heading;

        $name =~ s/[^\w\s-]//g;
        $name =~ s/\s/-/g;
        $names{$name} = 1;
    }

    return \%names;
}


sub glob_exists {
    my ($pattern) = @_;
    my @files = glob $pattern;

    return @files && -e $files[0];
}


sub slurp {
    my ($file) = @_;

    open my $in, '<', $file or die "$file: $!";
    local $/;

    return scalar <$in>;
}
