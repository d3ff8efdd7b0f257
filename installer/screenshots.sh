#!/bin/sh
# Pictures of the desk and of every panel, both themes, both sizes:
# OUT/desk-THEME-SIZE.png and OUT/THEME-SIZE/PANEL.png; OUT is docs/screenshots.
set -eu
cd "$(dirname "$0")/.."
export EDESK_PASSPHRASE="${EDESK_PASSPHRASE:-demonstration}"
store=${STORE:-var/demo}
out=${OUT:-docs/screenshots}

picture() {
    xvfb-run -a -s "-screen 0 1920x1080x24" .venv/bin/python -m desktop screenshot \
        --store "$store" --theme "$theme" --size "$size" "$@"
}

[ -f "$store/replica.db" ] ||
    .venv/bin/python -m desktop demo --store "$store" --cases "${CASES:-50000}" --seed 1
mkdir -p "$out"
for theme in dark light; do
    for size in 1920x1080 1280x800; do
        picture --panel every "$out/$theme-$size"
        picture --panel desk "$out/desk-$theme-$size.png"
    done
done
echo "Pictures: $out"
