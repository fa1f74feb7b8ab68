// SPDX-License-Identifier: GPL-3.0-or-later
#include "run.h"

#include <sys/resource.h>

#include <utility>

#include "overview.h"

namespace pentimento {
namespace {

constexpr int kNiceness = 5;  // a third of the usual share where processors are short

std::string text_property(GeglNode* node, const char* name) {
  char* text = nullptr;
  gegl_node_get(node, name, &text, nullptr);
  const Text owner(text);
  return text ? text : "";
}

GeglNode* new_source(GeglNode* graph, GeglBuffer* buffer) {
  return gegl_node_new_child(graph, "operation", "gegl:buffer-source", "buffer", buffer, nullptr);
}

}  // namespace

Run::Run(const Job& job, bool estimates) : graph_(gegl_node_new()), estimates_(estimates) {
  node_ = gegl_node_new_child(graph_.get(), "operation", job.operation, nullptr);
  job.configure(node_);
  gegl_node_link(new_source(graph_.get(), job.input), node_);
  if (job.aux) gegl_node_connect(new_source(graph_.get(), job.aux), "output", node_, "aux");
  g_signal_connect(gegl_node_get_gegl_operation(node_), "estimate", G_CALLBACK(on_estimate), this);

  const GeglRectangle extent = gegl_node_get_bounding_box(node_);
  result_.reset(gegl_buffer_new(&extent, gegl_buffer_get_format(job.input)));
  worker_ = std::thread(&Run::work, this);
}

Run::~Run() {
  answer(Answer::kCancel);
  if (worker_.joinable()) worker_.join();
}

void Run::work() {
  // GIMP and the dialog come first on a machine that the fit fills. Threads that are started from here inherit it.
  setpriority(PRIO_PROCESS, 0, kNiceness);
  gegl_node_blit_buffer(node_, result_.get(), nullptr, 0, GEGL_ABYSS_NONE);
  if (estimates_) overview_ = render_overview(result_.get());
  finished_ = true;
}

int Run::on_estimate(GeglOperation*, GeglBuffer* estimate, gint64 iteration, gint64 iterations, gdouble elapsed_s,
                     gdouble remaining_s, gdouble loss, gpointer self) {
  Run& run = *static_cast<Run*>(self);
  if (iteration == 0) return static_cast<int>(run.answer_.load());  // only asks whether to go on
  Handle<cairo_surface_t> surface;
  if (estimate && run.estimates_) surface = render_overview(estimate);

  const std::lock_guard lock(run.mutex_);
  if (!run.update_) run.update_.emplace();
  Update& update = *run.update_;
  update.iteration = iteration;
  update.iterations = iterations;
  update.elapsed_s = elapsed_s;
  update.remaining_s = remaining_s;
  update.losses.push_back(loss);
  if (surface) update.estimate = std::move(surface);
  return static_cast<int>(run.answer_.load());
}

std::optional<Update> Run::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(update_, std::nullopt);
}

Outcome Run::outcome() {
  worker_.join();
  return {std::move(result_), std::move(overview_), text_property(node_, "error"), text_property(node_, "notice")};
}

}  // namespace pentimento
