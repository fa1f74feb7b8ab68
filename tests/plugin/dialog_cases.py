# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a GIMP with windows: opens the dialog again and again, and checks what has become of the picture. Whoever
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
FILTER = Gimp.get_pdb().lookup_procedure('plug-in-pentimento-denoise')
SUCCESS, CANCEL = Gimp.PDBStatusType.SUCCESS, Gimp.PDBStatusType.CANCEL
BEFORE, KEPT = (200, 100, 50), (153, 153, 153)  # the picture's one colour; the scripted engine keeps grey 0.6


def ask(step):
    with open(SCRIPT + '/step.new', 'w') as file:
        file.write(step)
    os.rename(SCRIPT + '/step.new', SCRIPT + '/step')


def engine_log():
    with open(SCRIPT + '/log') as file:
        return file.read().splitlines()


def run(mode=Gimp.RunMode.INTERACTIVE):
    config = FILTER.create_config()
    config.set_property('run-mode', mode)
    config.set_property('image', image)
    config.set_core_object_array('drawables', [layer])
    return FILTER.run(config).index(0)


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
display.delete()
gimp_session.record('all cases ran')
ask('end')
