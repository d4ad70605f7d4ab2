#!/usr/bin/env python3
"""What each kernel costs, without a clock: the same figures in every run, on any machine.

    bench/cost.py --build build/release              measures and writes bench/cost.txt
    bench/cost.py --build build/release --check      fails if a kernel costs more than it says there

Two kinds of figures.  Instructions executed, counted by valgrind in act_cost of the build, for the
backends that valgrind can run: per float in long arrays, and per call of 16 floats.  Each is the
difference of two runs, so that what surrounds the calls cancels.  And cycles per float of the hot
loop by llvm-mca's models, for the backends that valgrind or this machine cannot run: the backend's
source is compiled here, by the compilers named in the figures, and SLEEF's functions that the loop
calls are put in from the library's disassembly.  These cycles rank variants on a core; they are no
claim about its silicon.
"""

import argparse
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "bench" / "cost.txt"

PACKAGES = ("valgrind clang-19 llvm-19 gcc "
            "gcc-aarch64-linux-gnu libc6-dev-arm64-cross libsleef-dev libsleef-dev:arm64")

# valgrind 3.19 knows no AVX-512.
COUNTED = ("avx2", "scalar")

# backend: its target, compilers, cores, and where the disassembly of SLEEF comes from.
Modelled = collections.namedtuple("Modelled", "triple compilers cores sleef")
MODELLED = {
    "avx512": Modelled("x86_64-linux-gnu", ("gcc", "clang-19"), ("znver4", "sapphirerapids"),
                       "/usr/lib/x86_64-linux-gnu/libsleef.so"),
    "neon": Modelled("aarch64-linux-gnu", ("aarch64-linux-gnu-gcc", "clang-19"),
                     ("neoverse-n1", "neoverse-v1"), "/usr/lib/aarch64-linux-gnu/libsleef.so"),
}
MCA, OBJDUMP = "llvm-mca-19", "llvm-objdump-19"
ITERATIONS = 200

# A way through a kernel of many constants and tails has thousands of blocks.
sys.setrecursionlimit(100000)

Function = collections.namedtuple("Function", "name rows")


class Failure(Exception):
    pass


def run(*command, **options):
    result = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                            check=False, **options)
    if result.returncode != 0:
        raise Failure(f"{' '.join(map(str, command))}: {result.stderr.strip()[-2000:]}")
    return result


def functions():
    text = (ROOT / "src" / "functions.def").read_text(encoding="utf-8")
    found = re.findall(r"^ACT_(MAP|GRAD|GATED|ROWS)\d\((\w+)", text, re.MULTILINE)
    return [Function(name + "_grad" * (kind == "GRAD"), kind == "ROWS") for kind, name in found]


# ---- instructions --------------------------------------------------------------------------------


def executed(program, directory, *arguments):
    result = run("valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/out", program,
                 *arguments)
    return int(re.search(r"Collected\s*:\s*(\d+)", result.stderr)[1])


def count(build, log):
    """{(kind, backend, function): figure} by valgrind."""
    program = pathlib.Path(build) / "bench" / "act_cost"
    if not program.exists():
        raise Failure(f"no {program}: configure with -DACT_BUILD_BENCH=ON and build")
    compiler = run(program, "--version").stdout.strip()
    if not compiler:
        raise Failure(f"{program} was built without optimisation")
    figures = {}
    with tempfile.TemporaryDirectory() as directory:
        for backend in COUNTED:
            if subprocess.run([program, "relu", backend, "1", "1", "1"], check=False,
                              capture_output=True).returncode != 0:
                log(f"cannot count {backend}: this machine or build does not run it")
                continue
            for name, rows in functions():
                # (what, a smaller run, a larger run, by what to divide); runs: rows, cols, calls
                if rows:
                    plans = [
                        ("instructions/float 1000 columns", (8, 1000, 1), (24, 1000, 1), 16000),
                        ("instructions/float 16 columns", (256, 16, 1), (1280, 16, 1), 16384)]
                else:
                    plans = [("instructions/float", (1, 8192, 1), (1, 24576, 1), 16384)]
                plans.append(("instructions/call of 16", (1, 16, 1000), (1, 16, 2000), 1000))
                for what, less, more, divisor in plans:
                    counts = [executed(program, directory, name, backend, *plan)
                              for plan in (less, more)]
                    figures[(what, backend, compiler, name)] = (counts[1] - counts[0]) / divisor
                log(f"counted {backend} {name}")
    return figures


# ---- cycles --------------------------------------------------------------------------------------

# The two architectures, as far as needed to tell blocks, and what moves how many bytes.
BRANCH = {
    "x86_64-linux-gnu": re.compile(r"(j\w+)\s+(\.L\w+)$"),
    "aarch64-linux-gnu": re.compile(
        r"(b|b\.\w+|b(?:eq|ne|hs|lo|hi|ls|ge|lt|gt|le|mi|pl|cs|cc|vs|vc)|cbn?z|tbn?z)"
        r"\s+(?:\w+,\s*)?(?:#?\w+,\s*)?(\.L\w+)$"),
}
RETURN = re.compile(r"(ret|retq|ud2|brk)\b")
CALL = re.compile(r"(?:call|callq|bl)\s+(\w+)(?:@PLT)?$")

Block = collections.namedtuple("Block", "code next")


def moved(instruction, triple):
    """(bytes loaded, bytes stored) by whole vectors from and to arrays."""
    if triple.startswith("x86_64"):
        match = re.match(r"v\w+\s+(.*)$", instruction)
        if match is None or re.search(r"%[re]?[sb]p\)|%rip|\{1to|\{%k", instruction):
            return 0, 0
        size = 64 if "%zmm" in instruction else 32 if "%ymm" in instruction else 0
        memory = match[1].find("(")
        if size == 0 or memory < 0 or re.match(r"v(p?broadcast|cvt|extract|insert)", instruction):
            return 0, 0
        return (0, size) if match[1].endswith(")") else (size, 0)
    match = re.match(r"(ldp|stp|ldu?r|stu?r|ld1|st1)\s+(.*)$", instruction)
    if match is None or re.search(r"\[(sp|x29)|:lo12:", instruction):
        return 0, 0
    registers = match[2].split("[")[0]
    # A single lane, as in { v0.s }[1], is a tail's.
    if match[1] in ("ld1", "st1"):
        size = 0 if "}[" in match[2] else 16 * len(re.findall(r"v\d+\.", match[2]))
    else:
        size = 16 * len(re.findall(r"\bq\d+", registers))
    return (size, 0) if match[1].startswith("ld") else (0, size)


class Assembly:
    """The functions of a compiler's output as blocks."""

    def __init__(self, text, triple):
        self.triple = triple
        self.functions = {}
        self.data = {}
        name, lines = None, []
        for line in text.splitlines():
            line = re.split(r"\s//|\s#\s|\s@ |^\s*#", line)[0].strip()
            if label := re.match(r"([A-Za-z_][\w.]*):$", line):
                name, lines = label[1], []
                self.functions[name] = lines
                self.data[name] = []
            elif name is not None and (word := re.match(r"\.(?:quad|xword|8byte)\s+(\S+)$", line)):
                self.data[name].append(word[1])
            elif name is not None and line and (not line.startswith(".") or line.endswith(":")):
                lines.append(re.sub(r"\s+", " ", line))

    def table(self):
        """The names of the kernels, in the order of functions.def."""
        for name, words in self.data.items():
            if name.startswith("act_table_"):
                return words[1:]
        raise Failure("no kernel table in the assembly")

    def reach(self, name, seen=None):
        """A function and the local ones that it calls, clones by the compiler among them."""
        seen = [] if seen is None else seen
        if name in self.functions and name not in seen:
            seen.append(name)
            for line in self.functions[name]:
                target = re.match(r"(?:call|callq|bl|jmp|b)\s+([A-Za-z_][\w.]*)(?:@PLT)?$", line)
                if target:
                    self.reach(target[1], seen)
        return seen

    def blocks(self, name):
        code = self.functions[name]
        starts, labels = {0}, {}
        for i, line in enumerate(code):
            if line.endswith(":"):
                starts.add(i)
                labels[line[:-1]] = i
            elif BRANCH[self.triple].match(line) or RETURN.match(line):
                starts.add(i + 1)
        order = sorted(start for start in starts if start < len(code))
        blocks = {}
        for start, end in zip(order, order[1:] + [len(code)]):
            last = code[end - 1]
            following = [end] if end < len(code) else []
            if RETURN.match(last) or re.match(r"(jmp|br?)\s", last):
                following = []
            if branch := BRANCH[self.triple].match(last):
                if branch[2] in labels:
                    following = following + [labels[branch[2]]]
            blocks[start] = Block([x for x in code[start:end] if not x.endswith(":")], following)
        return blocks

    def loops(self, name):
        """The hot path of each innermost loop."""
        blocks = self.blocks(name)
        before = {start: [] for start in blocks}
        for start, block in blocks.items():
            for after in block.next:
                before[after].append(start)

        # dominators[x]: the blocks that every way from the entry to x goes through.
        dominators = {start: set(blocks) for start in blocks}
        dominators[0] = {0}
        changed = True
        while changed:
            changed = False
            for start in blocks:
                ways = [dominators[other] for other in before[start]]
                new = {start} | (set.intersection(*ways) if ways and start else set())
                changed |= new != dominators[start]
                dominators[start] = new

        # An edge back to a dominator makes a loop: all that gets to its source without the header.
        members = {}
        for start, block in blocks.items():
            for header in block.next:
                if header in dominators[start]:
                    inside, todo = members.setdefault(header, {header}), [start]
                    while todo:
                        if (block_start := todo.pop()) not in inside:
                            inside.add(block_start)
                            todo += before[block_start]

        for header, inside in members.items():
            if not any(other in inside for other in members if other != header):
                yield self.hot_path(blocks, header, inside)

    def hot_path(self, blocks, header, inside):
        """
        (instructions, floats) of what usually runs in a loop: the path that moves most whole
        vectors, and of those the shortest, as detours for tails and rare values are longer.
        """
        moves = {start: [moved(line, self.triple) for line in blocks[start].code]
                 for start in inside}
        best = {}  # block: ((stored, loaded, -instructions), its path to the end of the loop)

        def path_from(start):
            if start not in best:
                ways = []
                for after in blocks[start].next:
                    if after == header:
                        ways.append(((0, 0, 0), []))
                    elif after in inside and (way := path_from(after)) is not None:
                        ways.append(way)
                if not ways:
                    return None
                (stored, loaded, length), rest = max(ways)
                best[start] = ((stored + sum(move[1] for move in moves[start]),
                                loaded + sum(move[0] for move in moves[start]),
                                length - len(blocks[start].code)), blocks[start].code + rest)
            return best[start]

        (stored, loaded, _), code = path_from(header)
        return code, (stored or loaded) // 4


def body(symbol, library, cache={}):
    """The instructions of a function of SLEEF up to its return."""
    if (symbol, library) not in cache:
        listing = run(OBJDUMP, "-d", "--no-show-raw-insn", f"--disassemble-symbols={symbol}",
                      library).stdout
        code = []
        for line in re.findall(r"^\s*[0-9a-f]+:\s+(.*)$", listing, re.MULTILINE):
            line = re.sub(r"\s+", " ", re.split(r"\s//|\s#\s", line)[0].strip())
            if RETURN.match(line):
                break
            code.append(re.sub(r"(adrp \w+), .*", r"\1, .Lsleef",
                               re.sub(r"\b0x[0-9a-f]+ <[^>]*>", ".Lsleef", line)))
        if not code:
            raise Failure(f"no {symbol} in {library}")
        cache[symbol, library] = code
    return cache[symbol, library]


def cycles(path, floats, core, modelled):
    code = []
    for line in path:
        if call := CALL.match(line):
            # llvm-mca takes a call for a hundred cycles, so a call and its return are jumps here.
            jump = "jmp .Lsleef" if modelled.triple.startswith("x86_64") else "b .Lsleef"
            code += [jump, *body(call[1], modelled.sleef), jump]
        else:
            code.append(line)
    report = run(MCA, f"-mtriple={modelled.triple}", f"-mcpu={core}", f"-iterations={ITERATIONS}",
                 "-", input="\n".join(code) + "\n").stdout
    return int(re.search(r"Total Cycles:\s+(\d+)", report)[1]) / ITERATIONS / floats


def assemble(backend, compiler, modelled):
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    line = re.search(rf"^act_add_backend\({backend}\b(?:.*FLAGS\s+([^)]*))?", text, re.MULTILINE)
    flags = (line[1] or "").split()
    target = [f"--target={modelled.triple}"] if compiler.startswith("clang") else []
    source = ROOT / "src" / backend / f"{backend}.c"
    return run(compiler, *target, "-std=c11", "-O3", "-DNDEBUG", "-fPIC", "-ffp-contract=off",
               *flags, f"-I{ROOT}/include", f"-I{ROOT}/src", "-S", "-o", "-", source).stdout


def model(log):
    """{(what, backend, compiler and core, function): figure} by llvm-mca."""
    figures = {}
    for backend, modelled in MODELLED.items():
        for compiler in modelled.compilers:
            missing = [tool for tool in (compiler, MCA, OBJDUMP) if shutil.which(tool) is None]
            if missing:
                log(f"cannot model {backend} by {compiler}: no {' '.join(missing)}")
                continue
            assembly = Assembly(assemble(backend, compiler, modelled), modelled.triple)
            version = run(compiler, "-dumpfullversion", "-dumpversion").stdout.strip()
            short = f"{'clang' if 'clang' in compiler else 'gcc'} {version}"
            for function, kernel in zip(functions(), assembly.table()):
                found = [(path, floats) for name in assembly.reach(kernel)
                         for path, floats in assembly.loops(name) if floats > 0]
                if not found:
                    raise Failure(f"no loop over vectors in {kernel} of {backend} by {compiler}")
                for core in modelled.cores:
                    # Of several passes over a row this is the costliest, the one with exp.
                    figures["cycles/float", backend, f"{short}, {core}", function.name] = max(
                        cycles(path, floats, core, modelled) for path, floats in found)
            log(f"modelled {backend} by {short}")
    return figures


# ---- the file ------------------------------------------------------------------------------------


def write(figures, command):
    kept = {key: figure for key, figure in read().items() if key not in figures} if FILE.exists() \
        else {}
    lines = [f"# Generated by {command}; bench/cost.py says what the figures are.", "#",
             "# figure | backend | compiler, core | function | cost"]
    # A figure of another version of a compiler has been replaced, not kept.
    same = {re.sub(r"\d[\d.]*", "", "|".join(key)) for key in figures}
    merged = {key: figure for key, figure in kept.items()
              if re.sub(r"\d[\d.]*", "", "|".join(key)) not in same} | figures
    lines += [" | ".join((*key, f"{figure:.3f}")) for key, figure in sorted(merged.items())]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read():
    figures = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            *key, figure = (word.strip() for word in line.split("|"))
            figures[tuple(key)] = float(figure)
    return figures


def compare(figures, tolerance):
    """Prints how the figures differ from the file's; returns the exit status."""
    stored = read()
    again = "bench/cost.py writes the file anew"
    worse = better = compared = 0
    for key, figure in sorted(figures.items()):
        name = " ".join((key[3], "on", key[1], f"({key[2]})", key[0]))
        if key not in stored:
            others = [other[2] for other in stored if (other[0], other[1], other[3]) ==
                      (key[0], key[1], key[3])]
            if others:
                print(f"not compared: {name}: the file has {', '.join(sorted(set(others)))}")
                continue
            print(f"FAIL: {name} is not in {FILE.name}; {again}")
            worse += 1
            continue
        compared += 1
        change = 100 * (figure / stored[key] - 1)
        if change > tolerance:
            print(f"FAIL: {name}: {figure:.3f}, was {stored[key]:.3f} ({change:+.1f} %)")
            worse += 1
        elif change < -tolerance:
            print(f"better: {name}: {figure:.3f}, was {stored[key]:.3f} ({change:+.1f} %)")
            better += 1
    print(f"{compared} figures compared, {worse} costlier or new, {better} better, "
          f"tolerance {tolerance:g} %")
    if worse:
        print(f"If that is the price of a change that was meant, {again}.")
    elif better:
        print(f"To hold on to what got better: {again}.")
    if compared + worse == 0:
        print("SKIP: nothing here is comparable")
        return 77
    return 1 if worse else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", metavar="DIR", help="an optimised build with act_cost")
    parser.add_argument("--check", action="store_true", help="compare with cost.txt")
    parser.add_argument("--tolerance", type=float, default=3.0, metavar="PERCENT",
                        help="how much more is still the same (default: 3)")
    parser.add_argument("--only", choices=("instructions", "cycles"), help="one kind of figures")
    parser.add_argument("--packages", action="store_true",
                        help="print the Debian packages that all figures need")
    args = parser.parse_args()
    if args.packages:
        print(PACKAGES)
        return 0

    def log(message):
        print(f"cost.py: {message}", file=sys.stderr)

    try:
        figures = {}
        if args.only != "cycles":
            if args.build is None:
                parser.error("--build is needed to count instructions")
            if shutil.which("valgrind") is None:
                log("cannot count: no valgrind")
            else:
                figures |= count(args.build, log)
        if args.only != "instructions":
            figures |= model(log)
        if not figures:
            raise Failure(f"nothing could be measured; all needs: {PACKAGES}")
        if args.check:
            return compare(figures, args.tolerance)
        write(figures, "bench/cost.py --build BUILD")
        print(f"{len(figures)} figures written to {FILE}")
        return 0
    except (Failure, OSError) as error:
        log(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
