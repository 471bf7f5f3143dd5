# Lists of names, and the directives that a guarded location requires.

use lib 't/lib';
use PrintTask;

sub with {
    return gateway_conf(extra => "@_;");
}

run_tests();

__DATA__

=== print_task needs keys
--- http_config eval
http_conf() =~ s/print_task_key_file.*//r
--- must_die
--- error_log: "print_task" needs "print_task_key_file"



=== print_task needs an issuer
--- http_config eval
http_conf() =~ s/print_task_issuer.*//r
--- must_die
--- error_log: "print_task" needs "print_task_issuer"



=== print_task needs an audience
--- http_config eval
http_conf() =~ s/print_task_audience.*//r
--- must_die
--- error_log: "print_task" needs "print_task_audience"



=== a dry run is no reason to leave anything out
--- http_config eval
http_conf() =~ s/print_task_issuer.*//r
--- config eval: with('print_task_dry_run on')
--- must_die
--- error_log: "print_task" needs "print_task_issuer"



=== with print_task off, no directive is required
--- http_config eval
http_conf(redis => 0) =~ s/print_task_.*//gr
--- config eval: gateway_conf(mode => 'off')
--- request
GET /print/x
--- more_headers: #
--- error_code: 200



=== print_task_issuer: empty
--- config eval: with('print_task_issuer ""')
--- must_die
--- error_log: empty value in "print_task_issuer"



=== print_task_audience: empty, after one that is not
--- config eval: with('print_task_audience a ""')
--- must_die
--- error_log: empty value in "print_task_audience"



=== print_task_role: empty
--- config eval: with('print_task_role ""')
--- must_die
--- error_log: empty value in "print_task_role"



=== print_task_tenant: empty, which would let in tokens without a tenant
--- config eval: with('print_task_tenant ""')
--- must_die
--- error_log: empty value in "print_task_tenant"



=== print_task_app: empty
--- config eval: with('print_task_app ""')
--- must_die
--- error_log: empty value in "print_task_app"



=== print_task_issuer: twice the same
--- config eval: with('print_task_issuer a b a')
--- must_die
--- error_log: duplicate value "a" in "print_task_issuer"



=== print_task_audience: twice the same, in two lines
--- config eval: with('print_task_audience a; print_task_audience b a')
--- must_die
--- error_log: duplicate value "a" in "print_task_audience"



=== print_task_role: twice the same
--- config eval: with('print_task_role x x')
--- must_die
--- error_log: duplicate value "x" in "print_task_role"



=== print_task_tenant: twice the same
--- config eval: with('print_task_tenant t t')
--- must_die
--- error_log: duplicate value "t" in "print_task_tenant"



=== print_task_app: twice the same
--- config eval: with('print_task_app x y; print_task_app y')
--- must_die
--- error_log: duplicate value "y" in "print_task_app"



=== lists without a value
--- config eval: with('print_task_app')
--- must_die
--- error_log: invalid number of arguments in "print_task_app" directive



=== several lines of a list add up
--- config eval
with('print_task_audience a; print_task_audience b c')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => { aud => $_ }) }
     'a', 'b', 'c', $PrintTask::Token::Audience]
--- error_code eval: [200, 200, 200, 401]



=== names are taken as they are: no variables, no patterns
--- config eval
with('print_task_audience $host * "a b"')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => { aud => $_ }) } '$host', 'localhost', 'x', 'a b']
--- error_code eval: [200, 401, 401, 200]



=== "{tid}" more than once, and in the middle
--- config eval
with('print_task_issuer "{tid}/{tid}" "x{tid}ti"')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 5]
--- more_headers eval
[map { auth_headers(claims => { tid => 'T', iss => $_ }) }
     'T/T', 'xTti', 'T/t', 'T/', '{tid}/{tid}']
--- error_code eval: [200, 200, 401, 401, 401]
