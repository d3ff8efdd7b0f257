#!/bin/sh
# Runs a command with its temporary files in memory where there is room: the tests write gigabytes
# of databases that live for seconds, and two processors wait for one disk otherwise.
# EDESK_TEST_FOLDER names another place; it is used as it is.
set -eu

# Where Python is told to keep nothing compiled, each worker and each desk of a test would compile
# the whole product anew, for half a minute. It is kept beside the libraries then, not in the tree.
if [ -n "${PYTHONDONTWRITEBYTECODE:-}" ]; then
    unset PYTHONDONTWRITEBYTECODE
    PYTHONPYCACHEPREFIX="$(cd "$(dirname "$0")/.." && pwd)/.venv/bytecode"
    export PYTHONPYCACHEPREFIX
fi

NEEDED_KB=6000000

roomy() {
    [ -w /dev/shm ] || return 1
    [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -ge "$NEEDED_KB" ] || return 1
    # Twice: what lies there takes the memory that the programs need, too.
    [ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -ge $((2 * NEEDED_KB)) ]
}

# The programs of the database server may have to run from there.
runs_programs() {
    printf '#!/bin/sh\nexit 0\n' >"$1/probe" && chmod +x "$1/probe" && "$1/probe" 2>/dev/null
}

if [ -n "${EDESK_TEST_FOLDER:-}" ]; then
    TMPDIR=$EDESK_TEST_FOLDER
elif roomy; then
    folder=$(mktemp -d /dev/shm/edesk-tests.XXXXXX)
    trap 'rm -rf "$folder" "${PYTHONPYCACHEPREFIX:-}$folder"' EXIT
    trap 'exit 130' INT TERM
    # A server started by root runs as another account.
    chmod 755 "$folder"
    if runs_programs "$folder"; then
        TMPDIR=$folder
    fi
fi
export TMPDIR="${TMPDIR:-/tmp}"
"$@"
