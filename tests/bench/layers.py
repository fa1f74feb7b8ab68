#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layers.py PHOTOGRAPHS PROGRAM [layers|marks|frames] [name=value ...]: mixes the photographs of a folder, or marks
them, lets pentimento-bench-method take that apart, and prints one table row for each. Options go to the method;
side=N: pictures of N x N (512); count=N: rows (6); out=FOLDER: keeps what was made there.

Layers: PSNR of each against its photograph, in the better order, after the one affine function of brightness that fits
it best; of the blend of both by the mask after rounding all three to 8 bits against the picture; and the correlation
of the layers' gradient magnitudes. Marks: PSNR inside the mark, and how many samples outside it changed."""
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageDraw, ImageFont

MIXTURES = ((0.35, 0.6), (0.3, 0.7), (0.4, 0.55))
# Text, colour, opacity; "box": the hint is a box, else the mark grown by ten pixels.
MARKS = (("PENTIMENTO", (255, 255, 255), 0.5, "box"), ("sample", (255, 255, 255), 0.3, "grown"),
         ("(C) 2026", (128, 128, 128), 0.6, "box"), ("PROOF", (230, 40, 40), 0.5, "box"),
         ("Do not copy", (255, 255, 255), 0.7, "grown"), ("two tones", None, 0.5, "box"))


def save(path, picture):
    Image.fromarray(np.uint8(np.clip(np.round(picture * 255), 0, 255))).save(path)


def load(path):
    return np.asarray(Image.open(path), float) / 255


def psnr(a, b):
    return -10 * np.log10(max(np.mean((a - b) ** 2), 1e-12))


def affine_psnr(layer, photograph):
    return psnr(np.polyval(np.polyfit(layer.ravel(), photograph.ravel(), 1), layer), photograph)


def edges(picture):
    grey = picture.mean(2)
    return np.hypot(np.diff(grey, axis=1)[:-1], np.diff(grey, axis=0)[:, :-1]).ravel()


class Bench:
    def __init__(self, program, folder, options):
        self.program, self.folder, self.options = program, folder, options

    def run(self, name, inputs, method, **own):
        """The output as it is written, and what the program's row says of time."""
        out = self.folder / f"{name}.ppm"
        options = {**self.options, **own}
        done = subprocess.run([self.program, inputs[0], *inputs, f"method={method}", f"out={out}",
                               *(f"{k}={v}" for k, v in options.items())], text=True, capture_output=True)
        if done.returncode:
            return None, done.stderr.strip()
        first = re.search(r"first estimate ([-\d.]+) s", done.stdout)
        seconds = re.search(r"\| ([\d.]+) s \|", done.stdout)
        return load(out), f"first {first[1]} s | {seconds[1]} s |{done.stdout.rstrip().rsplit('|', 1)[1]}"

    def parts(self, name, inputs, method, outputs, **own):
        results = [self.run(f"{name}-{o}", inputs, method, output=o, **own) for o in outputs]
        return [r[0] for r in results], results[0][1]


def layers(bench, photographs, count):
    for k in range(count):
        one, other = photographs[2 * k % len(photographs)], photographs[(2 * k + 1) % len(photographs)]
        a, b = MIXTURES[k % len(MIXTURES)]
        paths = [bench.folder / f"layers{k}-{i}.ppm" for i in range(2)]
        for path, share in zip(paths, (a, b)):
            save(path, share * one + (1 - share) * other)
        outputs = ("layer-1", "layer-2", "mask")
        (first, second, mask), told = bench.parts(f"layers{k}", paths, "separate-layers", outputs)
        if first is None:
            print(f"| layers {k} | {told}", flush=True)
            continue
        orders = [(affine_psnr(first, x), affine_psnr(second, y)) for x, y in ((one, other), (other, one))]
        blend = mask * first + (1 - mask) * second - load(paths[0])
        print(f"| layers {k} ({a}, {b}) | %.2f and %.2f dB" % max(orders, key=min),
              f"| blend {psnr(blend, 0):.1f} dB, at most {255 * np.abs(blend).max():.2f}/255",
              f"| gradients {np.corrcoef(edges(first), edges(second))[0, 1]:.3f} | {told}", flush=True)


def mark_of(text, color, opacity, side):
    """What the mark is made of: its opacity, 0..1, and its colour."""
    font = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
    shape = Image.new("L", (side, side))
    font = ImageFont.truetype(font, int(1.2 * side / len(text))) if pathlib.Path(font).exists() else \
        ImageFont.load_default(1.2 * side / len(text))
    ImageDraw.Draw(shape).text((side // 2, side // 2), text, 255, font, "mm")
    paint = np.empty((side, side, 3))
    paint[:] = np.array(color or (255, 255, 255)) / 255
    if color is None:
        paint[:, side // 2:] = 0.1
    return np.asarray(shape, float)[..., None] / 255 * opacity, paint


def hint_of(opacity, kind):
    marked = opacity[..., 0] > 0
    hint = np.zeros(marked.shape)
    rows, columns = np.nonzero(marked)
    if kind == "box":
        hint[max(rows.min() - 8, 0):rows.max() + 9, max(columns.min() - 8, 0):columns.max() + 9] = 1
    else:
        for y in range(-10, 11):
            for x in range(-10, 11):
                hint = np.maximum(hint, np.roll(marked, (y, x), (0, 1)))
    return hint


def report(name, clean, result, marked_picture, opacity, told):
    if result is None:
        print(f"| {name} | {told}", flush=True)
        return
    inside = np.broadcast_to(opacity, clean.shape) > 0
    outside = (np.abs(result - marked_picture)[~inside] > 0).mean()
    print(f"| {name} | {psnr(marked_picture[inside], clean[inside]):.2f} -> "
          f"{psnr(result[inside], clean[inside]):.2f} dB | outside changed {100 * outside:.2f} %,",
          f"{psnr(result[~inside], clean[~inside]):.1f} dB | {told}", flush=True)


def marks(bench, photographs, count):
    for k in range(count):
        clean, (text, color, share, kind) = photographs[k % len(photographs)], MARKS[k % len(MARKS)]
        opacity, paint = mark_of(text, color, share, clean.shape[0])
        marked, hint = (bench.folder / f"mark{k}.{e}" for e in ("ppm", "pgm"))
        save(marked, (1 - opacity) * clean + opacity * paint)
        save(hint, hint_of(opacity, kind))
        result, told = bench.run(f"mark{k}-clean", [marked, hint], "remove-watermark")
        report(f"mark {k} ({text}, {share}, {kind})", clean, result, load(marked), opacity, told)


def frames(bench, photographs, count):
    number = 4
    for k in range(count):
        chosen = [photographs[(number * k + i) % len(photographs)] for i in range(number)]
        text, color, share, _ = MARKS[k % len(MARKS)]
        opacity, paint = mark_of(text, color, share, chosen[0].shape[0])
        clean = np.concatenate(chosen)
        opacities = np.concatenate([opacity] * number)
        marked = bench.folder / f"frames{k}.ppm"
        save(marked, (1 - opacities) * clean + opacities * np.concatenate([paint] * number))
        result, told = bench.run(f"frames{k}-clean", [marked], "remove-watermark", frames=number)
        report(f"{number} frames {k} ({text}, {share})", clean, result, load(marked), opacities, told)


def main():
    what = {"layers": layers, "marks": marks, "frames": frames}
    options = dict(a.split("=", 1) for a in sys.argv[3:] if "=" in a)
    chosen = [a for a in sys.argv[3:] if a in what] or list(what)
    side, count = int(options.pop("side", 512)), int(options.pop("count", 6))
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(options.pop("out", scratch))
        folder.mkdir(exist_ok=True)
        paths = sorted(pathlib.Path(sys.argv[1]).glob("*.[jp][pn]g"))
        paths = paths[::max(1, len(paths) // 12)][:12]
        photographs = [np.asarray(Image.open(p).convert("RGB").resize((side, side), Image.LANCZOS), float) / 255
                       for p in paths]
        for name in chosen:
            what[name](Bench(sys.argv[2], folder, options), photographs, count)


if __name__ == "__main__":
    main()
