# SPDX-License-Identifier: GPL-3.0-or-later
"""For rescale_cases.py, inside gimp-console: an image is shrunk, and comes back. The scripted engine shrinks by the
means of boxes, rounded to 8 bits, and enlarges by repeating pixels; both are done here once more, by arithmetic."""

import tempfile

from console_support import pattern, read, restore, write
from gi.repository import Gimp, Gio

NOTE, DETAILS, COMMENT = 'pentimento-rescale', 'pentimento-details', 'gimp-comment'


def opaque(layer):
    """It, with the pattern for its colours."""
    samples = pattern(layer)
    if layer.has_alpha():
        samples[3::4] = [{'B': 255, 'H': 65535, 'f': 1}[read(layer).typecode]] * len(samples[3::4])
    write(layer, samples)
    return layer


def new_image(layer, name, **settings):
    """What the filter makes of the image of `layer`: a new one, of one layer that fills it. The old one stays."""
    old, count = layer.get_image(), len(Gimp.get_images())
    before = [bytes(read(each)) for each in old.get_layers() if not each.is_group()]
    image, = restore(layer, name=name, **settings)
    assert [bytes(read(each)) for each in old.get_layers() if not each.is_group()] == before
    assert len(Gimp.get_images()) == count + 1
    only, = image.get_layers()
    assert (image.get_width(), image.get_height()) == (only.get_width(), only.get_height())
    return image


def shrink(layer, **settings):
    return new_image(layer, 'rescale-down', **settings)


def grow(image, **settings):
    return new_image(image.get_layers()[0], 'rescale-up', **settings)


def floats_of(layer):
    top = {'B': 255, 'H': 65535, 'f': 1}[read(layer).typecode]
    n, width = layer.get_bpp() // read(layer).itemsize, layer.get_width()
    samples = [v / top for v in read(layer)]
    colours = n - layer.has_alpha()
    return [[samples[n * (y * width + x):][:colours] for x in range(width)] for y in range(layer.get_height())]


def assert_shrunk(small, layer, scale):
    before, after = floats_of(layer), floats_of(small)
    for y, row in enumerate(after):
        for x, pixel in enumerate(row):
            box = [p for r in before[y * scale:][:scale] for p in r[x * scale:][:scale]]
            for c, value in enumerate(pixel):
                mean = 255 * sum(p[c] for p in box) / len(box)
                # A grey picture is three equal ones to the engine; a half may be rounded either way.
                assert abs(255 * value - mean) <= 0.5 + 1e-3, (x, y, c, value, mean)
                assert abs(255 * value - round(255 * value)) < 1e-3, (x, y, c, value)


def assert_repeated(large, small, scale, size):
    assert (large.get_width(), large.get_height()) == size, (large.get_width(), large.get_height())
    few, many = floats_of(small), floats_of(large)
    for y, row in enumerate(many):
        for x, pixel in enumerate(row):
            assert all(abs(a - b) < 1e-4 for a, b in zip(pixel, few[y // scale][x // scale], strict=True)), (x, y)


def content(owner, name):
    parasite = owner.get_parasite(name)
    return bytes(v & 255 for v in parasite.get_data()) if parasite else None


def line_of(image):
    return content(image, NOTE).decode()


def through_a_file(image, kind, **settings):
    """`image`, exported and loaded anew."""
    with tempfile.TemporaryDirectory() as folder:
        file = Gio.File.new_for_path(f'{folder}/small.{kind}')
        if kind == 'xcf':
            assert Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, file, None)
        else:
            export = Gimp.get_pdb().lookup_procedure(f'file-{kind}-export')
            config = export.create_config()
            for name, value in {'image': image, 'file': file, **settings}.items():
                config.set_property(name, value)
            assert export.run(config).index(0) == Gimp.PDBStatusType.SUCCESS
        return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, file)
