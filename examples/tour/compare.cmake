# Fails unless the tour draws what is in docs/tour, every byte and no file more or less.
#
#   cmake -DTOUR=[EMULATOR;]act_tour -DDOCS=docs/tour -DOUT=FOLDER -P compare.cmake

cmake_minimum_required(VERSION 3.25)

# An emulator is optional, and an empty one leaves an empty element.
list(REMOVE_ITEM TOUR "")

file(REMOVE_RECURSE ${OUT})
file(MAKE_DIRECTORY ${OUT})
execute_process(COMMAND ${TOUR} ${OUT}
    OUTPUT_QUIET ERROR_VARIABLE error RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${TOUR} ${OUT}: ${result}\n${error}")
endif()

file(GLOB drawn RELATIVE ${OUT} ${OUT}/*)
file(GLOB expected RELATIVE ${DOCS} ${DOCS}/*)
set(different "")
if(NOT drawn STREQUAL expected)
    string(APPEND different " the list of files")
endif()
foreach(name IN LISTS drawn)
    execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUT}/${name} ${DOCS}/${name}
        RESULT_VARIABLE result ERROR_QUIET)
    if(NOT result EQUAL 0)
        string(APPEND different " ${name}")
    endif()
endforeach()
if(different)
    message(FATAL_ERROR "not as in ${DOCS} (if the new ones are right, copy ${OUT} there):"
        "${different}")
endif()
