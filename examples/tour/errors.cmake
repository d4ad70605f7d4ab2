# Fails unless the tour ends as its usage says, with a message where that is due.
#
#   cmake -DTOUR=[EMULATOR;]act_tour -DDOCS=docs/tour -P errors.cmake

cmake_minimum_required(VERSION 3.25)

# An emulator is optional, and an empty one leaves an empty element.  An emulator's own warnings are
# no messages of the tour.
list(REMOVE_ITEM TOUR "")

function(expect status message)
    execute_process(COMMAND ${TOUR} ${ARGN}
        OUTPUT_QUIET ERROR_VARIABLE error RESULT_VARIABLE result)
    string(REGEX REPLACE "qemu-[^\n]*: warning: [^\n]*\n" "" error "${error}")
    if(NOT result EQUAL status OR NOT error MATCHES "${message}")
        message(FATAL_ERROR "${TOUR} ${ARGN}: ${result}, not ${status}, with the message:\n${error}")
    endif()
endfunction()

expect(0 "^$")
expect(0 "^$" --help)
expect(2 "^Usage:" --unknown)
expect(2 "^Usage:" . .)
expect(1 "^act_tour: cannot write .*/nowhere/" ${DOCS}/nowhere)
