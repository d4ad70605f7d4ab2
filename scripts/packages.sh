# Sourced by the other scripts: require_packages GROUP... installs what is missing on Debian and
# Ubuntu, and says what is needed anywhere else.

packages_of() {
    case $1 in
    build) echo gcc g++ cmake ninja-build pkg-config libsleef-dev libc6-dev ;;
    bench) echo libbenchmark-dev python3 ;;
    peers) echo libxnnpack-dev libpthreadpool-dev libdnnl-dev libeigen3-dev ;;
    test) echo libcmocka-dev libmpfr-dev libbenchmark-tools python3 python3-scipy binutils ;;
    python)
        echo python3 python3-dev python3-venv python3-numpy python3-mesonpy python3-build patchelf \
            python3-pytest python3-scipy python3-matplotlib binutils clang-tidy
        ;;
    matrix)
        echo clang gcc-i686-linux-gnu libc6-dev-i386-cross musl-tools \
            gcc-mingw-w64-x86-64-win32 mingw-w64-x86-64-dev
        ;;
    clang) echo clang libclang-rt-14-dev clang-format clang-tidy cppcheck ;;
    emulators) echo qemu-user "$(scripts/run-avx512 --packages)" ;;
    cost) bench/cost.py --packages ;;
    aarch64)
        echo gcc-aarch64-linux-gnu g++-aarch64-linux-gnu libc6-dev-arm64-cross \
            libsleef-dev:arm64 libcmocka-dev:arm64 libbenchmark-dev:arm64 libmpfr-dev:arm64
        ;;
    *) echo "packages_of: no group '$1'" >&2; return 1 ;;
    esac
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | head -n 1)" = installed ]
}

require_packages() {
    local group package wanted=() missing=() root=()
    for group; do
        # shellcheck disable=SC2207
        wanted+=($(packages_of "$group"))
    done
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        [ -n "${ACT_SKIP_PACKAGES:-}" ] && return 0
        echo "This is no Debian or Ubuntu system.  Install what these Debian packages hold, then set" >&2
        echo "ACT_SKIP_PACKAGES=1: ${wanted[*]}" >&2
        return 1
    fi
    for package in "${wanted[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0

    echo "Installing: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "Not root and no sudo: run as root: apt-get install ${missing[*]}" >&2
            return 1
        fi
        root=(sudo)
    fi
    case " ${missing[*]} " in
    *:arm64*) "${root[@]}" dpkg --add-architecture arm64 ;;
    esac
    "${root[@]}" apt-get update -q >/dev/null &&
        "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
}
