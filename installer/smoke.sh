#!/bin/sh
# Proves a built package: unpacks it, starts it without network under a virtual screen, opens every
# panel on demo data and quits. Exit 0 means each step did.
set -eu
package=$1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

dpkg-deb -x "$package" "$place/root"
desk="$place/root/opt/edesk/edesk"

# A network namespace of its own has no route anywhere; without the right to make one, go on.
offline=""
if unshare -rn true 2>/dev/null; then offline="unshare -rn"; fi

export EDESK_PASSPHRASE=smoke HOME="$place/home" XDG_RUNTIME_DIR="$place/run"
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV QT_QPA_PLATFORM || true

$offline "$desk" demo --store "$place/store" --cases 300 --seed 7
$offline "$desk" due --start 2017-03-31 --period 6m --format json | grep -q 2017-09-30
$offline xvfb-run -a -s "-screen 0 1920x1080x24" \
    "$desk" screenshot --store "$place/store" --panel every --theme dark --size 1920x1080 \
    "$place/panels"
count=$(find "$place/panels" -name '*.png' -size +8k | wc -l)
[ "$count" -ge 8 ] || { echo "Only $count panels opened." >&2; exit 1; }
echo "The package starts and opens $count panels."
