# Fails unless act_bench has every function of the build's list, in every type, on every backend that
# the library reports, in place, unless it has no such form, and out of place.
#
#   cmake -DBENCH=[EMULATOR;]act_bench -DLIST=list.tsv -DF64=[whether it is built] -P complete.cmake

cmake_policy(SET CMP0007 NEW) # a list may have empty elements
cmake_policy(SET CMP0057 NEW) # IN_LIST

# An emulator is optional, and an empty one leaves an empty element.
list(REMOVE_ITEM BENCH "")

function(run output)
    execute_process(COMMAND ${BENCH} ${ARGN}
        OUTPUT_VARIABLE text ERROR_VARIABLE error RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${BENCH} ${ARGN}: ${result}\n${error}")
    endif()
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

# With its default filter, Google Benchmark takes time by the square of the number of names.
run(names --benchmark_list_tests --benchmark_filter=/)
# One name for all sizes.
string(REGEX REPLACE "/manual_time\n" "\n" names "${names}")
string(REGEX REPLACE "/[0-9]+(x[0-9]+)?(/|\n)" "/N\\2" names "${names}")
string(REPLACE "\n" ";" names "${names}")
list(REMOVE_DUPLICATES names)

run(json --benchmark_filter=^memcpy/1$ --benchmark_min_time=0 --benchmark_format=json)
string(JSON backends GET "${json}" context act_backends)
separate_arguments(backends)

file(STRINGS ${LIST} functions REGEX "^function\t")
if(NOT functions OR NOT backends)
    message(FATAL_ERROR "no functions in ${LIST}, or no backends in \"${backends}\"")
endif()
set(missing "")
foreach(line IN LISTS functions)
    string(REGEX REPLACE "^function\t([a-z0-9_]+)\t.*\t([a-z0-9 ]+)$" "\\1;\\2" line "${line}")
    list(GET line 0 function)
    list(GET line 1 types)
    separate_arguments(types)
    if(NOT F64)
        list(REMOVE_ITEM types f64)
    endif()
    set(places N N/inplace)
    if(function MATCHES "^(logsumexp|logsumexp_columns|max)$") # one float for each row
        list(POP_BACK places)
    endif()
    foreach(type IN LISTS types)
        foreach(backend IN LISTS backends)
            foreach(place IN LISTS places)
                set(name ${function}_${type}/${backend}/${place})
                if(NOT name IN_LIST names)
                    string(APPEND missing " ${name}")
                endif()
            endforeach()
        endforeach()
    endforeach()
endforeach()
if(missing)
    message(FATAL_ERROR "not in act_bench:${missing}")
endif()
