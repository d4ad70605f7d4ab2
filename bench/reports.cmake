# Fails unless what act_bench says of the hot path becomes the tables, the pictures and the history.
#
#   cmake -DBENCH=[EMULATOR;]act_bench -DPYTHON=python3 -DDIR=FOLDER -P reports.cmake

list(REMOVE_ITEM BENCH "") # without an emulator

function(run output)
    execute_process(COMMAND ${ARGN}
        OUTPUT_VARIABLE text ERROR_VARIABLE error RESULT_VARIABLE result)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${ARGN}: ${result}\n${text}\n${error}")
    endif()
    set(${output} "${text}" PARENT_SCOPE)
endfunction()

function(expect what text pattern)
    if(NOT "${text}" MATCHES "${pattern}")
        message(SEND_ERROR "${what} has nothing like ${pattern}:\n${text}")
    endif()
endfunction()

# On any processor, so the scalar backend, too.
file(REMOVE_RECURSE ${DIR})
file(MAKE_DIRECTORY ${DIR})
set(json ${DIR}/result.json)
run(ignored ${BENCH} --benchmark_min_time=0 --benchmark_out=${json} --benchmark_out_format=json
    "--benchmark_filter=^(memcpy|(gelu|relu|softmax|softmax_fast)_f32/[a-z0-9-]+)/(2048|1x10|64x1000)(/mixed-[a-z0-9]+)?$")

set(bench ${CMAKE_CURRENT_LIST_DIR})
run(ignored ${PYTHON} ${bench}/report.py ${json} ${DIR})
file(READ ${DIR}/ratios.md ratios)
expect(ratios.md "${ratios}" "\n.[ ]relu .[ ]2048 .[ ]scalar ")
expect(ratios.md "${ratios}" "\n.[ ]softmax .[ ]1x10 .[ ]scalar ")
expect(ratios.md "${ratios}" "function .[ ]shape .[ ]class .[ ]far .[ ]95 .[ ]subnormal .[ ]inf ")
foreach(name gelu relu softmax)
    file(READ ${DIR}/${name}.svg svg)
    expect(${name}.svg "${svg}" "libact scalar.*</svg>")
endforeach()

run(table ${PYTHON} ${bench}/table.py ${json})
expect(table.py "${table}" "\n2048 mixed-far \\([0-9.]+ of plain\\) ")
run(screen ${PYTHON} ${bench}/table.py --screen ${json})
expect("table.py --screen" "${screen}" "\nsoftmax_fast 64x1000 +[0-9.]+ ")
string(REPLACE "\n" ";" lines "${screen}")
foreach(line IN LISTS lines)
    string(LENGTH "${line}" length)
    if(length GREATER 80)
        message(SEND_ERROR "table.py --screen: ${length} columns: ${line}")
    endif()
endforeach()
run(filter ${PYTHON} ${bench}/table.py --demo-filter)
expect("table.py --demo-filter" "${filter}" "softmax_fast")

# What stands beside each other; names too long for the screen.
run(ignored ${BENCH} --benchmark_min_time=0 --benchmark_out=${DIR}/beside.json
    --benchmark_out_format=json
    "--benchmark_filter=^(attention_softmax|softmax_masked_causal)_f32/[a-z0-9-]+/1x10$")
run(ignored ${PYTHON} ${bench}/report.py ${DIR}/beside.json ${DIR})
file(READ ${DIR}/ratios.md ratios)
set(pair "attention_softmax 1x10, scalar: [0-9.]+ of softmax_masked_causal\n")
expect(ratios.md "${ratios}" "\n- ${pair}")
run(table ${PYTHON} ${bench}/table.py ${DIR}/beside.json)
expect(table.py "${table}" "\n${pair}")

# A commit that is measured again has no more lines than before.
set(history ${DIR}/history.tsv)
foreach(commit 0000001 0000002 0000002)
    run(ignored ${PYTHON} ${bench}/history.py ${history} ${commit} 2026-01-01 ${json} ${json})
endforeach()
run(ignored ${PYTHON} ${bench}/history.py ${history} --draw ${DIR}/history.svg)
file(STRINGS ${history} lines REGEX "\t0000002\t.*\trelu_f32/scalar/2048\t")
list(LENGTH lines count)
if(NOT count EQUAL 1)
    message(SEND_ERROR "history.tsv has ${count} lines of a commit's relu_f32/scalar/2048")
endif()
file(READ ${DIR}/history.svg svg)
expect(history.svg "${svg}" "0000001.*0000002.*</svg>")
