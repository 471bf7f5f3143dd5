package PrintTask::Hostile;

=head1 NAME

PrintTask::Hostile - changes, written so that servers read them differently

=head1 SYNOPSIS

    use PrintTask::Hostile;

    for my $kind (hostile('path')) {
        my $target = $kind->{make}->($definition, $task);
        ...
    }

=head1 DESCRIPTION

Kinds of requests that must not get to a back end, each with a name.  hostile()
returns all of a class; C<make> takes

    path        definition, task; returns a request target
    method      nothing; returns a method
    field       nothing; returns lines for the header
    body        update, task; returns a JSON text, or what is none
    message     a JSON text, and whether there may be chunks; returns fields, as
                a reference, and bytes

=cut

use strict;
use warnings;

use Exporter qw(import);

use PrintTask::Defaults;
use PrintTask::Spelling;

our @EXPORT = qw(hostile);

my (%kinds, @order);

sub kind {
    my ($class, $name, $make) = @_;

    push @{$kinds{$class}}, { class => $class, name => $name, make => $make };
}

sub hostile {
    my ($class) = @_;

    return @{$kinds{$class}};
}

# Paths: what is put in for one of the slashes, or at the end of the path, or
# into a segment.

my @slashes = ('//', '/./', '/x/../', '/%2e/', '/%2E%2e/..', '/.;a/', '/x/..;/',
               '%2F', '%2f', '/%2F', '\\', '%5C', '%5c/', '%252F', '%c0%af',
               '%e0%80%af', "\xef\xbc\x8f", '%EF%BC%8F', '/%00/', "/\t", '/ /',
               '/%20', '%u002f', ';/', ';a=b/', '#/', '%', '/%zz/', '/%2');

for my $slash (@slashes) {
    kind(path => "\"$slash\" for a slash", sub {
        my ($prefix, $path) = plain_path(@_) =~ m{^(.*?/taskDefinitions)(.*)}i;

        # a prefix is of no account, so parameters there are not, either

        my $whole = $slash =~ /^;/ ? $path : substr "$prefix$path", 1;
        my $at = int rand $whole =~ tr{/}{};
        my $i = 0;

        $whole =~ s{/}{$i++ == $at ? $slash : '/'}ge;

        return $slash =~ /^;/ ? "$prefix$whole" : "/$whole";
    });
}

my @ends = ('/', '//', '/.', '/..', '/x/..', '%2f', ';', ';a=b', '%3Ba', '%00',
            '%00.json', '%20', '+', '%09', '%0d%0aX:%20y', ',', ':', '*', '%3f',
            '%3fx', '%23', '#', '#x', '#?a', '&a', '=', '@', '!', '$', '%24value',
            '%25', '%2561', "\x80", '%ff', '%c3%a9', '()', "('x')", "'", '"', '<',
            '|', '^', '`', '{', '~' x (ID_MAX + 1), '/status', '/$value', '/$ref',
            '/definition', '/microsoft.graph.printTask', '/status/state');

for my $end (@ends) {
    kind(path => "\"$end\" at the end", sub { plain_path(@_) . $end });
}

my @names = ("%s('')", "%s('%s", "%s(%s)", "%s(\"%s\")", "%s('%s'", "%s'%s'",
             "%s(id='%s')", "%s('%s')('%s')", "%s('''%s''')", "%s('%s''')",
             "%s('%s')x", "%s.('%s')", "%s./%s", "%s../%s", "%s%%20/%s",
             "%s;v=1/%s", "%s%%2f%s", "%s%%00/%s", "%s%%2527%s%%2527",
             "%s((%s))", "%s/('%s')", "%s%%28%%28%s", "%s[%s]", "%s/'%s'");

for my $form (@names) {
    kind(path => $form, sub {
        my ($definition, $task) = @_;
        my @forms = ("%s('%s')", $form);
        no warnings 'redundant';

        @forms = reverse @forms if chance(0.4);

        return '/print/'
               . sprintf($forms[0], any_case('taskDefinitions'), ($definition) x 2)
               . '/' . sprintf $forms[1], any_case('tasks'), ($task) x 2;
    });
}

my @others = ('/print/printers/p/jobs/j/tasks/%2$s',
              "/print/shares('s')/jobs('j')/tasks('%2\$s')",
              '/print/tasks/%2$s', '/print/connectors/c/tasks/%2$s',
              '/print/printers/p/taskTriggers/x/definition/tasks/%2$s',
              '/print/shares/s/jobs/j/tasks/%2$s/', '/jobs/j/tasks/%2$s',
              '/print/taskDefinitions/%1$s/tasks',
              '/print/taskDefinitions/%1$s/tasks/',
              '/print/taskDefinitions/%1$s/tasks/$filter(@f)/$each',
              '/print/x/%%2e%%2e/taskDefinitions/%1$s/tasks/%2$s',
              '/print/x/..;/taskDefinitions/%1$s/tasks/%2$s',
              '/v1.0/$batch', '/$batch', '/beta/%%24BATCH', '/v1.0/$batch/',
              '/$batch;a', '/$batch/print/taskDefinitions/%1$s/tasks/%2$s',
              'http://plain/print//taskDefinitions/%1$s/tasks/%2$s',
              'http://plain/../print/taskDefinitions/%1$s/tasks/%2$s',
              'http:///print/taskDefinitions/%1$s/tasks/%2$s',
              '*', 'print/taskDefinitions/%1$s/tasks/%2$s', 'plain:443',
              '?/print/taskDefinitions/%1$s/tasks/%2$s');

for my $form (@others) {
    kind(path => $form, sub {
        no warnings 'redundant';
        return sprintf $form, @_;
    });
}

sub plain_path {
    my ($definition, $task) = @_;

    return pick('', '/v1.0', '/beta') . '/print/' . any_case('taskDefinitions')
           . pick("/$definition", "('$definition')") . '/' . any_case('tasks')
           . "/$task";
}

# Methods, and fields that name one, or another path.

for my $method (qw(PUT POST DELETE OPTIONS MERGE PROPPATCH LOCK COPY MOVE
                   PATCHX TRACE CONNECT patch Patch PA-TCH))
{
    kind(method => $method, sub { $method });
}

for my $name (qw(X-HTTP-Method X-HTTP-Method-Override X-Method-Override
                 X-Original-URL X-Rewrite-URL))
{
    kind(field => $name, sub {
        my $spelled = any_case($name);

        $spelled =~ s/-/pick('-', '_')/ge if chance(0.5);

        my $path = $name =~ /url/i;

        return "$spelled: " . ($path ? '/print/taskDefinitions/d/tasks/t'
                                     : pick('PATCH', 'DELETE', 'PUT', '', 'a'));
    });
}

kind(field => 'two of them', sub {
    return ('X-HTTP-Method: PATCH', 'x-http-method: PUT');
});

# Bodies.  "!" stands for a state that may not follow.

my @bodies = (
    '{"status":{"state":"!","state":"!"}}', '{"status":{"state":"!","State":"!"}}',
    '{"status":{"state":"!","st\u0061te":"!"}}',
    '{"status":{"state":"!"},"Status":{"state":"!"}}',
    '{"status":{"state":"!"},"status":{}}', '{"status":{},"status":{"state":"!"}}',
    '{"id":"#","ID":"#","status":{"state":"!"}}',
    '{"@a":1,"@A":2,"status":{"state":"!"}}',
    '{"status":{"state":0}}', '{"status":{"state":2}}', '{"status":{"state":2.0}}',
    '{"status":{"state":"02"}}', '{"status":{"state":"5"}}',
    '{"status":{"state":"-1"}}', '{"status":{"state":" !"}}',
    '{"status":{"state":"!\u0000"}}', '{"status":{"state":"!\n"}}',
    '{"status":{"state":"! "}}', '{"status":{"state":"!,aborted"}}',
    '{"status":{"state":null}}', '{"status":{"state":true}}',
    '{"status":{"state":["!"]}}', '{"status":{"state":{"!":1}}}',
    '{"status":{"state":""}}', '{"status":null}', '{"status":"!"}',
    '{"status":[{"state":"!"}]}', '{"status":0}',
    '{"state":"!"}', '{"status":{"state":"!"},"state":"!"}',
    '{"status":{"state":"!","x":1}}', '{"status":{"state":"!"},"x":{}}',
    '{"status":{"status":{"state":"!"}}}', '{"status.state":"!"}',
    '{"status/state":"!"}', '{"value":[{"id":"#","status":{"state":"!"}}]}',
    '{"status":{"state":"!"},"id":"other"}', '{"status":{"state":"!"},"id":1}',
    '{"status":{"state":"!"},"id":""}', '{"status":{"description":1}}',
    '{"status":{"state":"!","description":["a"]}}',
    '{"status":{"state":"!"}}}', '{"status":{"state":"!"}}{}',
    '{"status":{"state":"!"}},', '{"status":{"state":"!"}} x',
    '{"status":{"state":"!"},}', '{"status":{"state":"!",}}',
    '{"status":{,"state":"!"}}', '{"status":{"state":"!"}', '{"status":{"state":"!',
    '{"status":{"state" "!"}}', '{"status":{state:"!"}}',
    "{'status':{'state':'!'}}", '{"status":{"state":!}}',
    '{"status":{"state":"!"}}/**/', '/*x*/{"status":{"state":"!"}}',
    "{\"status\":{\"state\":\"!\"}}//x\n", "#\n{\"status\":{\"state\":\"!\"}}",
    '[{"status":{"state":"!"}}]', '"{}"', 'null', '2', '', '   ', '{', '}',
    '{"@a":NaN,"status":{"state":"!"}}', '{"@a":01,"status":{"state":"!"}}',
    '{"@a":.5,"status":{"state":"!"}}', '{"@a":1.,"status":{"state":"!"}}',
    '{"@a":+1,"status":{"state":"!"}}', '{"@a":0x1,"status":{"state":"!"}}',
    '{"@a":True,"status":{"state":"!"}}', '{"@a":Infinity,"status":{"state":"!"}}',
    "\xef\xbb\xbf{\"status\":{\"state\":\"!\"}}",
    "{\"status\":{\"state\":\"!\"}}\0", "\0{\"status\":{\"state\":\"!\"}}",
    "{\"status\":{\"state\":\"!\"}}\x0c", "{\xa0\"status\":{\"state\":\"!\"}}",
    "{\x0b\"status\":{\"state\":\"!\"}}", "{\"status\":{\"state\":\"!\x01\"}}",
    "{\"status\":{\"description\":\"a\nb\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"a\tb\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"\xff\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"\xc0\x80\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"\xc0\xa2,\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"\xed\xa0\x80\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"\xf4\x90\x80\x80\",\"state\":\"!\"}}",
    "{\"status\":{\"description\":\"\xe2\x82\",\"state\":\"!\"}}",
    '{"status":{"description":"\ud800","state":"!"}}',
    '{"status":{"description":"\udc00\ud800","state":"!"}}',
    '{"status":{"description":"\u00","state":"!"}}',
    '{"status":{"description":"\x41","state":"!"}}',
    '{"status":{"description":"\u0000","state":"!"}}',
    '{"status":{"description":"\\","state":"!"}}',
    '{"status":{"description":"' . 'x' x 1025 . '","state":"!"}}',
    '{"@a":' . '[' x 17 . ']' x 17 . ',"status":{"state":"!"}}',
    '{"@a":[' . join(',', (0) x 513) . '],"status":{"state":"!"}}',
    '{"@a":"' . 'x' x BODY_MAX . '","status":{"state":"!"}}',
);

for my $text (@bodies) {
    my $name = length $text > 90 ? substr($text, 0, 90) . '...' : $text;

    kind(body => $name =~ s/[^ -~]/?/gr, sub {
        my ($update, $task) = @_;

        return $text =~ s/!(?=["\\ \x01,}]|\\n)/$update->{state}/gr
                     =~ s/#(?=")/$task/gr;
    });
}

# Messages: bodies that are not what their fields say.

my $type = 'Content-Type: application/json';

sub message {
    my ($name, $change, @fields) = @_;

    kind(message => $name, sub {
        my ($body, $chunks) = @_;
        my $bytes = $change->($body);
        my @all = @fields;

        push @all, $type if !grep { /^Content-Type/i } @all;

        if ($chunks && chance(0.3)) {
            return ([@all, 'Transfer-Encoding: chunked'], chunked($bytes));
        }

        return ([@all, 'Content-Length: ' . length $bytes], $bytes);
    });
}

my $as_it_is = sub { $_[0] };

message($_, $as_it_is, "Content-Type: $_")
    for 'text/plain', 'text/json', 'application/jsonp', 'application/*',
        'application/merge-patch+json', 'application/x-www-form-urlencoded',
        'multipart/mixed; boundary=batch', 'application/http', '',
        'application/json; charset=utf-16', 'application/json; charset=utf-7',
        'application/json, text/plain', 'application/json; charset="utf-8',
        'application/json;charset=utf-8;charset=utf-16';

message('two types', $as_it_is, $type, 'content-type: text/plain');
message('a type twice', $as_it_is, $type, $type);
message('two types, by "_"', $as_it_is, $type, 'Content_Type: text/plain');
message('two encodings', $as_it_is, 'Content-Encoding: gzip',
        'Content-Encoding: identity');
message("an encoding: $_", $as_it_is, "Content-Encoding: $_")
    for 'deflate', 'br', 'gzip, gzip', 'x-gzip', 'compress', '', 'identity, gzip';

my %gzip = (
    'gzip twice'          => sub { gzipped(gzipped($_[0])) },
    'gzip cut short'      => sub { substr gzipped($_[0]), 0, -pick(1, 4, 8, 12) },
    'gzip and more'       => sub { gzipped($_[0]) . pick("\0", ' ', '{}') },
    'two members'         => sub { gzipped($_[0]) . gzipped('') },
    'gzip of two halves'  => sub { gzipped(substr $_[0], 0, 9)
                                   . gzipped(substr $_[0], 9) },
    'a wrong checksum'    => sub { my $gzip = gzipped($_[0]);
                                   substr($gzip, -8, 1) ^= "\x01"; $gzip },
    'a wrong length'      => sub { my $gzip = gzipped($_[0]);
                                   substr($gzip, -4, 1) ^= "\x01"; $gzip },
    'a bomb'              => sub { gzipped(' ' x 400_000 . $_[0], 9) },
    'gzip of nothing'     => sub { gzipped('') },
    'gzip with no header' => sub { substr gzipped($_[0]), 10 },
);

message($_, $gzip{$_}, 'Content-Encoding: gzip') for sort keys %gzip;
message("$_, without a label", $gzip{$_}) for sort keys %gzip;

1;
