#!/usr/bin/env bash
# The tests look at the pages in a real browser: this brings Debian's Chromium, which Playwright's Python package drives.
set -euo pipefail
cd "$(dirname "$0")/.."
. setup/debian.sh

there() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

there || bring "Chromium (for the tests)" chromium fonts-dejavu-core
there || fail "chromium is not on the PATH; install what Debian calls chromium"
