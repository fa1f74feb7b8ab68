// SPDX-License-Identifier: GPL-3.0-or-later
// Shows how far a run is: iteration, times and the loss; and what there is to know of its result.
#pragma once

#include <gtk/gtk.h>

#include <cstdint>
#include <string>

#include "loss_curve.h"
#include "run.h"
#include "text_row.h"

namespace pentimento {

class ProgressPanel {
 public:
  /// `fitted`: there are iterations to count and a loss.
  explicit ProgressPanel(bool fitted);
  GtkWidget* widget() const { return frame_; }

  void begin();
  void show(const Update& update);
  /// A sign of life until the first report; call it a few times a second.
  void pulse();
  /// `notice`: what the user should know about the result, or "".
  void end(bool stopped_early, const std::string& notice);
  /// Nothing to report after all: as if there had been no run.
  void reset();

 private:
  void set_bar(double fraction, const char* text);
  void set_notice(const std::string& notice);
  void set_times(double elapsed_s, double remaining_s);

  const bool fitted_;
  GtkWidget* frame_;
  GtkWidget* bar_;
  GtkWidget* elapsed_;
  GtkWidget* remaining_;
  LossCurve curve_;
  TextRow notice_;
  std::int64_t iteration_ = 0;
  double elapsed_s_ = 0;
};

}  // namespace pentimento
