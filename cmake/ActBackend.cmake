# act_add_backend(TABLE [FOR X86|ARM64] [FOLDER folder] [SOURCES source...] [FLAGS flag...]): adds
# src/FOLDER/TABLE.c, and further sources of the folder, to the library, compiled with its own flags,
# if ACT_BACKENDS asks for it and the compiler can build the folder's probe.c with them; defines
# ACT_HAVE_TABLE as 1 or 0 for the dispatcher.  FOLDER defaults to TABLE.  Without FOR it is the
# backend that every compiler can build.
#
# act_check_backends(): an error if ACT_BACKENDS has names that nothing was added for.

function(act_add_backend table)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "FOR;FOLDER" "SOURCES;FLAGS")
    if(NOT arg_FOLDER)
        set(arg_FOLDER ${table})
    endif()
    set(folder ${PROJECT_SOURCE_DIR}/src/${arg_FOLDER})
    set(have ACT_HAVE_${table})
    set(name ${ACT_BACKEND_NAME_${table}})
    set_property(GLOBAL PROPERTY ACT_BACKEND_FLAGS_${table} ${arg_FLAGS})

    set(reason "")
    if(ACT_BACKENDS AND NOT name IN_LIST ACT_BACKENDS)
        list(JOIN ACT_BACKENDS " " asked)
        set(reason "ACT_BACKENDS is ${asked}")
    elseif(arg_FOR AND NOT ACT_${arg_FOR})
        set(reason "for another architecture")
    elseif(arg_FOR)
        act_probe(${have} ${folder}/probe.c "${arg_FLAGS}")
        set(reason "${${have}_FAILURE}")
        if(reason)
            message(WARNING "libact will lack its ${table} backend: the compiler cannot build it.  "
                "${reason}")
        endif()
    endif()

    if(reason)
        target_compile_definitions(act_library PRIVATE ${have}=0)
        set_property(GLOBAL APPEND PROPERTY ACT_BACKENDS_DROPPED "${table}: ${reason}")
        return()
    endif()
    target_compile_definitions(act_library PRIVATE ${have}=1)
    set_property(GLOBAL APPEND PROPERTY ACT_BACKENDS_BUILT ${table})
    if(arg_FOR AND ACT_SLEEF STREQUAL "CALL")
        act_probe(${have}_SLEEF ${folder}/probe.c "${arg_FLAGS}" ${ACT_SLEEF_TARGET})
        if(${have}_SLEEF_FAILURE)
            message(FATAL_ERROR "This SLEEF lacks the functions that ACT_SLEEF=CALL needs for the "
                "${table} backend.  ${${have}_SLEEF_FAILURE}")
        endif()
    endif()

    list(TRANSFORM arg_SOURCES PREPEND ${arg_FOLDER}/)
    act_units(units ${arg_FOLDER}/${table}.c ${arg_SOURCES})
    act_unit(units ${arg_FOLDER}/${table} storage)
    add_library(act_backend_${table} OBJECT ${units})
    target_compile_options(act_backend_${table} PRIVATE ${arg_FLAGS})
    target_link_libraries(act_backend_${table} PRIVATE act_code)
    target_sources(act_library PRIVATE $<TARGET_OBJECTS:act_backend_${table}>)
    if(ACT_SLEEF STREQUAL "CALL")
        target_compile_definitions(act_backend_${table} PRIVATE VF_SLEEF VF_SLEEF_CALLED)
        target_link_libraries(act_backend_${table} PRIVATE ${ACT_SLEEF_TARGET})
    endif()

    # For the tests of its vocabulary.
    set_target_properties(act_backend_${table} PROPERTIES
        ACT_FLAGS "${arg_FLAGS}" ACT_VOCABULARY ${arg_FOLDER}/vec_${arg_FOLDER}.h)
endfunction()

# Sets RESULT to one generated unit for each source below src/ and each family of functions.def, which
# includes the source and sees that family alone.  The linker takes the objects that a program needs.
function(act_units result)
    set(units "")
    foreach(source IN LISTS ARGN)
        string(REGEX REPLACE "\\.c$" "" name ${source})
        foreach(family IN LISTS ACT_FAMILIES)
            act_unit(units ${name} ${family})
        endforeach()
    endforeach()
    set(${result} ${units} PARENT_SCOPE)
endfunction()

# Appends the unit of one family; the storage types' kernels are one, too.
function(act_unit result name family)
    set(unit ${PROJECT_BINARY_DIR}/units/${name}_${family}.c)
    file(CONFIGURE OUTPUT ${unit} CONTENT
"/* The ${family} of ${name}.c. */
#define ACT_ONLY 1
#define ACT_ONLY_${family} 1
#include \"${name}.c\"
")
    set(${result} ${${result}} ${unit} PARENT_SCOPE)
endfunction()

# The names of all backends that were built, in RESULT.
function(act_built_backends result)
    get_property(tables GLOBAL PROPERTY ACT_BACKENDS_BUILT)
    set(names "")
    foreach(table IN LISTS tables)
        list(APPEND names ${ACT_BACKEND_NAME_${table}})
    endforeach()
    list(REMOVE_DUPLICATES names)
    set(${result} ${names} PARENT_SCOPE)
endfunction()

function(act_check_backends)
    if(NOT ACT_BACKENDS)
        return()
    endif()
    act_built_backends(built)
    get_property(dropped GLOBAL PROPERTY ACT_BACKENDS_DROPPED)
    foreach(name IN LISTS ACT_BACKENDS)
        if(NOT name IN_LIST built)
            set(reason "there is no such backend")
            foreach(line IN LISTS dropped)
                string(REGEX REPLACE ":.*" "" table "${line}")
                if(ACT_BACKEND_NAME_${table} STREQUAL name)
                    set(reason "${line}")
                endif()
            endforeach()
            message(FATAL_ERROR "ACT_BACKENDS asks for ${name}: ${reason}")
        endif()
    endforeach()
    if(NOT "scalar" IN_LIST built)
        message(FATAL_ERROR "ACT_BACKENDS must name scalar, too: it runs where the others cannot")
    endif()
endfunction()

# Compiles a probe, and links it with the libraries if there are any.  RESULT_FAILURE becomes what
# the compiler said, or empty.
function(act_probe result source flags)
    if(NOT DEFINED CACHE{${result}_FAILURE})
        set(libraries "")
        if(ARGN)
            set(libraries LINK_LIBRARIES ${ARGN} m)
            list(APPEND flags -DVF_SLEEF)
        else()
            set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
        endif()
        try_compile(built ${PROJECT_BINARY_DIR}/probe/${result} SOURCES ${source}
            COMPILE_DEFINITIONS ${flags} -Werror=implicit-function-declaration ${libraries}
            C_STANDARD 11 OUTPUT_VARIABLE log)
        set(failure "")
        if(NOT built)
            file(WRITE ${PROJECT_BINARY_DIR}/probe/${result}.log "${log}")
            act_first_error(failure "${log}")
            string(APPEND failure " (log: ${PROJECT_BINARY_DIR}/probe/${result}.log)")
        endif()
        set(${result}_FAILURE "${failure}" CACHE INTERNAL "")
    endif()
endfunction()
