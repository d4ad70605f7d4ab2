#!/usr/bin/env bash
# Checks the libraries, objects and programs of a build.
#   NM=nm symbols.sh exports FILE
#       a library defines no external symbols except act_...
#   OBJDUMP=objdump symbols.sh baseline OBJECT...
#       objects that run on every x86 contain no instruction with a VEX or EVEX prefix
#   OBJDUMP=objdump symbols.sh vzeroupper OBJECT...
#       each function that uses wide registers and returns clears their upper halves
#   SIZE=size symbols.sh size BYTES PROGRAM
#       a program has at most BYTES bytes of code and constants
set -eu
check=$1
shift

# Fails, with that title, if standard input is not empty.
none() {
    local found
    found=$(cat)
    [ -z "$found" ] && return
    printf '%s:\n%s\n' "$1" "$found"
    exit 1
}

case $check in
exports)
    # A shared library's own names are the dynamic ones; its version node is a symbol too.
    scope=-g
    [[ $1 != *.so* ]] || scope=-D
    symbols=$("$NM" "$scope" --defined-only --format=posix "$1" |
        awk 'NF > 2 && $2 != "A" { print $1 }')
    [ -n "$symbols" ] || { echo "$1 defines nothing"; exit 1; }
    # AddressSanitizer gives each variable a companion.
    sed -E 's/@.*//; s/^__odr_asan\.//' <<<"$symbols" | { grep -v '^act_' || true; } |
        none "foreign symbols"
    ;;
size)
    found=$("$SIZE" "$2" | awk 'NR == 2 { print $1 }')
    echo "$found bytes"
    [ "$found" -le "$1" ]
    ;;
baseline)
    bmi='andn|bextr|bls(i|r|msk)|bzhi|mulx|p(dep|ext)|rorx|s(ar|hl|hr)x'
    with_code=0 # a family without functions of a type has an empty object for it
    for object; do
        code=$("$OBJDUMP" -d --no-show-raw-insn "$object" |
            sed -nE 's/^ *[0-9a-f]+:[[:space:]]+//p')
        with_code=$((with_code + ${#code}))
        { grep -E "^v|%[yz]mm|%k[0-7]|^($bmi)[lq]?[[:space:]]" <<<"$code" || true; } |
            none "$object"
    done
    [ "$with_code" -gt 0 ] || { echo "no object holds code"; exit 1; }
    ;;
vzeroupper)
    for object; do
        "$OBJDUMP" -d --no-show-raw-insn "$object" | awk '
            function finish() {
                if (wide && returns && !cleans) print "dirty " name
                functions += wide
            }
            /^[0-9a-f]+ <.*>:$/ { finish(); name = $2; wide = returns = cleans = 0 }
            /%[yz]mm/ { wide = 1 }
            /\tret/ { returns = 1 }
            /\tvzeroupper/ { cleans = 1 }
            END { finish(); print functions + 0 " functions use wide registers" }'
    done | tee /dev/stderr | { grep '^dirty' || true; } | none "functions without vzeroupper"
    ;;
esac
