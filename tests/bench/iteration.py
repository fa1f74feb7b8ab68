#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One iteration of the paper's network: ours and plain PyTorch's in turn, medians and their ratio.

usage: iteration.py PATH/TO/pentimento-bench-iteration [rounds=5] [side=256] [iterations=10] [device=cpu]
"""
import pathlib
import re
import statistics
import subprocess
import sys

PATTERN = re.compile(r"([\d.]+) ms an iteration, ([\d.]+) ms of processor time, peak (\d+) MiB")


def main():
    program = sys.argv[1]
    options = {"rounds": "5", "side": "256", "iterations": "10", "device": "cpu"} | dict(pair.split("=") for pair in sys.argv[2:])
    passed_on = [f"{name}={options[name]}" for name in ("side", "iterations", "device")]
    reference = [sys.executable, str(pathlib.Path(__file__).with_name("reference_dip.py"))]
    measured = {"pentimento": [], "plain PyTorch": []}
    for _ in range(int(options["rounds"])):
        for name, command in (("pentimento", [program]), ("plain PyTorch", reference)):
            text = subprocess.run(command + passed_on, check=True, capture_output=True, text=True).stdout
            measured[name].append([float(number) for number in PATTERN.search(text).groups()])
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in measured.items()}
    for name, (wall, processor, peak) in medians.items():
        print(f"| {name} | {wall:.0f} ms | {processor:.0f} ms | {peak:.0f} MiB |")
    ours, theirs = medians["pentimento"], medians["plain PyTorch"]
    print(f"| ratio | {theirs[0] / ours[0]:.2f} x faster | {theirs[1] / ours[1]:.2f} x | {ours[2] / theirs[2]:.2f} x the memory |")


if __name__ == "__main__":
    main()
