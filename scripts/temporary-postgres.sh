#!/usr/bin/env bash
# Runs a PostgreSQL 15 for tests: temporary-postgres.sh start FOLDER PORT | restart FOLDER immediate|fast | stop FOLDER
#
# It listens on loopback and trusts every client (user postgres). `stop` removes the folder. Postgres refuses to run as
# root, so root starts it as the user postgres. It gives up durability for speed: `restart FOLDER immediate` (a crash)
# can lose commits, unless SURVIVES_CRASHES is set.
set -euo pipefail

PROGRAMS=/usr/lib/postgresql/15/bin
command=$1
folder=$2

as_postgres() {
  if [[ $(id -u) == 0 ]]; then (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@"); else "$@"; fi
}

case $command in
  start)
    port=$3
    mkdir -p "$folder"
    if [[ $(id -u) == 0 ]]; then chown postgres:postgres "$folder"; fi
    if [[ ! -f $folder/PG_VERSION ]]; then
      as_postgres "$PROGRAMS/initdb" -D "$folder" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    fi
    options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='$folder'"
    synchronous=off
    if [[ -n ${SURVIVES_CRASHES:-} ]]; then synchronous=on; fi
    options+=" -c fsync=off -c synchronous_commit=$synchronous -c full_page_writes=off -c shared_buffers=128MB -c max_connections=200"
    as_postgres "$PROGRAMS/pg_ctl" -D "$folder" -w -l "$folder/log" -o "$options" start >/dev/null
    ;;
  restart)
    as_postgres "$PROGRAMS/pg_ctl" -D "$folder" -w -m "$3" -l "$folder/log" restart >/dev/null
    ;;
  stop)
    as_postgres "$PROGRAMS/pg_ctl" -D "$folder" -w -m immediate stop >/dev/null || true
    rm -rf "$folder"
    ;;
  *)
    echo "usage: temporary-postgres.sh start FOLDER PORT | restart FOLDER immediate|fast | stop FOLDER" >&2
    exit 2
    ;;
esac
