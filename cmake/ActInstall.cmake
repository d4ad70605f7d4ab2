# Header, library, CMake package and pkg-config file.
include(CMakePackageConfigHelpers)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/act)

install(TARGETS act EXPORT act-targets
    RUNTIME COMPONENT act_Runtime
    LIBRARY COMPONENT act_Runtime NAMELINK_COMPONENT act_Development
    ARCHIVE COMPONENT act_Development)
install(FILES include/act/act.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/act COMPONENT act_Development)
install(EXPORT act-targets NAMESPACE act::
    DESTINATION ${config_dir} COMPONENT act_Development)

configure_package_config_file(cmake/act-config.cmake.in act-config.cmake
    INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(act-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/act-config.cmake
    ${PROJECT_BINARY_DIR}/act-config-version.cmake
    cmake/FindSLEEF.cmake
    DESTINATION ${config_dir} COMPONENT act_Development)

# A static library leaves its own dependencies to whoever links it; a shared one has linked them.
if(BUILD_SHARED_LIBS)
    set(pc_public "")
    set(pc_private "Requires.private: sleef\nLibs.private: -lm")
else()
    set(pc_public "Requires: sleef\n")
    set(pc_private "Libs.private: -lm")
endif()
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_LIBDIR libdir_absolute)
cmake_path(IS_ABSOLUTE CMAKE_INSTALL_INCLUDEDIR includedir_absolute)
set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
if(libdir_absolute)
    set(pc_libdir ${CMAKE_INSTALL_LIBDIR})
endif()
if(includedir_absolute)
    set(pc_includedir ${CMAKE_INSTALL_INCLUDEDIR})
endif()
configure_file(cmake/act.pc.in act.pc @ONLY)
# The prefix may be given at install time only.
install(CODE "
    file(READ \"${PROJECT_BINARY_DIR}/act.pc\" pc)
    cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_PREFIX NORMALIZE OUTPUT_VARIABLE prefix)
    string(REPLACE \"%PREFIX%\" \"\${prefix}\" pc \"\${pc}\")
    file(WRITE \"${PROJECT_BINARY_DIR}/installed/act.pc\" \"\${pc}\")"
    COMPONENT act_Development)
install(FILES ${PROJECT_BINARY_DIR}/installed/act.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT act_Development)
