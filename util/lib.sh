# Shell functions that util/build and util/test share.  Written for bash.
#
# Sourced, not run.  Sets $top, the top directory of the repository, and
# changes to it, so that the scripts work from anywhere.  The path of the
# repository must not contain white space or shell and make metacharacters:
# nginx's configure quotes nothing.

set -euo pipefail
export LC_ALL=C
umask 022

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

# on a user's PATH there may be no sbin
export PATH=$PATH:/usr/sbin:/sbin


die()
{
    echo "${0##*/}: $*" >&2
    exit 1
}


case $top in
    *[!A-Za-z0-9/._+@-]*) die "cannot build in \"$top\": white space or" \
                              "special characters in the path" ;;
esac


case ${1:-} in
    -h | --help) sed -n '3,/^$/s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac


# Files of another user, such as those of a run with sudo, cannot be replaced.

if [ "$(id -u)" != 0 ] && [ -d build ]; then
    foreign=$(find build -maxdepth 2 ! -user "$(id -u)" -print -quit 2> /dev/null)

    [ -z "$foreign" ] \
    || die "\"$top/$foreign\" belongs to user $(stat -c %U "$foreign"):" \
           "remove \"$top/build\" as that user, or go on as that user"
fi


as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"

    elif ! command -v sudo > /dev/null; then
        die "must be root, or have sudo, to run: $*"

    elif [ -z "${CI:-}" ] && (: < /dev/tty) 2> /dev/null; then
        sudo "$@"

    else
        sudo -n "$@"
    fi
}


installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" \
      = installed ]
}


# Installs those of the named Debian packages that are missing.

need()
{
    local package missing=()

    command -v apt-get > /dev/null || return 0

    for package; do
        installed "$package" || missing+=("$package")
    done

    [ ${#missing[@]} = 0 ] && return

    [ "$(id -u)" = 0 ] || command -v sudo > /dev/null \
    || die "packages are missing, and only root or sudo can install them:" \
           "apt-get install --no-install-recommends ${missing[*]}"

    echo "installing: ${missing[*]}" >&2
    mkdir -p build/log

    without_services "${missing[@]}" > build/log/apt.log 2>&1 && return

    tail -n 20 build/log/apt.log >&2
    die "cannot install: ${missing[*]}"
}


# Installs packages without starting the services that are in some of them:
# who builds a module wants the nginx and redis-server programs, not a web
# server and a database on the standard ports, neither now nor after the next
# boot.  A service that was there before is left as it is.

without_services()
{
    local package services=() rc=0

    for package; do
        case $package in
            nginx | redis-server | prometheus)
                services+=("$package.service") ;;
        esac
    done

    if [ ! -d /run/systemd/system ]; then
        apt_install "$@" || rc=$?

        for package in "${services[@]}"; do
            as_root invoke-rc.d --quiet "${package%.service}" stop || true
        done

    elif [ ${#services[@]} = 0 ]; then
        apt_install "$@" || rc=$?

    else
        as_root systemctl --quiet mask --runtime "${services[@]}"
        apt_install "$@" || rc=$?
        as_root systemctl --quiet unmask --runtime "${services[@]}"
        as_root systemctl --quiet disable "${services[@]}" || true
    fi

    return $rc
}


apt_install()
{
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update < /dev/null || true

    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends \
            install "$@" < /dev/null
}


# Prints what configures the nginx source tree $1, relative to it: a checkout of
# git has no ./configure.

nginx_configure()
{
    if [ -x "$1/configure" ]; then
        echo ./configure

    elif [ -x "$1/auto/configure" ]; then
        echo auto/configure

    else
        die "$1 is not an nginx source tree"
    fi
}


# Prints the version of the nginx source tree $1, such as 1022001.

nginx_version()
{
    sed -n 's/^#define nginx_version *//p' "$1/src/core/nginx.h"
}


# The include flags that a file of src/core needs: the headers of the nginx
# source tree $1, and what its configure has found out, in $2.

core_includes()
{
    echo "-I $top/src/core -I $1/src/core -I $1/src/event" \
         "-I $1/src/event/modules -I $1/src/event/quic -I $1/src/os/unix" \
         "-I $2"
}


# Makes build/bare/SUITE.tar: a system of Debian as small as debootstrap makes it.

bare_system()
{
    local bare=$top/build/bare
    local tar=$bare/$1.tar

    [ ! -f "$tar" ] || return 0

    mkdir -p "$bare"
    rm -rf "$bare/new"
    debootstrap --variant=minbase "$1" "$bare/new" http://deb.debian.org/debian \
        > "$bare/$1.log" 2>&1 || { tail "$bare/$1.log"; exit 77; }
    tar -c -f "$tar.tmp" -C "$bare/new" .
    mv "$tar.tmp" "$tar"
    rm -rf "$bare/new"
}
