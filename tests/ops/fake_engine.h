// SPDX-License-Identifier: GPL-3.0-or-later
// What the fake engine tells the tests, beside the engine's own table.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// How often run() was called.
int fake_engine_runs(void);

// Method and options of the last run: "denoise strength=1 color-strength=1 quality=fast ...".
const char* fake_engine_options(void);

// How many samples the last run's input of that number had, 0 where there was none; and these.
size_t fake_engine_input(size_t index, const float** samples);

#ifdef __cplusplus
}
#endif
