#!/usr/bin/env python3
"""Measures sarif-gate against the tools that people use today, in turn, and prints a Markdown table.

    cargo build --release && benches/run.py
    benches/run.py --only P1,P4 --rounds 9 --json figures.json

It builds nothing and judges nothing but numbers: exit code 0 whether targets are met or missed, 1 if a command of ours failed.
What each row means is in benches/README.md. Linux only (CPU and memory come from wait4, see `measure`).
"""
import argparse
import ctypes
import datetime
import gzip
import hashlib
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import generate

HERE = os.path.dirname(os.path.abspath(__file__))
SARIF_TOOLS = "3.0.5"
MULTITOOL = "5.7.0"
INSTALL_SECONDS = 300
# A step of P9 counts as flat up to this: more than the noise between rounds, far less than what a quadratic step costs.
FLAT = 1.10
PARTS = ("P1", "P2", "P3", "P4", "P7", "P9")


class Skip(Exception):
    """A peer that cannot be measured here: why, and (from `with_peer` on) which."""


class Failed(Exception):
    """A measured command that did not do its work, and how it showed."""


# -------------------------------------------------------------------------------------------------------- measuring

def measure(argv, folder, limit):
    """Runs one command in `folder`; returns its exit code, CPU and wall seconds, and peak bytes. After `limit` seconds it is killed.

    wait4 counts into a child's peak what the forking process held, which here is the whole of Python. So a small shell forks the
    command, says its process id on descriptor 3 and leaves, and this process inherits the command as the kernel's "child subreaper".
    The environment is made here and not inherited: no GITHUB_*, no INPUT_*, no token.
    """
    home = os.path.join(folder, "..", "home")
    os.makedirs(home, exist_ok=True)
    env = {"PATH": os.environ["PATH"], "HOME": home, "LANG": "C.UTF-8", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    reader, writer = os.pipe()
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, os.path.join(folder, "stdout"), flags, 0o644),
               (os.POSIX_SPAWN_OPEN, 2, os.path.join(folder, "stderr"), flags, 0o644), (os.POSIX_SPAWN_DUP2, writer, 3)]
    script = 'cd "$0" || exit; "$@" 3>&- & echo $! >&3'
    started = time.perf_counter()
    shell = os.posix_spawn("/bin/sh", ["sh", "-c", script, folder, *argv], env, file_actions=actions)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        child = int(pipe.readline())
    alarm = threading.Timer(limit, os.kill, (child, signal.SIGKILL))
    alarm.start()
    try:
        os.waitpid(shell, 0)
        _, status, usage = os.wait4(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)      # the shell made it deaf to the interrupt key
        raise
    finally:
        alarm.cancel()
    if time.perf_counter() - started >= limit:
        raise Failed(f"killed after {limit} s")
    return {"exit": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime,
            "wall": time.perf_counter() - started, "peak": usage.ru_maxrss * 1024}


class Command:
    """One command of a group: how to call it, and how to see that it did its work."""

    def __init__(self, name, argv, inputs, findings, exits=(0,), check=None):
        self.name, self.argv, self.inputs, self.findings = name, argv, inputs, findings
        self.exits, self.check = exits, check
        self.rounds, self.problem, self.note = [], None, ""

    def run(self, work, limit):
        """One run in a fresh folder that holds only links to the inputs."""
        os.makedirs(os.path.join(work, "runs"), exist_ok=True)
        folder = tempfile.mkdtemp(dir=os.path.join(work, "runs"))
        try:
            for path in self.inputs:
                os.link(path, os.path.join(folder, os.path.basename(path)))
            figures = measure(self.argv, folder, limit)
            if figures["exit"] not in self.exits:
                raise Failed(f"exit code {figures['exit']}: {first_line(folder)}")
            if self.check and not self.rounds:
                self.note = self.check(folder, self.findings) or ""
            self.rounds.append(figures)
        except Failed as problem:
            self.problem = str(problem)
        finally:
            shutil.rmtree(folder)

    def series(self, key):
        return [figures[key] for figures in self.rounds]

    def as_json(self):
        return {"name": self.name, "argv": self.argv[:6] + (["…"] if len(self.argv) > 6 else []), "inputs": len(self.inputs),
                "input_bytes": sum(os.path.getsize(path) for path in self.inputs), "findings": self.findings,
                "problem": self.problem, "note": self.note, "rounds": self.rounds}


def first_line(folder):
    for name in ("stderr", "stdout"):
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            line = file.readline().strip()
        if line:
            return line[:160]
    return "it said nothing"


def paired(commands, options, label):
    """Every command once per round, in turn, so that a drift of the machine hits all of them."""
    for path in {path for command in commands for path in command.inputs}:
        with open(path, "rb") as file:      # from the page cache in every round
            while file.read(1 << 20):
                pass
    for number in range(options.rounds):
        for command in commands:
            if not command.problem:
                print(f"  {label}, round {number + 1} of {options.rounds}: {command.name}", file=sys.stderr)
                command.run(options.work, options.limit)


# --------------------------------------------------------------------------------------------- what we call and check

def loaded(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as problem:
        raise Failed(f"{name} was not written as JSON: {problem}") from None


def evidence_written(folder, findings):
    """A run counts only if its evidence says that every finding of the inputs was read, and its SARIF log holds what is left after merging."""
    evidence = os.path.join(folder, "evidence")
    verdict = loaded(evidence, "verdict.json")
    try:
        read = sum(report["entries"]["findings"] for report in verdict["inputs"])
        total = verdict["counts"]["total"]
    except (KeyError, TypeError) as problem:
        raise Failed(f"verdict.json has no {problem}") from None
    if read != findings:
        raise Failed(f"verdict.json says {read} findings were read, the inputs hold {findings}")
    kept = results_in(evidence, "results.sarif")
    if not 0 < total <= kept:
        raise Failed(f"results.sarif holds {kept} results, verdict.json says {total} findings")
    return f"{total} after merging"


def results_in(folder, name):
    return sum(len(run.get("results") or ()) for run in loaded(folder, name).get("runs", ()))


def results_kept(folder, findings):
    """A conversion counts only if its log holds results; fewer than were given means that some were merged."""
    kept = results_in(folder, "out.sarif")
    if not 0 < kept <= findings:
        raise Failed(f"out.sarif holds {kept} results, the inputs hold {findings}")
    return f"{kept} results kept"


def same_results(name):
    """A peer counts only if it wrote every result that it was given."""
    def check(folder, findings):
        kept = results_in(folder, name)
        if kept != findings:
            raise Failed(f"{name} holds {kept} results, the inputs hold {findings}")
    return check


def gate_run(binary, inputs, findings):
    argv = [binary, "run", *map(os.path.basename, inputs), "--evidence-dir", "evidence"]
    return Command("sarif-gate run", argv, inputs, findings, exits=(0, 1), check=evidence_written)


def gate_convert(binary, inputs, findings):
    argv = [binary, "convert", *map(os.path.basename, inputs), "-o", "out.sarif"]
    return Command("sarif-gate convert", argv, inputs, findings, check=results_kept)


# ------------------------------------------------------------------------------------------------------------ peers

def program(name):
    path = shutil.which(name)
    if not path:
        raise Skip(f"`{name}` is not installed")
    return path


def version_of(*argv):
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=60).stdout.strip().splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return "version unknown"


def installed(folder, product, *steps):
    """The path of `product` under `folder`, after the steps that install it if it is not there yet."""
    path = os.path.join(folder, product)
    if os.path.exists(path):
        return path
    for step in steps:
        print(f"  installing: {' '.join(step)}", file=sys.stderr)
        try:
            done = subprocess.run(step, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise Skip(f"could not be installed: {problem}") from None
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise Skip(f"could not be installed: {last[:160]}")
    if not os.path.exists(path):
        raise Skip(f"could not be installed: no {product} after the installation")
    return path


def node(_work, _inputs, _findings):
    path = program("node")
    return Command(f"`node -e 0` ({version_of(path, '--version')})", [path, "-e", "0"], [], 0)


def jq(_work, inputs, findings):
    path = program("jq")
    argv = [path, "-f", os.path.join(HERE, "trivy-to-sarif.jq"), *map(os.path.basename, inputs)]
    return Command(f"trivy-to-sarif.jq ({version_of(path, '--version')})", argv, inputs, findings, check=same_results("stdout"))


def sarif_tools(work, inputs, findings):
    home = os.path.join(work, "peers", f"sarif-tools-{SARIF_TOOLS}")
    path = installed(home, "bin/sarif", [sys.executable, "-m", "venv", home],
                     [f"{home}/bin/pip", "install", "--quiet", "--disable-pip-version-check", f"sarif-tools=={SARIF_TOOLS}"])
    argv = [path, "copy", "-o", "copy.sarif", *map(os.path.basename, inputs)]
    return Command(f"sarif-tools copy ({SARIF_TOOLS})", argv, inputs, findings, check=same_results("copy.sarif"))


def multitool(work, inputs, findings):
    if platform.machine() != "x86_64":
        raise Skip("its npm package is for x86_64")
    home = os.path.join(work, "peers", f"multitool-{MULTITOOL}")
    path = installed(home, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool",
                     [program("npm"), "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", home,
                      f"@microsoft/sarif-multitool-linux@{MULTITOOL}"])
    os.chmod(path, 0o755)       # what its install script does
    argv = [path, "merge", *map(os.path.basename, inputs), "--output-directory", ".", "--output-file", "merged.sarif"]
    return Command(f"SARIF multitool merge ({MULTITOOL})", argv, inputs, findings, check=same_results("merged.sarif"))


# ----------------------------------------------------------------------------------------------------------- inputs

class Inputs:
    """The generated reports, each written when it is first asked for."""

    def __init__(self, work, seed):
        self.folder, self.seed, self.said = os.path.join(work, f"inputs-{generator_version()}-seed{seed}"), seed, set()

    def one(self, make, name, *what):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            if make not in self.said:
                print(f"  generating {make.__name__} reports in {self.folder}", file=sys.stderr)
            self.said.add(make)
            make(path, *what, seed=self.seed)
        return path

    def trivy(self, findings):
        return [self.one(generate.trivy, f"trivy-{findings}.json", findings)]

    def gitleaks(self, findings):
        return [self.one(generate.gitleaks, f"gitleaks-{findings}.json", findings)]

    def sarif(self, files):
        return [self.one(generate.sarif, f"{i:04}.sarif", generate.SARIF_RESULTS, i) for i in range(files)]


def generator_version():
    """Inputs of another version of the generator are never taken for this one's."""
    with open(generate.__file__, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:8]


# ---------------------------------------------------------------------------------------------------------- figures

def spread(values, unit):
    """median (min–max), all in one unit."""
    scale, digits = {"ms": (1e3, 1), "µs": (1e6, 1), "MB": (1e-6, 1), "×": (1, 3)}[unit]
    low, middle, high = (f"{value * scale:,.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
    range_ = "" if len(values) == 1 else f" ({low}–{high})"
    return f"×{middle}{range_}" if unit == "×" else f"{middle} {unit}{range_}"


def against(value, target):
    share = value / target
    return f"met ({share:.2f} of it)" if share <= 1 else f"**missed by ×{share:.4g}**"


def table(head, rows):
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"


class Report:
    """What was measured: Markdown for people, the same figures for programs."""

    def __init__(self):
        self.ratios, self.peaks, self.sizes, self.growth = [], [], [], []
        self.commands, self.facts, self.skipped, self.failed = [], [], [], False

    def keep(self, part, work, commands):
        self.commands += [{"part": part, "work": work, **command.as_json()} for command in commands]

    def fact(self, part, work, value, target, **more):
        self.facts.append({"part": part, "work": work, "value": value, "target": target, "met": value <= target, **more})

    def compare(self, part, work, ours, peer, target):
        """A row of the table of ratios; the ratio of each round, then their median. What could not be measured says why, in its own cells."""
        if ours.problem:
            self.failed = True
            own = [f"failed: {ours.problem}", ""]
        else:
            own = [spread(ours.series("cpu"), "ms"), spread(ours.series("peak"), "MB")]
        if isinstance(peer, Skip):
            theirs = [peer.args[1], f"skipped: {peer.args[0]}", ""]
            self.skipped.append({"part": part, "peer": peer.args[1], "why": peer.args[0]})
        elif peer.problem:
            theirs = [peer.name, f"failed: {peer.problem}", ""]
        else:
            theirs = [peer.name, spread(peer.series("cpu"), "ms"), spread(peer.series("peak"), "MB")]
        result = ["", f"≤ ×{target:.2f}", "not measured"]
        if not (ours.problem or isinstance(peer, Skip) or peer.problem):
            ratios = [a / b for a, b in zip(ours.series("cpu"), peer.series("cpu"))]
            ratio = statistics.median(ratios)
            self.fact(part, work, ratio, target, unit="cpu ratio", peer=peer.name)
            result = [spread(ratios, "×"), f"≤ ×{target:.2f}", against(ratio, target)]
        self.ratios.append([part, work, *own, *theirs, *result])

    def peak(self, part, work, ours, megabytes):
        size = sum(os.path.getsize(path) for path in ours.inputs) / 1e6
        if ours.problem:
            self.failed = True
            self.peaks.append([part, work, f"{size:,.1f} MB", f"failed: {ours.problem}", f"≤ {megabytes} MB", "not measured"])
            return
        value = statistics.median(ours.series("peak")) / 1e6
        self.fact(part, work, value, megabytes, unit="MB")
        self.peaks.append([part, work, f"{size:,.1f} MB", spread(ours.series("peak"), "MB"), f"≤ {megabytes} MB", against(value, megabytes)])

    def grow(self, work, steps):
        before = None
        for label, command in steps:
            cells = ["P9", work, label]
            if command.problem:
                self.failed = True
                self.growth.append(cells + [f"failed: {command.problem}", "", "", "", "not measured"])
                before = None
                continue
            each = [cpu / command.findings for cpu in command.series("cpu")]
            cells += [spread(command.series("cpu"), "ms"), spread(each, "µs"), spread(command.series("peak"), "MB")]
            if before is None:
                cells += ["", ""]
            else:
                ratios = [a / b for a, b in zip(each, before)]
                ratio = statistics.median(ratios)
                self.fact("P9", f"{work}, {label}", ratio, FLAT, unit="cost per finding against the size before")
                cells += [spread(ratios, "×"), against(ratio, FLAT)]
            self.growth.append(cells)
            before = each

    def markdown(self, environment):
        parts = ["# sarif-gate: benchmark\n", "\n".join(f"- {key}: {value}" for key, value in environment.items()) + "\n"]
        if self.ratios:
            parts += ["## CPU against peers\n\nuser + system of the whole process; median (min–max); ratio = median of each round's ours ÷ peer\n",
                      table(["#", "work", "sarif-gate cpu", "peak", "peer", "peer cpu", "peer peak", "ratio", "target", "result"], self.ratios)]
        if self.peaks:
            parts += ["## Peak memory\n", table(["#", "work", "input", "peak", "target", "result"], self.peaks)]
        if self.sizes:
            parts += ["## Size\n", table(["#", "what", "size", "target", "result"], self.sizes)]
        if self.growth:
            parts += [f"## Growth\n\nflat or falling cost per finding; a step counts as flat up to ×{FLAT}\n",
                      table(["#", "work", "size", "cpu", "per finding", "peak", "against the size before", "result"], self.growth)]
        return "\n".join(parts)


# ----------------------------------------------------------------------------------------------------------- the parts

def with_peer(make, name, work, inputs, findings):
    """The peer's command, or the reason why there is none."""
    try:
        return make(work, inputs, findings)
    except Skip as why:
        return Skip(why.args[0], name)


def group(report, options, part, work, ours, peers):
    """Measures our command and its peers in turn."""
    paired([ours] + [peer for peer in peers if isinstance(peer, Command)], options, work)
    report.keep(part, work, [ours] + [peer for peer in peers if isinstance(peer, Command)])


def start_up(report, options, inputs):
    work, ours = "run, 100 Trivy findings", gate_run(options.binary, inputs.trivy(100), 100)
    peer = with_peer(node, "`node -e 0`", options.work, [], 0)
    group(report, options, "P1", work, ours, [peer])
    report.compare("P1", work, ours, peer, 0.25)
    report.peak("P1", work, ours, 15)


def large(report, options, inputs):
    for findings, megabytes in ((30_000, 80), (100_000, 200)):
        work, files = f"run, {findings:,} Trivy findings", inputs.trivy(findings)
        ours = gate_run(options.binary, files, findings)
        peers = [with_peer(jq, "trivy-to-sarif.jq", options.work, files, findings)] if "P2" in options.only else []
        group(report, options, "P2", work, ours, peers)
        for peer in peers:
            report.compare("P2", work, ours, peer, 0.20)
        if "P3" in options.only:
            report.peak("P3", work, ours, megabytes)


def many_logs(report, options, inputs):
    files, findings = inputs.sarif(100), 100 * generate.SARIF_RESULTS
    work, ours = f"convert, 100 SARIF logs × {generate.SARIF_RESULTS}", gate_convert(options.binary, files, findings)
    peers = [with_peer(sarif_tools, "sarif-tools copy", options.work, files, findings),
             with_peer(multitool, "SARIF multitool merge", options.work, files, findings)]
    group(report, options, "P4", work, ours, peers)
    for peer in peers:
        report.compare("P4", work, ours, peer, 0.06)


def size(report, options):
    with open(options.binary, "rb") as file:
        binary = file.read()
    packed = len(gzip.compress(binary, 9))
    report.fact("P7", "program, gzip -9", packed / 1e6, 8, unit="MB", plain_bytes=len(binary))
    report.sizes.append(["P7", "program", f"{len(binary) / 1e6:.2f} MB", "", ""])
    report.sizes.append(["P7", "program, gzip -9", f"{packed / 1e6:.2f} MB", "≤ 8 MB for the whole image", against(packed / 1e6, 8) + "; the rest of the image not counted"])


def growth(report, options, inputs):
    logs = [(f"{n} {'log' if n == 1 else 'logs'}", inputs.sarif(n), n * generate.SARIF_RESULTS) for n in (1, 100, 500)]
    found = lambda make: [(f"{n:,} findings", make(n), n) for n in (100, 5_000, 100_000)]
    for work, call, steps in (("run, Trivy", gate_run, found(inputs.trivy)), ("run, Gitleaks", gate_run, found(inputs.gitleaks)),
                              ("run, SARIF logs", gate_run, logs), ("convert, SARIF logs", gate_convert, logs)):
        commands = [(label, call(options.binary, files, findings)) for label, files, findings in steps]
        for label, command in commands:
            command.name = f"{command.name}, {label}"
        paired([command for _, command in commands], options, f"P9 {work}")
        report.keep("P9", work, [command for _, command in commands])
        report.grow(work, commands)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(HERE, "..", "target", "release", "sarif-gate"), help="the program (default: %(default)s)")
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "sarif-gate-bench"),
                        help="inputs, peers and runs go here, outside any git repository; kept for the next time (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=120, metavar="SECONDS", help="a command that takes longer is killed and has failed (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(PARTS), help="comma-separated parts of PERFORMANCE: %(default)s")
    parser.add_argument("--json", metavar="FILE", help="write every figure of every round")
    options = parser.parse_args()
    options.only = options.only.upper().split(",")
    unknown = [part for part in options.only if part not in PARTS]
    if unknown:
        parser.error(f"--only: no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    options.binary, options.work = os.path.abspath(options.binary), os.path.abspath(options.work)
    if not os.access(options.binary, os.X_OK):
        parser.error(f"--binary: no program at {options.binary}; build it with `cargo build --release`")
    above = options.work
    while above != os.path.dirname(above):
        if os.path.exists(os.path.join(above, ".git")):
            parser.error(f"--work: {options.work} is inside the git repository {above}, and runs would look at it; name a folder outside")
        above = os.path.dirname(above)
    if ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0):     # PR_SET_CHILD_SUBREAPER, see `measure`
        parser.error("this kernel has no child subreaper (Linux 3.4 or later has)")
    return options


def main():
    if sys.platform != "linux":
        sys.exit("benches/run.py: Linux only")
    options = arguments()
    os.makedirs(options.work, exist_ok=True)
    shutil.rmtree(os.path.join(options.work, "runs"), ignore_errors=True)
    report, inputs = Report(), Inputs(options.work, options.seed)
    environment = {"program": version_of(options.binary, "--version"), "machine": f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}",
                   "rounds": f"{options.rounds}, commands of a group in turn", "load before": f"{os.getloadavg()[0]:.1f}",
                   "date": datetime.date.today().isoformat()}
    if "debug" in options.binary.split(os.sep):
        environment["**warning**"] = "a debug build: its figures say nothing"
    if "P1" in options.only:
        start_up(report, options, inputs)
    if {"P2", "P3"} & set(options.only):
        large(report, options, inputs)
    if "P4" in options.only:
        many_logs(report, options, inputs)
    if "P7" in options.only:
        size(report, options)
    if "P9" in options.only:
        growth(report, options, inputs)
    environment["load after"] = f"{os.getloadavg()[0]:.1f}"
    print(report.markdown(environment))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"environment": environment, "targets": report.facts, "skipped": report.skipped, "commands": report.commands}, file, indent=2, ensure_ascii=False)
            file.write("\n")
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
