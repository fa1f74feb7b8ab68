#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well pentimento:dehaze does: haze.py FOLDER [quality=...] [name=value ...]

FOLDER holds photographs without haze. On six of them haze is laid, I = tJ + (1-t)A with t = exp(-beta depth), over a
depth map of its own making (a ground that recedes to a horizon, aligned with the picture's edges), in three densities.
Prints PSNR before and after, the error of the transmission (root mean square) and of the airlight (mean of the
channels' absolute errors). Where FOLDER holds GTairlights.csv (name, red, green, blue), the airlights found in its
pictures are compared with those instead: the angle between the two colours, beside that of the mean of the thousandth
of the pixels with the highest dark channel. Needs scikit-image and GEGL's introspection data, and the operations in $GEGL_PATH."""
import csv
import sys
import tempfile
from pathlib import Path

import gi
import numpy as np
from scipy.ndimage import minimum_filter, uniform_filter
from skimage import io, transform

gi.require_version("Gegl", "0.4")
from gi.repository import Gegl

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


def dehaze(hazy, folder, options):
    """All parts, from three nodes that cost one fit."""
    folder = Path(folder)
    io.imsave(folder / "in.png", hazy, check_contrast=False)
    graph = Gegl.Node()
    source = graph.create_child("gegl:load")
    source.set_property("path", str(folder / "in.png"))
    found = {}
    for part in ("picture", "transmission", "airlight"):
        node, sink = graph.create_child("pentimento:dehaze"), graph.create_child("gegl:png-save")
        for option in (f"output={part}", "keep-some-haze=0", *options):
            name, value = option.split("=")
            spec = node.find_property(name)
            node.set_property(name, value if spec.value_type.is_a(gi.repository.GObject.TYPE_ENUM) else float(value))
        sink.set_property("path", str(folder / f"{part}.png"))
        source.link(node)
        node.link(sink)
        sink.process()
        found[part] = io.imread(folder / f"{part}.png")[..., :3] / 255.0
    return found


def synthetic(photographs, folder, options):
    rng = np.random.default_rng(5)
    rows = []
    for scene, place in SCENES.items():
        clear = picture(photographs / f"{scene}.jpg")
        far = depth(clear, *place)
        for beta in BETAS:
            airlight = np.clip(rng.uniform(0.75, 0.95) + rng.uniform(-0.05, 0.05, 3), 0, 1)
            t = np.exp(-beta * far)[..., None]
            hazy = np.round((clear * t + airlight * (1 - t)).clip(0, 1) * 255).astype(np.uint8)
            found = dehaze(hazy, folder, options)
            row = [psnr(hazy / 255.0, clear), psnr(found["picture"], clear),
                   np.sqrt(np.mean((found["transmission"][..., 0] - t[..., 0]) ** 2)),
                   np.mean(np.abs(found["airlight"].mean((0, 1)) - airlight))]
            rows.append(row)
            print("| %s | beta %.1f | %.2f -> %.2f dB | t %.3f | A %.3f |" % (scene, beta, *row), flush=True)
    mean = np.mean(rows, 0)
    print("| mean | | %.2f -> %.2f dB (%+.2f) | t %.3f | A %.3f |" %
          (mean[0], mean[1], mean[1] - mean[0], mean[2], mean[3]))


def angle(a, b):
    return np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1)))


def airlights(photographs, folder, options):
    with open(photographs / "GTairlights.csv", encoding="utf-8") as table:
        measured = {row["image"]: np.array([float(row[k]) for k in "rgb"]) for row in csv.DictReader(table)}
    rows = []
    for path in sorted(p for p in photographs.iterdir() if p.stem in measured):
        rgb = io.imread(path)[..., :3]
        ours = dehaze(rgb, folder, options)["airlight"].mean((0, 1))
        dark = minimum_filter(rgb.min(2), 15).ravel()
        plain = rgb.reshape(-1, 3)[np.argsort(dark)[-max(1, dark.size // 1000):]].mean(0)
        rows.append((angle(ours, measured[path.stem]), angle(plain, measured[path.stem])))
        print("| %s | %.2f degrees | dark channel %.2f |" % (path.stem, *rows[-1]), flush=True)
    print("| mean | %.2f degrees | dark channel %.2f |" % tuple(np.mean(rows, 0)))


def main(name, *options):
    Gegl.config().set_property("application-license", "GPL3")
    Gegl.init(None)
    photographs = Path(name)
    with tempfile.TemporaryDirectory() as folder:
        run = airlights if (photographs / "GTairlights.csv").exists() else synthetic
        run(photographs, folder, options)


if __name__ == "__main__":
    main(*sys.argv[1:])
