package PrintTask::Token;

=head1 NAME

PrintTask::Token - application tokens for tests and demos, good and hostile

=head1 SYNOPSIS

    use PrintTask::Token;

    token();                                      # a good one
    token(alg => 'ES256', exp => -60);            # expired a minute ago
    token(claims => { roles => 'Some.Role' });    # a claim of a wrong type
    token(claims => { exp => \'1e300' });         # JSON as it is spelled
    token(without => ['tid']);                    # a claim left out
    token(header => { crit => ['b64'] });         # more in the header
    token(kid => undef, key => 'stranger');       # no "kid", unknown key
    token(payload => '{"exp":1,"exp":2}');        # any text as the payload
    token(signature => sub { reverse $_[0] });    # another signature

    PrintTask::Token::tamper(token(), 1);         # one bit of the payload

    jwks();                                       # what a gateway is given
    jwks_file();

=head1 DESCRIPTION

The tokens look like those that Microsoft Entra ID gives to applications.
Keys are made on demand by the openssl command, in F<build/keys> below the
repository, and then used by all tests.  They are of no worth anywhere else.

    rsa1, rsa2, ec1            RSA 2048 and P-256, in jwks()
    stranger, stranger-ec      the same, but not in jwks()
    weak, ec384                RSA 1024 and P-384, not in jwks()

Equal tokens of one process are signed once, and all are of one time, so tests
may ask for tokens as often as they like.

=cut

use strict;
use warnings;

use Cwd ();
use Digest::SHA qw(hmac_sha256);
use Exporter qw(import);
use Fcntl qw(SEEK_SET);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp ();
use JSON::PP ();
use MIME::Base64 qw(encode_base64url decode_base64url);

our @EXPORT = qw(token jwks jwks_file);
our @EXPORT_OK = qw(claims jws sign tamper segments jwk keys_dir key_file);

# what the claims of a token say

our $Tenant   = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000001';
our $App      = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000002';
our $Object   = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000003';
our $Audience = '8f2c5a1e-3b64-4d0f-9a57-1c0de0000004';
our $Issuer   = "https://login.microsoftonline.com/$Tenant/v2.0";
our $IssuerV1 = "https://sts.windows.net/$Tenant/";
our $Role     = 'PrintTaskDefinition.ReadWrite.All';
our $Now      = time();

# what "openssl genpkey" makes a key of

my %kinds = (
    'rsa1'        => [qw(RSA rsa_keygen_bits:2048)],
    'rsa2'        => [qw(RSA rsa_keygen_bits:2048)],
    'ec1'         => [qw(EC ec_paramgen_curve:P-256)],
    'stranger'    => [qw(RSA rsa_keygen_bits:2048)],
    'stranger-ec' => [qw(EC ec_paramgen_curve:P-256)],
    'weak'        => [qw(RSA rsa_keygen_bits:1024)],
    'ec384'       => [qw(EC ec_paramgen_curve:P-384)],
);

my @published = qw(rsa1 rsa2 ec1);

my @pss = map { (-sigopt => $_) } qw(rsa_padding_mode:pss
    rsa_pss_saltlen:digest rsa_mgf1_md:sha256);

my $json = JSON::PP->new->canonical->allow_nonref->utf8;
my $top = Cwd::abs_path(dirname(__FILE__) . '/../../..');

my ($keys_dir, %signatures, %public);

=head2 Tokens

=over

=item token(NAME => VALUE, ...)

A token in compact form.

    alg         RS256, by default, PS256, ES256; to be refused:
                RS512, ES384; HS256 with the public key as the secret; none
    key         name of a key or a PEM file: rsa1, or ec1 for ES256
    kid         the name of the key; undef: none
    ver         2.0 or 1.0
    exp         seconds from now: 3600
    claims      { NAME => VALUE }, in addition or instead; a reference to a
                scalar is JSON and taken as it is
    without     [NAME] of claims to leave out
    header      like claims, for the header
    payload     text instead of the claims
    raw_header  text instead of the header
    signature   bytes, or a function that makes them from the right ones
    secret      for HS256

=cut

sub token {
    my %opt = (alg => 'RS256', @_);

    $opt{key} //= $opt{alg} eq 'ES256' ? 'ec1' : 'rsa1';

    my $header = $opt{raw_header} // object(header(%opt));
    my $payload = $opt{payload} // object(claims(%opt));

    return jws($header, $payload, %opt);
}

=item claims(NAME => VALUE, ...)

The claims of such a token as a list of names and values, in fixed order.

=cut

sub claims {
    my (%opt) = @_;
    my $v1 = ($opt{ver} // '2.0') eq '1.0';

    my @claims = (
        aud => $Audience,
        iss => $v1 ? $IssuerV1 : $Issuer,
        iat => $Now,
        nbf => $Now,
        exp => $Now + ($opt{exp} // 3600),
        $v1 ? (appid => $App, appidacr => '1') : (azp => $App, azpacr => '1'),
        idtyp => 'app',
        oid => $Object,
        roles => [$Role],
        sub => $Object,
        tid => $Tenant,
        uti => 'Yj3nkSUPzEmZ4CYq1HoAAA',
        ver => $v1 ? '1.0' : '2.0',
    );

    return merge(\@claims, $opt{claims}, $opt{without});
}

=item jws(HEADER, PAYLOAD, NAME => VALUE, ...)

Any two texts, signed; alg, key, signature and secret are those of token().

=item sign(TEXT, NAME => VALUE, ...)

The signature alone, in bytes as JOSE has them.

=cut

sub jws {
    my ($header, $payload, %opt) = @_;
    my $text = encode_base64url($header) . '.' . encode_base64url($payload);
    my $signature = $opt{signature};

    if (!defined $signature || ref $signature) {
        my $right = sign($text, %opt);
        $signature = ref $signature ? $signature->($right) : $right;
    }

    return $text . '.' . encode_base64url($signature);
}

sub sign {
    my ($text, %opt) = @_;
    my $alg = $opt{alg} // 'RS256';

    return '' if $alg eq 'none';

    my $file = key_file($opt{key} // 'rsa1');

    if ($alg eq 'HS256') {
        my $secret = $opt{secret}
                     // openssl('pkey', '-pubout', '-in', $file);

        return hmac_sha256($text, $secret);
    }

    die "unknown algorithm \"$alg\"\n"
        if $alg !~ /^(?:[RPE]S256|RS512|ES384)$/;

    return $signatures{"$alg $file $text"} //= sign_file($text, $alg, $file);
}

=item tamper(TOKEN, SEGMENT)

The token with one bit changed in a segment: 0 header, 1 payload, 2 signature.

=item segments(TOKEN)

The three of them, decoded.

=back

=cut

sub tamper {
    my ($token, $segment) = @_;
    my @segments = segments($token);
    my $middle = int(length($segments[$segment]) / 2);

    substr($segments[$segment], $middle, 1) ^= "\x01";

    return join '.', map { encode_base64url($_) } @segments;
}

sub segments {
    my ($token) = @_;

    return map { decode_base64url($_) } split /\./, $token, -1;
}

=head2 Keys

=over

=item jwks(KEY, ...)

The JWK Set of some keys as text; of rsa1, rsa2 and ec1 if none are given.  In
place of a name there may be what jwk() returns, or any other reference.

=item jwks_file(KEY, ...)

The path of a file with it.

=item jwk(KEY, NAME => VALUE, ...)

One public key as a reference to a hash, with other or more members.

=cut

sub jwks {
    my @names = @_ ? @_ : @published;

    return $json->encode({ keys => [map { ref ? $_ : jwk($_) } @names] })
           . "\n";
}

sub jwks_file {
    my @names = @_ ? @_ : @published;
    my $file = keys_dir() . '/' . join('-', 'jwks', @_) . '.json';
    my @keys = map { key_file($_) } @names;

    # older than a key: that one was made anew

    if (!-e $file || grep { -M $_ < -M $file } @keys) {
        my $temp = File::Temp->new(DIR => keys_dir());

        print $temp jwks(@names) or die "$temp: $!\n";
        close $temp or die "$temp: $!\n";
        chmod 0644, "$temp" or die "$temp: $!\n";
        rename "$temp", $file or die "$file: $!\n";

        $temp->unlink_on_destroy(0);
    }

    return $file;
}

sub jwk {
    my ($name, %more) = @_;
    my $file = key_file($name);

    my $der = $public{$file} //= openssl('pkey', '-pubout', '-outform', 'DER',
                                         '-in', $file);

    return { kid => $name, use => 'sig', public_members($der), %more };
}

=item keys_dir(DIRECTORY)

Where the keys are; to be set before the first of them is used.

=item key_file(KEY)

The path of a private key, which is made if there is none yet.  Anything but
the names above is taken for a path itself.

=back

=cut

sub keys_dir {
    my ($dir) = @_;

    if (defined $dir || !defined $keys_dir) {
        $dir //= "$top/build/keys";
        make_path($dir);
        $keys_dir = Cwd::abs_path($dir);
    }

    return $keys_dir;
}

# Of two processes that make the same key, the first to link it wins.

sub key_file {
    my ($name) = @_;

    if (!$kinds{$name}) {
        die "no key \"$name\"\n" if !-f $name;
        return $name;
    }

    my $file = keys_dir() . "/$name.pem";

    if (!-e $file) {
        my ($algorithm, $option) = @{$kinds{$name}};
        my $temp = File::Temp->new(DIR => keys_dir());

        openssl('genpkey', '-algorithm', $algorithm, '-pkeyopt', $option,
                '-out', "$temp");

        link "$temp", $file or -e $file or die "$file: $!\n";
    }

    return $file;
}

sub header {
    my (%opt) = @_;
    my @header = (typ => 'JWT', alg => $opt{alg});
    my $kid = exists $opt{kid} ? $opt{kid}
            : $kinds{$opt{key}} ? $opt{key} : undef;

    push @header, kid => $kid if defined $kid;

    return merge(\@header, $opt{header});
}

sub merge {
    my ($pairs, $more, $without) = @_;
    my %more = %{$more // {}};
    my %without = map { $_ => 1 } @{$without // []};
    my @pairs = @$pairs;
    my @merged;

    while (my ($name, $value) = splice @pairs, 0, 2) {
        $value = delete $more{$name} if exists $more{$name};
        push @merged, $name, $value if !$without{$name};
    }

    return @merged, map { $_ => $more{$_} } sort keys %more;
}

# pairs to the text of a JSON object, in their order

sub object {
    my @members;

    while (my ($name, $value) = splice @_, 0, 2) {
        my $text = ref $value eq 'SCALAR' ? $$value : $json->encode($value);

        push @members, $json->encode("$name") . ":$text";
    }

    return '{' . join(',', @members) . '}';
}

sub sign_file {
    my ($text, $alg, $file) = @_;
    my $temp = File::Temp->new();

    print $temp $text or die "$temp: $!\n";
    close $temp or die "$temp: $!\n";

    my ($kind, $bits) = $alg =~ /^(..)(.*)/;
    my $signature = openssl('dgst', "-sha$bits", '-sign', $file,
                            $kind eq 'PS' ? @pss : (), "$temp");

    return $signature if $kind ne 'ES';

    # SEQUENCE { INTEGER r, INTEGER s } to two numbers of the same length

    my @rs = map { s/^\0+//r } der((der($signature))[0]);
    my $size = grep({ length > 32 } @rs) ? 48 : 32;

    return join '', map { "\0" x ($size - length) . $_ } @rs;
}

# SubjectPublicKeyInfo to members of a JWK

sub public_members {
    my ($der) = @_;
    my (undef, $bits) = der((der($der))[0]);
    my $key = substr($bits, 1);

    if (ord($key) == 0x04) {
        my $size = (length($key) - 1) / 2;

        return (kty => 'EC', crv => $size == 32 ? 'P-256' : 'P-384',
                x => encode_base64url(substr($key, 1, $size)),
                y => encode_base64url(substr($key, 1 + $size)));
    }

    my ($n, $e) = map { encode_base64url(s/^\0+//r) } der((der($key))[0]);

    return (kty => 'RSA', n => $n, e => $e);
}

# the contents of elements of DER that are side by side

sub der {
    my ($der) = @_;
    my @contents;

    while (length $der) {
        my $size = ord(substr($der, 1, 1));
        my $head = 2;

        if ($size & 0x80) {
            $head += $size & 0x7f;
            $size = hex unpack('H*', substr($der, 2, $size & 0x7f));
        }

        push @contents, substr($der, $head, $size);
        $der = substr($der, $head + $size);
    }

    return @contents;
}

# What a command prints.  Its complaints are of interest if it fails only.

sub openssl {
    my @command = ('openssl', @_);
    my $complaints = File::Temp->new();

    open my $stderr, '>&', \*STDERR or die "dup: $!\n";
    open STDERR, '>&', $complaints or die "dup: $!\n";

    my $started = open my $out, '-|', @command;
    my $reason = $!;

    open STDERR, '>&', $stderr or die "dup: $!\n";

    die "$command[0]: $reason\n" if !$started;

    binmode $out;
    my $output = do { local $/; <$out> };

    if (!close $out) {
        seek $complaints, 0, SEEK_SET;
        die "@command failed\n", <$complaints>;
    }

    return $output;
}

1;
