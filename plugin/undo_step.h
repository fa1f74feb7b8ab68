// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libgimp/gimp.h>

#include <memory>

#include "handles.h"

namespace pentimento {

/// One step in the image's history. What is selected in its dialogs is the same afterwards: a channel that comes and
/// goes takes it away.
class UndoStep {
 public:
  explicit UndoStep(GimpImage* image)
      : image_(image),
        layers_(gimp_image_get_selected_layers(image)),
        channels_(gimp_image_get_selected_channels(image)) {
    gimp_image_undo_group_start(image_);
  }
  ~UndoStep() {
    if (channels_.get()[0])
      gimp_image_set_selected_channels(image_, const_cast<const GimpChannel**>(channels_.get()));
    else
      gimp_image_set_selected_layers(image_, const_cast<const GimpLayer**>(layers_.get()));
    gimp_image_undo_group_end(image_);
  }
  UndoStep(const UndoStep&) = delete;

 private:
  GimpImage* image_;
  const std::unique_ptr<GimpLayer*, Free> layers_;
  const std::unique_ptr<GimpChannel*, Free> channels_;
};

}  // namespace pentimento
