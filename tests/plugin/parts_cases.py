# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console, for console_cases.py: the filters that split a picture into parts, on one picture."""

from console_support import assert_refused, case, new_layer, P, pattern, procedure, read, restore, run, select, T, write
from gi.repository import Gegl, Gimp
from gimp_session import engine_does, engine_log
from parts_support import (assert_bytes, assert_looks_the_same, bottom, encoded, GROUP_TITLES, NAMES, new_layer_like,
                           ROLES, settings_of, split, stripes, stroked, strokes_above, top, WITH_FRAMES)


# What GIMP is told.

@case
def their_own_arguments_are_there():
    for name in ROLES:
        config = procedure(name).create_config()
        assert config.get_property('layers') is (name in ('separate-layers', 'segment')), name
        arguments = [a.name for a in procedure(name).get_arguments()]
        assert ('all-layers' in arguments) == (name in WITH_FRAMES) and 'frames' not in arguments, arguments
        if name in WITH_FRAMES:
            assert config.get_property('all-layers') is False
    assert procedure('separate-layers').create_config().get_property('second') is None
    assert procedure('segment').create_config().get_property('strokes') is None


@case
def a_color_reaches_the_engine():
    engine_log()
    restore(new_layer(), name='dehaze', find_airlight=False, airlight=Gegl.Color.new('#ff8000'))
    restore(new_layer(), name='dehaze')
    chosen, default = ({w.partition('=')[0]: w.partition('=')[2] for w in line.split()} for line in engine_log())
    for words, color in ((chosen, (255, 128, 0)), (default, (0xdf, 0xe3, 0xe8))):
        for channel, value in zip(('red', 'green', 'blue'), color):
            assert abs(float(words['airlight-' + channel]) - value / 255) < 1e-3, words
    assert chosen['find-airlight'] == '0' and default['find-airlight'] == '1'


# One part, into the layer.

@case
def each_part_goes_into_the_layer():
    for name, roles in ROLES.items():
        for output, expected in zip(roles, (top, lambda v, m: m, bottom)):
            if (name, output) == ('segment', 'mask'):
                continue
            for layer_type in (T.RGB_IMAGE, T.RGBA_IMAGE):
                layer = new_layer(layer_type=layer_type)
                before = read(layer)
                restore(layer, output=output, **settings_of(name, layer, False))
                assert_bytes(layer, before, lambda v, x, y: expected(v, stripes(x, y)))
                assert len(layer.get_image().get_layers()) == 1


@case
def it_goes_through_the_selection_and_the_whole_picture_is_split():
    for name in ('dehaze', 'separate-layers', 'segment'):
        layer = new_layer(size=(300, 200), offset=(-20, 10), canvas=(400, 400))
        before = read(layer)
        select(layer, 30, 40, 20, 30)
        engine_log()
        restore(layer, name=name, layers=False, output=ROLES[name][0])
        assert [line.split()[2] for line in engine_log()] == ['300x200'], name
        assert_bytes(layer, before, lambda v, x, y: top(v, stripes(x, y)),
                     lambda x, y: 50 <= x < 70 and 30 <= y < 60)


@case
def a_watermark_is_removed_where_the_selection_says_it_is():
    layer = new_layer(size=(60, 50))
    before, image = read(layer), layer.get_image()
    select(layer, 10, 12, 20, 15)
    restore(layer, name='remove-watermark')
    assert_bytes(layer, before, lambda v, x, y: bottom(v, stripes(x, y)),
                 lambda x, y: 10 <= x < 30 and 12 <= y < 27)
    assert Gimp.Selection.bounds(image)[1:] == (True, 10, 12, 30, 27)


@case
def a_watermark_needs_a_hint():
    assert_refused([new_layer()], 'Select', name='remove-watermark')
    assert_refused([new_layer()], 'Select', name='remove-watermark', layers=True)


@case
def a_segment_becomes_the_selection():
    for profile in (None, Gimp.ColorProfile.new_rgb_adobe()):
        layer = new_layer(layer_type=T.RGBA_IMAGE, offset=(5, 6), canvas=(60, 50))
        image = layer.get_image()
        if profile:
            image.set_color_profile(profile)
        samples = pattern(layer)
        samples[3::4] = [0 if i % 40 < 3 else 255 for i in range(1200)]
        write(layer, samples)
        before = read(layer)
        restore(layer, name='segment', layers=False)
        assert read(layer) == before and len(image.get_layers()) == 1 and not image.get_channels()
        for i, value in enumerate(read(image.get_selection())):
            x, y = i % 60 - 5, i // 60 - 6
            inside = 3 <= x < 40 and 0 <= y < 30
            assert abs(value - (255 * stripes(x, y) if inside else 0)) <= 1, (x, y, value)


@case
def a_locked_layer_gets_no_part_but_can_be_split():
    for name in ('dehaze', 'segment'):
        layer = new_layer()
        layer.set_lock_content(True)
        assert_refused([layer], 'locked', name=name, layers=False, output=ROLES[name][0])
        split(layer, name)


@case
def a_selection_beside_the_layer_is_refused_for_one_part_only():
    layer = new_layer(canvas=(100, 100))
    select(layer, 60, 60, 20, 20)
    assert_refused([layer], 'selection', name='dehaze')
    split(layer, 'dehaze')


# All parts, as layers.

def kinds():
    for precision in (P.U8_NON_LINEAR, P.U16_NON_LINEAR, P.FLOAT_NON_LINEAR, P.FLOAT_LINEAR):
        for layer_type in (T.RGB_IMAGE, T.RGBA_IMAGE, T.GRAY_IMAGE, T.GRAYA_IMAGE):
            yield precision, layer_type


def add_group_cases():
    """All filters on the kind with the least room, and one of them on each of the others."""
    for i, (precision, layer_type) in enumerate(kinds()):
        names = list(ROLES) if (precision, layer_type) == (P.U8_NON_LINEAR, T.RGBA_IMAGE) else [list(ROLES)[i % 4]]

        def group(precision=precision, layer_type=layer_type, names=names):
            for name in names:
                layer = new_layer(precision, layer_type)
                before = encoded(layer)
                _, upper, lower, mask = split(layer, name)
                assert upper.type() == lower.type() == layer_type
                assert_looks_the_same(before, encoded(layer))
        kind = f'{precision.value_nick}_{layer_type.value_nick}'.replace('-', '_')
        group.__name__ = f'as_layers_the_picture_looks_the_same_{kind}'
        case(group)


add_group_cases()


@case
def the_layers_are_the_parts():
    for name in ROLES:
        layer = new_layer(offset=(4, 7), canvas=(60, 60))
        layer.set_name('photo')
        before = read(layer)
        group, upper, lower, mask = split(layer, name)
        assert read(layer) == before and not layer.get_visible()
        assert group.get_name() == f'photo – {GROUP_TITLES[name]} (Double-DIP)', group.get_name()
        assert (upper.get_name(), lower.get_name()) == NAMES[name]
        for part in (upper, lower):
            assert part.get_offsets()[1:] == (4, 7) and (part.get_width(), part.get_height()) == (40, 30)
            assert part.get_mode() == Gimp.LayerMode.NORMAL and part.get_opacity() == 100
        assert lower.get_mask() is None and upper.get_apply_mask() and not upper.get_edit_mask()
        assert_bytes(upper, before, lambda v, x, y: top(v, stripes(x, y)))
        assert_bytes(lower, before, lambda v, x, y: bottom(v, stripes(x, y)))
        for i, value in enumerate(read(mask)):
            assert abs(value - 255 * stripes(i % 40, i // 40)) <= 0.51, i


@case
def one_run_makes_all_of_them_and_the_equation_holds():
    for name in ROLES:
        engine_log()
        split(new_layer(), name)
        lines = [dict(w.split('=') for w in line.split()[3 + (name == 'remove-watermark'):]) for line in engine_log()]
        assert {line.pop('output') for line in lines} == set(ROLES[name]) and len(lines) == 3, lines
        assert lines[0] == lines[1] == lines[2], lines
        if name == 'dehaze':
            assert (lines[0]['strength'], lines[0]['keep-some-haze']) == ('1', '0'), lines[0]
    engine_log()
    restore(new_layer(), name='dehaze', strength=0.75, layers=False)
    assert {'strength=0.75', 'keep-some-haze=0.1'} <= set(engine_log()[0].split())


@case
def the_group_takes_the_place_of_the_layer():
    layer = new_layer(layer_type=T.RGBA_IMAGE)
    image = layer.get_image()
    outer = Gimp.GroupLayer.new(image, 'outer')
    image.insert_layer(outer, None, 0)
    image.reorder_item(layer, outer, 0)
    below = new_layer_like(layer, 'below', 180)
    image.reorder_item(below, outer, 1)
    layer.set_opacity(60)
    layer.set_mode(Gimp.LayerMode.MULTIPLY)
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    write(mask, [i % 256 for i in range(1200)])
    before = encoded(layer)
    restore(layer, name='segment')
    group, *others = outer.get_children()
    assert others == [layer, below] and group.is_group() and image.get_layers() == [outer]
    assert_looks_the_same(before, encoded(layer), 2)


@case
def only_a_layer_can_be_split():
    layer = new_layer()
    mask = layer.create_mask(Gimp.AddMaskType.WHITE)
    layer.add_mask(mask)
    assert_refused([mask], 'layer', name='segment')


@case
def a_failure_leaves_no_layers_behind():
    engine_does('fail')
    layer = new_layer()
    assert_refused([layer], 'The scripted engine failed.', name='segment')
    assert layer.get_image().get_layers() == [layer] and layer.get_visible()


# A second picture.

@case
def a_second_picture_is_taken_where_it_is_chosen():
    layer = new_layer(offset=(4, 6), canvas=(60, 60))
    second = new_layer_like(layer, 'second')
    engine_log()
    restore(layer, name='separate-layers', layers=False)
    restore(layer, name='separate-layers', layers=False, second=second)
    alone, together = (line.split() for line in engine_log())
    assert alone[2] == '40x30' and 'x' not in alone[3].partition('=')[0], alone
    assert together[2:4] == ['40x30', '40x30'], together


@case
def a_second_picture_that_does_not_cover_is_refused():
    layer = new_layer()
    second = new_layer_like(layer, 'second')
    second.set_offsets(1, 0)
    assert_refused([layer], 'cover', name='separate-layers', second=second)
    assert_refused([layer], 'another layer', name='separate-layers', second=layer)


@case
def strokes_say_which_is_which():
    layer = new_layer(offset=(3, -2), canvas=(60, 60))
    strokes = strokes_above(layer)
    painted = read(strokes)
    group, upper, lower, mask = split(layer, 'segment', strokes=strokes)
    for i, value in enumerate(read(mask)):
        assert abs(value - 255 * stroked(i % 40, i // 40)) <= 0.51, i
    assert read(strokes) == painted and layer.get_image().get_layers() == [strokes, group, layer]


@case
def strokes_without_alpha_end_where_their_layer_ends():
    layer = new_layer()
    image = layer.get_image()
    strokes = Gimp.Layer.new(image, 'strokes', 8, 8, T.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(strokes, None, 0)
    write(strokes, [255] * 192)
    *_, mask = split(layer, 'segment', strokes=strokes)
    for i, value in enumerate(read(mask)):
        x, y = i % 40, i // 40
        assert abs(value - (255 if x < 8 and y < 8 else 255 * stripes(x, y))) <= 0.51, i


@case
def strokes_on_the_picture_itself_are_refused():
    layer = new_layer()
    assert_refused([layer], 'layer of their own', name='segment', strokes=layer)
    assert_refused([layer], 'layer of their own', name='segment', strokes=layer, all_layers=True)


@case
def tiny_pictures_are_split():
    for name in ROLES:
        for size in ((1, 1), (1, 9), (9, 1)):
            layer = new_layer(size=size)
            before = encoded(layer)
            split(layer, name)
            assert_looks_the_same(before, encoded(layer))


@case
def they_run_with_last_values():
    for name in ('dehaze', 'segment'):
        status, *_ = run(new_layer(), name=name, mode=Gimp.RunMode.WITH_LAST_VALS)
        assert status == Gimp.PDBStatusType.SUCCESS
