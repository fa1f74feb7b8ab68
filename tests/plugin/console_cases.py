# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console: the filters without their dialogs. Here is what all share, shown on denoise."""

import traceback

from console_support import (assert_inverted, assert_refused, case, CASES, check, check_ellipse, new_layer, P,
                             pattern, procedure, read, restore, run, select, T, write)
from gi.repository import Gegl, Gimp
from gimp_session import engine_does, engine_log, plug_engine, record

FILTERS = {'denoise': '_Denoise', 'enhance-detail': '_Enhance Detail', 'flash-no-flash': '_Flash and No-flash',
           'inpaint': '_Inpaint', 'remove-jpeg-artifacts': '_Remove JPEG Artifacts',
           'super-resolution': '_Super-resolution'}
DECOMPOSITIONS = {'dehaze': 'De_haze', 'remove-watermark': 'Remove _Watermark', 'segment': 'Se_gment',
                  'separate-layers': '_Separate Layers'}


# What GIMP is told of the filter.

@case
def arguments_are_the_properties_of_the_operation():
    reports = {'error', 'notice', 'frames'}
    own = {'run-mode', 'image', 'drawables', 'flash', 'second', 'strokes', 'layers', 'all-layers'}
    for name in FILTERS | DECOMPOSITIONS:
        specs = {spec.name: spec for spec in Gegl.Operation.list_properties('pentimento:' + name)}
        arguments = [a for a in procedure(name).get_arguments() if a.name not in own]
        assert [a.name for a in arguments] == [spec for spec in specs if spec not in reports], name
        for argument in arguments:
            spec = specs[argument.name]
            assert (argument.nick, argument.blurb) == (spec.nick, spec.blurb), argument.name
            for bound in ('minimum', 'maximum'):
                assert getattr(argument, bound, None) == getattr(spec, bound, None), (argument.name, bound)
        assert procedure(name).create_config().get_property('quality') == 'balanced'


@case
def they_are_in_the_restore_menu():
    for name, label in (FILTERS | DECOMPOSITIONS).items():
        idea = 'Double-DIP' if name in DECOMPOSITIONS else 'Deep Image Prior'
        assert procedure(name).get_menu_paths() == ['<Image>/Filters/Restore'], name
        assert procedure(name).get_menu_label() == f'{label} ({idea})...', name
        assert procedure(name).get_image_types() == 'RGB*, GRAY*', name
        assert procedure(name).get_blurb(), name


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
    plug_engine(False)
    assert_refused([new_layer()], 'engine')


@case
def a_notice_is_shown_and_the_result_taken():
    engine_does('notice')
    check(new_layer())  # the caller looks for the message in GIMP's output


import filter_cases  # noqa: E402, F401: what is special to each of the others
import frame_cases  # noqa: E402, F401: those that take sequences
import parts_cases  # noqa: E402, F401: what is special to those that split a picture into parts

for function in CASES:
    engine_does('invert')
    plug_engine(True)
    try:
        function()
        record(function.__name__)
    except Exception:
        record(function.__name__, traceback.format_exc())
    for image in Gimp.get_images():
        image.delete()
record('all cases ran')
