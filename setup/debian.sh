# Sourced by the other scripts: says what is done, and installs what is missing on Debian and Ubuntu.

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
    printf 'setup: error: %s\n' "$*" >&2
    exit 1
}

# as_root COMMAND...: runs it as root, by sudo where that is needed; never waits for a password that nobody can type.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# bring WHY PACKAGE...: installs Debian packages, or ends and names the command that would.
bring() {
    local why="$1"
    shift
    local remedy="apt-get install --no-install-recommends $*"
    command -v apt-get >/dev/null || fail "$why is missing, and there is no apt-get here; install what Debian calls: $*"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        fail "$why is missing; run as root: $remedy"
    fi
    say "$why is missing; installing $*"
    {
        as_root apt-get update -q &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
    } >"$APT_LOG" 2>&1 || {
        tail -n 20 "$APT_LOG" >&2
        fail "$why could not be installed; run as root: $remedy"
    }
}

APT_LOG=$(mktemp)
trap 'rm -f "$APT_LOG"' EXIT
