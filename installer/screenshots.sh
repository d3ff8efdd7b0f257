#!/bin/sh
# Pictures of the desk and of every panel, both themes, both sizes, into docs/screenshots.
set -eu
cd "$(dirname "$0")/.."
export EDESK_PASSPHRASE="${EDESK_PASSPHRASE:-demonstration}"
store=${STORE:-var/demo}
run="xvfb-run -a -s '-screen 0 1920x1080x24' .venv/bin/python -m desktop screenshot"
[ -d "$store" ] || .venv/bin/python -m desktop demo --store "$store" --cases 50000 --seed 1
mkdir -p docs/screenshots
for theme in dark light; do
    for size in 1920x1080 1280x800; do
        eval "$run --store $store --panel every --theme $theme --size $size docs/screenshots"
        eval "$run --store $store --panel desk --theme $theme --size $size \
            docs/screenshots/desk-$theme-$size.png"
    done
done
