#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users get of pentimento:rescale-down and -up: rescale.py PICTURE... [scale=2] [weights=FILE]

Through the gegl program, each picture cut to a multiple of the scale. Prints, for each picture and as means: PSNR-Y
(as the papers measure: 8 bits, a border of `scale` pixels left out) after restoring from a PNG and from JPEGs of the
small picture, beside bicubic enlarging of an ordinary small picture treated alike; the same of the picture made grey;
PSNR of the small picture to the ordinary one; and the bytes of original and small picture as PNG and of the details,
with which the restored picture must equal the original. Needs python3-pil, and the operations in $GEGL_PATH."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

QUALITIES = (95, 90, 75)


def gegl(source, target, operation, *properties):
    subprocess.run(["gegl", source, "--", f"pentimento:{operation}", *properties, "gegl:png-save", f"path={target}",
                    "bitdepth=8"], check=True, capture_output=True)


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB"), float)


def psnr(a, b):
    return 20 * np.log10(255 / max(np.sqrt(np.mean((a - b) ** 2)), 1e-9))


def psnr_y(a, b, border):
    luma = [(x @ [65.481, 128.553, 24.966] / 255 + 16)[border:-border, border:-border] for x in (a, b)]
    return psnr(*luma)


def figures(original, folder, scale, weights):
    """PNG, JPEGs, and their rivals."""
    name = lambda text: str(folder / text)
    original.save(name("original.png"))
    options = [f"scale={scale}", f"sidecar={name('note')}", *weights]
    gegl(name("original.png"), name("small.png"), "rescale-down", *options)
    Image.open(name("original.png")).resize((original.width // scale, original.height // scale),
                                            Image.BICUBIC).save(name("ordinary.png"))
    result = []
    for quality in (None, *QUALITIES):
        pair = []
        for small in ("small", "ordinary"):
            file = name(f"{small}.png")
            if quality:
                file = name(f"{small}.jpg")
                Image.open(name(f"{small}.png")).convert("RGB").save(file, quality=quality, subsampling=0)
            if small == "small":
                gegl(file, name("restored.png"), "rescale-up", f"sidecar={name('note')}", *weights)
            else:
                Image.open(file).resize(original.size, Image.BICUBIC).save(name("restored.png"))
            pair.append(psnr_y(pixels(name("restored.png")), pixels(name("original.png")), scale))
        result += pair
    return result


def details(folder, scale, weights):
    name = lambda text: str(folder / text)
    options = [f"scale={scale}", "keep-details=true", f"sidecar={name('details')}", *weights]
    gegl(name("original.png"), name("small.png"), "rescale-down", *options)
    gegl(name("small.png"), name("restored.png"), "rescale-up", f"sidecar={name('details')}", *weights)
    exact = np.array_equal(pixels(name("restored.png")), pixels(name("original.png")))
    return [Path(name(file)).stat().st_size for file in ("original.png", "small.png", "details")] + [exact]


def main():
    options = dict(word.split("=", 1) for word in sys.argv[1:] if "=" in word)
    scale = int(options.get("scale", 2))
    weights = [f"weights={options['weights']}"] if "weights" in options else []
    heads = ["PNG", "bicubic"] + [f"{a}{q}" for q in QUALITIES for a in ("JPEG ", "bicubic ")]
    heads += ["grey", "bicubic", "small", "original", "small PNG", "details", "exact"]
    print("picture | " + " | ".join(heads))
    rows = []
    for path in [word for word in sys.argv[1:] if "=" not in word]:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            picture = Image.open(path).convert("RGB")
            picture = picture.crop((0, 0, picture.width // scale * scale, picture.height // scale * scale))
            grey = figures(picture.convert("L").convert("RGB"), folder, scale, weights)[:2]
            row = figures(picture, folder, scale, weights) + grey
            row.append(psnr(pixels(folder / "small.png"), pixels(folder / "ordinary.png")))
            row += details(folder, scale, weights)
        rows.append(row)
        print(Path(path).name + " | " + " | ".join(f"{x:.2f}" if isinstance(x, float) else str(x) for x in row), flush=True)
    print("mean | " + " | ".join(f"{x:.2f}" for x in np.mean(np.array(rows, float), 0)))


if __name__ == "__main__":
    main()
