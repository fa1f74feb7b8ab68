// SPDX-License-Identifier: GPL-3.0-or-later
// A library that is no engine, and that one links to.
extern "C" int pretended_libtorch() { return 0; }
