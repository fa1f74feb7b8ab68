// SPDX-License-Identifier: GPL-3.0-or-later
#include "estimate_signal.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace pentimento {
namespace {

constexpr char kSignal[] = "estimate";

gboolean strongest_answer(GSignalInvocationHint*, GValue* so_far, const GValue* handler_return, gpointer) {
  g_value_set_int(so_far, std::max(g_value_get_int(so_far), g_value_get_int(handler_return)));
  return TRUE;  // every handler sees every report
}

std::string clock_time(double seconds) {
  const auto s = static_cast<long long>(std::max(seconds, 0.0));
  char text[32];
  if (s < 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld", s / 60, s % 60);
  else
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  return text;
}

}  // namespace

void estimate_signal_class_init(GeglOperationClass* klass) {
  g_signal_new(kSignal, G_TYPE_FROM_CLASS(klass), G_SIGNAL_RUN_LAST, 0, strongest_answer, nullptr, nullptr, G_TYPE_INT,
               6, GEGL_TYPE_BUFFER, G_TYPE_INT64, G_TYPE_INT64, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

Watch::Watch(GeglOperation* operation, const Babl* space) : operation_(operation), space_(space) {
  const char* wanted = g_getenv("PENTIMENTO_PROGRESS");
  verbose_ = wanted && *wanted && g_strcmp0(wanted, "0") != 0;
}

Watch::~Watch() {
  if (printed_) std::fputc('\n', stderr);
}

bool Watch::watched() const {
  return g_signal_has_handler_pending(operation_, g_signal_lookup(kSignal, G_OBJECT_TYPE(operation_)), 0, FALSE);
}

PentimentoAnswer Watch::report(const PentimentoReport& report) {
  if (answer_ == PENTIMENTO_CANCEL) return answer_;  // who has cancelled hears no more
  if (verbose_ && report.iterations > 0) print(report);
  // Elsewhere GEGL would defer it with a pointer to a node that may be gone by then.
  if (gegl_is_main_thread() && report.iterations > 0) {
    static char no_message[] = "";
    gegl_operation_progress(operation_, static_cast<double>(report.iteration) / report.iterations, no_message);
  }
  if (watched()) answer_ = std::max(answer_, emit(report));
  return answer_;
}

PentimentoAnswer Watch::on_report(const PentimentoReport* report, void* user) noexcept {
  return static_cast<Watch*>(user)->report(*report);
}

PentimentoAnswer Watch::emit(const PentimentoReport& report) {
  g_autoptr(GeglBuffer) estimate = nullptr;
  if (const PentimentoPicture* picture = report.estimate) {
    // A copy, so that a handler may keep a reference and draw it later on another thread.
    const Babl* format = babl_format_with_space(picture->channels == 1 ? "Y' float" : "R'G'B' float", space_);
    estimate = gegl_buffer_new(GEGL_RECTANGLE(0, 0, picture->width, picture->height), format);
    gegl_buffer_set(estimate, nullptr, 0, format, picture->data, GEGL_AUTO_ROWSTRIDE);
  }
  gint answer = PENTIMENTO_CONTINUE;
  g_signal_emit_by_name(operation_, kSignal, estimate, static_cast<gint64>(report.iteration),
                        static_cast<gint64>(report.iterations), report.elapsed, std::max(report.remaining, -1.0),
                        report.loss, &answer);
  return static_cast<PentimentoAnswer>(std::clamp<gint>(answer, PENTIMENTO_CONTINUE, PENTIMENTO_CANCEL));
}

void Watch::print(const PentimentoReport& report) {
  std::string line = "iteration " + std::to_string(report.iteration) + " of " + std::to_string(report.iterations) +
                     ", " + clock_time(report.elapsed) + " elapsed";
  if (report.remaining >= 0) line += ", about " + clock_time(report.remaining) + " left";
  if (std::isfinite(report.loss)) {
    char loss[32];
    std::snprintf(loss, sizeof loss, ", loss %.4g", report.loss);
    line += loss;
  }
  const int length = static_cast<int>(line.size());
  std::fprintf(stderr, "\r%-*s", printed_, line.c_str());
  std::fflush(stderr);
  printed_ = std::max(printed_, length);
}

}  // namespace pentimento
