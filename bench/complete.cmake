# Fails unless act_bench has every function of the build's list on every backend that the library
# reports, in place, unless it has no such form, and out of place.
#
#   cmake -DBENCH=[EMULATOR;]act_bench -DLIST=list.tsv -P complete.cmake

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

run(names --benchmark_list_tests)
run(json --benchmark_filter=^memcpy/1$ --benchmark_min_time=0 --benchmark_format=json)
string(JSON backends GET "${json}" context act_backends)
separate_arguments(backends)

file(STRINGS ${LIST} functions REGEX "^function\t")
list(TRANSFORM functions REPLACE "^function\t([a-z0-9_]+)\t.*" "\\1")
if(NOT functions OR NOT backends)
    message(FATAL_ERROR "no functions in ${LIST}, or no backends in \"${backends}\"")
endif()
set(missing "")
foreach(function IN LISTS functions)
    set(places "[0-9x]+" "[0-9x]+/inplace")
    if(function MATCHES "^(logsumexp|logsumexp_columns|max)$") # one float for each row
        list(POP_BACK places)
    endif()
    foreach(backend IN LISTS backends)
        foreach(place IN LISTS places)
            if(NOT "\n${names}" MATCHES "\n${function}_f32/${backend}/${place}(/manual_time)?\n")
                string(APPEND missing " ${function}_f32/${backend}/${place}")
            endif()
        endforeach()
    endforeach()
endforeach()
if(missing)
    message(FATAL_ERROR "not in act_bench:${missing}")
endif()
