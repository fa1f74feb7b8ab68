# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside gimp-console: the filters without their dialogs. Here is what all share, shown on denoise."""

import traceback

from console_support import (assert_inverted, assert_refused, case, CASES, check, new_layer, pattern, procedure, read,
                             restore, run, select, T, write)
from gi.repository import Gegl, Gimp
from gimp_session import engine_does, engine_log, plug_engine, record

FILTERS = {'denoise': '_Denoise', 'enhance-detail': '_Enhance Detail', 'flash-no-flash': '_Flash and No-flash',
           'inpaint': '_Inpaint', 'remove-jpeg-artifacts': '_Remove JPEG Artifacts',
           'super-resolution': '_Super-resolution'}
DECOMPOSITIONS = {'dehaze': 'De_haze', 'remove-watermark': 'Remove _Watermark', 'segment': 'Se_gment',
                  'separate-layers': '_Separate Layers'}
OTHERS = {'provenance': 'Show What Was In_vented...', 'restore': 'Rain, Haze or Shad_ow (Network)...'}
RESCALERS = {'rescale-down': 'Shrin_k so it can be restored...', 'rescale-up': 'Res_tore shrunken image...'}


# What GIMP is told of the filter.

@case
def arguments_are_the_properties_of_the_operation():
    others = {'error', 'notice', 'report', 'frames', 'sidecar'}  # reports, and what the image tells
    own = {'run-mode', 'image', 'drawables', 'flash', 'second', 'strokes', 'original', 'layers', 'all-layers', 'as-filter',
           'show-invented'}
    for name in FILTERS | DECOMPOSITIONS | RESCALERS | OTHERS:
        if name == 'provenance':
            others.add('output')  # always a layer
        specs = {spec.name: spec for spec in Gegl.Operation.list_properties('pentimento:' + name)}
        arguments = [a for a in procedure(name).get_arguments() if a.name not in own]
        assert [a.name for a in arguments] == [spec for spec in specs if spec not in others], name
        for argument in arguments:
            spec = specs[argument.name]
            assert (argument.nick, argument.blurb) == (spec.nick, spec.blurb), argument.name
            for bound in ('minimum', 'maximum'):
                assert getattr(argument, bound, None) == getattr(spec, bound, None), (argument.name, bound)
        if name not in RESCALERS | OTHERS:
            assert procedure(name).create_config().get_property('quality') == 'balanced'


@case
def they_are_in_the_restore_menu():
    mnemonics = []
    for name, label in (FILTERS | DECOMPOSITIONS | RESCALERS | OTHERS).items():
        mnemonics.append(label[label.index('_') + 1].lower())
        if name not in RESCALERS | OTHERS:
            label += ' (Double-DIP)...' if name in DECOMPOSITIONS else ' (Deep Image Prior)...'
        assert procedure(name).get_menu_paths() == ['<Image>/Filters/Restore'], name
        assert procedure(name).get_menu_label() == label, name
        assert procedure(name).get_image_types() == 'RGB*, GRAY*', name
        assert procedure(name).get_blurb(), name
    twice = {'s'}  # Separate Layers and Super-resolution
    assert len(set(mnemonics)) == len(mnemonics) - len(twice), mnemonics


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
import invention_cases  # noqa: E402, F401: what was invented, and a filter that stays
import parts_cases  # noqa: E402, F401: what is special to those that split a picture into parts
import pixel_cases  # noqa: E402, F401: pixels and selections, on denoise
import rescale_cases  # noqa: E402, F401: those that shrink an image and restore it

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
