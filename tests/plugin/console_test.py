# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter in a real gimp-console."""

import os

import gimp_session

here = os.path.dirname(os.path.abspath(__file__))
tap = gimp_session.Tap()

session = gimp_session.Session()
output = session.run_console(os.path.join(here, 'console_cases.py'))
names = tap.recorded(session)
tap.case('gimp-console came to the end', '' if 'all cases ran' in names else output)
tap.case('the notice was shown', '' if 'took a short cut.' in output else output)
for warning in ('This picture carries no note', 'The small picture was changed'):
    tap.case('GIMP showed: ' + warning, '' if '-Warning: ' + warning in output else output)
session.close()

for script, environment in (('missing_operation_case.py', {'GEGL_PATH': os.environ['GEGL_SYSTEM_PATH']}),
                            ('real_engine_case.py', {'PENTIMENTO_ENGINE': os.environ['PENTIMENTO_ENGINE']})):
    session = gimp_session.Session()
    output = session.run_console(os.path.join(here, script), **environment)
    if not tap.recorded(session):
        tap.case(script, output)
    session.close()

tap.close()
