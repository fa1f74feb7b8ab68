#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well pentimento:dehaze does: haze.py BENCH_METHOD FOLDER [quality=...] [name=value ...]

FOLDER holds photographs without haze. On six of them haze is laid, I = tJ + (1-t)A with t = exp(-beta depth), over a
depth map of its own making (a ground that recedes to a horizon, aligned with the picture's edges), in three densities.
Prints PSNR before and after, the error of the transmission (root mean square) and of the airlight (mean of the
channels' absolute errors). Needs numpy and scikit-image; BENCH_METHOD is pentimento-bench-method."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter
from skimage import io, transform

# The horizon's height and, for what recedes to one point, its column; both as fractions.
SCENES = {"bu_lake-sherburne": (0.55, None), "bu_extreme-desert-hike": (0.1, None), "bh_orange-hallway": (0.15, 0.6),
          "bh_tunnel-zion-park": (0.78, 0.5), "bu_singaporean-cityscape": (0.55, None),
          "bu_roman-colosseum": (0.9, None)}
BETAS = (0.6, 1.2, 1.8)
SIDE = 512


def picture(path):
    rgb = io.imread(path)[..., :3] / 255.0
    scale = SIDE / max(rgb.shape[:2])
    return transform.resize(rgb, (round(rgb.shape[0] * scale), round(rgb.shape[1] * scale)), anti_aliasing=True)


def guided(guide, plane, radius=12, flat=1e-3):
    mean = lambda x: uniform_filter(x, 2 * radius + 1, mode="nearest")
    slope = (mean(guide * plane) - mean(guide) * mean(plane)) / (mean(guide * guide) - mean(guide) ** 2 + flat)
    offset = mean(plane) - slope * mean(guide)
    return mean(slope) * guide + mean(offset)


def depth(rgb, horizon, column):
    """0 (here) to 1 (as far as one sees)."""
    h, w = rgb.shape[:2]
    y, x = np.mgrid[0:h, 0:w] / float(max(h, w))
    if column is None:
        near = np.maximum(y - horizon * h / max(h, w), 0)
    else:
        near = np.hypot(y - horizon * h / max(h, w), x - column * w / max(h, w))
    far = 0.12 / (near + 0.12)
    return np.clip(guided(rgb.mean(2), far), 0, 1)


def psnr(a, b):
    return -10 * np.log10(np.mean((np.clip(a, 0, 1) - b) ** 2))


def dehaze(program, hazy, folder, output, options):
    io.imsave(folder / "in.ppm", hazy, check_contrast=False)
    subprocess.run([program, folder / "in.ppm", folder / "in.ppm", "method=dehaze", f"output={output}",
                    f"out={folder / 'out.ppm'}", *options], check=True, stdout=subprocess.DEVNULL)
    return io.imread(folder / "out.ppm") / 255.0


def main(program, photographs, *options):
    rng = np.random.default_rng(5)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for scene, place in SCENES.items():
            clear = picture(Path(photographs) / f"{scene}.jpg")
            far = depth(clear, *place)
            for beta in BETAS:
                airlight = np.clip(rng.uniform(0.75, 0.95) + rng.uniform(-0.05, 0.05, 3), 0, 1)
                t = np.exp(-beta * far)[..., None]
                hazy = np.round((clear * t + airlight * (1 - t)).clip(0, 1) * 255).astype(np.uint8)
                found = {part: dehaze(program, hazy, Path(name), part, ("keep-some-haze=0", *options))
                         for part in ("picture", "transmission", "airlight")}
                row = [psnr(hazy / 255.0, clear), psnr(found["picture"], clear),
                       np.sqrt(np.mean((found["transmission"][..., 0] - t[..., 0]) ** 2)),
                       np.mean(np.abs(found["airlight"].mean((0, 1)) - airlight))]
                rows.append(row)
                print("| %s | beta %.1f | %.2f -> %.2f dB | t %.3f | A %.3f |" % (scene, beta, *row), flush=True)
    mean = np.mean(rows, 0)
    print("| mean | | %.2f -> %.2f dB (%+.2f) | t %.3f | A %.3f |" %
          (mean[0], mean[1], mean[1] - mean[0], mean[2], mean[3]))


if __name__ == "__main__":
    main(*sys.argv[1:])
