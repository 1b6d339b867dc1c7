#!/usr/bin/env bash
# The tests start a Postfix of their own in a temporary folder: this brings its programs and sets up no mail system.
# With debconf's "No configuration" Debian writes no main.cf, without which its service does not start.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/debian.sh

there() { [ -x /usr/sbin/postfix ] && [ -e /usr/lib/postfix/sbin/smtpd ] && getent passwd postfix >/dev/null; }

# Debian allows one mail server a machine; this machine's own is not taken away for the sake of tests.
refuse_to_replace() {
    local other
    other=$(dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Provides}\n' 2>/dev/null |
        awk '/^ii/ && /mail-transport-agent/ { print substr($1, 3) }' | grep -vx postfix | head -n 1 || true)
    [ -z "$other" ] ||
        fail "Postfix (for the tests) cannot stand beside $other; run the tests in a container, or replace it: apt-get install postfix"
}

without_configuration() {
    command -v debconf-set-selections >/dev/null || return 0
    echo "postfix postfix/main_mailer_type select No configuration" | as_root debconf-set-selections ||
        fail "Postfix (for the tests) is missing; run as root: apt-get install --no-install-recommends postfix"
}

if ! there; then
    refuse_to_replace
    without_configuration
    bring "Postfix (for the tests)" postfix
fi
there || fail "Postfix is not where Debian puts it (/usr/sbin/postfix); remove it, and install Debian's: apt-get install postfix"
