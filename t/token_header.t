# The "Authorization" field.

use lib 't/lib';
use PrintTask;

# a good token of that many bytes

sub sized {
    my ($bytes) = @_;

    for my $header (0 .. 2) {
        my @header = (header => { x => 'x' x $header });
        my $missing = $bytes - length token(@header, claims => { x => '' });
        my $n = int($missing * 3 / 4);

        for ($n - 1 .. $n + 1) {
            my $token = token(@header, claims => { x => 'x' x $_ });
            return $token if length $token == $bytes;
        }
    }

    die "no token of $bytes bytes\n";
}

run_tests();

__DATA__

=== a good token
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed



=== no Authorization
--- more_headers: Content-Type: application/json
--- pt_refused: 401 tokenMissing
--- response_headers
WWW-Authenticate: Bearer realm="print"
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== another scheme
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { "Authorization: $_\n" }
     'Basic dTpw', 'Pop ' . token(), 'DPoP ' . token(), 'Digest a="b"',
     'Bearer2 ' . token(), token()]
--- pt_refused: 401 tokenMissing
--- response_headers
WWW-Authenticate: Bearer realm="print"



=== a field that is shorter than the scheme
--- request eval: [(patch()) x 6]
--- more_headers eval
[map { "Authorization:$_\n" } '', ' B', ' Beare', ' Bearer', ' Bearer ', ' X']
--- pt_refused: 401 tokenMissing
--- response_headers
WWW-Authenticate: Bearer realm="print"



=== no white space, or a tab, after the scheme
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { "Authorization: Bearer$_" . token() . "\n" } '', "\t", '=']
--- pt_refused: 401 tokenMissing



=== the scheme in any case, and more than one space after it
--- pt_redis
HSET $key state pending
--- request eval
[(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers() =~ s/Bearer /$_/r }
     'bearer ', 'BEARER ', 'bEARer ', 'Bearer    ']
--- error_code eval: [(200) x 4]



=== a token with white space in it
--- request eval: [(patch()) x 3]
--- more_headers eval
[map { 'Authorization: Bearer ' . token() =~ s/\./$_/r . "\n" }
     ' .', '. ', ' , ']
--- pt_refused: 401 tokenMissing
--- response_headers
WWW-Authenticate: Bearer realm="print"
--- pt_backend_saw



=== a token of 8192 bytes is accepted, a longer one is 401
--- http_config eval
'large_client_header_buffers 4 16k;' . http_conf()
--- pt_redis
HSET $key state pending
--- request eval
[(patch('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval
[map { "Authorization: Bearer $_\nContent-Type: application/json\n" }
     map { sized($_) } 8192, 8193]
--- error_code eval: [200, 401]
--- response_body_like eval: [qr/"id":"t"/, qr/"code":"tokenTooLarge"/]
--- response_headers eval
['', 'WWW-Authenticate: Bearer realm="print", error="invalid_token", error_description="The token is not valid"']



=== a token that does not fit into nginx's buffers is 400
--- config eval
'print_task forward;' . gateway_conf()
--- more_headers eval
auth_headers(claims => { x => 'x' x 20000 })
--- pt_refused: 400 -
