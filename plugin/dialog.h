// SPDX-License-Identifier: GPL-3.0-or-later
// A filter's dialog. Restore fills the preview, as often as the user likes; Apply hands the result back.
#pragma once

#include <libgimp/gimpui.h>

#include <future>
#include <memory>
#include <optional>

#include "delivery.h"
#include "filters.h"
#include "message_bar.h"
#include "progress_panel.h"
#include "result_view.h"
#include "run.h"
#include "shares_chart.h"
#include "target.h"

namespace pentimento {

class Dialog {
 public:
  Dialog(const Filter& filter, GimpProcedure* procedure, GimpProcedureConfig* config, Target& target);
  ~Dialog();
  Dialog(const Dialog&) = delete;

  /// Returns when the window is closed and no worker runs any more: the result that was applied, or nothing.
  std::optional<Result> run();

 private:
  static gboolean on_read(gpointer self);
  static gboolean on_tick(gpointer self);
  static void on_response(GtkDialog*, int response, gpointer self);
  static void on_show_invented(GObject*, GParamSpec*, gpointer self);

  void build();
  void start();
  void launch();
  void stop();
  void poll_run();
  void finish();
  void show_result(Outcome& outcome);
  void look_at_invention();
  void show_invention(Outcome& outcome);
  void forget_result();
  void update_buttons();

  const Filter& filter_;
  GimpProcedureConfig* config_;
  Target& target_;
  ResultView view_;
  ProgressPanel progress_;
  SharesChart shares_;
  MessageBar message_;
  GtkWidget* dialog_;
  GtkWidget* settings_ = nullptr;
  guint reader_ = 0, ticker_ = 0;                 // sources of the main loop; 0: not running
  std::future<ResultView::Overviews> overviews_;  // of the picture, on their way
  bool ready_ = false;                            // the picture is read and can be restored
  bool starting_ = false;                         // what else the run needs is being read
  bool stopped_ = false;                          // the user pressed Stop and Keep
  bool measuring_ = false;                        // the run finds out what was invented in outcome_
  std::unique_ptr<Run> run_;                      // while it works
  Handle<GimpProcedureConfig> used_;              // the values that it works with
  Destination destination_{};                     // of its result
  std::size_t part_ = 0;                          // the part that goes there
  std::optional<Outcome> outcome_;                // what Apply would apply
  std::optional<Outcome> invention_;              // of new_invention_job() on it
};

}  // namespace pentimento
