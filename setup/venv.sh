#!/usr/bin/env bash
# venv.sh LOCK: brings .venv to what LOCK says, and the project itself into it. Does nothing when nothing changed.
#
# Every package is taken by its hash, those that other packages are built with included: first requirements-build.lock,
# then LOCK, built with what the first one brought (--no-build-isolation), so that nothing comes in beside the locks.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/debian.sh

lock="$1"
stamp() { echo ".venv/installed-$1"; }

exec 9<setup # two set-ups at once take turns
flock 9

wanted() { sha256sum "$1" requirements-build.lock pyproject.toml setup/venv.sh; }

# A folder that was moved has scripts that point to where it was.
works() {
    grep -qsF "$PWD/.venv" .venv/pyvenv.cfg &&
        .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

pip_install() {
    .venv/bin/python -m pip install -qq --no-input --disable-pip-version-check --no-compile --no-deps "$@" </dev/null
}

# On all cores, and without what is never imported here: half the time of pip's own.
compile_bytecode() {
    local -a compile=(.venv/bin/python -m compileall -qq -x '/(tests?|pip|setuptools|Cython)/' .venv/lib)
    "${compile[@]}" -j 0 2>/dev/null || "${compile[@]}" || true # not every container has the semaphores of -j
}

make_venv() {
    local python
    python=$(setup/python.sh)
    local series
    series=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    "$python" -c 'import ensurepip, venv' 2>/dev/null || bring "the module venv of $series" "$series-venv"
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
}

# pdqhash, which the tests compare with, comes as C++ source alone; the product needs no compiler.
need_compiler() {
    grep -q '^pdqhash==' "$lock" || return 0
    local -a missing=()
    command -v g++ >/dev/null || missing+=(g++)
    local header series
    header=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h
    series=$(.venv/bin/python -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    [ -e "$header" ] || missing+=("$series-dev")
    [ "${#missing[@]}" -eq 0 ] || bring "what pdqhash is built with" "${missing[@]}"
}

if works && [ "$(cat "$(stamp "$lock")" 2>/dev/null)" = "$(wanted "$lock")" ]; then
    exit
fi
works || make_venv
rm -f "$(stamp "$lock")"
need_compiler
say "installing the packages of $lock (a minute or two, the first time)"
pip_install --require-hashes --only-binary :all: -r requirements-build.lock
pip_install --require-hashes --no-build-isolation -r "$lock"
pip_install --no-build-isolation --editable .
compile_bytecode
wanted "$lock" >"$(stamp "$lock")"
# requirements-dev.lock holds all of requirements.lock, in the same versions.
[ "$lock" = requirements.lock ] || wanted requirements.lock >"$(stamp requirements.lock)"
say "ready: .venv/bin/hotline"
