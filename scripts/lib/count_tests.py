# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "passed failed skipped" for a testlog.json of meson: GoogleTest cases one by one, other tests as one each."""

import json
import re
import sys

OUTCOMES = {"OK": 0, "FAILED": 1, "SKIPPED": 2}
CASE = re.compile(r"^\[ +(OK|FAILED|SKIPPED) +\] \S+.* \(\d+ ms\)$", re.MULTILINE)

counts = [0, 0, 0]
try:
    with open(sys.argv[1], encoding="utf-8") as log:
        tests = [json.loads(line) for line in log]
except FileNotFoundError:  # meson test did not get as far as the first test
    tests = [{"result": "ERROR"}]
for test in tests:
    good = test["result"] in ("OK", "EXPECTEDFAIL")
    cases = [OUTCOMES[word] for word in CASE.findall(test.get("stdout") or "")]
    if not cases:
        cases = [2 if test["result"] in ("SKIP", "IGNORED") else 0 if good else 1]
    elif not good and test["result"] != "SKIP" and 1 not in cases:
        cases.append(1)  # it crashed, or a sanitizer spoke at its end
    for outcome in cases:
        counts[outcome] += 1
print(*counts)
