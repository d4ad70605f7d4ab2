# How the library's own code is compiled: the target act_code, and its flags as variables for the
# tests, which also compile some of that code.
#
#   ACT_CODE_FLAGS   arithmetic options, for all code whose results must have the library's bits
#   ACT_VEX_FLAGS    options for code with instructions beyond SSE

if(NOT CMAKE_C_COMPILER_ID MATCHES "^(GNU|Clang|AppleClang)$" OR MSVC)
    message(FATAL_ERROR "libact needs GCC or Clang: its kernels are written in their extensions of C "
        "and with their flags.  This compiler is ${CMAKE_C_COMPILER_ID}, ${CMAKE_C_COMPILER}")
endif()

# Whether the compiler's target meets a condition of the preprocessor; CMAKE_SYSTEM_PROCESSOR
# ignores -m32.
include(CheckCSourceCompiles)
function(act_target_is result condition)
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    set(CMAKE_REQUIRED_QUIET ON)
    check_c_source_compiles("
        #if !(${condition})
        #error
        #endif
        typedef int not_empty;" ${result})
endfunction()
act_target_is(ACT_X86 "defined(__x86_64__) || defined(__i386__)")
act_target_is(ACT_I386 "defined(__i386__)")
act_target_is(ACT_ARM64 "defined(__aarch64__)")

# The first line of a compiler's log that reports an error.
function(act_first_error result log)
    string(REGEX MATCH "[^\n]*(error:|undefined reference|cannot find)[^\n]*" line "${log}")
    string(REPLACE ";" "," line "${line}")
    string(STRIP "${line}" line)
    set(${result} "${line}" PARENT_SCOPE)
endfunction()

# Warnings, for every C target of the tree.  An undeclared function would return garbage, so that
# warning is always an error.
add_library(act_warnings INTERFACE)
target_compile_options(act_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes;-Werror=implicit-function-declaration>
    $<$<BOOL:${ACT_WERROR}>:-Werror>)

# Contraction of a product and a sum into fma, gcc's default, would give other bits on machines
# without it.  A parent's -ffast-math or -Ofast breaks the kernels, and so does each of the options
# that they imply.  A target's options come after CMAKE_C_FLAGS and add_compile_options, so these
# take precedence.  They are one SHELL: string because CMake drops an option that occurred before.
set(ACT_CODE_FLAGS "SHELL:")
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    string(APPEND ACT_CODE_FLAGS "-fno-fast-math ")
endif()
string(APPEND ACT_CODE_FLAGS "-fno-unsafe-math-optimizations -fno-associative-math"
    " -fno-reciprocal-math -fno-finite-math-only -fsigned-zeros")
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    string(APPEND ACT_CODE_FLAGS " -ftrapping-math")
else()
    # Without -fno-fast-math, about which clang 14 warns after -ffast-math, and without
    # -ftrapping-math, which is not clang's default and would prevent constant folding.
    include(CheckCCompilerFlag)
    check_c_compiler_flag(-fno-approx-func ACT_HAVE_FNO_APPROX_FUNC)
    if(ACT_HAVE_FNO_APPROX_FUNC)
        string(APPEND ACT_CODE_FLAGS " -fno-approx-func")
    endif()
endif()
if(ACT_I386)
    # x87 registers would round twice.
    string(APPEND ACT_CODE_FLAGS " -msse2 -mfpmath=sse")
endif()
string(APPEND ACT_CODE_FLAGS " -ffp-contract=off")

# Below -O2, and with -Os, gcc does not put vzeroupper at the end of a function, which makes SSE
# code after the call 4 to 7 times slower.  Without a build type the kernels would be 40 times
# slower.
add_library(act_code INTERFACE)
target_include_directories(act_code INTERFACE
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_compile_features(act_code INTERFACE c_std_11)
target_compile_definitions(act_code INTERFACE $<$<BOOL:${ACT_DEBUG_KERNELS}>:ACT_DEBUG_KERNELS>)
target_compile_options(act_code INTERFACE
    $<$<NOT:$<BOOL:${ACT_DEBUG_KERNELS}>>:-O3> ${ACT_CODE_FLAGS}
    -ffunction-sections -fdata-sections) # for programs that are linked with --gc-sections
target_link_libraries(act_code INTERFACE act_warnings)

# gcc for Windows aligns the stack to 16 bytes and yet uses aligned moves of 32 and 64.
set(ACT_VEX_FLAGS -mvzeroupper)
if(WIN32 AND CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND ACT_VEX_FLAGS -Wa,-muse-unaligned-vector-move)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
if(NOT DEFINED CMAKE_POSITION_INDEPENDENT_CODE)
    set(CMAKE_POSITION_INDEPENDENT_CODE ON) # so that libact.a can be linked into a shared library
endif()
