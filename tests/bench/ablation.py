#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each rule of the restoration network is worth: the ablation of models/nets/restorer.h.

Trains, for each task and seed, four networks of as many parameters for as many steps, at a size for two CPU cores:
  a  deep encoder-decoder, nothing around its narrowest place
  b  the same as deep as abstraction pays (found once for each task)
  c  with the detail path
  d  with losses by band and by path, balanced by GradNorm
and writes a table: PSNR, SNR of the finest band, and the deepest level's gradient relative to the entry's.

  tests/bench/ablation.py TRAIN PHOTOGRAPHS... --leave-out NAME... --validation PICTURE... [--steps N] [--cores 0,1]
TRAIN is the program pentimento-train. What is done already (the logs in --out) is not done again.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import queue
import re
import statistics
import subprocess

TASKS = {
    "rain": ["--sides", "192,320", "--validation-side", "320"],
    "haze": ["--sides", "64,96,128", "--validation-side", "128"],
    "shadow": ["--sides", "64,96,128", "--validation-side", "128"],
}
NO_DETAIL, PLAIN = ["--detail", "none"], ["--balance", "none"]
VARIANTS = {
    "a": ["--depth", "5", *NO_DETAIL, *PLAIN],
    "b": ["--depth", "found", *NO_DETAIL, *PLAIN],
    "c": ["--depth", "found", *PLAIN],
    "d": ["--depth", "found"],
}
SEEDS = (0, 1, 2)
COMMON = ["--crop", "64", "--batch", "8", "--bfloat16", "--threads", "1"]


def run(options, name, arguments, core):
    """Trains, unless it was done; returns the last line of the log and what the program said."""
    log = options.out / f"{name}.jsonl"
    said = options.out / f"{name}.txt"
    if not said.exists():
        log.unlink(missing_ok=True)
        command = ["taskset", "-c", core, options.train, "restore", "--data", *options.data,
                   *(["--leave-out", *options.leave_out] if options.leave_out else []),
                   "--validation", *options.validation, "--parameters", str(options.parameters),
                   "--out", str(options.out / f"{name}.safetensors"), "--log", str(log), *COMMON, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=True,
                                env={**os.environ, "OMP_NUM_THREADS": "1"})
        said.write_text(result.stderr)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return lines, said.read_text()


def measured(lines):
    gradients = [line["deep_gradient"] for line in lines[-5:]]
    return {**{k: lines[-1][k] for k in ("psnr_before", "psnr", "finest_before", "finest")},
            "gradient": statistics.mean(gradients)}


def table(results, depths):
    rows = ["| task | network | PSNR (spread) | finest band SNR (spread) | gradient deepest/entry |", "|---|---|---|---|---|"]
    for task in TASKS:
        of = {v: [results[task, v, s] for s in SEEDS] for v in VARIANTS}

        def mean(v, key):
            return statistics.mean(r[key] for r in of[v])

        def cell(v, key):
            values = [r[key] for r in of[v]]
            return f"{statistics.mean(values):.2f} dB ({max(values) - min(values):.2f})"

        rows.append(f"| {task} | as degraded | {mean('a', 'psnr_before'):.2f} dB | {mean('a', 'finest_before'):.2f} dB | |")
        for v in VARIANTS:
            depth = 5 if v == "a" else depths[task]
            rows.append(f"| | {v}, depth {depth} | {cell(v, 'psnr')} | {cell(v, 'finest')} | {mean(v, 'gradient'):.3f} |")
        rows.append(f"| | **d over a** | **{mean('d', 'psnr') - mean('a', 'psnr'):+.2f} dB** "
                    f"| **{mean('d', 'finest') - mean('a', 'finest'):+.2f} dB** | |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--leave-out", nargs="+", default=[])
    parser.add_argument("--validation", nargs="+", required=True)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--parameters", type=int, default=400000)
    parser.add_argument("--cores", default="0,1", help="one training on each at a time")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build-ablation"))
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    cores = queue.Queue()
    for core in options.cores.split(","):
        cores.put(core)

    def job(name, arguments):
        core = cores.get()
        try:
            return run(options, name, ["--steps", str(options.steps), *arguments], core)
        finally:
            cores.put(core)

    with concurrent.futures.ThreadPoolExecutor(cores.qsize()) as pool:
        # The first training of each task finds the depth for the others, and is not one of them: its length differs.
        probes = {task: pool.submit(job, f"{task}-depth", ["--task", task, *extra, "--depth", "auto"])
                  for task, extra in TASKS.items()}
        depths = {task: re.search(r"So the depth is (\d)", probe.result()[1])[1] for task, probe in probes.items()}
        jobs = {}
        for seed in SEEDS:
            for task, extra in TASKS.items():
                for variant, rules in VARIANTS.items():
                    rules = [depths[task] if word == "found" else word for word in rules]
                    jobs[task, variant, seed] = pool.submit(
                        job, f"{task}-{variant}-{seed}", ["--task", task, *extra, *rules, "--seed", str(seed)])
        results = {key: measured(done.result()[0]) for key, done in jobs.items()}
    text = table(results, depths)
    (options.out / "table.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
