// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine_run.h"

#include <glib/gi18n-lib.h>

#include <cmath>
#include <span>

#include "engine_loader.h"
#include "estimate_signal.h"

namespace pentimento {
namespace {

// About five results of four megapixels each.
constexpr size_t kCacheBytes = size_t{256} << 20;

thread_local bool running = false;

// SHA-256 over everything that a result depends on.
std::string cache_key(const PentimentoEngine& engine, const Restoration& job, const std::vector<Pixels>& inputs) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  const auto add = [&](const std::string& text) {
    g_checksum_update(sum, reinterpret_cast<const guchar*>(text.data()), text.size());
  };
  add(std::string(engine.version) + '\n' + job.method + '\n' + job.weights + '\n');
  for (const PentimentoOption& option : job.options)
    add(std::string(option.name) + '=' + (option.text ? option.text : std::to_string(option.number)) + '\n');
  for (const Pixels& input : inputs) {
    add(std::to_string(input.width()) + 'x' + std::to_string(input.height()) + 'x' + std::to_string(input.channels()) +
        '\n');
    g_checksum_update(sum, reinterpret_cast<const guchar*>(input.data()), input.bytes());
  }
  return g_checksum_get_string(sum);
}

// What the engine says when it fails without a word.
std::string default_sentence(PentimentoStatus status) {
  switch (status) {
    case PENTIMENTO_BAD_INPUT:
      return _("This picture, or one of the settings, does not suit this operation.");
    case PENTIMENTO_NO_DEVICE:
      return _("There is no usable graphics card: please set the device to auto or cpu.");
    case PENTIMENTO_OUT_OF_MEMORY:
      return out_of_memory();
    default:
      return _("The restoration failed for an unknown reason.");
  }
}

std::string translated(const char* text) {
  return *text ? _(text) : "";  // gettext("") is the catalogue's header
}

std::vector<Figure> figures_of(const PentimentoMessages& messages) {
  std::vector<Figure> figures;
  for (const PentimentoFigure& figure : std::span(messages.figures, messages.n_figures))
    figures.push_back({figure.name, figure.value});
  return figures;
}

PentimentoPicture as_picture(Pixels& pixels) {
  return {pixels.width(), pixels.height(), pixels.channels(), pixels.data()};
}

}  // namespace

std::string out_of_memory() {
  return _(
      "There is not enough memory for a picture of this size: please close other programs, or work on a part of it.");
}

const PentimentoEngine* engine_for_run(std::string* error) {
  if (!running) return load_engine(error);
  *error = _("A handler of the signal \"estimate\" cannot run another restoration: run it after this one has ended.");
  return nullptr;
}

Outcome run_engine(const PentimentoEngine& engine, const Restoration& job, std::vector<Pixels>& inputs, int width,
                   int height, const Babl* space) {
  static ResultCache cache(kCacheBytes);

  Watch watch(job.operation, space);
  running = true;
  struct Done {
    ~Done() { running = false; }
  } done;

  std::string error;
  const auto compute = [&]() -> ResultCache::Result {
    auto restored = std::make_shared<Pixels>(width, height, 3);
    std::vector<PentimentoPicture> pictures;
    for (Pixels& input : inputs) pictures.push_back(as_picture(input));
    PentimentoPicture output = as_picture(*restored);
    PentimentoMessages messages = {};
    const PentimentoJob engine_job = {job.method,         pictures.data(), pictures.size(),   job.options.data(),
                                      job.options.size(), &output,         &Watch::on_report, &watch};
    const PentimentoStatus status = engine.run(&engine_job, &messages);
    if (status == PENTIMENTO_OK)
      return {restored, translated(messages.notice), watch.answer() == PENTIMENTO_KEEP, figures_of(messages)};
    if (status != PENTIMENTO_CANCELLED) error = *messages.error ? translated(messages.error) : default_sentence(status);
    return {};
  };
  const auto keep_waiting = [&] { return watch.report({0, 0, 0, -1, NAN, nullptr}) != PENTIMENTO_CANCEL; };

  auto result = cache.find_or_compute(cache_key(engine, job, inputs), !watch.watched(), compute, keep_waiting);
  return {std::move(result), std::move(error)};
}

}  // namespace pentimento
