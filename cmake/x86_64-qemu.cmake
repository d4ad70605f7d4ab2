# The native compiler, but programs run under qemu-user as an older processor, ACT_QEMU_CPU=Nehalem
# (no AVX) or Haswell (no AVX-512).  That shows that no newer instruction is executed.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
if(NOT DEFINED ACT_QEMU_CPU)
    set(ACT_QEMU_CPU Nehalem)
endif()
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-x86_64 -cpu ${ACT_QEMU_CPU})

# No peers: other libraries are measured on the real processor, and qemu 7.2 executes oneDNN's code
# for tanh incorrectly: tanh(-1.2287) becomes -0.2287.
set(ACT_PEERS OFF CACHE BOOL "")
