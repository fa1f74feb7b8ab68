// SPDX-License-Identifier: GPL-3.0-or-later
// What GEGL finds in pentimento.so: the one bundle of all operations (operations.inc comes from meson's table).
#include <gegl-plugin.h>
#include <libintl.h>

extern "C" {

#define OPERATION(name) void gegl_op_##name##_register_type(GTypeModule*);
#include "operations.inc"
#undef OPERATION

G_MODULE_EXPORT const GeglModuleInfo* gegl_module_query(GTypeModule*);
G_MODULE_EXPORT gboolean gegl_module_register(GTypeModule*);

const GeglModuleInfo* gegl_module_query(GTypeModule*) {
  static const GeglModuleInfo info = {GEGL_MODULE_ABI_VERSION};
  return &info;
}

gboolean gegl_module_register(GTypeModule* module) {
  // GEGL binds its own domain alone, and class_init asks for our texts: bind before any type exists.
  const char* locale_dir = g_getenv("PENTIMENTO_LOCALE_DIR");
  bindtextdomain(GETTEXT_PACKAGE, locale_dir ? locale_dir : PENTIMENTO_LOCALE_DIR);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");

#define OPERATION(name) gegl_op_##name##_register_type(module);
#include "operations.inc"
#undef OPERATION
  return TRUE;
}
}
