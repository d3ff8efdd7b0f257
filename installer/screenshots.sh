#!/bin/sh
# Pictures of the desk and of every panel into docs/screenshots, a folder for each theme and size:
# docs/screenshots/<theme>-<width>x<height>/<panel>.png, with desk.png for the whole window.
# Those of an officer's two days without a line come from their test, which makes them where asked:
# EDESK_PICTURES=docs/screenshots/two-days-offline pytest tests/desks/test_two_days_offline.py
# Pictures of the other perspectives are taken once, at the larger size.
set -eu
cd "$(dirname "$0")/.."
export EDESK_PASSPHRASE="${EDESK_PASSPHRASE:-demonstration}"
store=${STORE:-var/demo}
folder=docs/screenshots
[ -d "$store" ] || .venv/bin/python -m desktop demo --store "$store" --cases 50000 --seed 1

shoot() {
    xvfb-run -a -s "-screen 0 1920x1080x24" .venv/bin/python -m desktop screenshot \
        --store "$store" "$@"
}

for theme in dark light; do
    for size in 1920x1080 1280x800; do
        shoot --panel every --theme "$theme" --size "$size" "$folder/$theme-$size"
        shoot --panel desk --theme "$theme" --size "$size" "$folder/$theme-$size/desk.png"
    done
done
for perspective in meeting wall; do
    shoot --perspective "$perspective" --theme dark "$folder/dark-1920x1080/$perspective.png"
done
shoot --perspective print "$folder/light-1920x1080/print.png"
