#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other single-picture denoisers on one picture: what a hands-off run ships, the best of its run, and what it costs.

usage: candidates.py CLEAN.png NOISY.png [name ...] [seconds=300] [threads=2] [guide=FILE.png] [out=FOLDER]

Each candidate runs in a process of its own, for about so many processor seconds at most, and prints one row: PSNR of
what it ships, PSNR at its best moment (known only with the clean picture), iterations, processor and wall seconds, peak
memory. The noise is told to those alone whose name ends in its sigma (of 255). Looking at a picture is not timed, nor
is loading a library; starting a program is. The guided candidates start from the guide, by default scikit-image's
wavelet shrinkage. Packages: python3-torch, python3-skimage, python3-pywt, gegl, gmic;
from PyPI vapoursynth-bm3dcpu (GPL-2.0-or-later), with a vapoursynth below 78.
"""
import importlib
import math
import multiprocessing
import pathlib
import re
import resource
import subprocess
import sys
import time

import numpy as np
from PIL import Image

NETWORKS, PAIRS, CLASSICAL = "candidate_networks", "candidate_pairs", "candidate_programs"
# name: module, function, arguments
CANDIDATES = {
    "dip": (NETWORKS, "deep_image_prior", {}),
    "deep-random-projector": (NETWORKS, "deep_random_projector", {}),
    "deep-decoder": (NETWORKS, "deep_decoder", {}),
    "aseqdip": (NETWORKS, "autoencoding_sequential_prior", {}),
    "self2self-like": (NETWORKS, "self_to_self", {}),
    "dip-sure": (NETWORKS, "risk_estimating_prior", {}),
    "guided": (NETWORKS, "guided_prior", {}),
    "zs-n2n": (PAIRS, "zero_shot_pairs", {}),
    "zs-n2n-dense": (PAIRS, "zero_shot_pairs", {"dense": True}),
    "zs-hpd-like": (PAIRS, "frequency_split_pairs", {}),
    "pixel2pixel": (PAIRS, "similar_pixels", {"width": 64, "layers": 5, "crop": 64}),
    "pixel2pixel-small": (PAIRS, "similar_pixels", {"width": 48, "layers": 2, "crop": 128}),
    "skimage-nlm": (CLASSICAL, "nonlocal_means", {}),
    "skimage-wavelet": (CLASSICAL, "wavelet", {}),
    "skimage-wavelet-shifts": (CLASSICAL, "wavelet", {"shifts": 3}),
    "skimage-tv": (CLASSICAL, "total_variation", {}),
    "gegl-noise-reduction": (CLASSICAL, "gegl", {"operation": ["gegl:noise-reduction", "iterations=4"]}),
    "gegl-denoise-dct-25": (CLASSICAL, "gegl", {"operation": ["gegl:denoise-dct", "sigma=25"]}),
    "gegl-denoise-dct-20": (CLASSICAL, "gegl", {"operation": ["gegl:denoise-dct", "sigma=20"]}),
    "gegl-denoise-dct-16x16-25": (CLASSICAL, "gegl", {"operation": ["gegl:denoise-dct", "sigma=25", "patch-size=size16x16"]}),
    "gmic-denoise": (CLASSICAL, "gmic", {"command": ["denoise", "10,10"]}),
    "gmic-denoise-25": (CLASSICAL, "gmic", {"command": ["denoise", "10,20,7,10,0"]}),
    "gmic-denoise-haar": (CLASSICAL, "gmic", {"command": ["denoise_haar", ","]}),
    "gmic-denoise-patchpca": (CLASSICAL, "gmic", {"command": ["denoise_patchpca", ","]}),
    "gmic-smooth": (CLASSICAL, "gmic", {"command": ["smooth", "60"]}),
    "bm3d": (CLASSICAL, "colour_bm3d", {}),
    "bm3d-25": (CLASSICAL, "colour_bm3d", {"sigma": 25}),
}


def read(path):
    return np.asarray(Image.open(path).convert("RGB"), np.float32) / 255


class Run:
    """One candidate's picture, clock and score. Pictures are NumPy arrays, height x width x 3, in [0, 1]."""

    def __init__(self, clean, noisy, options):
        self.clean, self.noisy, self.noisy_path = read(clean), read(noisy), noisy
        self.guide = read(options["guide"]) if "guide" in options else None
        self.threads, self.seconds = int(options["threads"]), float(options["seconds"])
        self.best, self.best_at, self.iterations = 0.0, "", ""
        self.paused_processor = self.paused_wall = 0.0
        self.processor_start, self.wall_start = self.processor(), time.perf_counter()

    @staticmethod
    def processor():
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    def spent(self):
        return (self.processor() - self.processor_start - self.paused_processor,
                time.perf_counter() - self.wall_start - self.paused_wall)

    def late(self):
        return self.spent()[0] > self.seconds

    def look(self, make, at=""):
        """PSNR of the picture that make() returns, outside the clock; `at` names the moment."""
        processor, wall = self.processor(), time.perf_counter()
        psnr = -10 * math.log10(np.square(make().clip(0, 1).astype(np.float64) - self.clean).mean())
        if psnr > self.best:
            self.best, self.best_at = psnr, at
        self.paused_processor += self.processor() - processor
        self.paused_wall += time.perf_counter() - wall
        return psnr


def peak_kib():
    """Of the programs started, or of this process where it started none."""
    own = re.search(r"VmHWM:\s*(\d+)", pathlib.Path("/proc/self/status").read_text())
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss or int(own.group(1))


def row(name, clean, noisy, options):
    module, function, arguments = CANDIDATES[name]
    try:
        candidate = getattr(importlib.import_module(module), function)
        run = Run(clean, noisy, options)
        picture = candidate(run, **arguments)
    except (ImportError, FileNotFoundError, subprocess.CalledProcessError) as missing:
        return f"| {name} | not measured: {missing} | | | | | |"
    processor, wall = run.spent()
    peak = peak_kib() // 1024
    shipped = run.look(lambda: picture)
    if "out" in options:
        folder = pathlib.Path(options["out"])
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray((picture.clip(0, 1) * 255).round().astype(np.uint8)).save(folder / f"{name}.png")
    return f"| {name} | {shipped:.2f} | {run.best:.2f}{run.best_at} | {run.iterations} | {processor:.1f} | {wall:.1f} | {peak} |"


def main():
    clean, noisy, *rest = sys.argv[1:]
    options = {"seconds": "300", "threads": "2"} | dict(word.split("=", 1) for word in rest if "=" in word)
    names = [word for word in rest if "=" not in word] or list(CANDIDATES)
    unknown = [name for name in names if name not in CANDIDATES]
    if unknown:
        sys.exit(f"no such candidate: {' '.join(unknown)}; there are: {' '.join(CANDIDATES)}")
    print("| candidate | shipped, dB | best, dB | iterations | processor, s | wall, s | MiB |\n|---|---|---|---|---|---|---|")
    for name in names:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(pool.apply(row, (name, clean, noisy, options)), flush=True)


if __name__ == "__main__":
    main()
