# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints "passed failed skipped" for a testlog.json of meson: the cases of GoogleTest and TAP programs one by one."""

import json
import re
import sys

PASSED, FAILED, SKIPPED = range(3)
GTEST = re.compile(r"^\[ +(OK|FAILED|SKIPPED) +\] \S+.* \(\d+ ms\)$", re.MULTILINE)
TAP = re.compile(r"^(not )?ok\b(?:.*(# *SKIP))?", re.MULTILINE | re.IGNORECASE)


def outcomes(test):
    text = test.get("stdout") or ""
    cases = [("OK", "FAILED", "SKIPPED").index(word) for word in GTEST.findall(text)]
    cases += [SKIPPED if skip else FAILED if bad else PASSED for bad, skip in TAP.findall(text)]
    of_all = {"OK": PASSED, "EXPECTEDFAIL": PASSED, "SKIP": SKIPPED, "IGNORED": SKIPPED}.get(test["result"], FAILED)
    # A program may also crash after its last case, or have none.
    if not cases or (of_all == FAILED and FAILED not in cases):
        cases.append(of_all)
    return cases


try:
    with open(sys.argv[1], encoding="utf-8") as log:
        tests = [json.loads(line) for line in log]
except FileNotFoundError:  # meson test did not get as far as the first test
    tests = [{"result": "ERROR"}]
every = [outcome for test in tests for outcome in outcomes(test)]
print(every.count(PASSED), every.count(FAILED), every.count(SKIPPED))
