# SPDX-License-Identifier: GPL-3.0-or-later
"""For what runs inside gimp-console: pictures, the filters, and what is expected of them when the scripted engine
inverts. What that gives back for a sample v of R'G'B' is 1-v, so each pixel expected follows from the one before by
arithmetic done here."""

import array

import gi
gi.require_version('Gimp', '3.0')
gi.require_version('Gegl', '0.4')
from gi.repository import Gegl, Gimp

Gegl.init(None)
P = Gimp.Precision
T = Gimp.ImageType
CASES = []


def case(function):
    CASES.append(function)
    return function


def procedure(name):
    return Gimp.get_pdb().lookup_procedure('plug-in-pentimento-' + name)


# Pictures.

def sample_type(drawable):
    """('u16', linear)"""
    kind, _, curve = drawable.get_image().get_precision().value_nick.partition('-')
    return kind, curve == 'linear'


def read(drawable):
    """The samples exactly as GIMP stores them."""
    kind, _ = sample_type(drawable)
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    data = drawable.get_buffer().get(whole, 1.0, None, Gegl.AbyssPolicy.NONE)
    return array.array({'u8': 'B', 'u16': 'H', 'float': 'f'}[kind], data)


def write(drawable, samples):
    kind, linear = sample_type(drawable)
    mark = '' if linear else "'"
    model = f'Y{mark}' if drawable.is_gray() else f'R{mark}G{mark}B{mark}'
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    buffer = drawable.get_buffer()
    data = array.array({'u8': 'B', 'u16': 'H', 'float': 'f'}[kind], samples).tobytes()
    buffer.set(whole, f'{model}{"A" if drawable.has_alpha() else ""} {kind}', data)
    buffer.flush()


def channels(drawable):
    return (1 if drawable.is_gray() else 3) + drawable.has_alpha()


def pattern(drawable):
    """A sample for each place, spread over the whole range; alpha among them never 0."""
    kind, _ = sample_type(drawable)
    count = drawable.get_width() * drawable.get_height() * channels(drawable)
    steps = [(i * 7919 % 253 + 1) / 255 for i in range(count)]
    if kind == 'float':
        return steps
    top = 255 if kind == 'u8' else 65535
    return [round(v * top) for v in steps]


def new_layer(precision=P.U8_NON_LINEAR, layer_type=T.RGB_IMAGE, size=(40, 30), offset=(0, 0), canvas=None):
    grey = layer_type in (T.GRAY_IMAGE, T.GRAYA_IMAGE)
    image = Gimp.Image.new_with_precision(*(canvas or size),
                                          Gimp.ImageBaseType.GRAY if grey else Gimp.ImageBaseType.RGB, precision)
    layer = Gimp.Layer.new(image, 'layer', *size, layer_type, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    layer.set_offsets(*offset)
    write(layer, pattern(layer))
    return layer


def select(drawable, x, y, width, height):
    drawable.get_image().select_rectangle(Gimp.ChannelOps.REPLACE, x, y, width, height)


# Running a filter.

def run(*drawables, name='denoise', mode=Gimp.RunMode.NONINTERACTIVE, **settings):
    """What the procedure returns: the status, and a sentence or what it made."""
    config = procedure(name).create_config()
    config.set_property('run-mode', mode)
    config.set_property('image', drawables[0].get_image())
    config.set_core_object_array('drawables', list(drawables))
    for setting, value in settings.items():
        config.set_property(setting.replace('_', '-'), value)
    result = procedure(name).run(config)
    return [result.index(i) for i in range(result.length())]


def restore(*drawables, **settings):
    """What the procedure made."""
    status, *made = run(*drawables, **settings)
    assert status == Gimp.PDBStatusType.SUCCESS, (status, *made)
    return made


def assert_refused(drawables, *words, **settings):
    before = [bytes(read(d)) for d in drawables]
    status, sentence = run(*drawables, **settings)
    assert status == Gimp.PDBStatusType.EXECUTION_ERROR, status
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith('.') and '\n' not in sentence, sentence
    assert [bytes(read(d)) for d in drawables] == before


def inverted(value, kind, linear):
    if kind != 'float':
        assert not linear
        return (255 if kind == 'u8' else 65535) - value
    if not linear:
        return 1 - value
    # The engine sees the sRGB curve of a linear picture.
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    encoded = 1 - encoded
    return encoded / 12.92 if encoded <= 0.04045 else ((encoded + 0.055) / 1.055) ** 2.4


def assert_inverted(drawable, before, inside=lambda x, y: True):
    """Inverted where `inside`, and elsewhere, as alpha, the same bit for bit."""
    after = read(drawable)
    kind, linear = sample_type(drawable)
    n, width = channels(drawable), drawable.get_width()
    slack = 2e-5 if kind == 'float' else 0
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        place = (i // n % width, i // n // width, i % n)
        if inside(*place[:2]) and not (drawable.has_alpha() and place[2] == n - 1):
            expected = inverted(old, kind, linear)
            assert abs(new - expected) <= slack, (place, old, new, expected)
        else:
            assert array.array(after.typecode, [old]) == array.array(after.typecode, [new]), (place, old, new)


def check(layer, selection=None, **settings):
    """Runs the filter on `layer`, through `selection` (in the layer's coordinates) where there is one."""
    before = read(layer)
    if selection is None:
        restore(layer, **settings)
        assert_inverted(layer, before)
        return
    x, y, width, height = selection
    _, dx, dy = layer.get_offsets()
    select(layer, x + dx, y + dy, width, height)
    restore(layer, **settings)
    assert_inverted(layer, before, lambda u, v: x <= u < x + width and y <= v < y + height)


def check_ellipse(layer):
    """Through a selection whose bounding box has corners that are not selected."""
    before = read(layer)
    image = layer.get_image()
    Gimp.context_push()
    Gimp.context_set_antialias(False)
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 7, 5, 20, 15)
    Gimp.context_pop()
    mask = read(image.get_selection())
    full = max(mask)
    assert set(mask) == {0, full}
    restore(layer)
    assert_inverted(layer, before, lambda x, y: mask[y * layer.get_width() + x] == full)
