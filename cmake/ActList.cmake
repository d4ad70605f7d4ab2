# The content of functions.def and backends.def for everything that is not C, read once, by the
# compiler's preprocessor.
#
#   ACT_FAMILIES              the families of functions
#   ACT_BACKEND_NAME_TABLE    the name by which users know the backend TABLE
#   act_write_list()          writes list.tsv to the build folder, for the tests and scripts:
#
#       function  NAME   KIND (list_of_family.h)  TIER (default or fast)  FAMILY  PARAMETERS or -  TYPES
#       backend   TABLE  NAME                     built or not            FLAGS

set(definitions ${PROJECT_SOURCE_DIR}/src/functions.def ${PROJECT_SOURCE_DIR}/src/backends.def)
set_property(DIRECTORY ${PROJECT_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${definitions})

# The families are preprocessor conditions, so their names are not in its output.
file(STRINGS ${PROJECT_SOURCE_DIR}/src/functions.def ACT_FAMILIES REGEX "^#if IN_FAMILY")
list(TRANSFORM ACT_FAMILIES REPLACE "^#if IN_FAMILY\\((.*)\\)$" "\\1")
list(REMOVE_DUPLICATES ACT_FAMILIES)

set(source "#define ACT_ONLY 1\n")
foreach(family IN LISTS ACT_FAMILIES)
    string(APPEND source "#define ACT_ONLY_${family} 1\n#define FAMILY \"${family}\"\n"
        "#include \"list_of_family.h\"\n#undef FAMILY\n#undef ACT_ONLY_${family}\n")
endforeach()
string(APPEND source "#include \"backends.def\"\n#define LINE(table, name, needs, ...) BACKEND(#table, name)\n"
    "EACH_BACKEND(LINE, )\n")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/list.c CONTENT "${source}" @ONLY)

execute_process(
    COMMAND ${CMAKE_C_COMPILER} ${CMAKE_C_COMPILER_ARG1} -E -P
        -I ${PROJECT_SOURCE_DIR}/src -I ${CMAKE_CURRENT_LIST_DIR} ${PROJECT_BINARY_DIR}/list.c
    OUTPUT_VARIABLE text ERROR_VARIABLE error RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${CMAKE_C_COMPILER} -E ${PROJECT_BINARY_DIR}/list.c: ${result}\n${error}")
endif()
string(REGEX REPLACE "\" *\"" "" text "${text}") # "a" "=" "1" is one string
string(REGEX REPLACE "\" *\\)" "\")" text "${text}")
string(REGEX MATCHALL "(FUNCTION|BACKEND)\\((\"[^\"]*\"(, )?)*\\)" lines "${text}")
string(REGEX MATCHALL "(FUNCTION|BACKEND)\\(" begun "${text}")
list(LENGTH lines read)
list(LENGTH begun count)
if(NOT read EQUAL count)
    message(FATAL_ERROR "${PROJECT_BINARY_DIR}/list.c: ${count} lines, of which ${read} could be read")
endif()
set(ACT_LIST_FUNCTIONS "")
set(ACT_LIST_BACKENDS "")
foreach(line IN LISTS lines)
    if(line MATCHES "^FUNCTION\\(\"(.*)\", \"(.*)\", \"(.*)\", \"(.*)\", \"(.*)\"\\)$")
        set(name ${CMAKE_MATCH_1})
        set(kind ${CMAKE_MATCH_2})
        set(family ${CMAKE_MATCH_3})
        set(parameters "${CMAKE_MATCH_4}")
        set(types "${CMAKE_MATCH_5}")
        set(tier default)
        if(name MATCHES "_fast$")
            set(tier fast)
        endif()
        string(APPEND ACT_LIST_FUNCTIONS
            "function\t${name}\t${kind}\t${tier}\t${family}\t${parameters}\t${types}\n")
    elseif(line MATCHES "^BACKEND\\(\"(.*)\", \"(.*)\"\\)$")
        list(APPEND ACT_LIST_BACKENDS ${CMAKE_MATCH_1})
        set(ACT_BACKEND_NAME_${CMAKE_MATCH_1} ${CMAKE_MATCH_2})
    else()
        message(FATAL_ERROR "${PROJECT_BINARY_DIR}/list.c: what is ${line}?")
    endif()
endforeach()
if(NOT ACT_LIST_FUNCTIONS OR NOT ACT_LIST_BACKENDS)
    message(FATAL_ERROR "${PROJECT_BINARY_DIR}/list.c: no functions or no backends in its output")
endif()

function(act_write_list)
    set(text "${ACT_LIST_FUNCTIONS}")
    get_property(built GLOBAL PROPERTY ACT_BACKENDS_BUILT)
    foreach(table IN LISTS ACT_LIST_BACKENDS)
        set(is_built not)
        if(table IN_LIST built)
            set(is_built built)
        endif()
        get_property(flags GLOBAL PROPERTY ACT_BACKEND_FLAGS_${table})
        list(JOIN flags " " flags)
        string(APPEND text "backend\t${table}\t${ACT_BACKEND_NAME_${table}}\t${is_built}\t${flags}\n")
    endforeach()
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/list.tsv CONTENT "${text}" @ONLY)
endfunction()
