#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users get of pentimento:restore: restore.py TRAIN PICTURE... [side=800] [tasks=rain,haze,shadow] [seed=7]

TRAIN is the program pentimento-train, whose physics degrade the pictures (photographs that were not trained on), shrunk
until their shorter side has `side` pixels. Each is then restored through the gegl program. Prints, for each picture and as
means: PSNR before and after, and the mean absolute change of the clean picture, of 255. Needs python3-pil, and the operations
in $GEGL_PATH."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image


def restored(source, task, target):
    subprocess.run(["gegl", source, "--", "pentimento:restore", f"task={task}", "gegl:png-save", f"path={target}", "bitdepth=8"],
                   check=True, capture_output=True)
    return pixels(target)


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"), float)


def psnr(a, b):
    return 20 * np.log10(255 / max(np.sqrt(np.mean((a - b) ** 2)), 1e-9))


def main():
    options = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
    train, *pictures = [word for word in sys.argv[1:] if "=" not in word]
    print("task | picture | before | after | gain | clean picture changed by")
    for task in options.get("tasks", "rain,haze,shadow").split(","):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([train, "degrade", *pictures, "--task", task, "--side", options.get("side", "800"), "--seed",
                            options.get("seed", "7"), "--out", folder], check=True)
            rows = []
            for file in sorted(Path(folder).glob("*.degraded.ppm")):
                clean = file.with_name(file.name.replace(".degraded.", ".clean."))
                target = str(file) + ".png"
                truth = pixels(clean)
                before, after = psnr(pixels(file), truth), psnr(restored(str(file), task, target), truth)
                rows.append([before, after, after - before, np.abs(restored(str(clean), task, target) - truth).mean()])
                print(" | ".join([task, file.name.split(".")[0], *(f"{x:.2f}" for x in rows[-1])]), flush=True)
            print(" | ".join([task, "mean", *(f"{x:.2f}" for x in np.mean(rows, 0))]), flush=True)


if __name__ == "__main__":
    main()
