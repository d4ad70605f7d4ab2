# act_add_backend(TABLE [BASELINE] [FOLDER folder] [SOURCES source...] [FLAGS flag...]): adds
# src/FOLDER/TABLE.c, and further sources of the folder, to the library, compiled with its own flags,
# if the compiler can build the folder's probe.c with them; defines ACT_HAVE_TABLE as 1 or 0 for the
# dispatcher.  FOLDER defaults to TABLE; BASELINE is the backend that every compiler can build.

function(act_add_backend table)
    cmake_parse_arguments(PARSE_ARGV 1 arg "BASELINE" "FOLDER" "SOURCES;FLAGS")
    if(NOT arg_FOLDER)
        set(arg_FOLDER ${table})
    endif()
    set(folder ${PROJECT_SOURCE_DIR}/src/${arg_FOLDER})
    set(have ACT_HAVE_${table})
    if(arg_BASELINE)
        set(${have} 1)
    else()
        act_probe(${have} ${folder}/probe.c "${arg_FLAGS}")
    endif()

    target_compile_definitions(act PRIVATE ${have}=${${have}})
    if(NOT ${have})
        set_property(GLOBAL APPEND PROPERTY ACT_BACKENDS_DROPPED ${table})
        return()
    endif()
    set_property(GLOBAL APPEND PROPERTY ACT_BACKENDS_BUILT ${table})

    list(TRANSFORM arg_SOURCES PREPEND ${folder}/)
    add_library(act_backend_${table} OBJECT ${folder}/${table}.c ${arg_SOURCES})
    target_compile_options(act_backend_${table} PRIVATE ${arg_FLAGS})
    target_link_libraries(act_backend_${table} PRIVATE act_code)
    target_sources(act PRIVATE $<TARGET_OBJECTS:act_backend_${table}>)

    # For the tests of its vocabulary.
    set_target_properties(act_backend_${table} PROPERTIES
        ACT_FLAGS "${arg_FLAGS}" ACT_VOCABULARY ${arg_FOLDER}/vec_${arg_FOLDER}.h)
endfunction()

# Sets RESULT to 1 or 0, once for a build tree.
function(act_probe result source flags)
    if(DEFINED CACHE{${result}})
        return()
    endif()
    string(MAKE_C_IDENTIFIER ${result} directory)
    try_compile(built ${PROJECT_BINARY_DIR}/probe/${directory} SOURCES ${source}
        COMPILE_DEFINITIONS ${flags} -Werror=implicit-function-declaration
        LINK_LIBRARIES sleef::sleef m
        C_STANDARD 11 OUTPUT_VARIABLE log)
    file(WRITE ${PROJECT_BINARY_DIR}/probe/${directory}.log "${log}")
    if(built)
        set(${result} 1 CACHE INTERNAL "")
    else()
        set(${result} 0 CACHE INTERNAL "")
    endif()
endfunction()
