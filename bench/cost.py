#!/usr/bin/env python3
"""What each kernel costs, without a clock: the same figures in every run, on any machine.

    bench/cost.py --build build/release              measures and writes bench/cost.txt
    bench/cost.py --build build/release --check      fails if a kernel costs more than it says there

Two kinds of figures.  Instructions executed, counted by valgrind in act_cost of the build, for the
backends that valgrind can run: per float in long arrays, and per call of 16 floats.  Each is the
difference of two runs, so that what surrounds the loop cancels.  And cycles per float of the hot
loop by llvm-mca's models, for the backends that valgrind or this machine cannot run: the backend's
source is compiled here, by the compilers named in the figures.  These cycles rank variants on a
core; they are no claim about its silicon.

Of a kernel with several loops the figure is the costliest's: of several passes over a row that is
the one with exp.  Left out are what cost_rare.h declares rare, the loops for unusual parameters, and
those for arrays past the caches.  Of the ways through one loop it is the shortest that moves
most whole vectors.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT / "bench" / "cost.txt"

PACKAGES = ("valgrind clang-19 llvm-19 gcc "
            "gcc-aarch64-linux-gnu libc6-dev-arm64-cross libsleef-dev")

# valgrind 3.19 knows no AVX-512.
COUNTED = ("avx2", "scalar")

# What is counted of functions with and without rows: a name, a smaller and a larger run of act_cost
# (rows, columns, calls), and what their difference is divided by.  Without rows the 8 x 1000 floats
# are one array.
Plan = collections.namedtuple("Plan", "what with_rows without less more divisor")
PLANS = [
    Plan("instructions/float", False, True, (8, 1000, 1), (24, 1000, 1), 16000),
    Plan("instructions/float 1000 columns", True, False, (8, 1000, 1), (24, 1000, 1), 16000),
    Plan("instructions/float 16 columns", True, False, (256, 16, 1), (1280, 16, 1), 16384),
    Plan("instructions/call of 16", True, True, (1, 16, 100), (1, 16, 200), 100),
]

# backend: its target, compilers and cores.  The slowest to compile comes first, as several are
# compiled at a time.
Modelled = collections.namedtuple("Modelled", "triple compilers cores")
MODELLED = {
    "neon": Modelled("aarch64-linux-gnu", ("aarch64-linux-gnu-gcc", "clang-19"),
                     ("neoverse-n1", "neoverse-v1")),
    "avx512": Modelled("x86_64-linux-gnu", ("gcc", "clang-19"), ("znver4", "sapphirerapids")),
}
MCA = "llvm-mca-19"
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


def log(message):
    print(f"cost.py: {message}", file=sys.stderr)


def skip(message):
    print(f"SKIP: {message}")


def functions():
    text = (ROOT / "src" / "functions.def").read_text(encoding="utf-8")
    found = []
    for kind, name, of in re.findall(r"^ACT_([A-Z_]+)\((\w+)(?:, (\w+))?", text, re.MULTILINE):
        found.append(Function(name, kind.startswith("ROWS")))
        if kind == "GATED" or of in ("X", "Y"):
            found.append(Function(name + "_grad", rows=False))
    return found


# ---- instructions --------------------------------------------------------------------------------


def executed(program, backend, plan):
    """{function: instructions}, of each together with all that it calls."""
    with tempfile.NamedTemporaryFile("r") as out:
        run("valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}",
            "--compress-strings=no", "--compress-pos=no", program, backend, *plan)
        text = out.read()
    # A call is three lines: who is called, how often, and from where at what cost in all.
    counts = collections.Counter()
    for name, cost in re.findall(r"^cfn=act_(\w+?)_f32(?:_to)?\ncalls=.*\n\S+ (\d+)$", text,
                                 re.MULTILINE):
        counts[name] += int(cost)
    return counts


def count(build, pool):
    """{(kind, backend, compiler, function): figure} by valgrind."""
    if shutil.which("valgrind") is None:
        skip("instructions: no valgrind")
        return {}
    program = pathlib.Path(build) / "bench" / "act_cost"
    if not program.exists():
        raise Failure(f"no {program}: configure with -DACT_BUILD_BENCH=ON and build")
    compiler = run(program, "--version").stdout.strip()
    if not compiler:
        raise Failure(f"{program} was built without optimisation")
    figures = {}
    for backend in COUNTED:
        if subprocess.run([program, backend, "1", "1", "1"], check=False,
                          capture_output=True).returncode != 0:
            skip(f"instructions of {backend}: this machine or build does not run it")
            continue
        # Some plans share a run.
        runs = {arguments for plan in PLANS for arguments in (plan.less, plan.more)}
        counts = {arguments: pool.submit(executed, program, backend, arguments)
                  for arguments in sorted(runs)}
        for plan in PLANS:
            less, more = counts[plan.less].result(), counts[plan.more].result()
            for name, rows in functions():
                if plan.with_rows if rows else plan.without:
                    if name not in less:
                        raise Failure(f"act_cost does not call {name}, or by another name")
                    figure = (more[name] - less[name]) / plan.divisor
                    figures[plan.what, backend, compiler, name] = figure
        log(f"counted {backend}")
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


# What cost_rare.h puts on ways that are seldom taken.
RARE = ".set act_rare, 1"

# Every vector of every backend has as many; a loop takes one or more of them at a time.
LANES = 16

# A load or store of a whole vector or a half or quarter of it: by which registers, and of which
# bytes from there on.
Access = collections.namedtuple("Access", "stores registers first size")


def access(instruction, triple):
    """What an instruction moves from or to memory, but for single floats and the stack; or None."""
    if triple.startswith("x86_64"):
        match = re.match(r"(v\w+) .*?(-?\d*)\((%\w+)(?:,(%\w+))?[^)]*\)(.*)$", instruction)
        if match is None or re.search(r"\(%[re]?[sb]p\)|%rip|\{1to|\{%k|broadcast", instruction):
            return None
        name, first, base, index, after = match.groups()
        size = 64 if "%zmm" in instruction else 32 if "%ymm" in instruction else 0
        if re.match(r"v(cvtps2pd|extract|insert)", name):
            size = min(size, 32)
        stores = not after
    else:
        match = re.match(r"(ldp|stp|ldu?r|stu?r|ld1|st1) (.*?),? "
                         r"\[(\w+)(?:, (x\d+)|, #?(-?\d+))?.*\]", instruction)
        if match is None or match[3] in ("sp", "x29") or ":lo12:" in instruction:
            return None
        name, moved, base, index, first = match.groups()
        # A single lane, as in { v0.s }[1], is a tail's.
        size = 16 * len(re.findall(r"\bq\d+|v\d+\.\d", moved))
        stores = name.startswith("st")
    registers = (base, index) if index else (base,)
    return Access(stores, registers, int(first or 0), size) if size else None


def written(instruction, triple):
    """The general register that an instruction changes, or None."""
    if triple.startswith("x86_64"):
        match = re.match(r"(?!cmp|test)\w+ (?:.*[ ,])?(%r\w+)$", instruction)
    else:
        match = re.search(r"\[(x\d+)\], |\[(x\d+),.*\]!|^(?!st|cm|tst|cb|tb)\w+ (x\d+),",
                          instruction)
    return match and next(filter(None, match.groups()))


def floats_of(path, triple):
    """
    How many floats of an array a loop takes: what it touches of the one of which it touches most,
    in a power of two of vectors, as a part may be addressed by other registers.  An array is
    addressed by a register that changes in the loop; others are constants and spilled vectors.
    """
    changes = collections.Counter()
    touched = collections.defaultdict(set)
    fixed = set()  # registers that hold the address of constants at the moment
    for line in path:
        found = access(line, triple)
        if found and fixed.isdisjoint(found.registers):
            where = tuple((register, changes[register]) for register in found.registers)
            touched[found.stores, where] |= set(range(found.first, found.first + found.size))
        if register := written(line, triple):
            changes[register] += 1
            (fixed.add if re.search(r"^adrp|:lo12:|%rip", line) else fixed.discard)(register)
    most = max((len(touched[stores, where]) // 4 for stores, where in touched
                if any(changes[register] for register, _ in where)), default=0)
    floats = LANES if most else 0
    while floats < most:
        floats *= 2
    return floats


class Assembly:
    """The functions of a compiler's output as blocks."""

    def __init__(self, text, triple):
        self.triple = triple
        self.functions = {}
        name, lines = None, []
        for line in text.splitlines():
            line = re.split(r"\s//|\s#\s|\s@ |^\s*#", line)[0].strip()
            if label := re.match(r"([A-Za-z_][\w.]*):$", line):
                name, lines = label[1], []
                self.functions[name] = lines
            elif name is not None and line and (
                    not line.startswith(".") or line.endswith(":") or line == RARE):
                lines.append(re.sub(r"\s+", " ", line))

    def reach(self, name, seen=None):
        """
        A function and the local ones that it calls, clones by the compiler among them; not the
        loops for arrays past the caches and for unusual parameters.
        """
        seen = [] if seen is None else seen
        if name in self.functions and name not in seen and not name.startswith(("stream_", "any_")):
            seen.append(name)
            for line in self.functions[name]:
                target = re.match(r"(?:call|callq|bl|jmp|b)\s+([A-Za-z_][\w.]*)(?:@PLT)?$", line)
                if target:
                    self.reach(target[1], seen)
        return seen

    def blocks(self, name):
        """{start: block} of what can be reached without anything rare."""
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
            if RARE not in code[start:end]:
                blocks[start] = Block([x for x in code[start:end] if not x.endswith(":")],
                                      following)
        reached, todo = set(), [0]
        while todo:
            if (start := todo.pop()) in blocks and start not in reached:
                reached.add(start)
                todo += blocks[start].next
        return {start: Block(blocks[start].code, [x for x in blocks[start].next if x in reached])
                for start in order if start in reached}

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
        The instructions of what usually runs in a loop: the path that moves most whole vectors,
        and of those the shortest, as detours for tails and rare values are longer.
        """
        best = {}  # block: ((bytes stored, loaded, -instructions), its path to the loop's end)

        def path_from(start):
            if start not in best:
                best[start] = None  # no way, if it leads here again
                ways = []
                for after in blocks[start].next:
                    if after == header:
                        ways.append(((0, 0, 0), []))
                    elif after in inside and (way := path_from(after)) is not None:
                        ways.append(way)
                if ways:
                    (stored, loaded, length), rest = max(ways)
                    moved = [found for line in blocks[start].code
                             if (found := access(line, self.triple))]
                    best[start] = ((stored + sum(x.size for x in moved if x.stores),
                                    loaded + sum(x.size for x in moved if not x.stores),
                                    length - len(blocks[start].code)), blocks[start].code + rest)
            return best[start]

        return path_from(header)[1]


def cycles(paths, core, modelled):
    """Cycles of one iteration of each of the loops, in their order."""
    code = []
    for path in paths:
        if calls := [line for line in path if CALL.match(line)]:
            raise Failure(f"a hot loop calls: {', '.join(calls)}")
        code += ["# LLVM-MCA-BEGIN", *path]
        code.append("# LLVM-MCA-END")
    report = run(MCA, f"-mtriple={modelled.triple}", f"-mcpu={core}", f"-iterations={ITERATIONS}",
                 "--instruction-info=false", "--resource-pressure=false",
                 input="\n".join(code) + "\n").stdout
    totals = re.findall(r"^Total Cycles:\s+(\d+)", report, re.MULTILINE)
    if len(totals) != len(paths):
        raise Failure(f"{MCA} found {len(totals)} regions of {len(paths)}")
    return [int(total) / ITERATIONS for total in totals]


# Loops with several vectors in flight are in a unit of their own; what it lacks is in the first.
IN_FLIGHT = {"avx512": ("in_flight", 4)}


def assemble(backend, compiler, modelled, unit, in_flight):
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    line = re.search(rf"^act_add_backend\({backend}\b(?:[^)]*\bFLAGS\s+([^)]*))?", text,
                     re.MULTILINE)
    flags = [word for word in (line[1] or "").split() if word.startswith("-")]
    target = [f"--target={modelled.triple}"] if compiler.startswith("clang") else []
    source = ROOT / "src" / backend
    return run(compiler, *target, "-std=c11", "-O3", "-DNDEBUG", "-fPIC", "-ffp-contract=off",
               *flags, f"-I{ROOT}/include", f"-I{ROOT}/src",
               f"-DVF_IN_FLIGHT={in_flight}", "-include", source / f"vec_{backend}.h",
               "-include", ROOT / "bench/cost_rare.h", "-S", "-o", "-", source / f"{unit}.c").stdout


def model(backend, compiler, modelled):
    """{(what, backend, compiler and core, function): figure} by llvm-mca."""
    units = [(f"act_{backend}_", assemble(backend, compiler, modelled, backend, 1))]
    if backend in IN_FLIGHT:
        unit, in_flight = IN_FLIGHT[backend]
        units.insert(0, (f"act_{backend}_{unit}_",
                         assemble(backend, compiler, modelled, unit, in_flight)))
    units = [(prefix, Assembly(text, modelled.triple)) for prefix, text in units]
    loops = []  # (function, instructions, floats)
    for function, rows in functions():
        prefix, assembly = units[-1 if rows else 0]
        kernel = prefix + function
        found = [(function, path, floats) for name in assembly.reach(kernel)
                 for path in assembly.loops(name)
                 if (floats := floats_of(path, modelled.triple)) > 0]
        if not found:
            raise Failure(f"no loop over vectors in {kernel} of {backend} by {compiler}")
        loops += found
    version = run(compiler, "-dumpfullversion", "-dumpversion").stdout.strip()
    short = f"{'clang' if 'clang' in compiler else 'gcc'} {version}"
    figures = {}
    for core in modelled.cores:
        all_cycles = cycles([path for _, path, _ in loops], core, modelled)
        for (function, _, floats), total in zip(loops, all_cycles):
            key = "cycles/float", backend, f"{short}, {core}", function
            figures[key] = max(figures.get(key, 0.0), total / floats)
    return figures


def model_all(pool):
    """The same of all that there are compilers for."""
    tasks = {}
    for backend, modelled in MODELLED.items():
        for compiler in modelled.compilers:
            missing = [tool for tool in (compiler, MCA) if shutil.which(tool) is None]
            if missing:
                skip(f"cycles of {backend} ({compiler}): no {', '.join(missing)}")
            else:
                tasks[backend, compiler] = pool.submit(model, backend, compiler, modelled)
    figures = {}
    for (backend, compiler), task in tasks.items():
        figures |= task.result()
        log(f"modelled {backend} by {compiler}")
    return figures


# ---- the file ------------------------------------------------------------------------------------


def group_of(key):
    """What is comparable or not as a whole: instructions or cycles, backend, compiler and core."""
    what, backend, compiler, _ = key
    return what.split("/")[0], backend, compiler


def without_version(group):
    return (*group[:2], re.sub(r" \d[\d.]*", "", group[2]))


def write(figures, command):
    # What could not be measured here stays, but for figures of another version of a compiler.
    measured = {without_version(group_of(key)) for key in figures}
    kept = {key: figure for key, figure in read().items()
            if without_version(group_of(key)) not in measured} if FILE.exists() else {}
    lines = [f"# Generated by {command}; bench/cost.py says what the figures are.", "#",
             "# figure | backend | compiler, core | function | cost"]
    lines += [" | ".join((*key, f"{figure:.3f}"))
              for key, figure in sorted((kept | figures).items())]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read():
    figures = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            *key, figure = (word.strip() for word in line.split("|"))
            figures[tuple(key)] = float(figure)
    return figures


def by_group(figures):
    groups = collections.defaultdict(dict)
    for key, figure in sorted(figures.items()):
        groups[group_of(key)][key] = figure
    return groups


def compare(figures, tolerance):
    """Prints a line PASS, FAIL or SKIP for each group; returns the exit status."""
    stored = by_group(read())
    failed = changed = False
    for group, measured in by_group(figures).items():
        title = f"{group[0]} of {group[1]} ({group[2]})"
        if group not in stored:
            others = [other[2] for other in stored
                      if without_version(other) == without_version(group)]
            print(f"SKIP: {title}: the file has {', '.join(others) or 'none'}")
            continue
        worse = 0
        for key in sorted(measured.keys() | stored[group].keys()):
            name = f"  {key[3]}: {key[0]}"
            figure, before = measured.get(key), stored[group].get(key)
            if figure is None or before is None:
                print(f"{name}: {'not in the file' if before is None else 'only in the file'}")
                worse += 1
                continue
            change = 100 * (figure / before - 1)
            if abs(change) > tolerance:
                print(f"{name}: {figure:.3f}, was {before:.3f} ({change:+.1f} %)")
                changed = True
                worse += change > 0
        failed |= worse > 0
        print(f"{'FAIL' if worse else 'PASS'}: {title}: {len(measured)} figures"
              + f", {worse} costlier or not comparable" * (worse > 0))
    if failed or changed:
        print("If that is meant, bench/cost.py without --check writes the file anew.")
    return 1 if failed else 0


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
    if args.build is None and args.only != "cycles":
        parser.error("--build is needed to count instructions")

    try:
        figures = {}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            if args.only != "cycles":
                figures |= count(args.build, pool)
            if args.only != "instructions":
                figures |= model_all(pool)
        if args.check:
            return compare(figures, args.tolerance)
        if not figures:
            raise Failure(f"nothing could be measured; all needs: {PACKAGES}")
        write(figures, "bench/cost.py --build BUILD")
        print(f"{len(figures)} figures written to {FILE}")
        return 0
    except (Failure, OSError) as error:
        log(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
