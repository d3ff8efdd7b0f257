#!/bin/sh
# Pictures of the desk and of every panel into docs/screenshots, a folder for each theme and size:
# docs/screenshots/<theme>-<width>x<height>/<panel>.png, with desk.png for the whole window.
# Those of an officer's two days without a line come from their test, which makes them where asked:
# EDESK_PICTURES=docs/screenshots/two-days-offline pytest tests/desks/test_two_days_offline.py
# Pictures of the other perspectives are taken once, at the larger size.
# `screenshots.sh circular` makes those of a weekly circular's way, which come from scenario S2's
# test; `screenshots.sh money` those of a payment's way, which come from scenario S4's.
# EDESK_PICTURE_THEME=light and EDESK_PICTURE_SIZE=1280x800 change their look.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = circular ]; then
    EDESK_PICTURES="${EDESK_PICTURES:-docs/screenshots/weekly-circular}" \
        exec sh tests/in_memory.sh .venv/bin/python -m pytest -o addopts="" -q tests/gui/test_s2.py
fi
if [ "${1:-}" = money ]; then
    EDESK_PICTURES="${EDESK_PICTURES:-docs/screenshots/disbursement}" \
        exec sh tests/in_memory.sh .venv/bin/python -m pytest -o addopts="" -q tests/gui/test_s4.py
fi
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
for perspective in command meeting wall; do
    shoot --perspective "$perspective" --theme dark "$folder/dark-1920x1080/$perspective.png"
done
shoot --perspective field --theme light --size 1280x800 "$folder/light-1280x800/field.png"
shoot --perspective print "$folder/light-1920x1080/print.png"
