# AArch64 Linux from Debian's cross compiler and multiarch packages; programs run under qemu-user.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

# Multiarch libraries are under /usr, so a CMAKE_FIND_ROOT_PATH would hide them; but pkg-config must
# not find the build machine's own libraries.
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_PATH} "")

# Of all that the processor may have.  QEMU_CPU=cortex-a72 in the environment of the tests shows that
# nothing beyond base ARMv8-A is used.
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
