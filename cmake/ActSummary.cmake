# The last words of configuring: what will be built, and what was dropped.

get_property(built GLOBAL PROPERTY ACT_BACKENDS_BUILT)
get_property(dropped GLOBAL PROPERTY ACT_BACKENDS_DROPPED)
list(JOIN built " " built)

message(STATUS "libact ${PROJECT_VERSION}")
message(STATUS "  compiler          ${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}, ${CMAKE_SYSTEM_PROCESSOR}, ${CMAKE_BUILD_TYPE}")
message(STATUS "  SLEEF             ${ACT_SLEEF_SUMMARY}")
message(STATUS "  f64               ${ACT_F64_SUMMARY}")
message(STATUS "  backends          ${built}")
foreach(line IN LISTS dropped)
    message(STATUS "  left out          ${line}")
endforeach()
message(STATUS "  shared library    ${ACT_IS_SHARED}")
message(STATUS "  tests             ${ACT_BUILD_TESTS}")
message(STATUS "  benchmarks        ${ACT_BUILD_BENCH}")
message(STATUS "  examples          ${ACT_BUILD_EXAMPLES}")
