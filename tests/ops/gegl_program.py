# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of programs need: pictures as binary PPM, which these lines read and write themselves, and a folder."""
import os
import random
import re
import shutil
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path


def write_ppm(path, width, height, samples):
    path.write_bytes(b"P6\n%d %d\n255\n" % (width, height) + bytes(samples))


def read_ppm(path):
    """Width, height and samples 0..255; GEGL writes 16 bits, big end first."""
    header = re.match(rb"P6\s+(?:#.*\s+)*(\d+)\s+(\d+)\s+(\d+)\s", data := path.read_bytes())
    width, height, white = map(int, header.groups())
    wide = white > 255
    samples = struct.unpack(f">{3 * width * height}{'H' if wide else 'B'}", data[header.end():])
    return width, height, bytes((s + 128) // 257 if wide else s for s in samples)


def noise(width, height):
    return random.Random(width * height).randbytes(3 * width * height)


def inverted(samples):
    return bytes(255 - s for s in samples)


class ProgramTest(unittest.TestCase):
    """Each test has a folder of its own, in which the programs run."""

    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def run_program(self, *command, **env):
        done = subprocess.run([str(c) for c in command], env={**os.environ, **env}, cwd=self.folder, capture_output=True,
                              timeout=60)
        done.stdout, done.stderr = (out.decode(errors="replace") for out in (done.stdout, done.stderr))
        return done
