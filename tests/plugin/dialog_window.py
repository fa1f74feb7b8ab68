# SPDX-License-Identifier: GPL-3.0-or-later
"""A dialog on the screen of $DISPLAY, as dialog_test.py sees and drives it with xdotool."""

import os
import re
import subprocess
import time

TITLE = r'\((Deep Image Prior|Double-DIP|Invertible Rescaling|Information Flow|Restoration Network)\)$'
PICTURE_Y = 12
BEFORE = (200, 100, 50)  # the picture's one colour, as in dialog_cases.py


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f'waited in vain for {what}')


def xdo(*words):
    return subprocess.run(('xdotool',) + words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True).stdout.split()


def windows(pattern):
    return xdo('search', '--onlyvisible', '--name', pattern)


class Window:
    """The dialog. Its texts are English here."""

    def __init__(self):
        self.id = wait_for(lambda: windows(TITLE), 'the dialog')[-1]
        xdo('windowactivate', '--sync', self.id)
        self.drop = wait_for(self.find_picture, 'the picture') - PICTURE_Y

    def find_picture(self):
        """The picture's first row: in a dialog with more settings there is a margin above it."""
        column = self.pixels(40, 0, 1, 300)
        return next((y for y in range(300) if tuple(column[3 * y:3 * y + 3]) == BEFORE), None)

    def is_open(self):
        return self.id in windows(TITLE)

    def press(self, *keys):
        xdo('key', '--delay', '50', *keys)

    def click(self, x, y):
        xdo('mousemove', '--window', self.id, str(x), str(y), 'click', '1')

    def drag(self, x0, x1, y):
        xdo('mousemove', '--window', self.id, str(x0), str(y), 'mousedown', '1')
        for i in range(1, 9):
            xdo('mousemove', '--window', self.id, str(x0 + (x1 - x0) * i // 8), str(y))
        xdo('mouseup', '1')

    def width(self):
        geometry = ' '.join(xdo('getwindowgeometry', self.id))
        return int(re.search(r'Geometry: (\d+)x', geometry).group(1))

    def shoot(self, name):
        path = os.path.join(os.environ['SCREENSHOTS'], f'dialog-{name}.png')
        subprocess.run(['import', '-window', self.id, path], check=True)

    def pixels(self, x, y, width, height):
        return subprocess.run(['import', '-window', self.id, '-crop', f'{width}x{height}+{x}+{y}', '-depth', '8',
                               'rgb:-'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def colour(self, x, y):
        return tuple(self.pixels(x, y + self.drop, 1, 1))

    def wait_for_colour(self, x, y, colour):
        self.wait_for_nearly(x, y, colour, 0)

    def wait_for_nearly(self, x, y, colour, slack=1):
        """Where colours are blended."""
        wait_for(lambda: max(abs(a - b) for a, b in zip(self.colour(x, y), colour)) <= slack, f'{colour} at {x},{y}', 15)

    def wait_for_mean(self, red):
        """Of a square on the right: a mask of stripes looks like anything."""
        def mean():
            samples = self.pixels(450, 40 + self.drop, 42, 42)[0::3]
            return sum(samples) / max(1, len(samples))
        wait_for(lambda: abs(mean() - red) < 3, f'{red} on the average', 15)

    def wait_for_red(self, x, y):
        """A mask over the picture."""
        half = [(old + red) / 2 for old, red in zip(BEFORE, (255, 0, 0))]
        self.wait_for_nearly(x, y, half)

    def wait_until_closed(self):
        begin = time.monotonic()
        wait_for(lambda: not self.is_open(), 'the dialog to close')
        print(f'# closed within {time.monotonic() - begin:.1f} s')
