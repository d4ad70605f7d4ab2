# The last words of configuring: what will be built, and what was dropped.

get_property(built GLOBAL PROPERTY ACT_BACKENDS_BUILT)
get_property(dropped GLOBAL PROPERTY ACT_BACKENDS_DROPPED)
list(JOIN built " " built)
list(JOIN dropped " " dropped)
if(NOT dropped)
    set(dropped none)
endif()

message(STATUS "libact ${PROJECT_VERSION}")
message(STATUS "  compiler          ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}, ${CMAKE_SYSTEM_PROCESSOR}, ${CMAKE_BUILD_TYPE}")
message(STATUS "  SLEEF             ${SLEEF_VERSION}")
message(STATUS "  backends          ${built}")
message(STATUS "  dropped           ${dropped}  (the compiler or SLEEF lacks them; log in probe/)")
message(STATUS "  shared library    ${BUILD_SHARED_LIBS}")
message(STATUS "  tests             ${ACT_BUILD_TESTS}")
message(STATUS "  benchmarks        ${ACT_BUILD_BENCH}")
message(STATUS "  examples          ${ACT_BUILD_EXAMPLES}")
