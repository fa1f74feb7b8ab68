# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console, for console_cases.py: filters on all layers of an image as frames of one sequence."""

from console_support import assert_refused, case, new_layer, pattern, read, restore, select, T, write
from gi.repository import Gimp
from gimp_session import engine_log
from parts_support import (assert_bytes, bottom, new_layer_like, ROLES, stripes, stroked, strokes_above, WITH_FRAMES)


def frames(count=3, layer_type=T.RGB_IMAGE, **settings):
    """Layers of different pixels, the lowest first; among them some that are no frames."""
    first = new_layer(layer_type=layer_type, **settings)
    image, layers = first.get_image(), [first]
    for i in range(1, count):
        layer = new_layer_like(first, f'frame {i}')
        write(layer, [(v * (i + 2) + 40 * i) % 255 + 1 if not layer.has_alpha() or k % 4 != 3 else v
                      for k, v in enumerate(pattern(layer))])
        layers.append(layer)
        if i == 1:
            hidden, locked = new_layer_like(first, 'hidden', 1), new_layer_like(first, 'locked', 2)
            hidden.set_visible(False)
            locked.set_lock_content(True)
            text = Gimp.TextLayer.new(image, 'text', Gimp.Font.get_by_name('Sans-serif'), 12, Gimp.Unit.pixel())
            image.insert_layer(text, None, 0)
            group = Gimp.GroupLayer.new(image, 'group')
            image.insert_layer(group, None, 0)
            inner = Gimp.Layer.new(image, 'inner', 9, 9, layer_type, 100, Gimp.LayerMode.NORMAL)
            image.insert_layer(inner, group, 0)
    return layers


def others(layers):
    return [layer for layer in layers[0].get_image().get_layers() if layer not in layers and not layer.is_group()]


@case
def frames_are_worked_on_together_and_written_back():
    for layer_type in (T.RGB_IMAGE, T.RGBA_IMAGE):
        for name in WITH_FRAMES:
            output, expected = ROLES[name][2], bottom
            layers = frames(layer_type=layer_type, offset=(3, -5), canvas=(50, 40))
            image = layers[0].get_image()
            before, rest = [read(f) for f in layers], [read(o) for o in others(layers)]
            order = image.get_layers()
            engine_log()
            restore(layers[1], name=name, all_layers=True, output=output)
            line, = engine_log()
            assert line.split()[2] == '40x90' and 'frames=3' in line.split(), line
            for i, (layer, old) in enumerate(zip(layers, before)):
                assert_bytes(layer, old, lambda v, x, y: expected(v, stripes(x, y + 30 * i)))
            assert [read(o) for o in others(layers)] == rest and image.get_layers() == order


@case
def frames_heed_no_selection_but_a_watermarks_hint():
    for name in WITH_FRAMES:
        layers = frames()
        before = [read(f) for f in layers]
        select(layers[0], 5, 6, 10, 12)
        restore(layers[0], name=name, all_layers=True, output=ROLES[name][2])
        hint = name == 'remove-watermark'
        for i, (layer, old) in enumerate(zip(layers, before)):
            assert_bytes(layer, old, lambda v, x, y: bottom(v, stripes(x, y + 30 * i)),
                         lambda x, y: not hint or 5 <= x < 15 and 6 <= y < 18)
        assert Gimp.Selection.bounds(layers[0].get_image())[1:] == (True, 5, 6, 15, 18)


@case
def frames_of_different_alpha_keep_theirs():
    layer = new_layer()
    other = new_layer_like(layer, 'other')
    other.add_alpha()
    write(other, [v if i % 4 != 3 else 255 - i % 3 for i, v in enumerate(pattern(other))])
    before = [read(layer), read(other)]
    restore(layer, name='dehaze', all_layers=True, output='airlight')
    for i, (frame, old) in enumerate(zip((layer, other), before)):
        assert_bytes(frame, old, lambda v, x, y: bottom(v, stripes(x, y + 30 * i)))


@case
def frames_are_segmented_by_masks():
    layers = frames()
    strokes = strokes_above(layers[0])
    before = [read(f) for f in layers]
    engine_log()
    restore(layers[2], name='segment', all_layers=True, strokes=strokes)
    assert engine_log()[0].split()[2:4] == ['40x90', '40x90']
    for i, layer in enumerate(layers):
        assert read(layer) == before[i]
        for k, value in enumerate(read(layer.get_mask())):
            x, y = k % 40, k // 40 + 30 * i
            assert abs(value - 255 * stroked(x, y)) <= 0.51, (i, x, y, value)
    assert strokes.get_mask() is None and all(o.get_mask() is None for o in others(layers))


@case
def frames_that_have_masks_are_not_masked_again():
    layers = frames()
    layers[1].add_mask(layers[1].create_mask(Gimp.AddMaskType.WHITE))
    assert_refused(layers[:1], 'frame 1', 'mask', name='segment', all_layers=True)
    restore(layers[0], name='segment', all_layers=True, output='foreground')


@case
def frames_of_another_size_or_place_are_refused():
    for change in (lambda f: f.resize(41, 30, 0, 0), lambda f: f.set_offsets(0, 1)):
        for name in WITH_FRAMES:
            layers = frames()
            change(layers[2])
            before = [read(f) for f in layers]
            assert_refused(layers[:1], 'frame 2', 'size or place', name=name, all_layers=True)
            assert [read(f) for f in layers] == before


@case
def one_frame_is_refused():
    for name in WITH_FRAMES:
        assert_refused([new_layer()], 'one layer only', name=name, all_layers=True)


@case
def what_is_no_frame_is_refused():
    layers = frames()
    hidden, = [o for o in others(layers) if o.get_name() == 'hidden']
    assert_refused([hidden], 'visible', name='dehaze', all_layers=True)
