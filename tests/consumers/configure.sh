#!/usr/bin/env bash
# Configures libact where something is missing or wrong, and checks its messages.
# Usage: configure.sh CASE, see below.
# From the environment: CMAKE, CC, ACT_SOURCE, WORK.
set -eu
name=$1
build=$WORK/configure-$name
rm -rf "$build"
mkdir -p "$build"

# said STATUS TEXT [ARGUMENT...]: configuring ends with that status (0 or 1) and that text.
said() {
    local status=0
    "$CMAKE" -S "$ACT_SOURCE" -B "$build/tree" -DCMAKE_C_COMPILER="${compiler:-$CC}" \
        -DCMAKE_BUILD_TYPE=Release -DACT_BUILD_TESTS=OFF -DACT_BUILD_EXAMPLES=OFF "${@:3}" \
        >"$build/log" 2>&1 || status=1
    # CMake breaks lines where it likes.
    tr -s ' \n' ' ' <"$build/log" >"$build/text"
    if [ "$status" != "$1" ] || ! grep -qF -- "$2" "$build/text"; then
        cat "$build/log"
        echo "status $status; should be $1 and say: $2"
        exit 1
    fi
}

# make_sleef FOLDER VERSION NEEDS: a static library that only looks like SLEEF.
make_sleef() {
    mkdir -p "$1"
    printf '#define SLEEF_VERSION_%s\n' "MAJOR ${2%%.*}" "MINOR 0" "PATCHLEVEL 0" >"$1/sleef.h"
    echo 'float Sleef_expf1_u10purec(float);' >>"$1/sleef.h"
    echo "float $3(float); float Sleef_expf1_u10purec(float x) { return $3(x); }" >"$1/sleef.c"
    (cd "$1" && $CC -c sleef.c && ar rc libsleef.a sleef.o)
}

case $name in
sleef_missing)
    echo 'set(CMAKE_FIND_USE_CMAKE_SYSTEM_PATH OFF)
        set(CMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH OFF)
        set(PKG_CONFIG_EXECUTABLE PKG_CONFIG_EXECUTABLE-NOTFOUND)' >"$build/no_system.cmake"
    said 1 "SLEEF 3.5.1 was not found. The header was not found, the library not found." \
        -DCMAKE_PROJECT_act_INCLUDE="$build/no_system.cmake"
    ;;
sleef_wrong_path)
    said 1 "A program with SLEEF does not link" -DSLEEF_LIBRARY=/nowhere/libsleef.so
    ;;
sleef_static_4)
    make_sleef "$build/sleef" 4.0.0 tlfloat_of_sleef
    said 1 "A static SLEEF 4 needs tlfloat" \
        -DSLEEF_INCLUDE_DIR="$build/sleef" -DSLEEF_LIBRARY="$build/sleef/libsleef.a"
    echo 'float tlfloat_of_sleef(float); float tlfloat_of_sleef(float x) { return x; }' \
        >"$build/sleef/tlfloat.c"
    (cd "$build/sleef" && $CC -c tlfloat.c && ar rc libtlfloat.a tlfloat.o)
    rm -r "$build/tree"
    said 0 "With it goes $build/sleef/libtlfloat.a" \
        -DSLEEF_INCLUDE_DIR="$build/sleef" -DSLEEF_LIBRARY="$build/sleef/libsleef.a"
    ;;
sleef_too_old)
    make_sleef "$build/sleef" 2.0.0 own_exp
    said 1 "SLEEF 3.5.1 was not found" \
        -DSLEEF_INCLUDE_DIR="$build/sleef" -DSLEEF_LIBRARY="$build/sleef/libsleef.a"
    ;;
sleef_version)
    # The same if SLEEF is a target of the project.
    version=$(printf '#include <sleef.h>\nSLEEF_VERSION_MAJOR.SLEEF_VERSION_MINOR' |
        $CC -E -P - | tail -n 1 | tr -d ' ')
    cat >"$build/target.cmake" <<'END'
add_library(sleef::sleef INTERFACE IMPORTED GLOBAL)
set_property(TARGET sleef::sleef PROPERTY INTERFACE_LINK_LIBRARIES -lsleef)
END
    said 0 "SLEEF $version" -DCMAKE_PROJECT_act_INCLUDE="$build/target.cmake"
    ;;
sleef_off)
    said 0 "SLEEF not used" -DACT_SLEEF=OFF -DCMAKE_DISABLE_FIND_PACKAGE_SLEEF=ON
    said 1 "ACT_SLEEF is MAYBE" -DACT_SLEEF=MAYBE
    ;;
dropped)
    # A compiler that lacks an instruction set: a warning must say so, not only the speed.
    printf '#!/bin/sh\ncase " $* " in *" -mavx512f "*) echo "error: too old" >&2; exit 1;; esac\nexec %s "$@"\n' \
        "$CC" >"$build/old-cc"
    chmod +x "$build/old-cc"
    compiler=$build/old-cc
    said 0 "libact will lack its avx512 backend: the compiler cannot build it. error: too old"
    said 1 "ACT_BACKENDS asks for avx512: avx512: error: too old" "-DACT_BACKENDS=avx512;scalar"
    ;;
by_hand)
    # Without CMake, a compilation with options that break the arithmetic stops with an error.
    cd "$ACT_SOURCE"
    have="-DACT_HAVE_avx512=0 -DACT_HAVE_avx2=0 -DACT_HAVE_neon=0 -DACT_HAVE_scalar_fma=0"
    for source in src/scalar/scalar.c src/entry.c; do
        # shellcheck disable=SC2086
        $CC -std=c11 -fsyntax-only -Iinclude -Isrc $have -DACT_HAVE_scalar=1 "$source"
        for option in -ffast-math -ffinite-math-only; do
            # shellcheck disable=SC2086
            if $CC -std=c11 -fsyntax-only -Iinclude -Isrc $have -DACT_HAVE_scalar=1 $option \
                "$source" 2>"$build/log"; then
                echo "$source compiles with $option"
                exit 1
            fi
            grep "#error \"libact gives wrong numbers" "$build/log"
        done
    done
    ;;
backends)
    said 0 "backends scalar_fma scalar -- left out avx512: ACT_BACKENDS is scalar" \
        -DACT_BACKENDS=scalar
    said 0 "left out avx512: ACT_BACKENDS is avx2 scalar -- left out neon" \
        "-DACT_BACKENDS=avx2;scalar" -DACT_SLEEF=CALL
    said 1 "ACT_BACKENDS asks for sse9: there is no such backend" "-DACT_BACKENDS=sse9;scalar"
    said 1 "ACT_BACKENDS asks for neon: neon: for another architecture" \
        "-DACT_BACKENDS=neon;scalar"
    said 1 "ACT_BACKENDS must name scalar, too" -DACT_BACKENDS=avx2
    ;;
*)
    echo "configure.sh: no case '$name'"
    exit 1
    ;;
esac
