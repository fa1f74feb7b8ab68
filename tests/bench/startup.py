#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the operations cost every start of gegl: `gegl --list-all` with and without them, in turn; medians of 11.

    tests/bench/startup.py BUILD_FOLDER      prints one row of the table in README.md
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 11


def measure(gegl_path):
    """Wall-clock milliseconds and peak memory in MB of one start."""
    env = {**os.environ, "GEGL_PATH": gegl_path}
    start = time.perf_counter()
    process = subprocess.Popen(["gegl", "--list-all"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    usage = os.wait4(process.pid, 0)[2]
    return (time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024


def main():
    ours = Path(sys.argv[1]).resolve() / "ops"
    system = subprocess.check_output(["pkg-config", "--variable=pluginsdir", "gegl-0.4"], text=True).strip()
    with tempfile.TemporaryDirectory() as empty:
        paths = {"without": f"{empty}:{system}", "with": f"{ours}:{system}"}
        for name, path in paths.items():
            measure(path)  # warms the disk cache
            found = subprocess.call(["gegl", "--exists", "pentimento:denoise"], env={**os.environ, "GEGL_PATH": path}) == 0
            assert found == (name == "with"), f"{name} the operations: pentimento:denoise found: {found}"
        runs = {name: [] for name in paths}
        for _ in range(RUNS):
            for name, path in paths.items():
                runs[name].append(measure(path))
    ms, mb = ({name: statistics.median(r[i] for r in values) for name, values in runs.items()} for i in (0, 1))
    print(f"| cost of being installed | {ms['with'] - ms['without']:+.1f} ms ({ms['without']:.1f} -> {ms['with']:.1f}), "
          f"{mb['with'] - mb['without']:+.2f} MB ({mb['without']:.1f} -> {mb['with']:.1f}) | <= 15 ms, <= 3 MB |")


main()
