# SLEEF, as ACT_SLEEF selects it: ACT_SLEEF_TARGET is the target to link, empty with OFF.  A test
# program must link, to distinguish a wrong SLEEF from a compiler that lacks an instruction set.

if(NOT ACT_SLEEF MATCHES "^(INLINE|CALL|OFF)$")
    message(FATAL_ERROR "ACT_SLEEF is ${ACT_SLEEF}: INLINE, CALL or OFF is meant")
endif()

set(ACT_SLEEF_TARGET "")
if(ACT_SLEEF STREQUAL "OFF")
    set(ACT_SLEEF_SUMMARY "not used")
    return()
endif()

set(act_sleef_way_out "Debian and Ubuntu: apt-get install libsleef-dev pkg-config.  Elsewhere: \
-DSLEEF_INCLUDE_DIR=... and -DSLEEF_LIBRARY=..., or -DCMAKE_PREFIX_PATH=...  Or build without SLEEF: \
-DACT_SLEEF=OFF")
find_package(SLEEF 3.5.1 QUIET)
if(NOT TARGET sleef::sleef)
    message(FATAL_ERROR "SLEEF 3.5.1 was not found.  ${SLEEF_TRIED}\n${act_sleef_way_out}")
endif()

# The test program reports the version of the header that the compiler finds.
set(program ${PROJECT_BINARY_DIR}/probe/sleef)
if(NOT ACT_SLEEF_LINKS STREQUAL "${SLEEF_TRIED}")
    try_compile(linked ${program}.dir SOURCES ${PROJECT_SOURCE_DIR}/cmake/sleef.c
        COMPILE_DEFINITIONS -Werror=implicit-function-declaration
        LINK_LIBRARIES sleef::sleef m
        C_STANDARD 11 OUTPUT_VARIABLE log COPY_FILE ${program} COPY_FILE_ERROR ignored)
    if(NOT linked)
        file(WRITE ${program}.log "${log}")
        act_first_error(failure "${log}")
        message(FATAL_ERROR "A program with SLEEF does not link: ${failure}\n(log: ${program}.log)  "
            "${SLEEF_TRIED}  A static SLEEF 4 needs tlfloat, too; a cross build needs the target's "
            "SLEEF.\n${act_sleef_way_out}")
    endif()
    file(STRINGS ${program} text REGEX "SLEEF [0-9]+\\.[0-9]+\\.[0-9]+ was included")
    string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${text}")
    set(ACT_SLEEF_VERSION "${version}" CACHE INTERNAL "")
    set(ACT_SLEEF_LINKS "${SLEEF_TRIED}" CACHE INTERNAL "What linked")
endif()
if(ACT_SLEEF_VERSION VERSION_LESS 3.5.1)
    message(FATAL_ERROR "SLEEF is ${ACT_SLEEF_VERSION}, and 3.5.1 is the oldest with the functions "
        "that are needed.  ${SLEEF_TRIED}\n${act_sleef_way_out}")
endif()
set(ACT_SLEEF_TARGET sleef::sleef)
set(ACT_SLEEF_SUMMARY "${ACT_SLEEF_VERSION}, ${ACT_SLEEF}.  ${SLEEF_TRIED}")
