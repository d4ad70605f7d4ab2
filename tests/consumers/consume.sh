#!/usr/bin/env bash
# Installs libact, or builds and runs a program that gets it in one of the ways that users have.
# Usage: consume.sh install|find_package|add_subdirectory|FetchContent|pkg-config
# From the environment: CMAKE, CC, ACT_SOURCE, ACT_BUILD, ACT_SHARED (ON or OFF), CFLAGS, WORK.
set -eu
way=$1
here=$(dirname "$(realpath "$0")")
prefix=$WORK/prefix
build=$WORK/$way

rm -rf "$build"
case $way in
install)
    rm -rf "$prefix"
    "$CMAKE" --install "$ACT_BUILD" --prefix "$prefix"
    exit
    ;;
pkg-config)
    mkdir -p "$build"
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name act.pc)")
    export PKG_CONFIG_PATH
    static=--static
    [ "$ACT_SHARED" = OFF ] || static=
    # shellcheck disable=SC2046,SC2086
    $CC $CFLAGS "$here/main.c" $(pkg-config --cflags --libs $static act) -o "$build/consumer"
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir act)
    export LD_LIBRARY_PATH
    ;;
*)
    "$CMAKE" -S "$here" -B "$build" -DACT_FROM="$way" -DACT_SOURCE="$ACT_SOURCE" \
        -DCMAKE_C_COMPILER="$CC" -DCMAKE_C_FLAGS="$CFLAGS" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix" -DBUILD_SHARED_LIBS="$ACT_SHARED"
    "$CMAKE" --build "$build" --parallel 2
    ;;
esac

printed=$("$build/consumer")
echo "$printed"
[[ $printed == *"success: 0.7 0.0 0.5" ]]
