# print_task_status: who gets which format, and what nginx -t says.  What is
# counted is in t/status_counters.t.

use lib 't/lib';
use PrintTask;

use IO::Uncompress::Gunzip ();

our $Status = 'location = /status { print_task_status; }';
our $Conf = gateway_conf(mode => 'answer') =~ s/proxy_pass \S+//r . $Status;

sub status {
    return gateway_conf() . "location = /status { @_ }";
}

sub unzipped {
    my ($bytes) = @_;
    my $text;

    IO::Uncompress::Gunzip::gunzip(\$bytes, \$text);

    return $text;
}

run_tests();

__DATA__

=== without Accept it is for Prometheus
--- config eval: $main::Conf
--- request: GET /status
--- more_headers: #
--- response_headers
Content-Type: text/plain; version=0.0.4; charset=utf-8
Cache-Control: no-store
X-Content-Type-Options: nosniff
Vary: Accept
--- response_body_like: \# TYPE nginx_print_task_requests_total counter\n
--- response_body_unlike: EOF



=== OpenMetrics by Accept
--- config eval: $main::Conf
--- request: GET /status
--- more_headers: Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1
--- response_headers
Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8
--- response_body_like: (?ms)\A\# HELP .*^\# TYPE nginx_print_task_requests counter$.*^# EOF\n\z



=== JSON by Accept
--- config eval: $main::Conf
--- request: GET /status
--- more_headers: Accept: application/json
--- response_headers
Content-Type: application/json
--- response_body_like: \A\{"time":\d+,"metrics":\{"nginx_print_task_build":.*\}\n\z



=== a browser gets the page, which runs only scripts with its nonce
--- config eval: $main::Conf
--- request: GET /status
--- more_headers: Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8
--- raw_response_headers_like: Content-Security-Policy: default-src 'none'; style-src 'nonce-([0-9a-f]{32})'; script-src 'nonce-\1'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
--- response_body_unlike: ABCDEF



=== html is for browsers, and JSON for the page
--- config eval: main::status('print_task_status html;')
--- request eval: ['GET /status', 'GET /status', 'GET /status']
--- more_headers eval: ['#', 'Accept: application/json', 'Accept: text/plain']
--- response_body_like eval
[qr/\A<!DOCTYPE html>/, qr/\A\{"time"/, qr/\A<!DOCTYPE html>/]



=== JSON has the last refusals, the newest first, with ids of clients as text
--- config eval: $main::Conf
--- request eval
["DELETE /print/printers", "GET /print/taskDefinitions/d/tasks/%22t",
 "GET /status"]
--- more_headers eval
["client-request-id: \"<x>\n", auth_headers(), "Accept: application/json"]
--- error_code eval: [401, 400, 200]
--- response_body_like eval
[qr/./, qr/./, qr/"refusals":\[\{"time":\d{13},"mode":"answer","verdict":"refused","reason":"idInvalid",.*\},\{"time":\d+,"mode":"answer","verdict":"refused","reason":"tokenMissing","requestId":"[0-9a-f-]{36}","clientRequestId":"\\"\\u003Cx\\u003E"\}\]\}\n\z/]



=== an unknown media type gets the Prometheus format
--- config eval: $main::Conf
--- request: GET /status
--- more_headers: Accept: image/png
--- response_headers
Content-Type: text/plain; version=0.0.4; charset=utf-8



=== a format of the configuration is the one for all
--- config eval: main::status('print_task_status json;')
--- request: GET /status
--- more_headers: Accept: text/plain
--- response_headers
Content-Type: application/json
! Vary



=== HEAD
--- config eval: $main::Conf
--- request: HEAD /status
--- more_headers: #
--- response_headers_like
Content-Length: [1-9]\d{3,}
--- response_body:



=== no range of it, and no condition on a time
--- config eval: $main::Conf
--- request eval: [('GET /status') x 4]
--- more_headers eval
['Range: bytes=0-9', 'If-None-Match: "1"',
 'If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT',
 "Range: bytes=0-9\nAccept: text/html"]
--- error_code eval: [(200) x 4]
--- response_headers eval: ['! Content-Range', '! ETag', '! Last-Modified', '! Content-Range']
--- response_body_like eval: [(qr/\A\# HELP/) x 3, qr{</html>\n\z}]



=== compressed by nginx
--- config eval
$main::Conf
. 'gzip on; gzip_types *; gzip_min_length 0;'
--- request eval: ['GET /status', 'GET /status']
--- more_headers eval
["Accept-Encoding: gzip", "Accept-Encoding: gzip\nAccept: text/html"]
--- response_headers eval: [('Content-Encoding: gzip') x 2]
--- response_body_filters eval: \&main::unzipped
--- response_body_like eval: [qr/\A\# HELP/, qr{</html>\n\z}]



=== in another response, as a subrequest
--- config eval
$main::Conf
. 'location = /page { ssi on; ssi_types *;
       return 200 "<!--#include virtual=\"/status\" -->END"; }
   location = /asked { auth_request /status; return 200 "asked"; }'
--- request eval: ['GET /page', 'GET /asked']
--- response_body_like eval: [qr/\A\# HELP.*\nEND\z/s, qr/\Aasked\z/]



=== other methods are 405
--- config eval: $main::Conf
--- request eval
["POST /status\nx", "PUT /status\nx", "DELETE /status", "PATCH /status\nx",
 "OPTIONS /status"]
--- more_headers: #
--- error_code eval: [405, 405, 405, 405, 405]
--- raw_response_headers_like eval
["Allow: GET, HEAD\r\n", "Allow: GET, HEAD\r\n", "Allow: GET, HEAD\r\n",
 "Allow: GET, HEAD\r\n", "Allow: GET, HEAD\r\n"]



=== it needs no location that has rules
--- config eval: $main::Status
--- request: GET /status
--- more_headers: #
--- response_body_like: nginx_print_task_build_info
--- response_body_unlike: verdict=



=== where print_task is inherited it needs no token either
--- config eval: "print_task answer; $main::Status"
--- request: GET /status
--- more_headers: #
--- response_body_like: nginx_print_task_requests_total\{mode="answer",verdict="answered"\} 0



=== print_task_status with print_task
--- config eval: main::status('print_task answer; print_task_status;')
--- must_die
--- error_log: "print_task_status" and "print_task" cannot be used in the same location



=== print_task_status twice
--- config eval: main::status('print_task_status; print_task_status;')
--- must_die
--- error_log: "print_task_status" directive is duplicate



=== no such format
--- config eval: main::status('print_task_status xml;')
--- must_die
--- error_log: invalid format "xml" in "print_task_status", it must be "prometheus", "openmetrics", "json" or "html"



=== not outside of a location
--- config: print_task_status;
--- must_die
--- error_log: "print_task_status" directive is not allowed here
