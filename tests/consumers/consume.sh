#!/usr/bin/env bash
# Installs libact, or builds and runs a program that gets it in one of the ways that users have.
# Usage: consume.sh install|find_package|find_package_cxx|pkg-config|plugin
#                  |add_subdirectory|FetchContent|cxx|target|twice|exported
# From the environment: CMAKE, CC, ACT_SOURCE, ACT_BUILD, ACT_SHARED (ON or OFF), CFLAGS, WORK.
set -eu
way=$1
here=$(dirname "$(realpath "$0")")
prefix="$WORK/a prefix" # with a space, which some users have
build=$WORK/$way

# configure WAY [ARGUMENT...]: the project of this folder.  Without a build type, like projects that
# do not set one.
configure() {
    "$CMAKE" -S "$here" -B "$build" -DACT_FROM="$1" -DACT_SOURCE="$ACT_SOURCE" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$CFLAGS" -DCMAKE_CXX_FLAGS="$CFLAGS" \
        -DCMAKE_PREFIX_PATH="$prefix" "${@:2}"
}

# compile SOURCE OUTPUT [FLAG...]: with the flags of pkg-config, which quotes like the shell
compile() {
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name act.pc)")
    export PKG_CONFIG_PATH
    local flags
    eval "flags=($(pkg-config --cflags --libs ${static-} act))"
    # shellcheck disable=SC2086
    $CC $CFLAGS "${@:3}" "$here/$1" "${flags[@]}" -o "$2"
}

run() {
    local printed
    printed=$("$@")
    echo "$printed"
    [[ $printed == *"success: 0.7 0.0 0.5" ]]
}

rm -rf "$build"
mkdir -p "$build"
case $way in
install)
    # Only CMake's own list of files may appear in the build tree, which may belong to another
    # user.
    rm -rf "$prefix"
    touch "$build/before"
    "$CMAKE" --install "$ACT_BUILD" --prefix "$prefix"
    written=$(find "$ACT_BUILD" -newer "$build/before" -type f \
        ! -name 'install_manifest*.txt' ! -path "$WORK/*" ! -path '*/Testing/*')
    [ -z "$written" ] || { echo "written by the installation: $written"; exit 1; }
    ;;
find_package)
    configure find_package
    "$CMAKE" --build "$build"
    run "$build/consumer"
    ;;
find_package_cxx)
    configure find_package -DACT_LANGUAGES=CXX
    "$CMAKE" --build "$build"
    run "$build/consumer"
    ;;
pkg-config)
    compile main.c "$build/consumer"
    LD_LIBRARY_PATH=${PKG_CONFIG_PATH%/pkgconfig} run "$build/consumer"
    static=--static compile main.c "$build/consumer_static"
    LD_LIBRARY_PATH=${PKG_CONFIG_PATH%/pkgconfig} run "$build/consumer_static"
    ;;
plugin)
    compile plugin.c "$build/plugin.so" -shared -fPIC
    exported=$(nm -D --defined-only "$build/plugin.so" | awk '{ print $3 }')
    echo "exported: $exported"
    [[ $exported == *plugin_activate* && $exported != *act_sigmoid* && $exported != *act_backend* ]]
    ;;
add_subdirectory)
    # The scalar kernels suffice for this, and build in half of the time.
    configure add_subdirectory -DBUILD_SHARED_LIBS="$ACT_SHARED" -DACT_BACKENDS=scalar
    "$CMAKE" --build "$build" --parallel 2
    run "$build/consumer"
    ;;
FetchContent) configure FetchContent ;;
cxx) configure add_subdirectory -DACT_LANGUAGES=CXX ;;
target | twice) configure add_subdirectory -DACT_CASE="$way" ;;
exported) configure add_subdirectory -DACT_CASE=exported -DACT_INSTALL=ON ;;
*)
    echo "consume.sh: no way '$way'"
    exit 1
    ;;
esac
