# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console, for console_cases.py: images are shrunk and restored."""

import glob
import os
import re
import tempfile

from console_support import case, new_layer, P, procedure, read, run, select, T, write
from filter_cases import ARTIST, opaque_but
from gi.repository import Gimp, Gio
from gimp_session import engine_does, engine_log
from rescale_support import (assert_repeated, assert_shrunk, COMMENT, content, DETAILS, grow, line_of, NOTE, opaque,
                             shrink, through_a_file)

LINE = r'pentimento-rescale/1 scale={} size={}x{} weights=[0-9a-f]{{16}} small=[0-9a-f]{{16}}'
KINDS = ((P.U8_NON_LINEAR, T.RGB_IMAGE), (P.U8_NON_LINEAR, T.GRAY_IMAGE), (P.U16_NON_LINEAR, T.RGBA_IMAGE),
         (P.FLOAT_NON_LINEAR, T.RGB_IMAGE))


@case
def a_shrunken_image_is_a_new_one_that_carries_a_note():
    for size, scale in (((40, 30), 2), ((41, 29), 2), ((43, 30), 4), ((1, 9), 4)):
        layer = new_layer(size=size)
        image = shrink(layer, scale=str(scale))
        small, = image.get_layers()
        assert (small.get_width(), small.get_height()) == (-(-size[0] // scale), -(-size[1] // scale))
        assert_shrunk(small, layer, scale)
        assert re.fullmatch(LINE.format(scale, *size), line_of(image)), line_of(image)
        assert image.get_parasite(NOTE).is_persistent()
        assert content(image, COMMENT) == line_of(image).encode() + b'\0'
        assert content(small, DETAILS) is None


@case
def images_of_every_kind_come_back_in_their_size():
    for precision, layer_type in KINDS:
        layer = opaque(new_layer(precision, layer_type, size=(19, 13)))
        image = shrink(layer)
        small, = image.get_layers()
        assert_shrunk(small, layer, 2)
        large = grow(image)
        assert large.get_precision() == precision and large.get_layers()[0].type() == layer_type
        assert_repeated(large.get_layers()[0], small, 2, (19, 13))


@case
def the_new_image_keeps_what_the_old_one_says_of_itself():
    layer = new_layer(P.U16_NON_LINEAR, size=(21, 15))
    image, profile = layer.get_image(), Gimp.ColorProfile.new_rgb_adobe()
    image.set_color_profile(profile)
    image.set_resolution(123, 234)
    image.attach_parasite(Gimp.Parasite.new(COMMENT, Gimp.PARASITE_PERSISTENT, list(b'hello\nworld\0')))
    image.set_metadata(Gimp.Metadata.deserialize(ARTIST))
    layer.set_name('photo')
    layer.set_lock_content(True)
    select(layer, 5, 5, 3, 3)

    small = shrink(layer)
    assert content(small, COMMENT) == b'hello\nworld\n' + line_of(small).encode() + b'\0'
    large = grow(small)
    assert content(large, COMMENT) == b'hello\nworld\0' and content(large, NOTE) is None
    for made in (small, large):
        assert made.get_precision() == P.U16_NON_LINEAR and made.get_layers()[0].get_name() == 'photo'
        assert made.get_color_profile().is_equal(profile) and made.get_resolution()[1:] == (123, 234)
        assert 'Exif.Image.Artist' in made.get_metadata().serialize()
        assert Gimp.Selection.is_empty(made) and not made.get_layers()[0].get_lock_content()
    assert content(image, COMMENT) == b'hello\nworld\0' and image.get_parasite(NOTE) is None


@case
def a_second_shrinking_replaces_the_note():
    once = shrink(new_layer(), keep_details=True)
    twice = shrink(once.get_layers()[0])
    assert re.fullmatch(LINE.format(2, 20, 15), line_of(twice)) and content(twice.get_layers()[0], DETAILS) is None
    assert content(twice, COMMENT) == line_of(twice).encode() + b'\0'


@case
def a_png_is_restored_to_its_size():
    for scale, size in ((2, (41, 29)), (4, (43, 31))):
        image = shrink(new_layer(size=size), scale=str(scale))
        loaded = through_a_file(image, 'png', **{'include-comment': True})
        assert loaded.get_parasite(NOTE) is None
        large = grow(loaded)
        assert_repeated(large.get_layers()[0], image.get_layers()[0], scale, size)
        assert content(large, COMMENT) is None


@case
def an_xcf_with_details_is_restored_bit_by_bit():
    for layer_type in (T.RGB_IMAGE, T.RGBA_IMAGE, T.GRAY_IMAGE):
        layer = opaque(new_layer(layer_type=layer_type, size=(41, 29)))
        image = through_a_file(shrink(layer, keep_details=True), 'xcf')
        small, = image.get_layers()
        details = content(small, DETAILS)
        assert details.startswith(line_of(image).encode() + b'\n') and small.get_parasite(DETAILS).is_persistent()
        large = grow(image)
        assert read(large.get_layers()[0]) == read(layer)
        assert content(large.get_layers()[0], DETAILS) is None and content(large, NOTE) is None
    hidden = small.copy()
    hidden.detach_parasite(DETAILS)
    image.insert_layer(hidden, None, 0)
    hidden.set_visible(False)
    assert read(grow(image).get_layers()[0]) == read(layer)


@case
def the_note_comes_from_the_parasite_else_from_the_comment():
    image = shrink(new_layer(size=(41, 29)))
    line = line_of(image)
    other = line.replace('size=41x29', 'size=42x30')
    note, wrong = (Gimp.Parasite.new(NOTE, 1, list(text.encode())) for text in (other, 'pentimento-rescale/1 scale=9'))
    for parasite, size in ((note, (42, 30)), (wrong, (41, 29)), (None, (41, 29))):
        image.detach_parasite(NOTE)
        if parasite:
            image.attach_parasite(parasite)
        large, = grow(image).get_layers()
        assert (large.get_width(), large.get_height()) == size, size


@case
def without_a_note_the_result_is_taken_with_a_warning():
    layer = new_layer(size=(11, 7))
    for comment in (None, b'pentimento-rescale/1 scale=2 size=22x\0', b'about pentimento-rescale/1\0'):
        if comment:
            layer.get_image().attach_parasite(Gimp.Parasite.new(COMMENT, 1, list(comment)))
        large = grow(layer.get_image(), scale='4')  # the caller looks for the warning in GIMP's output
        assert_repeated(large.get_layers()[0], layer, 4, (44, 28))


@case
def a_cropped_image_is_enlarged_with_a_warning():
    image = shrink(new_layer(size=(41, 29)))
    image.crop(12, 9, 3, 2)
    large = grow(image)  # the caller looks for the warning
    assert_repeated(large.get_layers()[0], image.get_layers()[0], 2, (24, 18))


@case
def what_is_seen_of_several_layers_is_shrunk():
    for precision, layer_type in KINDS:
        layer = opaque(new_layer(precision, layer_type, size=(20, 16)))
        image = layer.get_image()
        above = Gimp.Layer.new(image, 'above', 8, 8, layer_type, 100, Gimp.LayerMode.NORMAL)
        image.insert_layer(above, None, 0)
        above.set_offsets(16, -4)  # a quarter of it is on the canvas
        opaque(above)
        hidden = layer.copy()
        image.insert_layer(hidden, None, 0)
        hidden.set_visible(False)

        seen = opaque(new_layer(precision, layer_type, size=(20, 16)))
        expected, over = read(seen), read(above)
        n = len(expected) // (20 * 16)
        for y in range(4):
            expected[(y * 20 + 16) * n:(y + 1) * 20 * n] = over[(y + 4) * 8 * n:][:4 * n]
        write(seen, expected)

        small, = shrink(above).get_layers()
        assert small.type() == (T.GRAY_IMAGE if layer.is_gray() else T.RGB_IMAGE), small.type()  # all is opaque
        assert_shrunk(small, seen, 2)


@case
def transparency_of_several_layers_stays():
    layer = new_layer(layer_type=T.RGBA_IMAGE)
    opaque_but(layer, lambda x, y: (x, y) == (39, 29))
    layer.get_image().insert_layer(Gimp.Layer.new(layer.get_image(), 'empty', 9, 9, T.RGBA_IMAGE, 100,
                                                  Gimp.LayerMode.NORMAL), None, 0)
    small, = shrink(layer).get_layers()
    alpha = read(small)[3::4]
    assert small.has_alpha() and set(alpha[:-1]) == {255} and alpha[-1] < 255, alpha


@case
def the_only_layer_is_shrunk_as_it_is_seen():
    def invert(layer):
        layer.append_filter(Gimp.DrawableFilter.new(layer, 'gegl:invert-gamma', ''))

    def reach_beyond(layer):
        layer.set_offsets(-6, 0)
        layer.resize(47, 30, 1, 0)

    def hide_a_column(layer):
        mask = layer.create_mask(Gimp.AddMaskType.WHITE)
        layer.add_mask(mask)
        write(mask, [0 if i % 40 == 39 else 255 for i in range(1200)])

    for change in (invert, reach_beyond, hide_a_column, lambda layer: layer.set_opacity(50)):
        layer = new_layer()
        change(layer)
        flat = layer.get_image().duplicate()
        shown = Gimp.Layer.new_from_visible(flat, flat, '')
        flat.insert_layer(shown, None, 0)
        engine_log()
        small, = shrink(layer).get_layers()
        assert engine_log()[0].split()[2] == '40x30'
        assert small.has_alpha() == (min(read(shown)[3::4]) < 255), change
        if not small.has_alpha():
            shown.flatten()
            assert_shrunk(small, shown, 2)


@case
def whatever_is_chosen_the_image_is_shrunk():
    layer = new_layer()
    image = layer.get_image()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    text = Gimp.TextLayer.new(image, 'Pentimento', Gimp.Font.get_by_name('Sans-serif'), 12, Gimp.Unit.pixel())
    image.insert_layer(text, None, 0)
    group = Gimp.GroupLayer.new(image, 'group')
    image.insert_layer(group, None, 0)
    for chosen in ([mask], [group], [layer, text]):
        status, made = run(*chosen, name='rescale-down')
        assert status == Gimp.PDBStatusType.SUCCESS and (made.get_width(), made.get_height()) == (20, 15), chosen
        assert made.get_layers()[0].get_name() == image.get_name()
    nothing = procedure('rescale-down').create_config()
    nothing.set_property('image', image)
    assert procedure('rescale-down').run(nothing).index(0) == Gimp.PDBStatusType.SUCCESS


@case
def an_image_in_which_nothing_is_seen_is_refused():
    layer = new_layer()
    layer.set_visible(False)
    count = len(Gimp.get_images())
    for name in ('rescale-down', 'rescale-up'):
        status, sentence = run(layer, name=name)
        assert status == Gimp.PDBStatusType.EXECUTION_ERROR and 'transparent' in sentence, (status, sentence)
    assert len(Gimp.get_images()) == count


@case
def after_a_failure_there_is_no_new_image():
    engine_does('fail')
    layer, count = new_layer(), len(Gimp.get_images())
    for name in ('rescale-down', 'rescale-up'):
        status, sentence = run(layer, name=name)
        assert (status, sentence) == (Gimp.PDBStatusType.EXECUTION_ERROR, 'The scripted engine failed.')
    assert len(Gimp.get_images()) == count


@case
def settings_of_rescaling_reach_the_engine():
    weights = os.environ['PENTIMENTO_WEIGHTS'] + '/irn-x4.safetensors'
    engine_log()
    image = shrink(new_layer(), scale='4', device='cpu', weights=Gio.File.new_for_path(weights))
    grow(image, scale='2', weights=Gio.File.new_for_path(weights))
    down, up = (line.split() for line in engine_log())
    assert {'rescale-down', '40x30', 'scale=4', 'device=cpu', 'weights=' + weights} <= set(down), down
    assert {'rescale-up', '10x8', 'scale=4', 'width=40', 'height=30', 'weights=' + weights} <= set(up), up  # the note's
    assert procedure('rescale-down').create_config().get_property('scale') == '2'


@case
def no_temporary_file_is_left():
    grow(shrink(new_layer(), keep_details=True))
    engine_does('fail')
    run(new_layer(), name='rescale-down')
    assert not glob.glob(tempfile.gettempdir() + '/pentimento-??????')
