# act_add_f64(): adds the f64 kernels of every backend that was built, if SLEEF has its functions of
# double for all of them, and defines ACT_HAVE_F64 as 1 or 0.  A program that calls no function of
# double links none of these objects, and nothing of SLEEF.
#
# ACT_F64_SUMMARY says what became of them.

function(act_add_f64)
    get_property(tables GLOBAL PROPERTY ACT_BACKENDS_BUILT)
    set(reason "")
    if(NOT ACT_SLEEF_TARGET)
        set(reason "ACT_SLEEF is OFF")
    else()
        foreach(table IN LISTS tables)
            act_f64_vocabulary(vocabulary ${table})
            get_target_property(flags act_backend_${table} ACT_FLAGS)
            act_probe(ACT_F64_${table} ${PROJECT_SOURCE_DIR}/src/f64/probe.c
                "${flags};-DVOCABULARY=\"${vocabulary}\";-I${PROJECT_SOURCE_DIR}/src"
                ${ACT_SLEEF_TARGET})
            if(ACT_F64_${table}_FAILURE)
                set(reason "SLEEF lacks functions for ${table}.  ${ACT_F64_${table}_FAILURE}")
                message(WARNING "libact will lack its functions of double: ${reason}")
                break()
            endif()
        endforeach()
    endif()

    # Entry points without kernels, which only say so, need no SLEEF.
    set(have 1)
    set(ACT_F64_SUMMARY "with SLEEF" PARENT_SCOPE)
    if(reason)
        set(have 0)
        set(tables "")
        set(ACT_F64_SUMMARY "left out: ${reason}" PARENT_SCOPE)
    endif()
    target_compile_definitions(act_library PRIVATE ACT_HAVE_F64=${have})
    set_property(GLOBAL PROPERTY ACT_F64_BUILT ${have})
    foreach(table IN LISTS tables)
        act_f64_vocabulary(vocabulary ${table})
        get_target_property(flags act_backend_${table} ACT_FLAGS)
        set(units "")
        foreach(family IN LISTS ACT_FAMILIES)
            set(unit ${PROJECT_BINARY_DIR}/units/f64/f64_${table}_${family}.c)
            file(CONFIGURE OUTPUT ${unit} CONTENT
"/* The ${family} of doubles, for the backend ${table}. */
#define ACT_ONLY 1
#define ACT_ONLY_${family} 1
#include \"${vocabulary}\"
#define ACT_PREFIX act_${table}_
#include \"f64/instantiate.h\"
")
            list(APPEND units ${unit})
        endforeach()
        add_library(act_f64_${table} OBJECT ${units})
        target_compile_options(act_f64_${table} PRIVATE ${flags})
        target_link_libraries(act_f64_${table} PRIVATE act_code ${ACT_SLEEF_TARGET})
        target_sources(act_library PRIVATE $<TARGET_OBJECTS:act_f64_${table}>)
    endforeach()
endfunction()

# FOLDER/f64_FOLDER.h beside FOLDER/vec_FOLDER.h
function(act_f64_vocabulary result table)
    get_target_property(vocabulary act_backend_${table} ACT_VOCABULARY)
    string(REPLACE "/vec_" "/f64_" vocabulary ${vocabulary})
    set(${result} ${vocabulary} PARENT_SCOPE)
endfunction()
