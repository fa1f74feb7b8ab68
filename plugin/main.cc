// SPDX-License-Identifier: GPL-3.0-or-later
// The plug-in as GIMP sees it: which procedures there are.
#include <gegl.h>
#include <libgimp/gimp.h>
#include <libintl.h>

#include <utility>

#include "filters.h"
#include "procedure.h"

namespace {

struct PentimentoPlugIn {
  GimpPlugIn parent_instance;
};
struct PentimentoPlugInClass {
  GimpPlugInClass parent_class;
};

G_DEFINE_TYPE(PentimentoPlugIn, pentimento_plug_in, GIMP_TYPE_PLUG_IN)

// The catalogues are shared with the operations, which GIMP's own scheme (below the plug-in's folder) has no room for.
gboolean set_i18n(GimpPlugIn*, const gchar*, gchar**, gchar**) {
  const char* folder = g_getenv("PENTIMENTO_LOCALE_DIR");
  bindtextdomain(GETTEXT_PACKAGE, folder ? folder : LOCALE_DIR);
  bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
  return FALSE;
}

GList* query_procedures(GimpPlugIn*) {
  GList* names = nullptr;
  for (const pentimento::Filter& filter : pentimento::filters())
    names = g_list_append(names, g_strdup(filter.procedure));
  return names;
}

// The arguments come from GEGL's operations. Without a licence GEGL hides ours, and while it asks for the procedures
// GIMP has not told it yet.
void load_operations() {
  static bool loaded = false;
  if (std::exchange(loaded, true)) return;
  g_object_set(gegl_config(), "application-license", "GPL3", nullptr);
  gegl_init(nullptr, nullptr);
}

GimpProcedure* create_procedure(GimpPlugIn* plug_in, const gchar* name) {
  load_operations();
  const pentimento::Filter* filter = pentimento::find_filter(name);
  return filter ? pentimento::create_procedure(plug_in, *filter) : nullptr;
}

void pentimento_plug_in_class_init(PentimentoPlugInClass* klass) {
  GimpPlugInClass* plug_in = GIMP_PLUG_IN_CLASS(klass);
  plug_in->set_i18n = set_i18n;
  plug_in->query_procedures = query_procedures;
  plug_in->create_procedure = create_procedure;
}

void pentimento_plug_in_init(PentimentoPlugIn*) {}

}  // namespace

GIMP_MAIN(pentimento_plug_in_get_type())
