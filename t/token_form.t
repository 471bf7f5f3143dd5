# What is no JSON Web Signature in compact form, or not of a JSON object, is
# not looked at any further.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jws segments tamper);

run_tests();

__DATA__

=== threat: not three segments
--- request eval: [(patch()) x 7]
--- more_headers eval
my ($h, $p, $s) = split /\./, token();
[map { "Authorization: Bearer $_\n" }
     $h, "$h.$p", "$h$p$s", "$h.$p.$s.", "$h.$p.$s.$s", ".$h.$p.$s", "$h..$p.$s"]
--- pt_refused: 401 tokenMalformed
--- response_headers
WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== threat: an empty segment
--- request eval: [(patch()) x 5]
--- more_headers eval
my ($h, $p, $s) = split /\./, token();
[map { "Authorization: Bearer $_\n" }
     ".$p.$s", "$h.$p.", '..', '.', token(payload => '')]
--- pt_refused: 401 tokenMalformed



=== threat: the payload left out
--- more_headers eval
my ($h, $p, $s) = split /\./, token();
"Authorization: Bearer $h..$s\n"
--- pt_refused: 401 tokenSignature



=== threat: an encrypted token, of five segments
--- more_headers eval
'Authorization: Bearer ' . join('.', split(/\./, token()), 'AAAA', 'AAAA') . "\n"
--- pt_refused: 401 tokenMalformed



=== threat: padding
--- request eval: [(patch()) x 3]
--- more_headers eval
my ($h, $p, $s) = split /\./, token();
[map { "Authorization: Bearer $_\n" } "$h=.$p.$s", "$h.$p==.$s", "$h.$p.$s=="]
--- pt_refused: 401 tokenMalformed



=== threat: unused bits in the last character
--- request eval: [(patch()) x 3]
--- more_headers eval
my ($head, $last) = token() =~ /^(.*)(.)$/;
my $digits = join '', 'A' .. 'Z', 'a' .. 'z', 0 .. 9, '-', '_';
[map { "Authorization: Bearer $head$_\n" }
     map { substr $digits, index($digits, $last) + $_, 1 } 1, 2, 15]
--- pt_refused: 401 tokenMalformed



=== threat: the alphabet of plain base64, and other characters
--- request eval: [(patch()) x 5]
--- more_headers eval
my $token = token();
[map { "Authorization: Bearer $_\n" }
     $token =~ tr{_-}{/+}r . '', $token =~ s/.$/+/r, $token =~ s/\../.\//r,
     $token =~ s/.$/!/r, $token =~ s/.$/\xff/r]
--- pt_refused: 401 tokenMalformed



=== threat: a signature that is followed by another text
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { 'Authorization: Bearer ' . token() . "$_\n" } '==zzzz.!!!', 'AA', 'AAAA']
--- error_code eval: [(401) x 3]
--- response_body_like eval
[qr/"tokenMalformed"/, qr/"tokenSignature"/, qr/"tokenSignature"/]



=== threat: one bit changed in the payload or the signature
--- request eval: [(patch()) x 2]
--- more_headers eval
[map { 'Authorization: Bearer ' . tamper(token(), $_) . "\n" } 1, 2]
--- pt_refused: 401 tokenSignature



=== threat: claims of one token with the signature of another
--- more_headers eval
my @good = split /\./, token();
my @other = split /\./, token(claims => { azp => 'x' });
"Authorization: Bearer $good[0].$other[1].$good[2]\n"
--- pt_refused: 401 tokenSignature



=== threat: a header that is not a JSON object
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { auth_headers(raw_header => $_) }
     '[]', 'null', '"RS256"', '[{"alg":"RS256","kid":"rsa1"}]', 'x',
     '{"alg":"RS256","kid":"rsa1"} {}']
--- pt_refused: 401 tokenMalformed



=== threat: a payload that is not a JSON object
--- request eval: [(patch()) x 6]
--- more_headers eval
my $claims = (segments(token()))[1];
[map { auth_headers(payload => $_) }
     '[]', 'null', "[$claims]", "$claims x", "$claims$claims",
     $claims =~ s/\}$//r]
--- pt_refused: 401 tokenMalformed



=== threat: a member twice, in the payload
--- request eval: [(patch()) x 4]
--- more_headers eval
my $claims = (segments(token()))[1];
[map { auth_headers(payload => $claims =~ s/^\{/{$_,/r) }
     '"exp":9999999999', '"\u0065xp":9999999999', '"roles":[]',
     '"x":{"a":1,"a":2}']
--- pt_refused: 401 tokenMalformed



=== threat: a member twice, in the header
--- request eval: [(patch()) x 3]
--- more_headers eval
my $header = (segments(token()))[0];
[map { auth_headers(raw_header => $header =~ s/^\{/{$_,/r) }
     '"alg":"none"', '"\u0061lg":"none"', '"kid":"rsa2"']
--- pt_refused: 401 tokenMalformed



=== names that differ in case are other names
--- request eval: [(patch()) x 3]
--- more_headers eval
my ($header, $claims) = segments(token());
[auth_headers(payload => $claims =~ s/^\{/{"EXP":1,"Scp":"x","ROLES":1,/r),
 auth_headers(payload => $claims =~ s/"exp"/"EXP"/r),
 auth_headers(raw_header => $header =~ s/"alg"/"ALG"/r)]
--- error_code eval: [200, 401, 401]
--- response_body_like eval
[qr/"id":"t"/, qr/"tokenClaims"/, qr/"tokenAlgorithm"/]



=== threat: text that is not UTF-8
--- request eval: [(patch()) x 6]
--- more_headers eval
my $claims = (segments(token()))[1];
[map { auth_headers(payload => $claims =~ s/^\{/{"x":"$_",/r) }
     "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", '\ud800',
     '\udc00\ud800']
--- pt_refused: 401 tokenMalformed



=== threat: NUL, control characters, and a byte order mark
--- request eval: [(patch()) x 6]
--- more_headers eval
my ($header, $claims) = segments(token());
[(map { auth_headers(payload => $_) }
      "\xef\xbb\xbf$claims", $claims =~ s/^\{/{"x":"\0",/r,
      $claims =~ s/^\{/{"x\\u0000":1,/r, "$claims\0", "\x0b$claims"),
 auth_headers(raw_header => $header =~ s/rsa1/rsa1\\u0000/r)]
--- pt_refused: 401 tokenMalformed



=== threat: nested deeply, or of very many values
--- request eval: [(patch()) x 3]
--- more_headers eval
my $claims = (segments(token()))[1];
[map { auth_headers(payload => $claims =~ s/^\{/{"x":$_,/r) }
     '[' x 100 . ']' x 100, '[' x 2000, '[' . '0,' x 2000 . '0]']
--- pt_refused: 401 tokenMalformed



=== 200 groups and white space are no trouble
--- more_headers eval
auth_headers(claims => { groups => [map { "g$_" } 1 .. 200],
                         x => \" \t\r\n { \"a\" : [ ] } " })
--- error_code: 200
