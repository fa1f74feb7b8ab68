# SPDX-License-Identifier: GPL-3.0-or-later
"""For dialog_cases.py, inside a GIMP with windows: a picture on the screen, the filters, and what becomes of it."""

import os
import traceback

import gi
gi.require_version('Gimp', '3.0')
gi.require_version('Gegl', '0.4')
from gi.repository import Gegl, Gimp

import gimp_session

Gegl.init(None)
SCRIPT = os.environ['PENTIMENTO_SCRIPT']
BEFORE = (200, 100, 50)  # the picture's one colour


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


def run(mode=Gimp.RunMode.INTERACTIVE, name='denoise', drawable=None, **last_values):
    """The status; a dialog opens with `last_values` where there are any."""
    procedure = Gimp.get_pdb().lookup_procedure('plug-in-pentimento-' + name)
    if last_values:
        set_last_values(procedure.get_name(), last_values)
    config = procedure.create_config()
    config.set_property('run-mode', mode)
    config.set_property('image', (drawable or layer).get_image())
    config.set_core_object_array('drawables', [drawable or layer])
    return procedure.run(config).index(0)


def read_of(drawable, encoding=None):
    """Its samples; exactly as GIMP stores them where `encoding` is None."""
    whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
    return drawable.get_buffer().get(whole, 1.0, encoding, Gegl.AbyssPolicy.NONE)


def read(encoding):
    return read_of(layer, encoding)


def colours():
    data = read("R'G'B' u8")
    return {tuple(data[i:i + 3]) for i in range(0, len(data), 3)}


def case(name, check):
    try:
        check()
        gimp_session.record(name)
    except Exception:
        gimp_session.record(name, traceback.format_exc())


def paint(drawable, colour):
    pixels = drawable.get_buffer()
    pixels.set(Gegl.Rectangle.new(0, 0, 800, 600), "R'G'B' u8", bytes(colour) * 800 * 600)
    pixels.flush()


def paint_shapes(drawable):
    """Something to look at, below a band of the one colour."""
    def colour(x, y):
        return (x * y // 900 % 256, (x ^ y) % 256, 255 if (x - 400) ** 2 + (y - 350) ** 2 < 200 ** 2 else 0)
    samples = bytes(BEFORE) * 800 * 100 + bytes(v for y in range(100, 600) for x in range(800) for v in colour(x, y))
    pixels = drawable.get_buffer()
    pixels.set(Gegl.Rectangle.new(0, 0, 800, 600), "R'G'B' u8", samples)
    pixels.flush()


def add_layer(name, position, colour):
    added = Gimp.Layer.new(image, name, 800, 600, Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(added, None, position)
    paint(added, colour)
    return added


image = Gimp.Image.new_with_precision(800, 600, Gimp.ImageBaseType.RGB, Gimp.Precision.FLOAT_NON_LINEAR)
layer = add_layer('layer', 0, BEFORE)
display = Gimp.Display.new(image)
