# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogs in a real GIMP on a screen of its own, driven as a user would. Leaves pictures of them in
$SCREENSHOTS."""

import os
import shutil
import signal
import subprocess
import sys

import gimp_session
from dialog_steps import STEPS
from dialog_window import TITLE, wait_for, windows, xdo

TOOLS = ('Xvfb', 'openbox', 'dbus-run-session', 'xdotool', 'import', 'gimp-3.0')

missing = [tool for tool in TOOLS if not shutil.which(tool)]
if missing:
    print('1..0 # SKIP not installed: ' + ', '.join(missing))
    sys.exit()

here = os.path.dirname(os.path.abspath(__file__))
tap = gimp_session.Tap()
session = gimp_session.Session()
os.environ['PENTIMENTO_SCRIPT'] = session.folder  # where the steps look


def next_step(gimp):
    def found():
        return os.path.exists(session.path('step')) or gimp.poll() is not None
    wait_for(found, 'the next step')
    with open(session.path('step')) as file:
        step = file.read()
    os.unlink(session.path('step'))
    return step


def start(*command, **options):
    return subprocess.Popen(command, env=session.environment, start_new_session=True, stdin=subprocess.DEVNULL,
                            **options)


def end(process):
    """With all that it started. GIMP does not always heed SIGTERM."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def main():
    read_end, write_end = os.pipe()
    processes = [start('Xvfb', '-displayfd', str(write_end), '-screen', '0', '1400x900x24', pass_fds=[write_end],
                       stderr=subprocess.DEVNULL)]
    try:
        os.environ['DISPLAY'] = session.environment['DISPLAY'] = ':' + os.read(read_end, 16).decode().strip()
        processes.append(start('openbox', stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        output = open(session.path('gimp.log'), 'w')
        gimp = start('dbus-run-session', '--', 'gimp-3.0', '--no-splash', '-s', '--quit', '--batch-interpreter',
                     'python-fu-eval', '-b', f'exec(open({os.path.join(here, "dialog_cases.py")!r}).read())',
                     stdout=output, stderr=subprocess.STDOUT)
        processes.append(gimp)
        while (step := next_step(gimp)) != 'end':
            try:
                STEPS[step]()
                tap.case('driven: ' + step)
            except AssertionError as error:
                subprocess.run(['import', '-window', 'root', os.path.join(os.environ['SCREENSHOTS'], 'dialog-problem.png')],
                               env=session.environment)
                tap.case('driven: ' + step, str(error) or 'assertion')
                for window in windows(TITLE):  # the next step starts afresh
                    xdo('windowclose', window)
        gimp.wait(60)  # it quits by itself
    finally:
        for process in reversed(processes):
            end(process)


try:
    main()
    problem = ''
except Exception as error:
    problem = f'{error!r}\n' + open(session.path('gimp.log')).read()
names = tap.recorded(session)
tap.case('GIMP came to the end', problem or ('' if 'all cases ran' in names else 'it did not'))
session.close()
tap.close()
