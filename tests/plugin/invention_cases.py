# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console, for console_cases.py: what was invented, as a layer, and a restoration as a filter that
stays. To the scripted engine as much is invented of a pixel as its red differs from the original's."""

import os

from console_support import (assert_inverted, assert_refused, case, channels, check, new_layer, P, pattern, procedure,
                             read, restore, select, T)
from filter_cases import add_layer
from gi.repository import Gimp, Gio
from gimp_session import engine_does, engine_log
from rescale_support import opaque, shrink, through_a_file

MAGENTA, WHITE = [255, 0, 255], [255]
COMPARED = ('dehaze', 'denoise', 'enhance-detail', 'flash-no-flash', 'inpaint', 'remove-jpeg-artifacts',
            'remove-watermark', 'rescale-up', 'restore', 'super-resolution')


def overlay_above(layer):
    """The layer right above it."""
    parent = layer.get_parent()
    beside = parent.get_children() if parent else layer.get_image().get_layers()
    overlay = beside[beside.index(layer) - 1]
    assert overlay != layer and overlay.get_name() == 'Invented' and overlay.has_alpha(), overlay.get_name()
    assert overlay.get_opacity() == 100 and overlay.get_mode() == Gimp.LayerMode.NORMAL
    return overlay


def assert_marked(overlay, share, colour=None):
    """Alpha is share(x, y) in the overlay's coordinates, in the signal colour."""
    samples, width = read(overlay), overlay.get_width()
    n = channels(overlay)
    top = {'B': 255, 'H': 65535, 'f': 1}[samples.typecode]
    for i in range(0, len(samples), n):
        x, y = i // n % width, i // n // width
        alpha = samples[i + n - 1] / top
        assert abs(alpha - share(x, y)) < 1.6 / 255, (x, y, alpha, share(x, y))
        if alpha and colour:
            assert [round(255 * v / top) for v in samples[i:i + n - 1]] == colour, (x, y, samples[i:i + n])


def red(samples, n, width):
    """A function of x, y: |1 - 2 v| of 8-bit samples v, what inverting makes of it."""
    return lambda x, y: abs(255 - 2 * samples[(y * width + x) * n]) / 255


@case
def filters_that_make_a_picture_of_the_same_offer_it():
    for name in ('dehaze', 'denoise', 'provenance', 'rescale-down', 'segment', 'separate-layers') + COMPARED:
        names = [a.name for a in procedure(name).get_arguments()]
        assert ('show-invented' in names) == (name in COMPARED), name
        assert not procedure(name).create_config().get_property('show-invented') if name in COMPARED else True
        assert ('as-filter' in names) == (name == 'restore'), name


@case
def what_was_invented_becomes_a_layer_above():
    for precision in (P.U8_NON_LINEAR, P.U16_NON_LINEAR, P.FLOAT_NON_LINEAR):
        layer = new_layer(precision, offset=(5, -3), canvas=(60, 60))
        before = read(layer)
        restore(layer, show_invented=True)
        assert_inverted(layer, before)
        overlay = overlay_above(layer)
        assert overlay.get_offsets()[1:] == layer.get_offsets()[1:]
        if precision == P.U8_NON_LINEAR:
            assert_marked(overlay, red(before, 3, 40), MAGENTA)
        assert len(layer.get_image().get_layers()) == 2 and layer.get_image().get_selected_layers() == [layer]


@case
def without_it_there_is_no_such_layer():
    engine_log()
    layer = new_layer()
    restore(layer)
    assert layer.get_image().get_layers() == [layer] and len(engine_log()) == 1


@case
def it_is_asked_by_the_name_of_the_filter():
    flash = {'flash': new_layer()}
    for name, maker in ({name: name for name in COMPARED} | {'flash-no-flash': 'anything', 'remove-watermark': 'anything',
                                                             'restore': 'restore-shadow'}).items():
        layer = new_layer()
        if name in ('inpaint', 'remove-watermark'):
            select(layer, 5, 5, 10, 10)
        engine_log()
        settings = flash if name == 'flash-no-flash' else {'task': 'shadow'} if name == 'restore' else {}
        restore(layer, name=name, show_invented=True, device='cpu', **settings)
        words = engine_log()[-1].split()
        assert words[1] == 'provenance' and {'made-by=' + maker, 'device=cpu'} <= set(words), (name, words)
        weights, = [word for word in words if word.startswith('weights=')]
        assert weights.endswith('/restore-shadow.safetensors') if name == 'restore' else weights == 'weights=', weights


@case
def in_a_grey_image_it_is_white():
    layer = new_layer(layer_type=T.GRAY_IMAGE)
    before = read(layer)
    restore(layer, show_invented=True)
    overlay = overlay_above(layer)
    assert overlay.is_gray()
    assert_marked(overlay, red(before, 1, 40), WHITE)


@case
def outside_of_a_selection_nothing_was_invented():
    layer = new_layer(size=(300, 200), offset=(10, 20), canvas=(400, 300))
    before = read(layer)
    check(layer, (120, 90, 20, 11), show_invented=True)
    overlay = overlay_above(layer)
    dx, dy = (b - a for a, b in zip(layer.get_offsets()[1:], overlay.get_offsets()[1:]))
    share = red(before, 3, 300)
    assert_marked(overlay, lambda x, y: share(x + dx, y + dy) if 120 <= x + dx < 140 and 90 <= y + dy < 101 else 0, MAGENTA)
    assert Gimp.Selection.bounds(layer.get_image())[1:] == (True, 130, 110, 150, 121)


@case
def of_a_filled_hole_the_hole_is_marked():
    layer = new_layer()
    before = read(layer)
    select(layer, 10, 10, 8, 6)
    restore(layer, name='inpaint', show_invented=True)
    share = red(before, 3, 40)
    assert_marked(overlay_above(layer), lambda x, y: share(x, y) if 10 <= x < 18 and 10 <= y < 16 else 0)


@case
def in_a_group_it_is_in_the_group():
    layer = new_layer()
    group = Gimp.GroupLayer.new(layer.get_image(), 'group')
    layer.get_image().insert_layer(group, None, 0)
    layer.get_image().reorder_item(layer, group, 0)
    restore(layer, show_invented=True)
    assert overlay_above(layer).get_parent() == group


@case
def of_an_enlarged_layer_it_is_in_the_new_image():
    layer = new_layer(size=(20, 15), offset=(3, 4), canvas=(50, 50))
    before = read(layer)
    image, = restore(layer, name='super-resolution', scale=3, show_invented=True)
    overlay, enlarged = image.get_layers()
    assert overlay == overlay_above(enlarged) and overlay.get_offsets()[1:] == (0, 0)
    share = red(before, 3, 20)
    assert_marked(overlay, lambda x, y: share(x // 3, y // 3), MAGENTA)
    assert len(layer.get_image().get_layers()) == 1


@case
def of_a_restored_small_image_it_is_in_the_new_image():
    small = shrink(new_layer(size=(41, 29)))
    image, = restore(small.get_layers()[0], name='rescale-up', show_invented=True)
    overlay, restored = image.get_layers()
    assert (overlay.get_width(), overlay.get_height()) == (41, 29) and overlay == overlay_above(restored)
    assert_marked(overlay, lambda x, y: 0)  # pixels are repeated


@case
def a_part_and_a_mask_are_not_compared():
    for settings in ({'layers': True}, {'output': 'transmission'}):
        layer = new_layer()
        engine_log()
        restore(layer, name='dehaze', show_invented=True, **settings)
        assert not any('provenance' in line for line in engine_log()), settings
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    restore(mask, show_invented=True)
    assert 'Invented' not in [each.get_name() for each in layer.get_image().get_layers()]


# The filter that stands alone.

@case
def any_two_layers_are_compared():
    layer = new_layer(offset=(4, 6), canvas=(60, 60))
    original = add_layer(layer, (60, 50), (-3, 1))
    result, other = read(layer), read(original)
    restore(layer, name='provenance', original=original, made_by='denoise', seeds=3)
    assert read(layer) == result and read(original) == other
    words = engine_log()[-1].split()
    assert words[1:4] == ['provenance', '40x30', '40x30'] and {'made-by=denoise', 'seeds=3'} <= set(words), words
    overlay = overlay_above(layer)
    assert overlay.get_offsets()[1:] == (4, 6)
    assert_marked(overlay, lambda x, y: abs(result[(y * 40 + x) * 3] - other[((y + 5) * 60 + x + 7) * 3]) / 255, MAGENTA)


@case
def a_selection_does_not_count_for_comparing():
    layer = new_layer()
    select(layer, 5, 5, 3, 3)
    restore(layer, name='provenance', original=opaque(new_layer()))
    assert_marked(overlay_above(layer), lambda x, y: 0)


@case
def the_original_may_be_smaller_by_a_whole_factor():
    for size, factor in (((40, 30), 2), ((41, 29), 3), ((43, 30), 8)):
        layer = new_layer(size=size, offset=(-7, 9))
        original = new_layer(size=[-(-v // factor) for v in size])
        few, many = read(original), read(layer)
        restore(layer, name='provenance', original=original)
        assert_marked(overlay_above(layer),
                      lambda x, y: abs(many[(y * size[0] + x) * 3]
                                       - few[(y // factor * original.get_width() + x // factor) * 3]) / 255)


@case
def what_cannot_be_compared_is_refused():
    layer = new_layer()
    assert_refused([layer], 'original', name='provenance')
    assert_refused([layer], 'another layer', name='provenance', original=layer)
    assert_refused([layer], 'cover', name='provenance', original=new_layer(size=(39, 30)))
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    assert_refused([mask], 'layer', name='provenance', original=new_layer())
    engine_does('fail')
    assert_refused([layer], 'The scripted engine failed.', name='provenance', original=new_layer())
    assert layer.get_image().get_layers() == [layer]


# A restoration that is quick.

@case
def settings_of_the_network_reach_the_engine():
    engine_log()
    layer = new_layer()
    before = read(layer)
    restore(layer, name='restore', task='haze', strength=0.25, device='cpu')
    words = set(engine_log()[0].split())
    assert {'restore', '40x30', 'task=haze', 'strength=0.25', 'device=cpu'} <= words, words
    assert any(word.endswith('/restore-haze.safetensors') for word in words), words
    assert_inverted(layer, before)


@case
def it_goes_through_a_selection():
    check(new_layer(), (7, 5, 20, 11), name='restore')


def shown(layer):
    """The samples as they are seen: with the filters."""
    flat = layer.get_image().duplicate()
    for each in flat.get_layers():
        if each.get_name() == 'Invented':
            flat.remove_layer(each)
    return flat.flatten()


@case
def it_stays_as_a_filter():
    layer = new_layer()
    before = read(layer)
    restore(layer, name='restore', task='shadow', as_filter=True)
    assert read(layer) == before
    added, = layer.get_filters()
    assert added.get_operation_name() == 'pentimento:restore'
    config = added.get_config()
    assert config.get_property('task') in ('shadow', 2), config.get_property('task')
    engine_log()
    merged = shown(layer)
    words = set(engine_log()[-1].split())
    assert {'restore', 'task=shadow'} <= words, words
    assert_inverted(merged, before)
    assert read(layer) == before
    loaded, = through_a_file(layer.get_image(), 'xcf').get_layers()
    kept, = loaded.get_filters()
    assert kept.get_operation_name() == 'pentimento:restore'
    assert kept.get_config().get_property('task') in ('shadow', 2)


@case
def a_filter_that_stays_keeps_to_the_selection():
    layer = new_layer()
    before = read(layer)
    select(layer, 7, 5, 20, 11)
    restore(layer, name='restore', as_filter=True, show_invented=True)
    Gimp.Selection.none(layer.get_image())
    assert read(layer) == before
    assert_inverted(shown(layer), before, lambda x, y: 7 <= x < 27 and 5 <= y < 16)
    share = red(before, 3, 40)
    assert_marked(overlay_above(layer), lambda x, y: share(x, y) if 7 <= x < 27 and 5 <= y < 16 else 0)


@case
def only_a_layer_keeps_a_filter():
    layer = new_layer()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    assert_refused([mask], 'keep', name='restore', as_filter=True)


@case
def a_filter_that_stays_takes_no_weights_of_ones_own():
    weights = Gio.File.new_for_path(os.environ['PENTIMENTO_WEIGHTS'] + '/restore-haze.safetensors')
    layer = new_layer()
    assert_refused([layer], 'weights', name='restore', as_filter=True, weights=weights)
    engine_log()
    restore(layer, name='restore', weights=weights)
    assert any(word.endswith('/restore-haze.safetensors') for word in engine_log()[0].split())
