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

/// Part `part` of `buffer`, and in it the frame that `layout` shows.
GeglRectangle shown_area(GeglBuffer* buffer, const Layout& layout, int part) {
  const int width = gegl_buffer_get_width(buffer) / layout.parts;
  const int height = gegl_buffer_get_height(buffer) / layout.frames;
  return {part * width, layout.frame * height, width, height};
}

}  // namespace

void set_choice(GeglNode* node, const char* property, const char* nick) {
  const GParamSpec* spec = gegl_node_find_property(node, property);
  const GEnumValue* value = g_enum_get_value_by_nick(G_PARAM_SPEC_ENUM(spec)->enum_class, nick);
  gegl_node_set(node, property, value->value, nullptr);
}

Run::Run(const Job& job, bool estimates) : graph_(gegl_node_new()), layout_(job.layout), estimates_(estimates) {
  if (job.file) file_.emplace(job.file->content);
  const Babl* format = job.format ? job.format : gegl_buffer_get_format(job.input);
  GeglNode* input = new_source(graph_.get(), job.input);
  GeglNode* aux = job.aux ? new_source(graph_.get(), job.aux) : nullptr;
  const std::size_t count = job.outputs.empty() ? 1 : job.outputs.size();
  for (std::size_t i = 0; i < count; ++i) {
    GeglNode* node = gegl_node_new_child(graph_.get(), "operation", job.operation, nullptr);
    job.configure(node);
    if (file_) gegl_node_set(node, job.file->property, file_->path(), nullptr);
    if (!job.outputs.empty()) set_choice(node, "output", job.outputs[i]);
    gegl_node_link(input, node);
    if (aux) gegl_node_connect(aux, "output", node, "aux");
    g_signal_connect(gegl_node_get_gegl_operation(node), "estimate", G_CALLBACK(on_estimate), this);

    const GeglRectangle extent = gegl_node_get_bounding_box(node);
    nodes_.push_back(node);
    results_.emplace_back(gegl_buffer_new(&extent, format));
  }
  worker_ = std::thread(&Run::work, this);
}

Run::~Run() {
  answer(Answer::kCancel);
  if (worker_.joinable()) worker_.join();
}

void Run::work() {
  // GIMP and the dialog come first on a machine that the fit fills. Threads that are started from here inherit it.
  setpriority(PRIO_PROCESS, 0, kNiceness);
  const Layout result_layout = {.parts = 1, .frames = layout_.frames, .frame = layout_.frame};
  const bool possible = !file_ || file_->error().empty();
  for (std::size_t i = 0; possible && i < nodes_.size() && answer_ != Answer::kCancel; ++i) {
    GeglBuffer* result = results_[i].get();
    gegl_node_blit_buffer(nodes_[i], result, nullptr, 0, GEGL_ABYSS_NONE);
    if (!text_property(nodes_[i], "error").empty()) break;
    if (estimates_) overviews_.push_back(render_overview(result, shown_area(result, result_layout, 0)));
  }
  finished_ = true;
}

int Run::on_estimate(GeglOperation*, GeglBuffer* estimate, gint64 iteration, gint64 iterations, gdouble elapsed_s,
                     gdouble remaining_s, gdouble loss, gpointer self) {
  Run& run = *static_cast<Run*>(self);
  if (iteration == 0) return static_cast<int>(run.answer_.load());  // only asks whether to go on
  std::vector<Handle<cairo_surface_t>> surfaces;
  for (int part = 0; estimate && run.estimates_ && part < run.layout_.parts; ++part)
    surfaces.push_back(render_overview(estimate, shown_area(estimate, run.layout_, part)));

  const std::lock_guard lock(run.mutex_);
  if (!run.update_) run.update_.emplace();
  Update& update = *run.update_;
  update.iteration = iteration;
  update.iterations = iterations;
  update.elapsed_s = elapsed_s;
  update.remaining_s = remaining_s;
  update.losses.push_back(loss);
  if (!surfaces.empty()) update.estimate = std::move(surfaces);
  return static_cast<int>(run.answer_.load());
}

std::optional<Update> Run::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(update_, std::nullopt);
}

std::string Run::first_text(const char* property) const {
  for (GeglNode* node : nodes_)
    if (std::string text = text_property(node, property); !text.empty()) return text;
  return "";
}

Outcome Run::outcome() {
  worker_.join();
  std::string error = file_ ? file_->error() : "";
  if (error.empty()) error = first_text("error");
  std::string content = file_ && error.empty() ? file_->content() : "";
  return {std::move(results_), std::move(overviews_), std::move(error), first_text("notice"), std::move(content)};
}

}  // namespace pentimento
