#!/bin/sh
# Builds dist/edesk_VERSION_ARCH.deb from a PyInstaller one-folder build, then proves it works.
set -eu
cd "$(dirname "$0")/.."

for tool in dpkg-deb objdump strip xz; do
    command -v "$tool" >/dev/null || {
        echo "$tool is missing. Run: sudo apt-get install -y dpkg binutils xz-utils" >&2
        exit 1
    }
done
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
arch=$(dpkg --print-architecture)
tree=build/deb
frozen=build/frozen/edesk
package=dist/edesk_${version}_${arch}.deb

.venv/bin/python -c 'import PyInstaller' 2>/dev/null ||
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -c installer/constraints.txt -e '.[installer]'
.venv/bin/python installer/translations.py --if-stale
.venv/bin/python -m PyInstaller --noconfirm --log-level ERROR \
    --distpath build/frozen --workpath build/work installer/edesk.spec

# Symbols that only a debugger reads. Wheels laid out by patchelf (numpy, Qt) must stay as they are.
find "$frozen" -type f \( -name 'libpython*.so*' -o -path '*/lib-dynload/*.so' \
    -o -path '*/sqlcipher3/*.so' -o -path '*/sqlalchemy/*.so' \) -exec strip --strip-unneeded {} +
# The newest C library symbol that anything here uses decides on which Debian it runs.
glibc=$(find "$frozen" -type f \( -name '*.so*' -o -name edesk \) -exec objdump -T {} + 2>/dev/null |
    grep -o 'GLIBC_[0-9][0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1)

rm -rf "$tree"
mkdir -p "$tree/DEBIAN" "$tree/opt" "$tree/usr/bin" "$tree/usr/share/applications" \
    "$tree/usr/share/icons/hicolor/scalable/apps" "$tree/usr/share/fonts/truetype/edesk" \
    "$tree/usr/share/doc/edesk"
cp -a "$frozen" "$tree/opt/edesk"
ln -s /opt/edesk/edesk "$tree/usr/bin/edesk"
cp resources/icons/edesk.svg "$tree/usr/share/icons/hicolor/scalable/apps/edesk.svg"
cp installer/edesk.desktop "$tree/usr/share/applications/edesk.desktop"
# The typefaces of official documents, redrawn by the set-up (installer/typefaces.py).
cp "$(.venv/bin/python installer/typefaces.py --where)"/*.ttf "$tree/usr/share/fonts/truetype/edesk/"
cp installer/typefaces.copyright "$tree/usr/share/doc/edesk/"
chmod -R u=rwX,go=rX "$tree"
size=$(du -sk "$tree" | cut -f1)
sed -e "s/@version@/$version/" -e "s/@arch@/$arch/" -e "s/@size@/$size/" -e "s/@glibc@/$glibc/" \
    installer/control.in >"$tree/DEBIAN/control"
mkdir -p dist
dpkg-deb --root-owner-group -Zxz -z6 --build "$tree" "$package" >/dev/null
echo "Built $package: $(du -h "$package" | cut -f1), $((size / 1024)) MiB installed," \
    "libc $glibc or newer."

sh installer/smoke.sh "$package"
