#!/usr/bin/env bash
# Databases for the tests, on loopback, in a folder of their own: MariaDB, PostgreSQL and a stand-in for Snowflake.
#   services.sh start DIR   installs what is missing (as root, on Debian), starts all, prints lines `export NAME=value`
#   services.sh stop DIR    stops exactly what start has started there, and removes the folder
# Without root nothing is installed: what the machine lacks is said on stderr and left out.
set -euo pipefail

fakesnow="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.locks/fakesnow.txt" # the stand-in for Snowflake

say() { printf 'services: %s\n' "$*" >&2; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# become USER: sets `as`, which put before a command runs it as that user (as root) or as oneself. Both take the place of
# the shell, so that `"${as[@]}" … &` leaves the pid of the command itself.
become() {
    if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid="$1" --regid="$1" --init-groups); else as=(env); fi
}

await() {
    local what="$1" tries=300
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { say "$what did not start"; return 1; }
        sleep 0.2
    done
}

postgresql_folder() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

install_packages() {
    local missing=()
    command -v mariadbd >/dev/null || missing+=(mariadb-server)
    [ -n "$(postgresql_folder)" ] || missing+=(postgresql)
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || { say "not installed (and not root): ${missing[*]}"; return 0; }
    say "installing ${missing[*]}"
    # The packages' own servers must not start: only those in our folder are ours.
    local policy=/usr/sbin/policy-rc.d made=
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=1; }
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >&2 \
        || say "could not install ${missing[*]}"
    [ -z "$made" ] || rm -f "$policy"
}

start_mariadb() {
    command -v mariadbd >/dev/null || return 0
    local home="$1/mariadb" port user
    port="$(free_port)"
    user="$([ "$(id -u)" = 0 ] && echo mysql || id -un)"
    become "$user"
    mkdir -p "$home" && chown "$user" "$home" 2>/dev/null || true
    "${as[@]}" mariadb-install-db --no-defaults --user="$user" --datadir="$home/data" \
        --auth-root-authentication-method=normal --skip-test-db >"$home.log" 2>&1
    "${as[@]}" mariadbd --no-defaults --datadir="$home/data" --socket="$home/socket" --pid-file="$home/pid" \
        --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --innodb-flush-log-at-trx-commit=2 \
        --character-set-server=utf8mb4 >>"$home.log" 2>&1 &
    echo $! >"$1/mariadb.pid"
    await MariaDB mariadb-admin --no-defaults --socket="$home/socket" --user=root ping
    mariadb --no-defaults --socket="$home/socket" --user=root <<SQL
CREATE DATABASE applier CHARACTER SET utf8mb4;
CREATE USER 'applier'@'127.0.0.1' IDENTIFIED BY 'mysql-test-word';
GRANT ALL ON *.* TO 'applier'@'127.0.0.1';
SQL
    echo "export APPLIER_TEST_MYSQL_URL=mysql://applier:mysql-test-word@127.0.0.1:$port/applier"
}

start_postgresql() {
    local bin home="$1/postgresql" port user
    bin="$(postgresql_folder)"
    [ -n "$bin" ] || return 0
    port="$(free_port)"
    user="$([ "$(id -u)" = 0 ] && echo postgres || id -un)"
    become "$user"
    mkdir -p "$home" && echo postgresql-test-word >"$home/word"
    chown -R "$user" "$home" 2>/dev/null || true
    "${as[@]}" "$bin/initdb" --pgdata="$home/data" --username=applier --pwfile="$home/word" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 >"$home.log" 2>&1
    "${as[@]}" "$bin/postgres" -D "$home/data" -p "$port" -k "$home" -c listen_addresses=127.0.0.1 \
        -c synchronous_commit=off >>"$home.log" 2>&1 &
    echo $! >"$1/postgresql.pid"
    await PostgreSQL "$bin/pg_isready" -h 127.0.0.1 -p "$port" -U applier -d postgres
    echo "export APPLIER_TEST_POSTGRESQL_URL=postgresql://applier:postgresql-test-word@127.0.0.1:$port/postgres"
}

start_fakesnow() {
    local home="$1/fakesnow" port
    port="$(free_port)"
    python3 -m venv "$home" >&2 || { say "no venv for fakesnow"; return 0; }
    "$home/bin/pip" install -q --disable-pip-version-check -r "$fakesnow" >"$home.log" 2>&1 \
        || { say "fakesnow could not be installed: $(tail -n 1 "$home.log")"; return 0; }
    "$home/bin/fakesnow" -s --host 127.0.0.1 -p "$port" >>"$home.log" 2>&1 &
    echo $! >"$1/fakesnow.pid"
    await fakesnow python3 -c "import socket; socket.create_connection(('127.0.0.1', $port))"
    echo "export APPLIER_TEST_SNOWFLAKE_URL=snowflake://user:snowflake-test-word@127.0.0.1:$port/APPLIER"
}

start() {
    [ "$(uname)" = Linux ] || { say "the databases of the tests can be started on Linux only, not on $(uname)"; exit 1; }
    [ ! -e "$1" ] || { say "$1 is already there"; exit 1; }
    mkdir -p "$1"
    local folder
    folder="$(cd "$1" && pwd)"
    chmod 755 "$folder"
    trap 'stop "$folder"' ERR INT TERM
    install_packages
    start_mariadb "$folder"
    start_postgresql "$folder"
    start_fakesnow "$folder"
}

stop() {
    local file pid
    for file in "$1"/*.pid; do
        [ -e "$file" ] || continue
        pid="$(cat "$file")"
        # SIGINT is PostgreSQL's fast shutdown; a process that does not name our folder is not ours any more.
        if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$1"; then
            case "$file" in */postgresql.pid) kill -INT "$pid" ;; *) kill -TERM "$pid" ;; esac
            for _ in $(seq 100); do [ -e "/proc/$pid" ] && sleep 0.1 || break; done
            [ ! -e "/proc/$pid" ] || kill -KILL "$pid"
        fi
        rm -f "$file"
    done
    rm -rf "$1"
}

case "${1:-}" in
    start | stop) [ -n "${2:-}" ] || { say "which folder?"; exit 2; } ; "$1" "$2" ;;
    *) sed -n '2,6p' "$0" >&2; exit 2 ;;
esac
