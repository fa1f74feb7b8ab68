# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console, for console_cases.py: what is special to each filter but denoise."""

from console_support import (assert_inverted, assert_refused, case, check, new_layer, P, pattern, procedure, read,
                             restore, select, T, write)
from gi.repository import Gimp
from gimp_session import engine_log


def opaque_but(layer, holes):
    """Fills `layer` with the pattern, opaque but for the pixels where holes(x, y)."""
    samples, n, width = pattern(layer), 4, layer.get_width()
    for i in range(3, len(samples), n):
        samples[i] = 0 if holes(i // n % width, i // n // width) else 255
    write(layer, samples)


# Inpaint: the selection says what to fill, not where the result is seen.

def check_hole(layer, grow=2):
    """Fills a soft ellipse; what changes is the hole grown by `grow`, and nothing else in the image."""
    image = layer.get_image()
    before, channels, selected = read(layer), len(image.get_channels()), image.get_selected_drawables()
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 12, 9, 11, 8)
    mask = read(image.get_selection())
    restore(layer, name='inpaint', grow=grow)
    assert read(image.get_selection()) == mask
    assert image.get_selected_drawables() == selected and len(image.get_channels()) == channels
    after, width, full = read(layer), layer.get_width(), max(mask)
    n = len(before) // (width * layer.get_height())
    reach = [(u, v) for u in range(-grow, grow + 1) for v in range(-grow, grow + 1)]
    for i in range(0, len(before), n):
        x, y = i // n % width, i // n // width
        near = [mask[(y + v) * width + x + u] for u, v in reach
                if 0 <= x + u < width and 0 <= y + v < layer.get_height()]
        if max(near) == 0:
            assert bytes(after[i:i + n]) == bytes(before[i:i + n]), (x, y)
        elif max(near) == full and mask.typecode == 'B' and layer.is_layer():  # masks hold linear values
            colours = n - layer.has_alpha()
            assert list(after[i:i + colours]) == [255 - v for v in before[i:i + colours]], (x, y)
        else:
            assert after[i:i + n] != before[i:i + n] or 2 * max(near) == full, (x, y)


def add_hole_cases():
    for precision in (P.U8_NON_LINEAR, P.U16_NON_LINEAR, P.U16_LINEAR, P.FLOAT_NON_LINEAR, P.FLOAT_LINEAR):
        for layer_type in (T.RGB_IMAGE, T.RGBA_IMAGE, T.GRAYA_IMAGE):
            def hole(precision=precision, layer_type=layer_type):
                layer = new_layer(precision, layer_type)
                if layer_type == T.RGBA_IMAGE and precision == P.U8_NON_LINEAR:
                    opaque_but(layer, lambda x, y: False)
                check_hole(layer)
            kind = layer_type.value_nick.replace('-image', '')
            hole.__name__ = f'a_selected_hole_{precision.value_nick}_{kind}'.replace('-', '_')
            case(hole)


add_hole_cases()


@case
def a_hole_in_a_layer_mask_and_in_a_channel():
    layer = new_layer()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    write(mask, pattern(mask))
    before = read(layer)
    check_hole(mask)
    assert read(layer) == before


@case
def transparent_pixels_are_filled_and_become_opaque():
    for offset in ((0, 0), (-12, 7)):  # there is a hole beyond the canvas, too
        layer = new_layer(layer_type=T.RGBA_IMAGE, offset=offset)
        def holes(x, y): return 3 <= x < 8 and 2 <= y < 25 or x == 30
        opaque_but(layer, holes)
        before = read(layer)
        restore(layer, name='inpaint')
        after = read(layer)
        for i in range(0, len(before), 4):
            if holes(i // 4 % 40, i // 4 // 40):
                assert list(after[i:i + 4]) == [255 - v for v in before[i:i + 3]] + [255], i
            else:
                assert after[i:i + 4] == before[i:i + 4], i
        assert Gimp.Selection.is_empty(layer.get_image())


@case
def the_engine_sees_all_of_the_layer_and_the_hole():
    layer = new_layer(size=(300, 200), offset=(-20, 10), canvas=(400, 400))
    select(layer, 100, 100, 10, 10)
    engine_log()
    restore(layer, name='inpaint', kind='region', grow=3)
    words = engine_log()[0].split()
    assert words[1:4] == ['inpaint', '300x200', '300x200'] and {'kind=region', 'grow=3'} <= set(words), words


@case
def without_a_hole_it_says_what_to_do():
    assert_refused([new_layer()], 'Select', name='inpaint')


@case
def without_a_hole_damage_can_be_found():
    layer = new_layer()
    before = read(layer)
    restore(layer, name='inpaint', find_damage=True)
    assert_inverted(layer, before, lambda x, y: 2 <= x <= 4 and y == 2)


@case
def a_mask_becomes_the_selection():
    layer = new_layer(offset=(5, 6), canvas=(60, 50))
    image, before = layer.get_image(), read(layer)
    restore(layer, name='inpaint', find_damage=True, output='mask')
    assert read(layer) == before and not image.get_channels() and image.get_selected_layers() == [layer]
    found = read(image.get_selection())
    assert {(i % 60, i // 60) for i, v in enumerate(found) if v == 255} == {
        (x + 5, 8) for x in (2, 3, 4)} and set(found) == {0, 255}


@case
def a_hole_without_rim_is_refused():
    layer = new_layer()
    select(layer, 0, 0, 40, 30)
    assert_refused([layer], 'Everything is selected', name='inpaint')


@case
def locked_transparency_is_refused():
    layer = new_layer(layer_type=T.RGBA_IMAGE)
    opaque_but(layer, lambda x, y: x < 3)
    layer.set_lock_alpha(True)
    assert_refused([layer], 'transparency', name='inpaint')


@case
def a_text_layer_is_not_inpainted():
    image = new_layer().get_image()
    text = Gimp.TextLayer.new(image, 'Pentimento', Gimp.Font.get_by_name('Sans-serif'), 12, Gimp.Unit.pixel())
    image.insert_layer(text, None, 0)
    assert_refused([text], 'text layer', name='inpaint')


# Super-resolution: a new image.

ARTIST = '<?xml version="1.0" encoding="UTF-8"?><metadata><tag name="Exif.Image.Artist">Somebody</tag></metadata>'


def enlarge(layer, **settings):
    """The new image's layer. The old image stays as it is."""
    before, count = read(layer), len(Gimp.get_images())
    image, = restore(layer, name='super-resolution', **settings)
    assert read(layer) == before and len(Gimp.get_images()) == count + 1
    enlarged, = image.get_layers()
    assert (image.get_width(), image.get_height()) == (enlarged.get_width(), enlarged.get_height())
    return enlarged


def assert_repeated_and_inverted(layer, enlarged, scale):
    before, after, width = read(layer), read(enlarged), layer.get_width()
    n = len(before) // (width * layer.get_height())
    slack = {'B': 0, 'H': 40, 'f': 6e-4}[before.typecode]  # babl's curves of a profile are no more exact
    top = {'B': 255, 'H': 65535, 'f': 1}[before.typecode]
    for y in range(scale * layer.get_height()):
        for x in range(scale * width):
            new = after[(y * scale * width + x) * n:][:n]
            old = before[(y // scale * width + x // scale) * n:][:n]
            assert all(abs(top - a - b) <= slack for a, b in zip(old[:3], new)), (x, y, old, new)


@case
def an_enlarged_layer_is_an_image_of_the_same_kind():
    for precision in (P.U8_NON_LINEAR, P.U16_NON_LINEAR, P.FLOAT_NON_LINEAR):
        layer = new_layer(precision, size=(20, 15), offset=(-3, 4), canvas=(50, 50))
        image = layer.get_image()
        profile = Gimp.ColorProfile.new_rgb_adobe()
        image.set_color_profile(profile)
        image.set_resolution(123, 234)
        image.attach_parasite(Gimp.Parasite.new('gimp-comment', Gimp.PARASITE_PERSISTENT, list(b'hello')))
        image.set_metadata(Gimp.Metadata.deserialize(ARTIST))
        other = layer.copy()
        image.insert_layer(other, None, 0)
        layer.set_name('photo')
        layer.set_lock_content(True)
        select(layer, 5, 5, 3, 3)

        enlarged = enlarge(layer, scale=3)
        made = enlarged.get_image()
        assert_repeated_and_inverted(layer, enlarged, 3)
        assert made.get_precision() == precision and enlarged.get_name() == 'photo'
        assert made.get_color_profile().is_equal(profile)
        assert made.get_resolution()[1:] == (123, 234)
        assert bytes(made.get_parasite('gimp-comment').get_data()) == b'hello'
        assert 'Exif.Image.Artist' in made.get_metadata().serialize()
        assert Gimp.Selection.is_empty(made) and not enlarged.get_lock_content()
        assert tuple(enlarged.get_offsets()[1:]) == (0, 0)


@case
def an_enlarged_layer_keeps_its_alpha_and_its_mask():
    layer = new_layer(layer_type=T.RGBA_IMAGE)
    opaque_but(layer, lambda x, y: x < 20)
    mask = layer.create_mask(Gimp.AddMaskType.BLACK)
    layer.add_mask(mask)
    enlarged = enlarge(layer, scale=2)
    alpha = read(enlarged)[3::4]
    assert all(v == (0 if i % 80 < 20 * 2 - 2 else 255) for i, v in enumerate(alpha) if not 38 <= i % 80 < 42)
    assert enlarged.get_mask().get_width() == 80 and set(read(enlarged.get_mask())) == {0}


@case
def grey_is_enlarged():
    layer = new_layer(layer_type=T.GRAY_IMAGE)
    assert_repeated_and_inverted(layer, enlarge(layer, scale=2), 2)


@case
def a_channel_is_not_enlarged():
    layer = new_layer()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    assert_refused([mask], 'new image', name='super-resolution')


@case
def what_would_be_too_large_is_refused():
    layer = new_layer(size=(8, 8))
    layer.scale(3000, 2200, False)
    count = len(Gimp.get_images())
    assert_refused([layer], '423', 'megapixels', name='super-resolution', scale=8)
    assert len(Gimp.get_images()) == count


# Flash and no-flash: a second layer.

def add_layer(layer, size, offset):
    """Grey, another one in each row and column."""
    image = layer.get_image()
    other = Gimp.Layer.new(image, 'flash', *size, layer.type(), 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(other, None, 0)
    other.set_offsets(*offset)
    write(other, [(i // 3 % size[0] * 7 + i // 3 // size[0] * 3) % 256 for i in range(3 * size[0] * size[1])])
    return other


@case
def the_flash_layer_is_aligned_by_its_place():
    layer = new_layer(offset=(4, 6), canvas=(60, 60))
    flash = add_layer(layer, (60, 50), (-3, 1))
    before, second = read(layer), read(flash)
    engine_log()
    restore(layer, name='flash-no-flash', flash=flash)
    assert engine_log()[0].split()[1:4] == ['flash-no-flash', '40x30', '40x30']
    for i, (old, new) in enumerate(zip(before, read(layer), strict=True)):
        x, y = i // 3 % 40 + 7, i // 3 // 40 + 5
        assert abs(new - (old + second[(y * 60 + x) * 3]) / 2) <= 0.5, (i, old, new)
    assert read(flash) == second


@case
def the_flash_layer_may_be_of_another_image():
    layer, other = new_layer(), new_layer(P.FLOAT_LINEAR)
    restore(layer, name='flash-no-flash', flash=other)


@case
def through_a_selection_the_flash_layer_need_not_cover_more():
    layer = new_layer(size=(400, 300))
    flash = add_layer(layer, (160, 160), (140, 40))
    select(layer, 210, 110, 20, 20)
    restore(layer, name='flash-no-flash', flash=flash)


@case
def a_missing_flash_layer_is_refused():
    assert_refused([new_layer()], 'flash', name='flash-no-flash')


@case
def the_layer_itself_is_no_flash_layer():
    layer = new_layer()
    assert_refused([layer], 'another layer', name='flash-no-flash', flash=layer)


@case
def a_flash_layer_that_does_not_cover_is_refused():
    layer = new_layer()
    flash = add_layer(layer, (39, 30), (0, 0))
    assert_refused([layer], 'cover', name='flash-no-flash', flash=flash)


# The others are as denoise is.

@case
def detail_and_jpeg_artifacts_go_through_the_selection():
    for name in ('enhance-detail', 'remove-jpeg-artifacts'):
        engine_log()
        check(new_layer(), (7, 5, 20, 11), name=name)
        assert engine_log()[0].split()[1] == name


@case
def their_settings_reach_the_engine():
    engine_log()
    restore(new_layer(), name='enhance-detail', amount=3.0)
    restore(new_layer(), strength=0.0, color_strength=1.0)
    detail, denoise = (set(line.split()) for line in engine_log())
    assert 'amount=3' in detail and {'strength=0', 'color-strength=1'} <= denoise, (detail, denoise)
    assert procedure('enhance-detail').create_config().get_property('amount') == 1
