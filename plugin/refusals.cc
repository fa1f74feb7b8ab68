// SPDX-License-Identifier: GPL-3.0-or-later
#include "refusals.h"

#include <glib/gi18n-lib.h>

namespace pentimento {
namespace {

bool is_vector_or_link([[maybe_unused]] GimpItem* item) {
#if GIMP_CHECK_VERSION(3, 1, 4)
  return gimp_item_is_vector_layer(item) || gimp_item_is_link_layer(item);
#else
  return false;
#endif
}

}  // namespace

bool is_locked(GimpItem* item) {
  for (; item; item = gimp_item_get_parent(item))
    if (gimp_item_get_lock_content(item)) return true;
  return false;
}

std::string pixels_refusal(GimpItem* item) {
  if (gimp_item_is_group(item))
    return _("A layer group has no pixels of its own. Select one of its layers, or merge the group first.");
  if (is_vector_or_link(item))
    return _("A vector or link layer has no pixels of its own. Use Layer > Rasterize first.");
  if (gimp_item_is_text_layer(item))
    return _("The letters of a text layer would be lost. Use Layer > Discard Text Information first.");
  return "";
}

std::string locked_sentence() {
  return _("The pixels of this layer are locked. Unlock them in the Layers dialog first.");
}

std::string selection_sentence() {
  return _("The selection does not touch this layer. Select a part of the layer, or nothing at all.");
}

}  // namespace pentimento
