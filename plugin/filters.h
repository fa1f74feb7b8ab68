// SPDX-License-Identifier: GPL-3.0-or-later
// The table of filters: each row makes one GEGL operation a filter in GIMP's menus.
#pragma once

#include <span>

namespace pentimento {

/// Where an operation's second picture comes from, the one for its pad "aux".
enum class Aux {
  kNone,
  kSelection,  // as a mask; without a selection there is none
  kLayer,      // one that the user chooses
};

/// Where a result goes.
enum class Destination {
  kSelected,   // into the layer, through the selection
  kLayer,      // into the layer, wherever it differs; the selection said what to do, not where
  kSelection,  // it is a mask, and becomes the selection
  kImage,      // into an image of its own, since it is larger
};

/// An argument that the operation has no property for; texts are untranslated, marked with N_().
struct LayerArgument {
  const char* name;
  const char* nick;
  const char* blurb;
  const char* missing;  // the sentence where none is chosen
};

struct Filter {
  const char* operation;   // GEGL operation; its properties become the procedure's arguments
  const char* procedure;   // name in GIMP's procedure database
  const char* menu_label;  // untranslated, marked with N_()
  const char* submenu;     // below Filters; untranslated, marked with N_()
  const char* icon;
  const char* image_types;
  Aux aux = Aux::kNone;
  Destination destination = Destination::kSelected;
  LayerArgument layer = {};          // for Aux::kLayer
  const char* finds_mask = nullptr;  // for Aux::kSelection: the boolean argument that makes the operation find the mask
  const char* mask_output = nullptr;  // the value of the argument "output" whose result is a mask
};

std::span<const Filter> filters();

/// The row of a procedure, or null.
const Filter* find_filter(const char* procedure);

}  // namespace pentimento
