# Header, library, CMake package and pkg-config file.
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/act)

install(TARGETS act_library EXPORT act-targets
    RUNTIME COMPONENT act_Runtime
    LIBRARY COMPONENT act_Runtime NAMELINK_COMPONENT act_Development
    ARCHIVE COMPONENT act_Development)
install(DIRECTORY include/act DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT act_Development)
install(EXPORT act-targets NAMESPACE act::
    DESTINATION ${config_dir} COMPONENT act_Development)

# A static library leaves its dependencies to the program that links it; a shared one has linked
# them.
set(config_finds_sleef OFF)
if(ACT_SLEEF_TARGET AND NOT ACT_IS_SHARED)
    set(config_finds_sleef ON)
    install(FILES cmake/FindSLEEF.cmake
        DESTINATION ${config_dir} COMPONENT act_Development)
endif()
configure_package_config_file(cmake/act-config.cmake.in act-config.cmake
    INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(act-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/act-config.cmake
    ${PROJECT_BINARY_DIR}/act-config-version.cmake
    DESTINATION ${config_dir} COMPONENT act_Development)

# Relative paths in act.pc are relative to the prefix.
function(act_pc_directory result directory)
    if(IS_ABSOLUTE ${directory})
        set(${result} ${directory} PARENT_SCOPE)
    else()
        set(${result} "\${prefix}/${directory}" PARENT_SCOPE)
    endif()
endfunction()
act_pc_directory(pc_libdir ${CMAKE_INSTALL_LIBDIR})
act_pc_directory(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})

set(pc_requires "")
set(pc_libraries "-lm")
set(pc_cflags "")
if(ACT_IS_SHARED)
    set(pc_libraries "")
    set(pc_cflags " -DACT_SHARED")
elseif(ACT_SLEEF_TARGET)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
        pkg_check_modules(PC_SLEEF QUIET sleef)
    endif()
    if(PC_SLEEF_FOUND)
        set(pc_requires "sleef")
    elseif(SLEEF_LIBRARY)
        set(pc_libraries "\"${SLEEF_LIBRARY}\" -lm")
    else()
        set(pc_libraries "-lsleef -lm")
    endif()
    if(TLFLOAT_LIBRARY)
        set(pc_libraries "\"${TLFLOAT_LIBRARY}\" ${pc_libraries}")
    endif()
endif()
configure_file(cmake/act.pc.in act.pc @ONLY)

# The prefix may be known only at install time, and the build tree may belong to another user by
# then.  Every pkg-config accepts a space after a backslash.
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY "\${prefix}"
    OUTPUT_VARIABLE pc_destination)
install(CODE "
    cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX NORMALIZE OUTPUT_VARIABLE prefix)
    set(file \"\$ENV{DESTDIR}${pc_destination}/pkgconfig/act.pc\")
    message(STATUS \"Installing: \${file}\")
    file(READ \"${PROJECT_BINARY_DIR}/act.pc\" pc)
    string(REPLACE \" \" \"\\\\ \" prefix \"\${prefix}\")
    string(REPLACE \"%PREFIX%\" \"\${prefix}\" pc \"\${pc}\")
    file(WRITE \"\${file}\" \"\${pc}\")
    file(CHMOD \"\${file}\" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES \"\${file}\")"
    COMPONENT act_Development)
