#!/bin/sh
# Builds dist/edesk_VERSION_ARCH.deb from a PyInstaller one-folder build, then proves it works.
set -eu
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
arch=$(dpkg --print-architecture)
tree=build/deb
package=dist/edesk_${version}_${arch}.deb

.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    -c installer/constraints.txt -e '.[installer]'
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN \
    --distpath build/frozen --workpath build/work installer/edesk.spec

rm -rf "$tree"
mkdir -p "$tree/DEBIAN" "$tree/opt" "$tree/usr/bin" "$tree/usr/share/applications" \
    "$tree/usr/share/icons/hicolor/scalable/apps"
cp -a build/frozen/edesk "$tree/opt/edesk"
ln -s /opt/edesk/edesk "$tree/usr/bin/edesk"
cp resources/icons/edesk.svg "$tree/usr/share/icons/hicolor/scalable/apps/edesk.svg"
cp installer/edesk.desktop "$tree/usr/share/applications/edesk.desktop"
size=$(du -sk "$tree" | cut -f1)
sed -e "s/@version@/$version/" -e "s/@arch@/$arch/" -e "s/@size@/$size/" \
    installer/control.in >"$tree/DEBIAN/control"
mkdir -p dist
dpkg-deb --root-owner-group -Zxz -z3 --build "$tree" "$package" >/dev/null
echo "Built $package ($(du -h "$package" | cut -f1))"

sh installer/smoke.sh "$package"
