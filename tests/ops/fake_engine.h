// SPDX-License-Identifier: GPL-3.0-or-later
// What the fake engine tells the tests, beside the engine's own table.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

int fake_engine_runs(void);             // how often run() was called
const char* fake_engine_options(void);  // method and options of the last run, "denoise quality=fast iterations=0 ..."

#ifdef __cplusplus
}
#endif
