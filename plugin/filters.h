// SPDX-License-Identifier: GPL-3.0-or-later
// The table of filters: each row makes one GEGL operation a filter in GIMP's menus.
#pragma once

#include <array>
#include <cstddef>
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
  kSelected,    // into the layer, through the selection
  kLayer,       // into the layer, wherever it differs; the selection said what to do, not where
  kSelection,   // it is a mask, and becomes the selection
  kImage,       // into an image of its own, since it has another size
  kGroup,       // all parts of a decomposition, as a group of layers above the layer
  kFrames,      // into each of the layers that are frames of a sequence
  kFrameMasks,  // it is a mask for each of them, and becomes its layer mask
  kAbove,       // into a new layer above the layer
  kFilter,      // nowhere: the operation becomes a filter of the layer
};

/// What restoring a shrunken image needs to know (note.h).
enum class Note {
  kNone,
  kWritten,  // goes into the new image
  kRead,     // comes from the image at hand, where that has one
};

/// An argument that the operation has no property for; texts are untranslated, marked with N_().
struct LayerArgument {
  const char* name;
  const char* nick;
  const char* blurb;
  bool strokes = false;  // painted where the user wishes: it need not cover the picture, as a second one must
  bool smaller = false;  // it may be the picture shrunk by a whole factor, wherever it lies
};

/// One of the pictures that an operation splits a picture into.
struct Part {
  const char* output;  // the value of the argument "output"
  const char* name;    // untranslated, marked with N_()
};

/// A value that a property needs.
struct Setting {
  const char* property;
  double value;
};

/// An operation with the argument "output": picture = mask x top + (1 - mask) x bottom.
struct Decomposition {
  static constexpr std::size_t kParts = 3;

  std::array<Part, kParts> parts;     // in the order in which an estimate shows them, left to right
  std::size_t top, mask, bottom;      // which is which
  bool as_layers;                     // the default of the argument "layers"
  std::array<Setting, 2> exact = {};  // with these alone the equation holds; no property: none
  // Where the operation has a property "frames": the texts of the argument "all-layers", untranslated.
  const char* frames_nick = nullptr;
  const char* frames_blurb = nullptr;
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
  LayerArgument layer = {};           // for Aux::kLayer
  const char* missing = nullptr;      // the sentence where there is no second picture; null: there need not be one
  const char* finds_mask = nullptr;   // for Aux::kSelection: the boolean argument that makes the operation find the
                                      // mask; such an operation fills what is transparent, too
  const char* mask_output = nullptr;  // the value of the argument "output" whose result is a mask
  const Decomposition* decomposition = nullptr;
  bool image_wide = false;  // works on all that is seen of the image, whatever is chosen
  Note note = Note::kNone;
  // What pentimento:provenance calls the maker of the result; null: nobody can be shown what was invented.
  const char* made_by = nullptr;
  const char* made_by_argument = nullptr;  // its value follows behind a hyphen
  bool stays = false;                      // quick enough to become a filter of the layer instead of its result
  const char* action = nullptr;  // the button that starts a run, instead of "Restore"; untranslated, marked with N_()
  const char* hint = nullptr;    // what the dialog says below the settings; of Note::kRead: where there is no note
};

std::span<const Filter> filters();

/// The row of a procedure, or null.
const Filter* find_filter(const char* procedure);

}  // namespace pentimento
