#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Composites with a known mask, cut out of photographs and pasted onto others, segmented by the engine: IoU (after each stroke
that corrects the largest mistake, too, if asked for) and seconds.

usage: segment.py PATH/TO/pentimento-bench-method FOLDER/OF/PHOTOGRAPHS [side=512] [count=12] [keep=FOLDER]
                  [strokes=1] [corrections=0] [option=value of the method ...]
"""
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

import numpy
from PIL import Image, ImageDraw
from scipy import ndimage

FINER = 4  # shapes are drawn so much larger and shrunk, for antialiased edges
SECONDS = re.compile(r"first estimate ([\d.-]+) s \| ([\d.]+) s")


def blob(rng, side):
    """A wavy outline."""
    angle = numpy.linspace(0, 2 * numpy.pi, 400)
    radius = 1 + sum(rng.normal(0, 0.3 / k) * numpy.sin(k * angle + rng.uniform(0, 6.3)) for k in range(2, 8))
    radius = numpy.maximum(radius, 0.3) * side * rng.uniform(0.18, 0.27)
    centre = rng.uniform(0.4, 0.6, 2) * side
    return [tuple(p) for p in zip(centre[0] + radius * numpy.cos(angle), centre[1] + radius * numpy.sin(angle))]


def star(rng, side):
    points, turn, centre = int(rng.integers(4, 8)), rng.uniform(0, 6.3), rng.uniform(0.4, 0.6, 2) * side
    radii = side * numpy.array([0.38, rng.uniform(0.18, 0.26)])
    angles = turn + numpy.arange(2 * points) * numpy.pi / points
    return [(centre[0] + radii[i % 2] * numpy.cos(a), centre[1] + radii[i % 2] * numpy.sin(a)) for i, a in enumerate(angles)]


def letter(rng, side):
    """Bars that make an E, an H or a T, slightly turned."""
    bars = {"E": [(0, 0, 1, 5), (0, 0, 4, 1), (0, 2, 3, 3), (0, 4, 4, 5)], "H": [(0, 0, 1, 5), (3, 0, 4, 5), (0, 2, 4, 3)],
            "T": [(0, 0, 5, 1), (2, 0, 3, 5)]}[rng.choice(["E", "H", "T"])]
    turn, unit, centre = rng.uniform(-0.3, 0.3), side * rng.uniform(0.11, 0.15), rng.uniform(0.45, 0.55, 2) * side
    def place(x, y):
        x, y = (x - 2.2) * unit, (y - 2.5) * unit
        return (centre[0] + x * numpy.cos(turn) - y * numpy.sin(turn), centre[1] + x * numpy.sin(turn) + y * numpy.cos(turn))
    return [[place(*corner) for corner in ((l, t), (r, t), (r, b), (l, b))] for l, t, r, b in bars]


def drawn(shape, side):
    picture = Image.new("L", (side * FINER, side * FINER))
    for outline in shape if isinstance(shape[0], list) else [shape]:
        ImageDraw.Draw(picture).polygon([(x * FINER, y * FINER) for x, y in outline], fill=255)
    return numpy.asarray(picture.resize((side, side), Image.BOX), float) / 255


def crop(rng, path, side):
    picture = Image.open(path).convert("RGB")
    factor = side / min(picture.size) * rng.uniform(1.0, 1.4)
    picture = picture.resize([max(side, round(n * factor)) for n in picture.size], Image.LANCZOS)
    left, top = (int(rng.integers(0, n - side + 1)) for n in picture.size)
    return numpy.asarray(picture.crop((left, top, left + side, top + side)), float) / 255


def strokes_in(rng, region, count, value, onto):
    """Thin polylines of three points inside `region`, the next one always where none is near, as a person paints them."""
    side = len(region)
    depth = ndimage.distance_transform_edt(region)
    inner = depth > min(6 * side / 512, 0.5 * depth.max())
    ys, xs = numpy.nonzero(inner)
    for _ in range(count):
        drawn_so_far = onto == value
        far = ndimage.distance_transform_edt(~drawn_so_far) if drawn_so_far.any() else depth
        weight = far[ys, xs] > 0.7 * far[ys, xs].max()
        for _ in range(300):
            a = int(rng.choice(numpy.nonzero(weight)[0]))
            near = numpy.nonzero(numpy.hypot(ys - ys[a], xs - xs[a]) < 0.25 * side)[0]
            points = [(int(xs[i]), int(ys[i])) for i in [rng.choice(near), a, rng.choice(near)]]
            line = Image.new("L", (side, side))
            ImageDraw.Draw(line).line(points, fill=1, width=max(2, side // 170))
            marked = numpy.asarray(line) > 0
            if marked.sum() > 0.05 * side and region[marked].all():
                onto[marked] = value
                break
    if not (onto == value).any():
        onto[ys[len(ys) // 2], xs[len(xs) // 2]] = value


def composite(seed, photographs, side):
    rng = numpy.random.default_rng(seed)
    front, back = rng.choice(len(photographs), 2, replace=False)
    if seed % 4 == 3:
        front = back  # another part of the same photograph, brighter: similar colours
    mask = drawn([blob, star, letter][seed % 3](rng, side), side)
    one, other = crop(rng, photographs[front], side), crop(rng, photographs[back], side)
    if seed % 4 == 3:
        one = one[::-1, ::-1] ** 0.7
    picture = mask[..., None] * one + (1 - mask[..., None]) * other
    strokes = numpy.full((side, side), 0.5)
    strokes_in(rng, mask == 1, 4, 1.0, strokes)
    around = ndimage.distance_transform_edt(mask == 0) < 0.2 * side
    strokes_in(rng, (mask == 0) & around, 6, 0.0, strokes)
    return picture, mask, strokes, f"{photographs[front].stem[:24]} on {photographs[back].stem[:24]}"


def correct(rng, found, mask, strokes):
    """One more stroke, as a person adds it: on the largest part that came out wrong."""
    wrong = (found & (mask == 0)) | (~found & (mask == 1))
    parts, count = ndimage.label(wrong)
    if count == 0:
        return
    largest = parts == 1 + numpy.argmax(ndimage.sum_labels(wrong, parts, numpy.arange(1, count + 1)))
    for value, region in ((1.0, largest & (mask == 1)), (0.0, largest & (mask == 0))):
        if region.any():
            painted = numpy.full(mask.shape, 0.5)
            strokes_in(rng, region, 1, value, painted)
            strokes[painted == value] = value


def write(path, picture):
    Image.fromarray(numpy.uint8(numpy.round(picture * 255))).save(path)


def iou(found, true):
    return (found & true).sum() / max(1, (found | true).sum())


def main():
    program, photographs = sys.argv[1], sorted(pathlib.Path(sys.argv[2]).glob("*.jpg"))
    options = dict(pair.split("=", 1) for pair in sys.argv[3:])
    side, count = int(options.pop("side", 512)), int(options.pop("count", 12))
    corrections = int(options.pop("corrections", 0))
    with_strokes, keep = options.pop("strokes", "1") == "1", options.pop("keep", None)
    passed_on = [f"{name}={value}" for name, value in options.items()]
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(keep or scratch)
        folder.mkdir(exist_ok=True, parents=True)
        for seed in range(count):
            picture, mask, strokes, name = composite(seed, photographs, side)
            paths = {what: folder / f"{seed:02}-{what}.{end}" for what, end in
                     (("picture", "ppm"), ("strokes", "pgm"), ("true", "ppm"), ("mask", "ppm"))}
            write(paths["picture"], picture)
            write(paths["strokes"], strokes)
            write(paths["true"], numpy.repeat(mask[..., None], 3, 2))
            command = [program, paths["true"], paths["picture"], *([paths["strokes"]] if with_strokes else []),
                       "method=segment", f"out={paths['mask']}", *passed_on]
            row = []
            for correction in range(corrections + 1):
                text = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
                first, seconds = map(float, SECONDS.search(text).groups())
                found = numpy.asarray(Image.open(paths["mask"]).convert("L"), float) / 255
                row.append(iou(found > 0.5, mask > 0.5))
                if correction < corrections:
                    correct(numpy.random.default_rng(correction), found > 0.5, mask, strokes)
                    write(paths["strokes"], strokes)
            rows.append((*row, numpy.abs(found - mask).mean(), first, seconds))
            print(f"| {seed:02} {name} | IoU {' '.join(f'{value:.3f}' for value in row)} | error {rows[-1][-3]:.4f} | "
                  f"{first:.2f} s | {seconds:.1f} s |", flush=True)
    means = [statistics.mean(column) for column in zip(*rows)]
    print(f"| mean of {count} | IoU {' '.join(f'{value:.4f}' for value in means[:-3])} | error {means[-3]:.4f} | "
          f"first {means[-2]:.2f} s (most {max(r[-2] for r in rows):.2f}) | {means[-1]:.1f} s "
          f"(most {max(r[-1] for r in rows):.1f}) |")


if __name__ == "__main__":
    main()
