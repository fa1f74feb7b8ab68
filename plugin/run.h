// SPDX-License-Identifier: GPL-3.0-or-later
// One run of an operation on a worker thread, and what passes between it and the main thread.
#pragma once

#include <gegl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "handles.h"
#include "temporary_file.h"

namespace pentimento {

/// What the user answers to a report; the values are those of the operations' "estimate" signal.
enum class Answer { kContinue = 0, kKeep = 1, kCancel = 2 };

/// The news since the last look. Latest wins, except for the losses, of which none is left out.
struct Update {
  std::int64_t iteration = 0;
  std::int64_t iterations = 0;  // 0: unknown
  double elapsed_s = 0;
  double remaining_s = -1;  // negative: unknown
  std::vector<double> losses;
  std::vector<Handle<cairo_surface_t>> estimate;  // sRGB, one for each part; empty when there is no newer one
};

/// How an estimate holds several pictures: parts beside each other, and in each of them frames one below the other.
struct Layout {
  int parts = 1;
  int frames = 1;
  int frame = 0;  // the one to show
};

/// A file through which an operation takes or hands over what belongs to a picture.
struct Exchange {
  const char* property;   // that names it
  std::string content{};  // at first
};

struct Job {
  const char* operation;
  GeglBuffer* input;                         // at 0,0
  GeglBuffer* aux = nullptr;                 // likewise; null: nothing is connected there
  std::function<void(GeglNode*)> configure;  // sets the operation's properties
  std::vector<const char*> outputs{};        // values of "output", a result for each; none: the one as configured
  Layout layout{};
  std::optional<Exchange> file{};
  const Babl* format = nullptr;  // of the results; null: the input's
};

/// Gives an enum property of `node` the value called `nick`.
void set_choice(GeglNode* node, const char* property, const char* nick);

struct Outcome {
  std::vector<Handle<GeglBuffer>> results{};         // in the job's format
  std::vector<Handle<cairo_surface_t>> overviews{};  // of the results, for the preview; none without estimates
  std::string error{};                               // why there is no result, or ""
  std::string notice{};                              // what the user should know about the result, or ""
  std::string file{};                                // what is in the job's file afterwards
};

class Run {
 public:
  /// Starts. Without `estimates` only numbers are reported.
  Run(const Job& job, bool estimates);
  /// Cancels, and waits for the worker's next report; ask finished() first where waiting is no option.
  ~Run();

  /// Of what the preview shows: a result, or a frame of it.
  int width() const { return gegl_buffer_get_width(results_[0].get()); }
  int height() const { return gegl_buffer_get_height(results_[0].get()) / layout_.frames; }
  void answer(Answer answer) { answer_ = answer; }
  bool finished() const { return finished_; }
  std::optional<Update> take();
  /// Once finished.
  Outcome outcome();

 private:
  static int on_estimate(GeglOperation*, GeglBuffer* estimate, gint64 iteration, gint64 iterations, gdouble elapsed_s,
                         gdouble remaining_s, gdouble loss, gpointer self);
  void work();
  std::string first_text(const char* property) const;

  std::optional<TemporaryFile> file_;
  Handle<GeglNode> graph_;
  std::vector<GeglNode*> nodes_;  // owned by graph_
  std::vector<Handle<GeglBuffer>> results_;
  std::vector<Handle<cairo_surface_t>> overviews_;
  const Layout layout_;
  const bool estimates_;
  std::atomic<Answer> answer_{Answer::kContinue};
  std::atomic<bool> finished_{false};
  std::mutex mutex_;
  std::optional<Update> update_;  // guarded by mutex_
  std::thread worker_;
};

}  // namespace pentimento
