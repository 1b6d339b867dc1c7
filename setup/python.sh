#!/usr/bin/env bash
# Prints the path of the Python that the virtual environment is made with: $PYTHON, or the first that is 3.11 or later.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/debian.sh

fits() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ -n "${PYTHON:-}" ]; then
    fits "$PYTHON" || fail "PYTHON=$PYTHON is no Python of 3.11 or later; set PYTHON to one that is"
    command -v "$PYTHON"
    exit
fi
for candidate in python3 python3.13 python3.12 python3.11 python3.14; do
    if fits "$candidate"; then
        command -v "$candidate"
        exit
    fi
done
fail "Python 3.11 or later is needed; install it (Debian 12 and later: apt-get install python3) or set PYTHON to its path"
