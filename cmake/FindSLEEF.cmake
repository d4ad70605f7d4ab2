# Finds SLEEF and defines the target sleef::sleef.  SLEEF >= 3.6 has a CMake config of its own;
# older versions, such as Debian 12's 3.5.1, are found through pkg-config or by their files.  This
# module is installed with the library, as a program that links libact.a needs the target too.
#
#   SLEEF_TRIED   a sentence about what was found, or where it was sought

if(TARGET sleef::sleef)
    set(SLEEF_TRIED "The project had a target sleef::sleef.")
    set(SLEEF_FOUND TRUE)
    return()
endif()

if(NOT SLEEF_LIBRARY)
    find_package(sleef CONFIG QUIET)
endif()
if(TARGET sleef::sleef)
    set(SLEEF_TRIED "The CMake package was ${sleef_CONFIG}.")
    set(SLEEF_VERSION ${sleef_VERSION})
else()
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
        pkg_check_modules(PC_SLEEF QUIET sleef)
    endif()
    find_path(SLEEF_INCLUDE_DIR sleef.h HINTS ${PC_SLEEF_INCLUDE_DIRS})
    find_library(SLEEF_LIBRARY sleef HINTS ${PC_SLEEF_LIBRARY_DIRS})
    mark_as_advanced(SLEEF_INCLUDE_DIR SLEEF_LIBRARY)
    set(SLEEF_TRIED "The header was ${SLEEF_INCLUDE_DIR}/sleef.h, the library ${SLEEF_LIBRARY}.")
    string(REPLACE "SLEEF_INCLUDE_DIR-NOTFOUND/sleef.h" "not found" SLEEF_TRIED "${SLEEF_TRIED}")
    string(REPLACE "SLEEF_LIBRARY-NOTFOUND" "not found" SLEEF_TRIED "${SLEEF_TRIED}")

    if(EXISTS "${SLEEF_INCLUDE_DIR}/sleef.h")
        file(STRINGS ${SLEEF_INCLUDE_DIR}/sleef.h sleef_version_lines
            REGEX "^#define SLEEF_VERSION_(MAJOR|MINOR|PATCHLEVEL) [0-9]+")
        string(REGEX REPLACE "[^0-9;]" "" SLEEF_VERSION "${sleef_version_lines}")
        string(REPLACE ";" "." SLEEF_VERSION "${SLEEF_VERSION}")
    endif()
endif()

include(FindPackageHandleStandardArgs)
if(TARGET sleef::sleef)
    find_package_handle_standard_args(SLEEF REQUIRED_VARS sleef_CONFIG VERSION_VAR SLEEF_VERSION)
else()
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
endif()

# The static library of SLEEF 4 needs tlfloat, and neither its config nor its sleef.pc says so.
if(TARGET sleef::sleef AND NOT SLEEF_VERSION VERSION_LESS 4)
    get_filename_component(sleef_directory "${SLEEF_LIBRARY}" DIRECTORY)
    find_library(TLFLOAT_LIBRARY tlfloat HINTS ${sleef_directory})
    mark_as_advanced(TLFLOAT_LIBRARY)
    if(TLFLOAT_LIBRARY)
        set_property(TARGET sleef::sleef APPEND PROPERTY
            INTERFACE_LINK_LIBRARIES ${TLFLOAT_LIBRARY})
        string(APPEND SLEEF_TRIED "  With it goes ${TLFLOAT_LIBRARY}.")
    endif()
endif()
