#!/bin/sh
# Proves a built package: unpacks it, starts it without network under a virtual screen, opens every
# panel on invented data and quits. Exit 0 means each step did; otherwise the last line says why.
set -eu
package=$1
source=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

fail() {
    echo "The package fails: $1" >&2
    [ ! -s "$place/errors" ] || tail -n 20 "$place/errors" >&2
    cat "$place"/store/reports/* >&2 2>/dev/null || true
    exit 1
}

dpkg-deb -x "$package" "$place/root"
desk="$place/root/opt/edesk/edesk"
inside="$place/root/opt/edesk/_internal"

# A network namespace of its own has no route anywhere; without the right to make one, go on.
offline=""
if unshare -rn true 2>/dev/null; then
    offline="unshare -rn"
else
    echo "No network namespace here: the package is tried with the network on." >&2
fi

export EDESK_PASSPHRASE=smoke HOME="$place/home" XDG_RUNTIME_DIR="$place/run" LC_ALL=C.UTF-8
mkdir -p "$HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV QT_QPA_PLATFORM QT_PLUGIN_PATH LD_LIBRARY_PATH \
    XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME || true
cd "$place" # Nothing may be read from the source tree by accident.

run() {
    $offline "$desk" "$@" 2>>"$place/errors" || fail "edesk $1 gave exit code $?"
}

# What is inside: every resource of the source tree, and no library that nothing provides.
(cd "$source/resources" && find . -type f ! -path './translations/zh/*' ! -name '*.py*' | sort) \
    >"$place/wanted"
(cd "$inside/resources" && find . -type f | sort) >"$place/there"
diff "$place/wanted" "$place/there" >"$place/errors" || fail "its resources are not the source's"
[ -s "$inside/resources/translations/zh_CN.qm" ] || fail "the Chinese texts are missing"
find "$inside" -type f -name '*.so*' -exec env LD_LIBRARY_PATH="$inside" ldd {} + 2>/dev/null |
    grep 'not found' >"$place/errors" && fail "a library is missing"

run --help >"$place/help"
run demo --store "$place/store" --cases 300 --seed 7 >"$place/demo"
run due --start 2017-03-31 --period 6m --format json >"$place/due"
grep -q 2017-09-30 "$place/due" || fail "edesk due counts another day"
run case-number '(2017)豫0302执恢12号之一' >"$place/number"
grep -q '（2017）豫0302执恢12号之一' "$place/number" || fail "edesk case-number reads another number"
run doctor --store "$place/store" --format json >"$place/doctor"
grep -q '"sound": true' "$place/doctor" || fail "edesk doctor finds the store unsound"

# A refusal: exit 1, one sentence, no traceback.
code=0
$offline "$desk" case-number '不是案号' >"$place/out" 2>"$place/refusal" || code=$?
[ "$code" = 1 ] || fail "a refusal gave exit code $code"
[ ! -s "$place/out" ] && [ "$(wc -l <"$place/refusal")" = 1 ] ||
    fail "a refusal is not one sentence: $(cat "$place/refusal")"

# Fcitx is named on most Chinese desktops; the desk must start when its plugin is not there.
QT_IM_MODULE=fcitx $offline xvfb-run -a -e "$place/errors" -s "-screen 0 1920x1080x24" \
    "$desk" screenshot --store "$place/store" --panel every --theme dark --size 1920x1080 \
    "$place/panels" >>"$place/errors" 2>&1 || fail "the panels do not open"
find "$place/panels" -name '*.png' -size +1k -exec basename {} .png \; | sort >"$place/opened"
"$source/.venv/bin/python" - >"$place/expected" <<'EOF'
from desktop.shell.registry import discover

found = discover()
if found.broken:
    raise SystemExit(f"broken in the source tree: {[part.package for part in found.broken]}")
print("\n".join(sorted(spec.id for spec in found.specs)))
EOF
diff "$place/expected" "$place/opened" >>"$place/errors" ||
    fail "it opens other panels than the source tree"

grep -Eq 'Traceback|Error|rror:|could not|cannot|No such file|程序错误' "$place/errors" &&
    fail "something was complained of"
[ -z "$(ls "$place/store/reports" 2>/dev/null)" ] || fail "a failure was recorded"
if [ -n "${SMOKE_KEEP:-}" ]; then cp -a "$place/panels" "$place/errors" "$SMOKE_KEEP"; fi
echo "The package starts offline, answers commands and opens $(wc -l <"$place/opened") panels."
