# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch GIMP: its own profile and home, and of all plug-ins only ours and what the tests need, so that it starts
in two seconds. What runs inside it reports its cases through `record` below; the caller prints them as TAP."""

import json
import os
import shutil
import subprocess
import sys
import tempfile

SYSTEM_PLUG_INS = ('python-eval', 'file-png')
GIMPRC = '''(config-version "3.0.4")
(show-welcome-dialog no)
(check-updates no)
(color-profile-policy keep)
(plug-in-path "{plug_ins}")
(restore-session no)
(save-session-info no)
'''


class Session:
    """Paths come from the environment that meson sets: PENTIMENTO_PLUGIN (the built folder that holds the executable),
    PENTIMENTO_SCRIPTED_ENGINE, GIMP_PLUG_INS (GIMP's own folder)."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='pentimento-gimp-')
        plug_ins = self.path('plug-ins')
        for folder in ('gimp', 'home', 'plug-ins', 'tmp'):
            os.mkdir(self.path(folder))
        # GIMP wants the executable in a folder of its own name.
        os.symlink(os.environ['PENTIMENTO_PLUGIN'], os.path.join(plug_ins, 'pentimento'))
        for name in SYSTEM_PLUG_INS:
            os.symlink(os.path.join(os.environ['GIMP_PLUG_INS'], name), os.path.join(plug_ins, name))
        with open(self.path('gimp/gimprc'), 'w') as gimprc:
            gimprc.write(GIMPRC.format(plug_ins=plug_ins))
        plug_engine(True, self.folder)
        # The scripted engine does not read them.
        for name in ('irn-x2', 'irn-x4', 'restore-rain', 'restore-haze', 'restore-shadow'):
            with open(self.path(name + '.safetensors'), 'w') as weights:
                weights.write(name)
        self.environment = dict(os.environ, GIMP3_DIRECTORY=self.path('gimp'), PENTIMENTO_SCRIPT=self.folder,
                                PENTIMENTO_ENGINE=self.path('engine.so'), PENTIMENTO_WEIGHTS=self.folder,
                                TMPDIR=self.path('tmp'), NO_AT_BRIDGE='1',
                                PYTHONPATH=os.path.dirname(os.path.abspath(__file__)), PYTHONDONTWRITEBYTECODE='1')
        for name in ('HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR'):
            self.environment[name] = self.path('home')

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_console(self, script, **environment):
        """Runs `script` inside gimp-console; returns what it wrote on stdout and stderr."""
        return subprocess.run(
            ['gimp-console-3.0', '-i', '-d', '-s', '--quit', '--batch-interpreter', 'python-fu-eval', '-b',
             f'exec(open({script!r}).read())'],
            env=dict(self.environment, **environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors='replace', timeout=900).stdout

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def plug_engine(there, folder=os.environ.get('PENTIMENTO_SCRIPT')):
    """Also called inside GIMP, where the folder is known: whether the engine can be found."""
    link = os.path.join(folder, 'engine.so')
    if os.path.islink(link):
        os.unlink(link)
    if there:
        os.symlink(os.environ['PENTIMENTO_SCRIPTED_ENGINE'], link)


def engine_does(mode):
    """Called inside GIMP: what the scripted engine does from now on."""
    with open(os.environ['PENTIMENTO_SCRIPT'] + '/mode', 'w') as file:
        file.write(mode)


def engine_log():
    """Called inside GIMP: what the scripted engine noted since the last call."""
    path = os.environ['PENTIMENTO_SCRIPT'] + '/log'
    if not os.path.exists(path):
        return []
    with open(path) as file:
        lines = file.read().splitlines()
    os.unlink(path)
    return lines


def record(name, reason=''):
    """Called inside GIMP: the case `name` passed, or failed for `reason`."""
    with open(os.path.join(os.environ['PENTIMENTO_SCRIPT'], 'results'), 'a') as results:
        json.dump((name, reason), results)
        results.write('\n')


class Tap:
    """Prints cases in the Test Anything Protocol."""

    def __init__(self):
        self.count = 0
        self.failed = False

    def case(self, name, reason=''):
        self.count += 1
        self.failed |= bool(reason)
        print(f'{"not " if reason else ""}ok {self.count} - {name}', flush=True)
        for line in reason.splitlines():
            print('# ' + line, flush=True)

    def recorded(self, session):
        """Prints what `record` noted inside `session`; returns the names."""
        names = []
        if os.path.exists(session.path('results')):
            with open(session.path('results')) as results:
                for line in results:
                    self.case(*json.loads(line))
                    names.append(json.loads(line)[0])
        return names

    def close(self):
        print(f'1..{self.count}', flush=True)
        sys.exit(self.failed)
