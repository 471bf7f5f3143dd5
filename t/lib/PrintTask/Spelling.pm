package PrintTask::Spelling;

=head1 NAME

PrintTask::Spelling - the same change, written in any way that there is

=head1 SYNOPSIS

    use PrintTask::Spelling;

    my $path = spell_path('d', 't');
    my $body = spell_body({ state => 'completed' }, 't');
    my ($fields, $bytes) = spell_message($body);
    my @pieces = spell_request('PATCH', $path, $fields, $bytes);

=head1 DESCRIPTION

All choices are made by rand(), so srand() makes them again.  What is written
here has one meaning, and a gateway has to take it for that.  What no gateway
may take for anything is in L<PrintTask::Hostile>.

An update is a hash of state and description: one that is not there is not
given, a description that is undef is null.

=cut

use strict;
use warnings;

use Encode qw(encode_utf8);
use Exporter qw(import);
use IO::Compress::Gzip ();
use List::Util qw(shuffle);

use PrintTask::Defaults;
use PrintTask::Service qw(first_state);
use PrintTask::Token qw(token);

our @EXPORT = qw(chance pick new_id short_id any_case some_encoded encoded spell_path
                 spell_body spell_message spell_request json_string members
                 chunked gzipped $Token @Descriptions);

our $Token = token();

our @Descriptions = (
    '', 'completed', 'Printed 3 of 4 pages', "gr\x{f6}\x{df}er", "\x{65e5}\x{672c}",
    "\x{1f5a8}\x{fe0f}", '"quoted" \\ back / slash', "two\r\nlines\tand a tab",
    "\x{1}\x{1f}\x{7f}\x{80}", '</script><!--', 'x' x 1024, "\x{20ac}" x 341,
    '{"status":{"state":"aborted"}}', '","state":"pending', '%2e%2e/;$batch',
    "\x{ffff}\x{fffd}\x{feff}",
);

=head2 Functions

=over

=item chance(P), pick(VALUE, ...)

=item new_id(STATE), short_id(STATE)

An id, unlike all others even without regard to case, that stands for a state;
a short one has eight characters.

=cut

my $ids = 0;

sub chance {
    my ($p) = @_;

    return rand() < $p;
}

sub pick {
    return $_[rand @_];
}

sub new_id {
    my ($state) = @_;
    my $n = sprintf '%06x', ++$ids;

    return for_state($state, sub {
        my $rest = join '', map { pick('0' .. '9', 'a' .. 'f') } 1 .. 26;

        return pick(
            "$n$rest" =~ s/^(.{8})(.{4})(.{4})(.{4})(.{12})$/$1-$2-$3-$4-$5/r,
            $n . join('', map { pick('a' .. 'z', 'A' .. 'Z', 0 .. 9, qw(. _ ~ -)) }
                          0 .. pick(0, 1, 10, 120, 121)),
            "~$n-" . pick(qw(. _ ~ -)));
    });
}

sub short_id {
    my ($state) = @_;
    my $n = sprintf '%06x', ++$ids;

    return for_state($state, sub { $n . pick('g' .. 'z') . pick('.', '~') });
}

sub for_state {
    my ($state, $make) = @_;

    for ( ;; ) {
        my $id = $make->();
        return $id if first_state($id) eq $state;
    }
}

=item any_case(TEXT), encoded(TEXT), some_encoded(TEXT)

=item spell_path(DEFINITION, TASK)

=cut

sub any_case {
    my ($text) = @_;

    return $text if chance(0.4);
    return pick(lc $text, uc $text, ucfirst $text) if chance(0.5);
    return join '', map { chance(0.5) ? uc : lc } split //, $text;
}

sub encoded {
    return join '', map { sprintf pick('%%%02x', '%%%02X'), ord }
                    split //, $_[0];
}

sub some_encoded {
    my ($text) = @_;

    return $text if chance(0.6);
    return join '', map { chance(0.3) ? encoded($_) : $_ } split //, $text;
}

sub spell_path {
    my ($definition, $task) = @_;
    my $prefix = pick('', '', '/v1.0', '/beta', '/V1.0', '/a/b/c', '/x.y-z~',
                      '/%76%31%2E0');

    return $prefix . '/' . some_encoded(any_case('print'))
           . '/' . some_encoded(any_case('taskDefinitions')) . key($definition)
           . '/' . some_encoded(any_case('tasks')) . key($task);
}

sub key {
    my ($id) = @_;

    $id = some_encoded(guid_case($id));

    return "/$id" if chance(0.6);

    return pick('(', '%28') . pick("'", '%27') . $id . pick("'", '%27')
           . pick(')', '%29');
}

sub guid_case {
    my ($id) = @_;

    return $id if $id !~ /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\z/;
    return pick($id, $id, uc $id, any_case($id));
}

=item spell_body(UPDATE, TASK)

A JSON text, with all that may be in it beside the update.

=item members([NAME, JSON], ...)

An object.

=item json_string(TEXT)

=cut

sub spell_body {
    my ($update, $task) = @_;
    my (@status, @root);

    if (exists $update->{state}) {
        push @status, [any_case('state'), json_string(state_name($update->{state}))];

    } elsif (chance(0.2)) {
        push @status, [any_case('state'),
                       json_string(pick(any_case('unknownFutureValue'), '4'))];
    }

    push @status, [any_case('description'),
                   defined $update->{description}
                   ? json_string($update->{description}) : 'null']
        if exists $update->{description};

    push @root, [any_case('status'), members(@status, annotations())]
        if @status || chance(0.5);

    push @root, read_only($task) if chance(0.4);

    return space() . members(@root, annotations()) . space();
}

sub state_name {
    my ($state) = @_;
    my ($number) = grep { $States[$_] eq $state } 0 .. 3;

    return chance(0.2) ? $number : any_case($state);
}

sub read_only {
    my ($task) = @_;
    my @all = ([any_case('id'), pick(json_string(guid_case($task)), 'null')],
               [any_case('parentUrl'), pick('null', '"https://print.example/"')],
               [any_case('definition'), pick('null', '{"id":"x","tasks":[]}')],
               [any_case('trigger'), pick('null', '{"event":"jobStarted"}')]);

    return grep { chance(0.6) } @all;
}

sub annotations {
    return () if chance(0.6);

    my @names = grep { chance(0.2) }
                qw(@odata.type @odata.context @odata.etag @ @type @status @State
                   status@odata.type state@x description@odata.type a@b.c);

    return map { [$_, pick('null', '0', '-1.5e+3', '""', '[]', '"#a.b"', '"2"',
                           '{"state":"aborted","status":{}}', '[{},[true]]')] }
           @names;
}

sub members {
    return '{' . space()
           . join(',', map { space() . json_string($_->[0]) . space() . ':'
                             . space() . $_->[1] . space() } shuffle(@_))
           . '}';
}

sub space {
    return '' if chance(0.7);
    return join '', map { pick(' ', "\t", "\n", "\r\n") } 1 .. pick(1, 2, 9);
}

my %named = ("\b" => 'b', "\f" => 'f', "\n" => 'n', "\r" => 'r', "\t" => 't',
             '"' => '"', '\\' => '\\', '/' => '/');

sub json_string {
    my ($text) = @_;
    my $escape = pick(0, 0, 0.2, 1);

    return '"' . encode_utf8($text) . '"'
        if !$escape && $text !~ /[\x00-\x1f"\\]/;

    return '"' . join('', map { json_char($_, chance($escape)) }
                          split //, $text) . '"';
}

sub json_char {
    my ($char, $escape) = @_;

    $escape = 1 if $char =~ /[\x00-\x1f"\\]/;

    return encode_utf8($char) if !$escape;
    return "\\$named{$char}" if exists $named{$char} && chance(0.6);

    my $code = ord $char;

    return unit($code) if $code < 0x10000;

    return unit(0xd800 + (($code - 0x10000) >> 10))
           . unit(0xdc00 + (($code - 0x10000) & 0x3ff));
}

sub unit {
    return sprintf pick('\\u%04x', '\\u%04X'), $_[0];
}

=item spell_message(BODY, CHUNKS)

What a body looks like on the wire, and the fields that say so: plain or gzip
under any label, by length or, unless CHUNKS is 0, in chunks.

=item chunked(BYTES), gzipped(BYTES, LEVEL)

=item spell_request(METHOD, TARGET, FIELDS, BYTES)

The pieces of a request: in a packet, in two, in many, or byte by byte.

=back

=cut

sub spell_message {
    my ($body, $chunks) = @_;
    my @fields = ('Content-Type: ' . pick(
        ('application/json') x 4, 'application/json; charset=utf-8',
        'Application/JSON;charset="UTF-8"',
        'application/json;odata.metadata=minimal; IEEE754Compatible=true'));

    push @fields, pick(('') x 3, 'Content-Encoding: gzip',
                       'Content-Encoding: identity');

    $body = gzipped($body) if chance($fields[-1] =~ /gzip/ ? 0.7 : 0.1);

    if (($chunks // 1) && chance(0.3)) {
        push @fields, 'Transfer-Encoding: ' . pick('chunked', 'Chunked');
        $body = chunked($body);

    } else {
        push @fields, 'Content-Length: ' . pick('', '', '00') . length $body;
    }

    return ([grep { length } @fields], $body);
}

sub chunked {
    my ($rest) = @_;
    my $bytes = '';

    while (length $rest) {
        my $part = substr $rest, 0, pick(length $rest > 999 ? () : (1, 2, 7),
                                         64, 65536), '';

        $bytes .= sprintf(pick('%x', '%X', '%04x'), length $part)
                  . pick(('') x 4, ';a', ' ;a="b"') . "\r\n$part\r\n";
    }

    return $bytes . pick('0', '000') . "\r\n"
           . pick('', '', "X-Trailer: 1\r\nContent-Length: 7\r\n") . "\r\n";
}

sub gzipped {
    my ($text, $level) = @_;

    IO::Compress::Gzip::gzip(\$text => \my $gzip,
                             -Level => $level // pick(0, 1, 9),
                             -Name => pick('', 'a.json'), -Time => 1)
        or die "gzip: $IO::Compress::Gzip::GzipError\n";

    return $gzip;
}

my @harmless = ('Accept: application/json', 'Accept-Encoding: gzip, br',
                'client-request-id: 8f2c5a1e-0000-4000-8000-1c0de0000001',
                'SdkVersion: graph-go/1.0', 'Retry-Attempt: 1',
                'User-Agent: kiota/1', 'Cache-Control: no-store, no-cache',
                'Content-Language: en', 'Content-MD5: AAAA', 'TE: trailers',
                'Digest: sha-256=x', 'Upgrade: h2c', 'Trailer: X-Trailer');

sub spell_request {
    my ($method, $target, $fields, $bytes) = @_;
    my $version = grep({ /^(?:Transfer-Encoding|Expect|Upgrade):/i } @$fields)
                  || chance(0.97) ? '1.1' : '1.0';
    my @all = ("Authorization: Bearer $Token", @$fields,
               grep { chance(0.1) } @harmless);
    my $head = "$method $target HTTP/$version\r\n"
               . join('', map { spell_field($_) . "\r\n" } shuffle(@all))
               . ($version eq '1.0' ? "Connection: keep-alive\r\n" : '')
               . "\r\n";

    return ("$head$bytes") if chance(0.8);
    return ($head, $bytes) if chance(0.5);
    return ("$head$bytes" =~ /(.{1,97})/gs) if chance(0.7);
    return ($head, split //, $bytes);
}

# names in any case, and spaces around values; nginx takes a tab for a part of one

sub spell_field {
    my ($name, $value) = split /: ?/, $_[0], 2;

    return any_case($name) . ':' . pick(' ', ' ', '', '   ')
           . $value . pick('', '', '', ' ');
}

1;
