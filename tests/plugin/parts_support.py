# SPDX-License-Identifier: GPL-3.0-or-later
"""For what runs inside gimp-console on filters that split a picture into parts. The scripted engine's mask m is
(x + y) % 7 / 6, and of a sample v in R'G'B' it makes v + (1-m) v (1-v) above it and v - m v (1-v) below."""

from console_support import pattern, read, restore, select, T, write
from gi.repository import Gegl, Gimp

# Values of the argument "output": top, mask, bottom.
ROLES = {'dehaze': ('picture', 'transmission', 'airlight'), 'separate-layers': ('layer-1', 'mask', 'layer-2'),
         'remove-watermark': ('watermark', 'mask', 'picture'), 'segment': ('foreground', 'mask', 'background')}
NAMES = {'dehaze': ('Clear picture', 'Airlight'), 'separate-layers': ('Sharper layer', 'Other layer'),
         'remove-watermark': ('Watermark', 'Clean picture'), 'segment': ('Foreground', 'Background')}
GROUP_TITLES = {'dehaze': 'Dehaze', 'separate-layers': 'Separate Layers', 'remove-watermark': 'Remove Watermark',
                'segment': 'Segment'}
WITH_FRAMES = ('dehaze', 'remove-watermark', 'segment')


def stripes(x, y):
    return (x + y) % 7 / 6


def top(v, m):
    return v + (1 - m) * v * (1 - v)


def bottom(v, m):
    return v - m * v * (1 - v)


def assert_bytes(drawable, before, expected, inside=lambda x, y: True):
    """8 bits per sample: expected(v, x, y) in 0..1 where `inside`; elsewhere, and alpha, the same."""
    after, width = read(drawable), drawable.get_width()
    n = len(after) // (width * drawable.get_height())
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        x, y = i // n % width, i // n // width
        if not inside(x, y) or drawable.has_alpha() and i % n == n - 1:
            assert new == old, (x, y, i % n, old, new)
        else:
            assert abs(new - 255 * expected(old / 255, x, y)) <= 0.51, (x, y, i % n, old, new)


def settings_of(name, layer, layers):
    """With a hint that covers everything, where the filter insists on one."""
    if name == 'remove-watermark':
        select(layer, 0, 0, 1000, 1000)
    return {'name': name, 'layers': layers}


def split(layer, name, **settings):
    """The group that the filter makes of `layer`, its two layers and the mask."""
    image = layer.get_image()
    there = len(image.get_layers())
    restore(layer, **settings_of(name, layer, True), **settings)
    assert len(image.get_layers()) == there + 1
    group = image.get_layers()[image.get_item_position(layer) - 1]
    assert group.is_group() and image.get_selected_layers() == [group]
    upper, lower = group.get_children()
    return group, upper, lower, upper.get_mask()


def encoded(layer):
    """What is seen of the image, R'G'B'A in 0..255."""
    image = layer.get_image()
    drawable = Gimp.Layer.new_from_visible(image, image, 'seen')
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    return drawable.get_buffer().get(whole, 1.0, "R'G'B'A u8", Gegl.AbyssPolicy.NONE)


def assert_looks_the_same(before, after, slack=1):
    for i in range(0, len(before), 4):
        a, b = before[i:i + 4], after[i:i + 4]
        assert abs(a[3] - b[3]) <= slack, (i // 4, a, b)
        weight = a[3] / 255  # a color as it is seen
        assert all(abs(u - v) * weight <= slack + 0.5 * (a[3] < 255) for u, v in zip(a[:3], b[:3])), (i // 4, a, b)


def new_layer_like(layer, name, value=None):
    """Above all others; of one value, or with the pattern."""
    image = layer.get_image()
    other = Gimp.Layer.new(image, name, layer.get_width(), layer.get_height(), layer.type(), 100,
                           Gimp.LayerMode.NORMAL)
    image.insert_layer(other, None, 0)
    other.set_offsets(*layer.get_offsets()[1:])
    write(other, pattern(other) if value is None else [value] * len(pattern(other)))
    return other


def strokes_above(layer, layer_type=T.RGBA_IMAGE):
    """White in the columns 10 and 11, black in 20 and 21, smaller than the layer, transparent elsewhere."""
    image = layer.get_image()
    strokes = Gimp.Layer.new(image, 'strokes', 24, 10, layer_type, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(strokes, None, 0)
    _, x, y = layer.get_offsets()
    strokes.set_offsets(x, y + 5)
    marks = {10: [255] * 4, 11: [255] * 4, 20: [0, 0, 0, 255], 21: [0, 0, 0, 255]}
    write(strokes, [v for i in range(240) for v in marks.get(i % 24, [255, 255, 255, 0])])
    return strokes


def stroked(x, y):
    inside = 5 <= y < 15
    return 1 if inside and x in (10, 11) else 0 if inside and x in (20, 21) else stripes(x, y)
