# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: opens the dialogs again and again, and checks what has become of the picture. Whoever
drives the windows (dialog_test.py) is told by `ask` what the user does next."""

import os
import time
import traceback

import gi
gi.require_version('Gimp', '3.0')
gi.require_version('Gegl', '0.4')
from gi.repository import Gegl, Gimp

import gimp_session
from gimp_session import engine_does

Gegl.init(None)
SCRIPT = os.environ['PENTIMENTO_SCRIPT']
SUCCESS, CANCEL = Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
BEFORE, KEPT = (200, 100, 50), (153, 153, 153)  # the picture's one colour; the scripted engine keeps grey 0.6


def ask(step):
    with open(SCRIPT + '/step.new', 'w') as file:
        file.write(step)
    os.rename(SCRIPT + '/step.new', SCRIPT + '/step')


def engine_log():
    with open(SCRIPT + '/log') as file:
        return file.read().splitlines()


def set_last_values(procedure, values):
    """Those of the image, which GIMP keeps with it, come before those in its folder."""
    for parasite in image.get_parasite_list():
        if procedure in parasite:
            image.detach_parasite(parasite)
    folder = os.environ['GIMP3_DIRECTORY'] + '/plug-in-settings'
    os.makedirs(folder, exist_ok=True)
    with open(f'{folder}/GimpProcedureConfigRun-{procedure}.last', 'w') as file:
        file.writelines(f'({key.replace("_", "-")} {value})\n' for key, value in values.items())


def run(mode=Gimp.RunMode.INTERACTIVE, name='denoise', **last_values):
    """The status; a dialog opens with `last_values` where there are any."""
    procedure = Gimp.get_pdb().lookup_procedure('plug-in-pentimento-' + name)
    if last_values:
        set_last_values(procedure.get_name(), last_values)
    config = procedure.create_config()
    config.set_property('run-mode', mode)
    config.set_property('image', image)
    config.set_core_object_array('drawables', [layer])
    return procedure.run(config).index(0)


def read(encoding):
    """The layer's samples; exactly as GIMP stores them where `encoding` is None."""
    whole = Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height())
    return layer.get_buffer().get(whole, 1.0, encoding, Gegl.AbyssPolicy.NONE)


def colours():
    data = read("R'G'B' u8")
    return {tuple(data[i:i + 3]) for i in range(0, len(data), 3)}


def case(name, check):
    try:
        check()
        gimp_session.record(name)
    except Exception:
        gimp_session.record(name, traceback.format_exc())


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
    flash = Gimp.Layer.new(image, 'with flash', 800, 600, Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(flash, None, 1)
    pixels = flash.get_buffer()
    pixels.set(Gegl.Rectangle.new(0, 0, 800, 600), "R'G'B' u8", bytes((0, 200, 250)) * 800 * 600)
    pixels.flush()
    ask('merge with flash')
    assert run(name='flash-no-flash') == SUCCESS
    assert colours() == {(100, 150, 150)}, colours()


image = Gimp.Image.new_with_precision(800, 600, Gimp.ImageBaseType.RGB, Gimp.Precision.FLOAT_NON_LINEAR)
layer = Gimp.Layer.new(image, 'layer', 800, 600, Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
image.insert_layer(layer, None, 0)
pixels = layer.get_buffer()
pixels.set(Gegl.Rectangle.new(0, 0, 800, 600), "R'G'B' u8", bytes(BEFORE) * 800 * 600)
pixels.flush()
display = Gimp.Display.new(image)
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
case('damage that was found becomes the selection', find_damage)
case('a selection is filled, and what it grows to', fill_the_selection)
case('one undo step brings it back, and the selection stays', undo_of_a_filled_selection)
case('with nothing to fill it says so', nothing_to_fill)
case('an enlarged picture is a new image', enlarge)
case('a second layer is chosen', merge_with_flash)
display.delete()
gimp_session.record('all cases ran')
ask('end')
