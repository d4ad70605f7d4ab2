# Fails unless the digits example runs in each type, nearly as accurate as in f32, and refuses other
# types.
#
#   cmake -DDIGITS=[EMULATOR;]act_digits -DF64=0|1 -P types.cmake

cmake_minimum_required(VERSION 3.25)

# An emulator is optional, and an empty one leaves an empty element.
list(REMOVE_ITEM DIGITS "")

function(run)
    execute_process(COMMAND ${DIGITS} --seconds 0 ${ARGN}
        OUTPUT_VARIABLE output ERROR_VARIABLE error RESULT_VARIABLE result)
    foreach(name IN ITEMS output error result)
        set(${name} "${${name}}" PARENT_SCOPE)
    endforeach()
endfunction()

# Sets <correct> to the number of digits that were right.  The difference from f32 must be above
# <low> and at most <high>: the first shows that the type was used.
function(accepts type low high correct)
    run(--show 0 --type ${type})
    set(lines "type      ${type}\naccuracy  ([0-9]+)/540 [^\n]*\nfrom f32  ([0-9.e+-]+),")
    if(NOT result EQUAL 0 OR NOT output MATCHES "${lines}")
        message(FATAL_ERROR "--type ${type}: ${result}\n${output}${error}")
    endif()
    set(${correct} ${CMAKE_MATCH_1} PARENT_SCOPE)
    if(NOT CMAKE_MATCH_2 GREATER low OR CMAKE_MATCH_2 GREATER high)
        message(FATAL_ERROR
            "--type ${type}: ${CMAKE_MATCH_2} from f32, not above ${low} and at most ${high}")
    endif()
endfunction()

function(accepts_as_accurate type low high)
    accepts(${type} ${low} ${high} correct)
    math(EXPR difference "${correct} - ${correct_f32}")
    if(difference LESS -1 OR difference GREATER 1)
        message(FATAL_ERROR "--type ${type}: ${correct} digits are right, ${correct_f32} in f32")
    endif()
    run(--all-backends --type ${type})
    if(NOT result EQUAL 0 OR NOT output MATCHES "type ${type}\n")
        message(FATAL_ERROR "--all-backends --type ${type}: ${result}\n${output}${error}")
    endif()
endfunction()

function(refuses type message)
    run(--type ${type})
    if(NOT result EQUAL 2 OR NOT output STREQUAL "" OR NOT error MATCHES "${message}")
        message(FATAL_ERROR "--type ${type}: ${result}, not 2 and a message\n${output}${error}")
    endif()
endfunction()

# 0.000845, 0.00655 and 1.19e-7 were measured.
accepts(f32 -1 0 correct_f32)
accepts_as_accurate(f16 1e-6 1e-3)
accepts_as_accurate(bf16 1e-3 8e-3)
if(F64)
    accepts_as_accurate(f64 0 2e-7)
else()
    refuses(f64 "act_digits: --type f64: this build of the library has no functions of doubles")
endif()
refuses(f80 "act_digits: --type needs f32, f16, bf16 or f64, not 'f80'")
refuses("" "act_digits: --type needs a value")
