// SPDX-License-Identifier: GPL-3.0-or-later
#include "refusals.h"

#include <glib/gi18n-lib.h>

namespace pentimento {

bool is_locked(GimpItem* item) {
  for (; item; item = gimp_item_get_parent(item))
    if (gimp_item_get_lock_content(item)) return true;
  return false;
}

std::string locked_sentence() {
  return _("The pixels of this layer are locked. Unlock them in the Layers dialog first.");
}

std::string selection_sentence() {
  return _("The selection does not touch this layer. Select a part of the layer, or nothing at all.");
}

}  // namespace pentimento
