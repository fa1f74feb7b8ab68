// SPDX-License-Identifier: GPL-3.0-or-later
// A library that cannot be loaded without libtorch-pretended.so.
extern "C" int pretended_libtorch();
extern "C" int pentimento_engine() { return pretended_libtorch(); }
