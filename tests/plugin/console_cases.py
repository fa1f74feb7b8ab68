# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console: the filter without its dialog, against an engine that inverts. What it gives back for a
sample v of R'G'B' is 1-v, so each pixel expected here follows from the one before by arithmetic done here."""

import array
import os
import traceback

import gi
gi.require_version('Gimp', '3.0')
gi.require_version('Gegl', '0.4')
from gi.repository import Gegl, Gimp

import gimp_session

Gegl.init(None)
SCRIPT = os.environ['PENTIMENTO_SCRIPT']
FILTER = Gimp.get_pdb().lookup_procedure('plug-in-pentimento-denoise')
P = Gimp.Precision
T = Gimp.ImageType
CASES = []


def case(function):
    CASES.append(function)
    return function


# The engine.

def engine_does(mode):
    with open(SCRIPT + '/mode', 'w') as file:
        file.write(mode)


def engine_log():
    """What the engine noted since the last call."""
    path = SCRIPT + '/log'
    if not os.path.exists(path):
        return []
    with open(path) as file:
        lines = file.read().splitlines()
    os.unlink(path)
    return lines


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


# Running the filter.

def run(*drawables, mode=Gimp.RunMode.NONINTERACTIVE, **settings):
    """The status and the sentence that came with it."""
    config = FILTER.create_config()
    config.set_property('run-mode', mode)
    config.set_property('image', drawables[0].get_image())
    config.set_core_object_array('drawables', list(drawables))
    for name, value in settings.items():
        config.set_property(name, value)
    result = FILTER.run(config)
    status = result.index(0)
    return status, '' if status == Gimp.PDBStatusType.SUCCESS else result.index(1)


def restore(*drawables, **settings):
    status, sentence = run(*drawables, **settings)
    assert status == Gimp.PDBStatusType.SUCCESS, (status, sentence)


def assert_refused(drawables, *words):
    before = [bytes(read(d)) for d in drawables]
    status, sentence = run(*drawables)
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


def check(layer, selection=None):
    """Runs the filter on `layer`, through `selection` (in the layer's coordinates) where there is one."""
    before = read(layer)
    if selection is None:
        restore(layer)
        assert_inverted(layer, before)
        return
    x, y, width, height = selection
    _, dx, dy = layer.get_offsets()
    select(layer, x + dx, y + dy, width, height)
    restore(layer)
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


# What GIMP is told of the filter.

@case
def arguments_are_the_properties_of_the_operation():
    specs = {spec.name: spec for spec in Gegl.Operation.list_properties('pentimento:denoise')}
    reports = {'error', 'notice'}
    arguments = [a for a in FILTER.get_arguments() if a.name not in ('run-mode', 'image', 'drawables')]
    assert [a.name for a in arguments] == [name for name in specs if name not in reports]
    for argument in arguments:
        spec = specs[argument.name]
        assert (argument.nick, argument.blurb) == (spec.nick, spec.blurb), argument.name
        for bound in ('minimum', 'maximum'):
            assert getattr(argument, bound, None) == getattr(spec, bound, None), (argument.name, bound)
    assert FILTER.create_config().get_property('quality') == 'balanced'


@case
def it_is_in_the_restore_menu():
    assert FILTER.get_menu_paths() == ['<Image>/Filters/Restore'], FILTER.get_menu_paths()
    assert FILTER.get_menu_label() == '_Denoise (Deep Image Prior)...'
    assert FILTER.get_image_types() == 'RGB*, GRAY*'
    assert FILTER.get_blurb()


@case
def settings_reach_the_engine():
    engine_log()
    restore(new_layer(), quality='best', iterations=77, seed=4000000000, device='cpu')
    words = set(engine_log()[0].split())
    assert {'denoise', '40x30', 'quality=best', 'iterations=77', 'seed=4000000000', 'device=cpu'} <= words, words


@case
def without_settings_the_defaults_are_taken():
    engine_log()
    restore(new_layer())
    words = set(engine_log()[0].split())
    assert {'quality=balanced', 'iterations=0', 'seed=0', 'device=auto'} <= words, words


@case
def runs_with_last_values():
    layer = new_layer()
    before = read(layer)
    restore(layer, mode=Gimp.RunMode.WITH_LAST_VALS)
    assert_inverted(layer, before)


# Pixels, for each kind of picture whole and through a selection.

def kinds():
    for precision in (P.U8_NON_LINEAR, P.U16_NON_LINEAR, P.FLOAT_NON_LINEAR, P.FLOAT_LINEAR):
        for layer_type in (T.RGB_IMAGE, T.RGBA_IMAGE, T.GRAY_IMAGE, T.GRAYA_IMAGE):
            yield precision, layer_type


def add_pixel_cases():
    for precision, layer_type in kinds():
        for where in (check, check_ellipse):
            def pixels(precision=precision, layer_type=layer_type, where=where):
                where(new_layer(precision, layer_type))
            kind = layer_type.value_nick.replace('-image', '')
            pixels.__name__ = f'{where.__name__}_{precision.value_nick}_{kind}'.replace('-', '_')
            case(pixels)


add_pixel_cases()


@case
def sixteen_bit_linear_keeps_what_is_not_selected():
    layer = new_layer(P.U16_LINEAR)
    before = read(layer)
    select(layer, 7, 5, 20, 11)
    restore(layer)
    after = read(layer)
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        x, y = i // 3 % 40, i // 3 // 40
        assert (old == new) == (not (7 <= x < 27 and 5 <= y < 16)) or abs(old - 14000) < 200, (x, y, old, new)


@case
def values_outside_the_range_survive_where_nothing_is_selected():
    layer = new_layer(P.FLOAT_LINEAR)
    write(layer, [v * 6 - 2 for v in pattern(layer)])
    before = read(layer)
    select(layer, 10, 10, 5, 5)
    restore(layer)
    after = read(layer)
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        x, y = i // 3 % 40, i // 3 // 40
        assert (10 <= x < 15 and 10 <= y < 15) or old == new, (x, y, old, new)


@case
def a_soft_selection_blends():
    layer = new_layer(size=(80, 80))
    write(layer, [200] * len(read(layer)))
    image = layer.get_image()
    select(layer, 20, 20, 40, 40)
    Gimp.Selection.feather(image, 8)
    mask = read(image.get_selection())
    restore(layer)
    after = read(layer)
    assert {0, 255} < set(mask), set(mask)
    for i, new in enumerate(after):
        share = mask[i // 3] / 255
        # GIMP blends in linear or in perceptual light as the layer's mode says: between both, and right at the ends.
        assert 55 <= new <= 200 and (share > 0 or new == 200) and (share < 1 or new == 55), (i, share, new)
    assert any(55 < new < 200 for new in after)


@case
def transparent_pixels_keep_their_colour():
    layer = new_layer(layer_type=T.RGBA_IMAGE)
    samples = pattern(layer)
    samples[3::8] = [0] * len(samples[3::8])
    write(layer, samples)
    before = read(layer)
    restore(layer)
    n = 4
    after = read(layer)
    for i in range(0, len(after), n):
        if before[i + 3] == 0:
            assert after[i:i + n] == before[i:i + n], i
        else:
            assert list(after[i:i + 3]) == [255 - v for v in before[i:i + 3]], i


@case
def a_layer_beside_the_canvas():
    check(new_layer(offset=(-15, 12), canvas=(25, 25)))


@case
def a_layer_beside_the_canvas_through_a_selection():
    check(new_layer(offset=(-10, -12), canvas=(30, 30)), (14, 15, 6, 7))


@case
def a_selection_larger_than_the_layer():
    layer = new_layer(offset=(10, 10), canvas=(80, 80))
    before = read(layer)
    select(layer, 0, 0, 30, 80)
    restore(layer)
    assert_inverted(layer, before, lambda x, y: x < 20)


@case
def a_small_selection_costs_its_surroundings_only():
    layer = new_layer(size=(700, 300))
    engine_log()
    check(layer, (400, 100, 10, 20))
    assert engine_log()[0].split()[2] == '138x148'


@case
def a_layer_mask_is_left_alone():
    layer = new_layer()
    mask = layer.create_mask(Gimp.AddMaskType.BLACK)
    layer.add_mask(mask)
    layer.set_edit_mask(False)
    before_mask = read(mask)
    check(layer)
    assert read(mask) == before_mask


@case
def a_layer_mask_itself():
    layer = new_layer()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    before_layer = read(layer)
    check(mask)
    assert read(layer) == before_layer


@case
def a_channel():
    image = new_layer().get_image()
    channel = Gimp.Channel.new(image, 'channel', 40, 30, 50, Gegl.Color.new('red'))
    image.insert_channel(channel, None, 0)
    write(channel, pattern(channel))
    check(channel)


@case
def a_picture_with_a_profile():
    layer = new_layer()
    layer.get_image().set_color_profile(Gimp.ColorProfile.new_rgb_adobe())
    check(layer, (3, 4, 20, 20))


@case
def tiny_pictures():
    for size in ((1, 1), (1, 9), (9, 1), (3, 3)):
        check(new_layer(size=size))


@case
def a_picture_of_several_bands():
    check(new_layer(size=(50, 1000)), (0, 1, 50, 998))


# What cannot be filtered.

@case
def a_layer_group_is_refused():
    layer = new_layer()
    group = Gimp.GroupLayer.new(layer.get_image(), 'group')
    layer.get_image().insert_layer(group, None, 0)
    layer.get_image().reorder_item(layer, group, 0)
    status, sentence = run(group)
    assert status == Gimp.PDBStatusType.EXECUTION_ERROR and 'layer group' in sentence, (status, sentence)


@case
def a_text_layer_is_refused():
    image = new_layer().get_image()
    text = Gimp.TextLayer.new(image, 'Pentimento', Gimp.Font.get_by_name('Sans-serif'), 12, Gimp.Unit.pixel())
    image.insert_layer(text, None, 0)
    assert_refused([text], 'text layer')


@case
def several_layers_are_refused():
    layer = new_layer()
    other = layer.copy()
    layer.get_image().insert_layer(other, None, 0)
    assert_refused([layer, other], 'one')


@case
def locked_pixels_are_refused():
    layer = new_layer()
    layer.set_lock_content(True)
    assert_refused([layer], 'locked')


@case
def pixels_locked_by_their_group_are_refused():
    layer = new_layer()
    group = Gimp.GroupLayer.new(layer.get_image(), 'group')
    layer.get_image().insert_layer(group, None, 0)
    layer.get_image().reorder_item(layer, group, 0)
    group.set_lock_content(True)
    assert_refused([layer], 'locked')


@case
def a_selection_beside_the_layer_is_refused():
    layer = new_layer(canvas=(100, 100))
    select(layer, 60, 60, 20, 20)
    assert_refused([layer], 'selection')


@case
def a_transparent_layer_is_refused():
    layer = new_layer(layer_type=T.RGBA_IMAGE)
    samples = pattern(layer)
    samples[3::4] = [0] * len(samples[3::4])
    write(layer, samples)
    assert_refused([layer], 'transparent')


# When the engine fails.

@case
def a_failure_is_reported_and_changes_nothing():
    engine_does('fail')
    assert_refused([new_layer()], 'The scripted engine failed.')


@case
def a_missing_engine_is_reported_and_changes_nothing():
    gimp_session.plug_engine(SCRIPT, False)
    assert_refused([new_layer()], 'engine')


@case
def a_notice_is_shown_and_the_result_taken():
    engine_does('notice')
    check(new_layer())  # the caller looks for the message in GIMP's output


for function in CASES:
    engine_does('invert')
    gimp_session.plug_engine(SCRIPT, True)
    try:
        function()
        gimp_session.record(function.__name__)
    except Exception:
        gimp_session.record(function.__name__, traceback.format_exc())
    for image in Gimp.get_images():
        image.delete()
gimp_session.record('all cases ran')
