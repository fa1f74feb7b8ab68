# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user does in each step that dialog_cases.py asks for; each works on the dialog that is open."""

import os
import subprocess
import time

from dialog_window import BEFORE, wait_for, Window, windows, xdo

SEED_Y = 196  # the button beside the seed, in the fifth row of denoise
SHOW_INVENTED_Y = 269  # the box in its last row
KEPT = (153, 153, 153)  # as in dialog_cases.py
INVERTED = tuple(255 - v for v in BEFORE)


def marked(colour, share):
    """With as much of the signal colour over it."""
    return tuple(round(v + share * (signal - v)) for v, signal in zip(colour, (255, 0, 255)))


MARKED = marked(INVERTED, 145 / 255)  # red was 200, and is 55
COMPARED = marked(BEFORE, 100 / 255)  # the original's is 100


def log():
    path = os.environ['PENTIMENTO_SCRIPT'] + '/log'
    return open(path).read().splitlines() if os.path.exists(path) else []


def runs():
    return sum(line.startswith('run') for line in log())


def restore(window, key='Return'):
    """Presses Restore until the engine runs: a new window may not have the keyboard yet."""
    before = runs()
    for _ in range(10):
        window.press(key)
        try:
            return wait_for(lambda: runs() > before, 'the engine', 5)
        except AssertionError:
            xdo('windowactivate', '--sync', window.id)
    raise AssertionError('Restore did not start the engine')


# What the user does in each step. The picture is 720x540 at 12,12 of the preview: the line stands at 372 at first.

def keep_and_apply():
    window = Window()
    window.shoot('1-opened')
    window.press('alt+a')  # there is nothing to apply yet
    restore(window)
    latency = subprocess.Popen([os.environ['WINDOW_LATENCY'], window.id, '3'], stdout=subprocess.PIPE, text=True)
    wait_for(lambda: window.colour(600, 40) != BEFORE, 'an estimate')
    assert window.colour(100, 40) == BEFORE
    time.sleep(1.5)
    window.shoot('2-running')
    window.drag(372, 200, 200)
    print('# while it ran, the dialog answered: ' + latency.communicate()[0].strip())
    window.press('alt+k')
    window.wait_for_colour(300, 40, KEPT)
    assert window.colour(100, 40) == BEFORE
    window.shoot('3-kept')
    window.press('Home')
    window.wait_for_colour(40, 40, KEPT)
    window.press('End')
    window.wait_for_colour(700, 40, BEFORE)
    window.press('alt+1')
    window.shoot('4-actual-size')
    window.press('alt+a')
    window.wait_until_closed()


def undo():
    xdo('windowactivate', '--sync', wait_for(lambda: windows('GIMP$'), "the picture's window")[-1])
    xdo('key', 'ctrl+z')


def keep_a_selection_and_apply():
    # The preview shows the selection's box and 64 pixels around it: 328x328 at 540x540.
    window = Window()
    restore(window)
    window.press('Home')
    wait_for(lambda: window.colour(282, 282) != BEFORE, 'an estimate')
    window.press('alt+k')
    window.wait_for_colour(282, 282, KEPT)
    assert window.colour(130, 130) == BEFORE  # in a corner of the selection's box
    window.shoot('7-selection')
    window.press('Return')
    window.wait_until_closed()


def undo_twice():
    undo()  # the selection
    undo()


def cancel():
    window = Window()
    restore(window)
    window.press('Escape')
    window.wait_until_closed()


def close():
    window = Window()
    restore(window, 'alt+t')
    window.press('alt+F4')
    window.wait_until_closed()


def fail():
    window = Window()
    restore(window)
    wait_for(lambda: window.colour(40, 40) != BEFORE, 'the message, which moves the preview down')
    window.shoot('5-failed')
    window.press('Escape')
    window.wait_until_closed()


def new_seed_and_apply():
    window = Window()
    window.click(window.width() - 30, SEED_Y)
    restore(window, 'alt+t')
    window.wait_for_colour(600, 40, INVERTED)
    window.shoot('6-finished')
    window.press('Return')  # Apply has become the default
    window.wait_until_closed()


def show_what_was_invented():
    window = Window()
    restore(window)
    # The window grows, and the picture moves down.
    window.wait_for_nearly(600, 300, MARKED)
    assert window.colour(100, 300) == BEFORE
    window.shoot('26-invented')
    measured = runs()
    for colour in (INVERTED, MARKED):
        window.click(window.width() - 324, SHOW_INVENTED_Y)
        window.wait_for_nearly(600, 300, colour)
    assert runs() == measured
    window.press('alt+a')
    window.wait_until_closed()


def compare():
    window = Window()
    restore(window, 'alt+m')
    window.wait_for_nearly(600, 300, COMPARED)
    assert window.colour(100, 300) == BEFORE
    window.shoot('27-compared')
    window.press('Return')
    window.wait_until_closed()


def keep_a_filter():
    window = Window()
    window.shoot('28-network')
    restore(window)
    window.wait_for_colour(600, 40, INVERTED)
    window.shoot('29-network-finished')
    window.press('Return')
    window.wait_until_closed()


def find_damage():
    window = Window()
    restore(window)
    window.press('Home')
    window.wait_for_red(60, 50)
    window.shoot('8-found')
    window.press('alt+a')
    window.wait_until_closed()


def fill():
    window = Window()
    window.wait_for_red(300, 210)
    window.shoot('9-hole')
    restore(window)
    window.press('Home')
    time.sleep(1)
    window.shoot('10-filling')
    window.press('alt+k')
    window.wait_for_colour(281, 191, INVERTED)
    assert window.colour(274, 191) == BEFORE
    window.press('alt+a')
    window.wait_until_closed()


def nothing_to_fill():
    window = Window()

    def complains():  # a new window may not have the keyboard yet
        window.press('alt+t')
        return window.colour(40, 40) != BEFORE
    wait_for(complains, 'the message, which moves the preview down')
    window.shoot('11-nothing-to-fill')
    window.press('Escape')
    window.wait_until_closed()


def enlarge():
    window = Window()
    window.press('alt+1')
    restore(window)
    wait_for(lambda: window.colour(600, 40) != BEFORE, 'an estimate')
    window.shoot('12-enlarging')
    window.press('alt+k')
    window.wait_for_colour(600, 40, KEPT)
    window.press('alt+a')
    window.wait_until_closed()


def close_the_new_image():
    xdo('key', 'ctrl+w')
    time.sleep(1)
    xdo('key', 'alt+d')


def merge_with_flash():
    window = Window()
    window.shoot('13-flash')
    restore(window)
    window.wait_for_colour(600, 40, (100, 150, 150))
    window.press('Return')
    window.wait_until_closed()


# A decomposition has the preview above a strip of its parts: mask, foreground and background.

MASK, FOREGROUND, BACKGROUND = 127, 222, 178  # red, on the average, as the scripted engine makes them of 200
PART_X, PART_Y = (172, 298, 425), 480


def look_at_parts_and_apply():
    window = Window()
    window.shoot('14-parts')
    restore(window)
    wait_for(lambda: window.colour(500, 40) != BEFORE, 'an estimate')
    window.click(PART_X[2], PART_Y)
    time.sleep(1)
    window.shoot('15-parts-running')
    window.press('alt+k')
    window.wait_for_mean(BACKGROUND)
    window.click(PART_X[1], PART_Y)
    window.wait_for_mean(FOREGROUND)
    window.shoot('16-parts-kept')
    window.press('Left', 'space')
    window.wait_for_mean(MASK)
    assert window.colour(100, 40) == BEFORE
    window.press('alt+a')
    window.wait_until_closed()


def choose_strokes():
    window = Window()
    window.click(window.width() - 120, 51)  # the first row: none is chosen yet
    time.sleep(0.5)
    window.press('Down', 'Return')
    restore(window, 'alt+t')
    wait_for(lambda: window.colour(500, 40) != BEFORE, 'the result')
    window.shoot('18-strokes')
    window.press('Escape')
    window.wait_until_closed()


def look_at_frames():
    window = Window()
    restore(window)
    wait_for(lambda: window.colour(500, 40) != BEFORE, 'the result')
    window.wait_for_mean(FOREGROUND)  # the clear picture is made like that
    window.shoot('17-frames')
    window.press('alt+a')
    window.wait_until_closed()


# Of shrinking the result looks like the picture: what there is to see is in the pictures of the dialog.

def apply_when_done(window):
    def closed():
        window.press('alt+a')
        time.sleep(0.5)
        return not window.is_open()
    wait_for(closed, 'the dialog to close')


def shrink():
    window = Window()
    xdo('mousemove', '--window', window.id, '100', '100')  # where no tooltip comes up
    window.shoot('19-shrink')
    restore(window, 'alt+k')
    time.sleep(2)
    window.shoot('20-shrunken')
    window.press('alt+1')
    time.sleep(1)
    window.shoot('21-shrunken-actual-size')
    apply_when_done(window)


def restore_shrunken():
    window = Window()
    window.shoot('22-restore-shrunken')
    restore(window)
    time.sleep(2)
    window.shoot('23-restored')
    apply_when_done(window)


def restore_without_a_note():
    window = Window()
    window.shoot('24-no-note')
    restore(window)
    time.sleep(2)
    window.shoot('25-restored-without-a-note')
    window.press('Escape')
    window.wait_until_closed()


STEPS = {'keep and apply': keep_and_apply, 'keep a selection and apply': keep_a_selection_and_apply, 'undo': undo,
         'undo twice': undo_twice, 'cancel': cancel, 'close': close, 'fail': fail,
         'new seed and apply': new_seed_and_apply, 'show what was invented': show_what_was_invented,
         'compare': compare, 'keep a filter': keep_a_filter, 'find damage': find_damage, 'fill': fill,
         'nothing to fill': nothing_to_fill, 'enlarge': enlarge, 'close the new image': close_the_new_image,
         'merge with flash': merge_with_flash, 'look at parts and apply': look_at_parts_and_apply,
         'look at frames': look_at_frames, 'choose strokes': choose_strokes, 'shrink': shrink,
         'restore shrunken': restore_shrunken, 'restore without a note': restore_without_a_note}
