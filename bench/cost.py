#!/usr/bin/env python3
"""What each kernel costs, without a clock: the same figures in every run, on any machine.

    bench/cost.py --build build/release              measures and writes bench/cost.txt
    bench/cost.py --build build/release --check      fails if a kernel costs more than it says there

Two kinds of figures.  Instructions executed, counted by valgrind in act_cost of the build, for the
backends that valgrind can run: per float in long arrays, and per call of 16 floats.  Each is the
difference of two runs, so that what surrounds the loop cancels.  And cycles per float of the hot
loop by llvm-mca's models, for the backends that valgrind or this machine cannot run: the backend's
source is compiled here, by the compilers named in the figures.  These cycles rank variants on a
core; they are no claim about its silicon, and none about one that has no model of its own: to
llvm-mca 19 a znver5 is a znver4, and a cortex-a72 to -x1 is a Cortex-A57.

Of a kernel with several loops the figure is the costliest's: of several passes over a row that is
the one with exp.  Left out are what cost_rare.h marks as rare, the loops for unusual parameters, and
those for arrays past the caches.  Of the ways through one loop it is the one with the fewest jumps.
Loops carry no marks of their own: an asm statement at each load and store keeps the compilers from
the code that they make of the library, up to 17 % of a figure.
"""

import argparse
import collections
import concurrent.futures
import heapq
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

Function = collections.namedtuple("Function", "name rows strided")


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


def read_list(build):
    """The functions, and {backend: its flags}, from what the build writes (cmake/ActList.cmake)."""
    path = pathlib.Path(build) / "list.tsv"
    if not path.exists():
        raise Failure(f"no {path}: configure this build")
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    found = [Function(line[1], line[2].startswith("rows"), line[2] == "rows_columns")
             for line in lines if line[0] == "function"]
    flags = {line[1]: line[4].split() for line in lines if line[0] == "backend"}
    return found, flags


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


def count(build, functions, pool):
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
            for name, rows, _ in functions:
                if plan.with_rows if rows else plan.without:
                    if name not in less:
                        raise Failure(f"act_cost does not call {name}, or by another name")
                    figure = (more[name] - less[name]) / plan.divisor
                    figures[plan.what, backend, compiler, name] = figure
        log(f"counted {backend}")
    return figures


# ---- cycles --------------------------------------------------------------------------------------

# The two architectures: jumps; what touches a vector and by which address; and what moves a pointer
# or an index on, by a constant, as another register, or by a register.
Machine = collections.namedtuple("Machine", "jump vector steps copy by_register")
MACHINES = {
    "x86_64-linux-gnu": Machine(
        re.compile(r"(j\w+)\s+(\.L\w+)$"),
        re.compile(r"v(?!broadcast|.*\{(?:%k|1to))(?=.*%[xyz]mm).*?(?P<far>-?\d*)"
                   r"\((?P<base>(?!%[re][sb]p|%rip)[^)]*)\)"),
        (re.compile(r"(add|sub)q \$(?P<by>-?\d+), (?P<on>%\w+)$"),
         re.compile(r"leaq (?P<by>-?\d+)\((?P<on>%\w+)\), (?P=on)$")),
        re.compile(r"movq (?P<from>%\w+), (?P<on>%\w+)$"),
        re.compile(r"addq %\w+, (?P<on>%\w+)$")),
    "aarch64-linux-gnu": Machine(
        re.compile(r"(b|b\.\w+|b(?:eq|ne|hs|lo|hi|ls|ge|lt|gt|le|mi|pl|cs|cc|vs|vc)|cbn?z|tbn?z)"
                   r"\s+(?:\w+,\s*)?(?:#?\w+,\s*)?(\.L\w+)$"),
        re.compile(r"(ld|st).*(\bq\d+|v\d+\.\d).*"
                   r"\[(?P<base>(?!sp|x29|[^]]*:lo12:)[^],]*)(?:, #?(?P<far>-?\d+))?"),
        (re.compile(r"(add|sub) (?P<on>x\d+), (?P=on), #?(?P<by>\d+)$"),
         re.compile(r"(ld|st).*\[(?P<on>x\d+)\], #?(?P<by>\d+)$"),
         re.compile(r"(ld|st).*\[(?P<on>x\d+), #?(?P<by>-?\d+)\]!$")),
        re.compile(r"mov (?P<on>x\d+), (?P<from>x\d+)$"),
        re.compile(r"add (?P<on>x\d+), (?P=on), x\d+")),
}
NO_WAY_ON = re.compile(r"(ret|retq|ud2|brk|jmp|br?)\b(?!\.)")
CALL = re.compile(r"(?:call|callq|bl)\s+(\w+)(?:@PLT)?$")

# What cost_rare.h puts on ways that are seldom taken.
RARE = ".set act_rare, 1"

# Every vector of every backend has as many; a loop takes one or more of them at a time.
LANES = 16


def floats_of(path, machine):
    """
    How many floats of an array a loop takes: the most that a pointer or an index moves on.  0 of a
    loop over rows: it moves by a stride, and takes more of each row.
    """
    steps = collections.Counter()
    for line in path:
        for step in machine.steps:
            if match := step.match(line):
                steps[match["on"]] += int(match["by"])
    for copy in filter(None, map(machine.copy.match, path)):
        steps.setdefault(copy["on"], steps.get(copy["from"], 0))
    scales = dict(re.findall(r",(%\w+),(\d)\)", "\n".join(path)))
    floats = max((abs(step) * int(scales.get(on, 1)) // 4 for on, step in steps.items()), default=0)
    by_rows = {match["on"] for match in filter(None, map(machine.by_register.match, path))}
    if any(at["base"] in by_rows and int(at["far"] or 0) >= 4 * floats
           for at in filter(None, map(machine.vector.match, path))):
        return 0
    return floats


Block = collections.namedtuple("Block", "lines following has_vector")


class Assembly:
    """The functions of a compiler's output, and their loops."""

    def __init__(self, text, triple):
        self.machine = MACHINES[triple]
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
        """{first line: block} of what can be reached in a function without anything rare."""
        code = self.functions[name]
        labels = {line[:-1]: i for i, line in enumerate(code) if line.endswith(":")}
        starts = {0, *labels.values(), *(i + 1 for i, line in enumerate(code)
                                         if self.machine.jump.match(line) or NO_WAY_ON.match(line))}
        order = sorted(start for start in starts if start < len(code))
        found = {}
        for start, end in zip(order, order[1:] + [len(code)]):
            lines = [line for line in code[start:end] if not line.endswith(":")]
            following = [] if NO_WAY_ON.match(code[end - 1]) else [end]
            if (jump := self.machine.jump.match(code[end - 1])) and jump[2] in labels:
                following.append(labels[jump[2]])
            if RARE not in lines:
                found[start] = Block(lines, following, any(map(self.machine.vector.match, lines)))
        reached, todo = {}, [0]
        while todo:
            if (start := todo.pop()) in found and start not in reached:
                reached[start] = found[start]
                todo += found[start].following
        return reached

    def loops(self, name):
        """The hot path of each innermost loop over vectors."""
        blocks = self.blocks(name)
        starts = {after for block, (_, following, _) in blocks.items() for after in following
                  if after <= block}
        ways = [way for start in starts & blocks.keys()
                if (way := way_round(blocks, start))]
        inner = []
        for way in sorted(ways, key=lambda way: (max(way) - min(way), way)):
            # An outer loop goes through an inner one, or around it.
            if not any(set(way) & set(other) or min(way) < min(other) < max(way)
                       for other in inner):
                inner.append(way)
                yield [line for start in way for line in blocks[start].lines]


def way_round(blocks, start):
    """
    From a block over a vector's load or store, and no call, back to it: the way with the fewest
    jumps, as compilers let what is likely fall through, and of those the shortest.  None without.
    """
    todo, seen = [((0, 0), False, [start])], set()
    while todo:
        (jumps, length), touched, way = heapq.heappop(todo)
        if len(way) > 1 and way[-1] == start:
            if touched:
                return way[:-1]
            continue
        if (way[-1], touched) in seen:
            continue
        seen.add((way[-1], touched))
        lines, following, has_vector = blocks[way[-1]]
        if any(map(CALL.match, lines)):
            continue
        for after in following:
            if after in blocks:
                jump = after != following[0] or NO_WAY_ON.match(lines[-1]) is not None
                heapq.heappush(todo, ((jumps + jump, length + len(lines)), touched or has_vector,
                                      way + [after]))
    return None


def cycles(paths, core, modelled):
    """Cycles of one iteration of each of the loops, in their order."""
    code = []
    for path in paths:
        code += ["# LLVM-MCA-BEGIN", *path, "# LLVM-MCA-END"]
    report = run(MCA, f"-mtriple={modelled.triple}", f"-mcpu={core}", f"-iterations={ITERATIONS}",
                 "--instruction-info=false", "--resource-pressure=false",
                 input="\n".join(code) + "\n").stdout
    totals = re.findall(r"^Total Cycles:\s+(\d+)", report, re.MULTILINE)
    if len(totals) != len(paths):
        raise Failure(f"{MCA} found {len(totals)} regions of {len(paths)}")
    return [int(total) / ITERATIONS for total in totals]


# Loops with several vectors in flight are in a unit of their own; what it lacks is in the first.
IN_FLIGHT = {"avx512": [("in_flight", 4)]}


def assemble(backend, compiler, modelled, flags, unit, in_flight):
    target = [f"--target={modelled.triple}"] if compiler.startswith("clang") else []
    source = ROOT / "src" / backend
    return run(compiler, *target, "-std=c11", "-O3", "-DNDEBUG", "-fPIC", "-ffp-contract=off",
               *flags, f"-I{ROOT}/include", f"-I{ROOT}/src",
               f"-DVF_IN_FLIGHT={in_flight}", "-include", source / f"vec_{backend}.h",
               "-include", ROOT / "bench/cost_rare.h", "-S", "-o", "-", source / f"{unit}.c").stdout


def model(backend, compiler, modelled, functions, flags):
    """{(what, backend, compiler and core, function): figure} by llvm-mca."""
    units = []  # (prefix of its kernels, assembly, floats in a vector); long loops come first
    for unit, in_flight in (*IN_FLIGHT.get(backend, ()), (backend, 1)):
        prefix = f"act_{backend}_" + (f"{unit}_" if unit != backend else "")
        text = assemble(backend, compiler, modelled, flags, unit, in_flight)
        units.append((prefix, Assembly(text, modelled.triple), LANES * in_flight))
    loops = []  # (function, instructions, floats)
    for function, rows, strided in functions:
        if strided:  # its loops move on by a stride, which does not tell how many floats they take
            continue
        prefix, assembly, lanes = units[-1 if rows else 0]
        found = [(function, path, floats) for name in assembly.reach(prefix + function)
                 for path in assembly.loops(name)
                 if (floats := floats_of(path, assembly.machine)) >= lanes]
        if not found:
            raise Failure(f"no loop over vectors in {prefix}{function} of {backend} by {compiler}")
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


def model_all(functions, flags, pool):
    """The same of all that there are compilers for."""
    tasks = {}
    for backend, modelled in MODELLED.items():
        for compiler in modelled.compilers:
            missing = [tool for tool in (compiler, MCA) if shutil.which(tool) is None]
            if missing:
                skip(f"cycles of {backend} ({compiler}): no {', '.join(missing)}")
            else:
                tasks[backend, compiler] = pool.submit(model, backend, compiler, modelled, functions,
                                                       flags[backend])
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
    parser.add_argument("--build", metavar="DIR", help="an optimised build with act_cost (needed)")
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
    if args.build is None:
        parser.error("--build is needed")

    try:
        functions, flags = read_list(args.build)
        figures = {}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            if args.only != "cycles":
                figures |= count(args.build, functions, pool)
            if args.only != "instructions":
                figures |= model_all(functions, flags, pool)
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
