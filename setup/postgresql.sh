#!/usr/bin/env bash
# The tests start a PostgreSQL server of their own: this brings its programs, initdb and postgres.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/debian.sh

there() {
    command -v initdb >/dev/null && command -v postgres >/dev/null && return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

there || bring "the PostgreSQL server (for the tests)" postgresql
there || fail "initdb is not where Debian puts it (/usr/lib/postgresql/*/bin); put it on the PATH"
