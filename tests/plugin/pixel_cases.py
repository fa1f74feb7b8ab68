# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console, for console_cases.py: pixels of every kind, and what is seen through selections, shown on
denoise."""

from console_support import (assert_inverted, case, check, check_ellipse, new_layer, P, pattern, read, restore, select,
                             T, write)
from gi.repository import Gegl, Gimp
from gimp_session import engine_log


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
