# What a token says that it is: "typ" (RFC 8725, section 3.11; RFC 9068, section
# 4), and tokens that are for something else.

use lib 't/lib';
use PrintTask;

our $Stay = '{"status":{"state":"pending"}}';

sub typed {
    return [map { auth_headers(header => { typ => $_ }) } @_];
}

run_tests();

__DATA__

=== an access token, as Entra ID and RFC 9068 call it
--- request eval: [(patch($main::Stay)) x 5]
--- more_headers eval
main::typed('JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt')
--- error_code eval: [(200) x 5]



=== threat: a token of the issuer that is for something else
--- request eval: [(patch()) x 6]
--- more_headers eval
main::typed('logout+jwt', 'secevent+jwt', 'dpop+jwt', 'token-introspection+jwt',
            'application/jwt', 'JWE')
--- pt_refused: 401 tokenType
--- response_headers eval
[('WWW-Authenticate: Bearer realm="print", error="invalid_token", '
  . 'error_description="The token is not valid"') x 6]



=== threat: a "typ" that is not a string
--- request eval: [(patch()) x 4]
--- more_headers eval: main::typed(\'null', \'1', \'["JWT"]', \'""')
--- pt_refused: 401 tokenType



=== threat: an ID token, which has the same "typ", and no role
--- more_headers eval
auth_headers(claims => { nonce => 'n', name => 'A' }, without => ['roles'])
--- pt_refused: 403 roleMissing



=== "scope" of RFC 9068 is no role, and does no harm
--- request eval: [(patch($main::Stay)) x 2]
--- more_headers eval
my $scope = 'PrintTaskDefinition.ReadWrite.All';
[auth_headers(claims => { scope => $scope }),
 auth_headers(claims => { scope => $scope }, without => ['roles'])]
--- error_code eval: [200, 403]



=== all claims of RFC 9068, and no others
--- request eval: patch($main::Stay)
--- more_headers eval
auth_headers(header => { typ => 'at+jwt' },
             claims => { client_id => 'connector', sub => 'connector',
                         jti => 'dbe39bf3a3ba4238a513f51d6e1691c4' },
             without => [qw(azp azpacr idtyp oid tid uti ver nbf)])
--- error_code: 200
