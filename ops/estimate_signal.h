// SPDX-License-Identifier: GPL-3.0-or-later
// A run's way back to its host: the operation's "estimate" signal (its contract: README.md), GEGL's own progress, and
// a line on stderr where $PENTIMENTO_PROGRESS is set.
#pragma once

#include <gegl-plugin.h>

#include <mutex>

#include "engine.h"

namespace pentimento {

// Registers the signal for an operation's class.
void estimate_signal_class_init(GeglOperationClass* klass);

// Follows one run of `operation`, on the thread that runs it.
class Watch {
 public:
  // Estimates are R'G'B' in `space`.
  Watch(GeglOperation* operation, const Babl* space);
  ~Watch();

  // Hands a report on to everybody who listens. The strongest answer wins, and holds from then on.
  PentimentoAnswer report(const PentimentoReport& report);

  // True where somebody handles the signal.
  bool watched() const;
  PentimentoAnswer answer() const { return answer_; }

  // A PentimentoProgress whose `user` is a Watch.
  static PentimentoAnswer on_report(const PentimentoReport* report, void* user) noexcept;

 private:
  PentimentoAnswer emit(const PentimentoReport& report);
  void print(const PentimentoReport& report);

  GeglOperation* operation_;
  const Babl* space_;
  PentimentoAnswer answer_ = PENTIMENTO_CONTINUE;
  bool verbose_;
  int printed_ = 0;  // characters on the line, to overwrite all of it
};

}  // namespace pentimento
