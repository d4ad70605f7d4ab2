# Finds SLEEF and defines the target sleef::sleef.  SLEEF >= 3.6 brings a CMake config of its own;
# older ones, as Debian 12's 3.5.1, are found through pkg-config, or by looking for the files.
# Installed with the library: whoever links libact.a needs the target too.

if(TARGET sleef::sleef)
    set(SLEEF_FOUND TRUE)
    return()
endif()

find_package(sleef CONFIG QUIET)
if(TARGET sleef::sleef)
    set(SLEEF_FOUND TRUE)
    return()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_SLEEF QUIET sleef)
endif()
find_path(SLEEF_INCLUDE_DIR sleef.h HINTS ${PC_SLEEF_INCLUDE_DIRS})
find_library(SLEEF_LIBRARY sleef HINTS ${PC_SLEEF_LIBRARY_DIRS})
mark_as_advanced(SLEEF_INCLUDE_DIR SLEEF_LIBRARY)

if(SLEEF_INCLUDE_DIR)
    file(STRINGS ${SLEEF_INCLUDE_DIR}/sleef.h sleef_version_lines
        REGEX "^#define SLEEF_VERSION_(MAJOR|MINOR|PATCHLEVEL) [0-9]+")
    string(REGEX REPLACE "[^0-9;]" "" SLEEF_VERSION "${sleef_version_lines}")
    string(REPLACE ";" "." SLEEF_VERSION "${SLEEF_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SLEEF
    REQUIRED_VARS SLEEF_LIBRARY SLEEF_INCLUDE_DIR
    VERSION_VAR SLEEF_VERSION
    REASON_FAILURE_MESSAGE "Debian and Ubuntu: apt-get install libsleef-dev pkg-config")

if(SLEEF_FOUND)
    add_library(sleef::sleef UNKNOWN IMPORTED)
    set_target_properties(sleef::sleef PROPERTIES
        IMPORTED_LOCATION ${SLEEF_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${SLEEF_INCLUDE_DIR})
endif()
