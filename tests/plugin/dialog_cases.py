# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: opens the dialogs again and again, and checks what has become of the picture. Whoever
drives the windows (dialog_test.py) is told by `ask` what the user does next."""

import time

from dialog_support import (add_layer, ask, BEFORE, case, colours, display, engine_log, image, layer, paint,
                            paint_shapes, read, read_of, run)
from gi.repository import Gimp
from gimp_session import engine_does, record

SUCCESS, CANCEL = Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
KEPT = (153, 153, 153)  # what the scripted engine keeps is grey 0.6


def keep_and_apply():
    engine_does('slow')
    ask('keep and apply')
    assert run() == SUCCESS
    assert engine_log()[-1] == 'kept'
    assert colours() == {KEPT}, colours()


def undo():
    ask('undo')
    undone()


def undone():
    for _ in range(100):
        if read(None) == original:
            return
        time.sleep(0.1)
    assert False, colours()


def apply_through_a_selection():
    engine_does('slow')
    image.select_ellipse(Gimp.ChannelOps.REPLACE, 300, 200, 200, 200)
    ask('keep a selection and apply')
    assert run() == SUCCESS
    data, size = read(None), 3 * 4
    changed = [i // size for i in range(0, len(data), size) if data[i:i + size] != original[i:i + size]]
    inside = [(x - 400 + 0.5) ** 2 + (y - 300 + 0.5) ** 2 < 101 ** 2 for y, x in (divmod(i, 800) for i in changed)]
    assert all(inside) and abs(len(changed) - 31416) < 700, (len(changed), inside.count(False))
    Gimp.Selection.none(image)


def undo_of_a_selection():
    ask('undo twice')
    undone()
    Gimp.Selection.none(image)


def cancel():
    engine_does('slow')
    ask('cancel')
    assert run() == CANCEL
    assert engine_log()[-1] == 'cancelled'
    assert colours() == {BEFORE}


def close():
    engine_does('slow')
    ask('close')
    assert run() == CANCEL
    assert engine_log()[-1] == 'cancelled'
    assert colours() == {BEFORE}


def fail():
    engine_does('fail')
    ask('fail')
    assert run() == CANCEL
    assert colours() == {BEFORE}


def restore_and_apply():
    engine_does('invert')
    ask('new seed and apply')
    assert run() == SUCCESS
    assert colours() == {tuple(255 - v for v in BEFORE)}


def last_values():
    chosen = engine_log()[-1]
    assert 'seed=0' not in chosen.split(), chosen
    assert run(Gimp.RunMode.WITH_LAST_VALS) == SUCCESS
    assert engine_log()[-1] == chosen
    assert colours() == {BEFORE}


def inverted(area=None):
    """Whether the layer is, in `area` (x, y, width, height) alone where one is given."""
    data, size = read("R'G'B' u8"), 3
    changed = {i // size for i in range(0, len(data), size) if tuple(data[i:i + size]) != BEFORE}
    x, y, width, height = area or (0, 0, 800, 600)
    return changed == {v * 800 + u for v in range(y, y + height) for u in range(x, x + width)}


def show_what_was_invented():
    global original
    original = read(None)
    engine_does('invert')
    ask('show what was invented')
    assert run(show_invented='yes') == SUCCESS
    assert colours() == {tuple(255 - v for v in BEFORE)}
    overlay, below = image.get_layers()
    assert below == layer and overlay.get_name() == 'Invented'
    share = round((2 * BEFORE[0] - 255))  # of 255: how far red went
    pixel = read_of(overlay, "R'G'B'A u8")[:4]
    assert tuple(pixel) == (255, 0, 255, share), tuple(pixel)


def undo_of_what_was_invented():
    ask('undo')
    undone()
    assert image.get_layers() == [layer]


def compare_two_layers():
    below = add_layer('original', 1, (100, 100, 50))
    ask('compare')
    assert run(name='provenance') == SUCCESS
    overlay = image.get_layers()[0]
    assert overlay.get_name() == 'Invented' and read(None) == original
    assert tuple(read_of(overlay, "R'G'B'A u8")[:4]) == (255, 0, 255, 100)
    image.remove_layer(overlay)
    image.remove_layer(below)


def keep_a_filter():
    engine_does('invert')
    ask('keep a filter')
    assert run(name='restore', as_filter='yes') == SUCCESS
    added, = layer.get_filters()
    assert added.get_operation_name() == 'pentimento:restore' and read(None) == original
    added.delete()


def find_damage():
    global original
    original = read(None)  # inverted twice, floats have another last bit
    engine_does('invert')
    ask('find damage')
    assert run(name='inpaint', find_damage='yes', output='"mask"') == SUCCESS
    assert read(None) == original
    found = Gimp.Selection.bounds(image)[1:]
    assert found == (True, 2, 2, 100, 75), found


def fill_the_selection():
    engine_does('slow')
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 300, 200, 100, 50)
    ask('fill')
    assert run(name='inpaint', grow='4') == SUCCESS
    assert inverted((296, 196, 108, 58))
    assert Gimp.Selection.bounds(image)[1:] == (True, 300, 200, 400, 250)


def undo_of_a_filled_selection():
    ask('undo')
    undone()
    assert Gimp.Selection.bounds(image)[1:] == (True, 300, 200, 400, 250)
    Gimp.Selection.none(image)


def nothing_to_fill():
    ask('nothing to fill')
    assert run(name='inpaint', find_damage='no') == CANCEL
    assert read(None) == original


def enlarge():
    engine_does('slow')
    ask('enlarge')
    assert run(name='super-resolution', scale='3') == SUCCESS
    made, = [i for i in Gimp.get_images() if i != image]
    assert (made.get_width(), made.get_height()) == (2400, 1800)
    assert read(None) == original
    ask('close the new image')
    for _ in range(100):
        if len(Gimp.get_images()) == 1:
            return
        time.sleep(0.1)
    assert False, 'the new image has no display'


def merge_with_flash():
    engine_does('invert')
    flash = add_layer('with flash', 1, (0, 200, 250))
    ask('merge with flash')
    assert run(name='flash-no-flash') == SUCCESS
    assert colours() == {(100, 150, 150)}, colours()
    image.remove_layer(flash)
    paint(layer, BEFORE)


def split_into_parts():
    engine_does('slow')
    ask('look at parts and apply')
    assert run(name='segment') == SUCCESS
    group, = [each for each in image.get_layers() if each.is_group()]
    assert [part.get_name() for part in group.get_children()] == ['Foreground', 'Background']
    assert group.get_children()[0].get_mask() and not layer.get_visible() and read(None) == original


def undo_of_parts():
    ask('undo')
    for _ in range(100):
        if image.get_layers() == [layer] and layer.get_visible():
            return
        time.sleep(0.1)
    assert False, image.get_layers()


def choose_strokes():
    engine_does('invert')
    ask('choose strokes')
    assert run(name='segment', layers='no') == CANCEL
    assert engine_log()[-1].split()[2:4] == ['800x600', '800x600'], engine_log()[-1]
    assert read(None) == original


def take_haze_out_of_frames():
    engine_does('invert')
    ask('look at frames')
    assert run(name='dehaze', find_airlight='no', all_layers='yes') == SUCCESS
    assert 'frames=2' in engine_log()[-1] and '800x1200' in engine_log()[-1], engine_log()[-1]
    # The scripted engine's clear picture of a sample v is v + (1-m) v (1-v), with the stripes m going on in the strip.
    for i, (frame, value) in enumerate(zip((layer, frame_above), (BEFORE[0] / 255, 100 / 255))):
        red = read_of(frame, "R'G'B' u8")[0::3]
        for x, y in ((0, 0), (5, 3), (799, 599)):
            expected = value + (1 - (x + y + 600 * i) % 7 / 6) * value * (1 - value)
            assert abs(red[y * 800 + x] - 255 * expected) < 0.6, (i, x, y, red[y * 800 + x], expected)


def undo_of_frames():
    ask('undo')
    for _ in range(100):
        if read(None) == original and set(read_of(frame_above, "R'G'B' u8")) == {100}:
            return
        time.sleep(0.1)
    assert False, 'still changed'


def the_new_image():
    made, = [i for i in Gimp.get_images() if i != image]
    return made


def shrink():
    engine_does('invert')
    ask('shrink')
    assert run(name='rescale-down', keep_details='yes') == SUCCESS
    small = the_new_image()
    assert (small.get_width(), small.get_height()) == (400, 300) and small.get_parasite('pentimento-rescale')
    assert read(None) == original


def restore_shrunken():
    small, = the_new_image().get_layers()
    engine_does('invert')
    ask('restore shrunken')
    assert run(name='rescale-up', drawable=small) == SUCCESS
    large, = [i for i in Gimp.get_images() if i not in (image, small.get_image())]
    assert (large.get_width(), large.get_height()) == (800, 600)
    assert read_of(large.get_layers()[0], "R'G'B' u8") == read("R'G'B' u8")


def restore_without_a_note():
    engine_does('invert')
    ask('restore without a note')
    assert run(name='rescale-up') == CANCEL
    assert read(None) == original


original = read(None)
case('the result that was kept is applied', keep_and_apply)
case('one undo step brings the picture back', undo)
case('through a selection only what is selected changes', apply_through_a_selection)
case('one undo step brings that back, too', undo_of_a_selection)
case('cancelled while it runs, nothing is changed', cancel)
case('closed while it runs, nothing is changed', close)
case('after a failure nothing is changed', fail)
case('a finished result is applied', restore_and_apply)
case('the last values are those of the dialog', last_values)
case('what was invented is shown, and becomes a layer', show_what_was_invented)
case('one undo step takes result and layer away', undo_of_what_was_invented)
case('two layers are compared', compare_two_layers)
case('a network stays as a filter', keep_a_filter)
case('damage that was found becomes the selection', find_damage)
case('a selection is filled, and what it grows to', fill_the_selection)
case('one undo step brings it back, and the selection stays', undo_of_a_filled_selection)
case('with nothing to fill it says so', nothing_to_fill)
case('an enlarged picture is a new image', enlarge)
case('a second layer is chosen', merge_with_flash)
original = read(None)
case('a picture is split into parts', split_into_parts)
case('one undo step takes all of them away', undo_of_parts)
frame_above = add_layer('frame above', 0, (100, 100, 100))
case('a layer of strokes is chosen', choose_strokes)
case('all layers are restored as frames', take_haze_out_of_frames)
case('one undo step brings all of them back', undo_of_frames)
image.remove_layer(frame_above)
paint_shapes(layer)
original = read(None)
case('an image is shrunk into a new one', shrink)
case('the shrunken image is restored into another', restore_shrunken)
case('an image without a note is met by a warning', restore_without_a_note)
display.delete()
record('all cases ran')
ask('end')
