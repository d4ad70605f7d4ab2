# This machine's own compiler, but programs run under qemu-user as an older processor, which shows
# that no instruction beyond it leaks: ACT_QEMU_CPU=Nehalem (no AVX) or Haswell (no AVX-512).

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
if(NOT DEFINED ACT_QEMU_CPU)
    set(ACT_QEMU_CPU Nehalem)
endif()
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-x86_64 -cpu ${ACT_QEMU_CPU})

# Other libraries are measured on the processor itself.  qemu 7.2 gets oneDNN's code for tanh wrong:
# tanh(-1.2287) becomes -0.2287.
set(ACT_PEERS OFF CACHE BOOL "")
