// SPDX-License-Identifier: GPL-3.0-or-later
// Owning handles for the C libraries' objects.
#pragma once

#include <cairo.h>
#include <glib-object.h>

#include <memory>

namespace pentimento {

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct Free {
  void operator()(gpointer memory) const { g_free(memory); }
};

template <class T>
using Handle = std::unique_ptr<T, Unref>;
using Text = std::unique_ptr<char, Free>;

}  // namespace pentimento
