# print_task_redis ... ssl: each parameter, and wrong combinations.

use lib 't/lib';
use PrintTask;
use PrintTask::Certificates;

our $certs = PrintTask::Certificates->new;

$certs->authority($_) for qw(ca other);
$certs->encrypt('ca', 'sesame');

our %file = (ca => $certs->file('ca.crt'), key => $certs->file('ca.key'),
             other => $certs->file('other.key'),
             encrypted => $certs->file('ca-encrypted.key'));

sub with {
    return gateway_conf(extra => "print_task_redis 127.0.0.1 @_;");
}

sub good {
    return with("ssl ssl_trusted_certificate=$file{ca} @_");
}

run_tests();

__DATA__

=== everything
--- config eval: main::good("ssl_name=redis.test ssl_verify=on ssl_certificate=$main::file{ca} ssl_certificate_key=$main::file{key}")
--- request
GET /
--- error_code: 200



=== no certificate to verify with
--- config eval: main::with('ssl')
--- must_die
--- error_log: "ssl" requires "ssl_trusted_certificate", or "ssl_verify=off", in "print_task_redis"



=== an unix socket
--- config eval: gateway_conf(extra => 'print_task_redis unix:/run/redis.sock ssl ssl_verify=off;')
--- must_die
--- error_log: "ssl" requires a host, not a unix socket, in "print_task_redis"



=== parameters without "ssl"
--- config eval: main::with('ssl_name=redis.test')
--- must_die
--- error_log: parameters "ssl_..." require "ssl" in "print_task_redis"



=== ssl with a value
--- config eval: main::with('ssl=on')
--- must_die
--- error_log: invalid parameter "ssl=on"



=== ssl twice
--- config eval: main::with('ssl ssl')
--- must_die
--- error_log: duplicate parameter "ssl"



=== a parameter that is not known
--- config eval: main::good('ssl_ciphers=HIGH')
--- must_die
--- error_log: invalid parameter "ssl_ciphers=HIGH"



=== ssl_verify: another value than on and off
--- config eval: main::good('ssl_verify=yes')
--- must_die
--- error_log: invalid ssl_verify "yes"



=== ssl_verify: off, and something to verify with
--- config eval: main::good('ssl_verify=off')
--- must_die
--- error_log: nothing is verified with "ssl_verify=off" in "print_task_redis"



=== ssl_name: empty
--- config eval: main::good('ssl_name=')
--- must_die
--- error_log: invalid parameter "ssl_name="



=== ssl_name: twice
--- config eval: main::good('ssl_name=a ssl_name=b')
--- must_die
--- error_log: duplicate parameter "ssl_name=b"



=== ssl_trusted_certificate: not there
--- config eval: main::with('ssl ssl_trusted_certificate=nowhere')
--- must_die
--- error_log eval: qr/\[emerg\].*\/nowhere"/



=== ssl_crl: not there
--- config eval: main::good('ssl_crl=nowhere')
--- must_die
--- error_log eval: qr/\[emerg\].*\/nowhere"/



=== ssl_certificate: without a key
--- config eval: main::good("ssl_certificate=$main::file{ca}")
--- must_die
--- error_log: "ssl_certificate" requires "ssl_certificate_key" in "print_task_redis"



=== ssl_certificate: not there
--- config eval: main::good("ssl_certificate=nowhere ssl_certificate_key=$main::file{key}")
--- must_die
--- error_log eval: qr/cannot load certificate ".*\/nowhere"/



=== ssl_certificate_key: without a certificate
--- config eval: main::good("ssl_certificate_key=$main::file{key}")
--- must_die
--- error_log: "ssl_certificate_key" requires "ssl_certificate" in "print_task_redis"



=== ssl_certificate_key: of another certificate
--- config eval: main::good("ssl_certificate=$main::file{ca} ssl_certificate_key=$main::file{other}")
--- must_die
--- error_log eval: qr/SSL_CTX_use_PrivateKey\(".*"\) failed .*key values mismatch/



=== ssl_certificate_key: with a password, which nginx does not ask for
--- config eval: main::good("ssl_certificate=$main::file{ca} ssl_certificate_key=$main::file{encrypted}")
--- must_die
--- error_log eval: qr/cannot load certificate key ".*-encrypted.key"/
