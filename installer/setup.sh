#!/bin/sh
# Makes this folder ready to run: Debian libraries, a virtual environment, the desk itself.
# As root it installs what is missing; otherwise it prints the one line to run and stops.
set -eu
cd "$(dirname "$0")/.."

packages="python3-venv xvfb xauth libegl1 libgl1 libopengl0 libdbus-1-3 libfontconfig1 libglib2.0-0
libxkbcommon0 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1
fonts-noto-cjk fonts-wqy-zenhei fonts-babelstone-han poppler-utils"

# As root also what live pictures need (libpulse0), and what tests use: a token in software and a
# store of certificates for signatures, gpsd with a receiver in software, ffmpeg for streams.
[ "$(id -u)" != 0 ] ||
    packages="$packages softhsm2 libnss3-tools gpsd gpsd-clients libpulse0 ffmpeg"

if command -v dpkg-query >/dev/null 2>&1; then
    missing=""
    for package in $packages; do
        state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            echo "Installing Debian packages:$missing"
            export DEBIAN_FRONTEND=noninteractive
            apt-get update -qq
            # shellcheck disable=SC2086 # a list of words is meant
            apt-get install -y -qq --no-install-recommends $missing >/dev/null
        else
            echo "Some system libraries are missing. Run this line, then try again:" >&2
            echo "  sudo apt-get install -y --no-install-recommends$missing" >&2
            exit 1
        fi
    fi
else
    echo "This is not Debian: make sure Qt's X11 libraries, xvfb and a Chinese font are there." >&2
fi

python=""
for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11, 3.12 or 3.13 with its venv module is needed." >&2
    exit 1
fi

wanted=$(cat pyproject.toml installer/constraints.txt installer/setup.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/ready 2>/dev/null || true)" != "$wanted" ]; then
    echo "Setting up the virtual environment in .venv (once) ..."
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -c installer/constraints.txt -e '.[dev]'
    .venv/bin/python -c 'import PySide6.QtWidgets, sqlcipher3, desktop'
    echo "$wanted" >.venv/ready
fi
.venv/bin/python installer/translations.py --if-stale
.venv/bin/python installer/typefaces.py
