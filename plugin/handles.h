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

/// Another one on the same surface.
inline Handle<cairo_surface_t> share(const Handle<cairo_surface_t>& surface) {
  return Handle<cairo_surface_t>(surface ? cairo_surface_reference(surface.get()) : nullptr);
}

}  // namespace pentimento
