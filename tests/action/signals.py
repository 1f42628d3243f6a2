#!/usr/bin/env python3
"""signals.py --binary B | --image I    whether the program ends at once when a job is cancelled.

It runs as process 1 of its own namespace, as in a container: there the system ignores every signal that the program does
not handle. It waits on standard input meanwhile. The binary needs bwrap, the image podman with its store at $STORE.
"""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import uuid

PATIENCE = 2.0  # seconds from the signal to the end
ARGUMENTS = ["run", "trivy=-", "--evidence-dir", "/tmp/evidence"]


def in_bwrap(binary):
    """-> (process, how to learn the number of process 1, how to send a signal to it)"""
    read, write = os.pipe()
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--ro-bind", binary, "/tmp/program",
               "--unshare-pid", "--as-pid-1", "--info-fd", str(write), "/tmp/program", *ARGUMENTS]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[write])
    os.close(write)
    with os.fdopen(read) as info:
        pid = json.load(info)["child-pid"]
    return process, lambda: pid, lambda number: os.kill(pid, number)


def in_podman(image):
    store = os.environ["STORE"]
    environment = {**os.environ, "CONTAINERS_STORAGE_CONF": f"{store}/storage.conf", "CONTAINERS_CONF": f"{store}/containers.conf"}
    name = f"signals-{uuid.uuid4().hex[:12]}"
    process = subprocess.Popen(["podman", "run", "-i", "--rm", "--pull=never", "--network", "none", "--name", name, image, *ARGUMENTS],
                               env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def pid():
        said = subprocess.run(["podman", "inspect", "--format", "{{.State.Pid}}", name], env=environment, capture_output=True, text=True).stdout.strip()
        return int(said) if said.isdigit() else 0

    def send(number):
        subprocess.run(["podman", "kill", "--signal", str(int(number)), name], env=environment, check=True, capture_output=True)

    return process, pid, send


def handles(pid, number):
    """Whether the process has come as far as to handle the signal."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def check(start, number):
    process, pid, send = start()
    try:
        deadline = time.monotonic() + 30
        while not handles(pid(), number):
            if process.poll() is not None or time.monotonic() > deadline:
                return f"the signal is not handled (ended: {process.poll()})"
            time.sleep(0.05)
        begin = time.monotonic()
        send(number)
        code = process.wait(timeout=30)
        took = time.monotonic() - begin
        if code != 128 + number or took > PATIENCE:
            return f"exit code {code} after {took:.2f} s, not {128 + number} within {PATIENCE} s"
        print(f"ok     {took:5.2f} s  {number.name} as process 1: exit code {code}")
        return None
    except subprocess.TimeoutExpired:
        return "still running after 30 s"
    finally:
        if process.poll() is None:
            send(signal.SIGKILL)
            process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary")
    parser.add_argument("--image")
    arguments = parser.parse_args()
    failed = 0
    for number in (signal.SIGTERM, signal.SIGINT):
        start = (lambda: in_podman(arguments.image)) if arguments.image else (lambda: in_bwrap(os.path.realpath(arguments.binary)))
        wrong = check(start, number)
        if wrong:
            print(f"FAILED {number.name} as process 1: {wrong}")
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
