# Shell functions that start a gateway and all that it needs: a print service,
# and, with store=redis, a Redis for each of the two.  For util/demo and
# t/clients/run.
#
# Sourced after lib.sh, not run.  All of it is private to a directory, $dir,
# which is the working directory from stack_open on: the path of a socket has
# to be short.  The configurations are those of conf/demo.

# where the tasks are: memory, or redis

store=memory

# who the tokens are for, and the task of the example in the documentation of
# Microsoft Graph

tenant=8f2c5a1e-3b64-4d0f-9a57-1c0de0000001
app=8f2c5a1e-3b64-4d0f-9a57-1c0de0000002
definition=3203656e-6069-4e10-8147-d25290b00a3c
task=d036638b-1272-4bba-9227-732463823ed3

printers=https://graph.microsoft.com/v1.0/print/printers
job=$printers/d5ef6ec4-07ca-4212-baf9-d45be126bfbb/jobs/44353


# Makes $dir below $1, with a key set in it, and sees to it that everything
# ends with the script.

stack_open()
{
    local name

    need curl jq openssl perl
    [ $store = memory ] || need redis-server

    module=$(util/build)

    mkdir -p "$1"
    dir=$(mktemp -d "$top/$1/XXXXXX")
    cd "$dir"

    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap stack_close EXIT

    mkdir temp

    for name in client_body proxy fastcgi uwsgi scgi; do
        echo "${name}_temp_path  temp;"
    done > private.conf

    token --jwks > jwks.json

    # a header line in a file, as curl takes it

    echo "Authorization: Bearer $(token --exp 86400 \
          --json 'roles=["PrintTask.Admin"]')" > print-service.token
}


# The directory stays if something went wrong: a wrong answer, a script that
# broke off, an alert in a log.

stack_close()
{
    local name rc=$?

    set +e
    trap '' HUP INT TERM

    kill $(jobs -p) 2> /dev/null

    for name in gateway print-service gateway-redis print-service-redis; do
        [ ! -s $name.pid ] || stop $name
    done

    if grep -h '\[alert\]' ./*-error.log >&2 2> /dev/null; then
        rc=1
    fi

    case $rc in
        0 | 129 | 130 | 141 | 143)
            cd "$top" && rm -r "$dir"
            ;;

        *)  echo "${0##*/}: logs are kept in $dir" >&2 ;;
    esac

    exit $rc
}


# Waits until a command succeeds, for at most $1 seconds.

await()
{
    local ends=$((SECONDS + $1))

    shift

    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $ends ] || return 1
        sleep 0.02
    done
}


start_print_service()
{
    configuration print-service > print-service.conf
    start_nginx print-service || die "no print service: $(< print-service.out)"
}


# Starts the gateway on the first port from $1 on that is free, which becomes
# $port; $2 are further parameters of "listen".

start_gateway()
{
    local listen last=$(($1 + 100))

    configuration gateway > gateway.demo

    for ((port = $1; port < last; port++)); do
        ! listens "$port" || continue

        listen="listen  127.0.0.1:$port${2:+ $2};"
        sed "s/listen  127.0.0.1:8080;/$listen/" gateway.demo > gateway.conf

        ! start_nginx gateway || return 0

        # somebody else was faster
        grep -q 'Address already in use' gateway.out || break

        rm gateway-error.log
    done

    die "no gateway: $(< gateway.out)"
}


# Prints the configuration of the server $1, which is that of conf/demo but
# for the store; starts its Redis.

configuration()
{
    local other=

    if [ $store = redis ]; then
        start_redis "$1-redis"
        other="s/print_task_store .*/print_task_redis  unix:$1-redis.sock;/"
    fi

    sed "$other" "$top/conf/demo/$1.conf"
}


listens()
{
    (: < "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}


# nginx is a daemon, and so is listening when the command returns.

start_nginx()
{
    local main="load_module $module; pid $1.pid; lock_file $1.lock;"

    # root would have to give all of the directory away
    [ "$(id -u)" != 0 ] || main+=" user $(id -un) $(id -gn);"

    nginx -p "$dir/" -e "$1-error.log" -c "$dir/$1.conf" -g "$main" \
          > "$1.out" 2>&1 || return 1

    await 5 test -s "$1.pid"
}


start_redis()
{
    redis-server --port 0 --unixsocket "$1.sock" --pidfile "$dir/$1.pid" \
                 --daemonize yes --logfile "$dir/$1.log" \
                 --save '' --appendonly no > "$1.out" 2>&1

    await 5 redis "$1" PING || die "Redis does not start, see $dir/$1.log"
}


redis()
{
    redis-cli -s "$1.sock" -e "${@:2}"
}


# Lets a server end in good order.  Each takes its pid file away.

stop()
{
    local pid signal=QUIT

    pid=$(< "$1.pid")

    case $1 in
        *-redis) signal=TERM ;;
    esac

    kill -$signal "$pid"

    if ! await 5 test ! -e "$1.pid"; then
        echo "${0##*/}: $1 does not end" >&2
        kill -KILL "$pid"
    fi
}


# A crash: the processes on the other side of its connections get no message.

kill_redis()
{
    kill -KILL "$(< "$1.pid")"
    rm "$1.pid"

    await 5 is_down "$1" || die "cannot kill $1"
}


is_down()
{
    ! redis "$1" PING
}


# The path of the task of id $1.

path()
{
    echo "/v1.0/print/taskDefinitions/$definition/tasks/$1"
}


# A task in state $1, as a print service makes it.

print_task()
{
    printf '{"parentUrl":"%s","status":{"state":"%s"},%s}' "$job" "$1" \
           "\"definition\":{\"createdBy\":{\"appId\":\"$app\"}}"
}


# Makes a task of id $1, in state $2.

create_task()
{
    http -f -o /dev/null --unix-socket print-service.sock -X PUT \
         -H @print-service.token -H 'Content-Type: application/json' \
         -d "$(print_task "$2")" "http://print$(path "$1")"
}


http()
{
    curl -q -sS --noproxy '*' --max-time 10 "$@"
}


# Prints a token for the gateway; further options are those of util/token.

token()
{
    local authority=https://login.microsoftonline.com

    "$top/util/token" --keys "$dir/keys" --claim "tid=$tenant" \
                      --claim "iss=$authority/$tenant/v2.0" \
                      --claim "azp=$app" --claim 'aud=api://print-gateway' "$@"
}
