// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include "errors.h"
#include "methods/dehaze.h"
#include "methods/denoise.h"
#include "methods/enhance_detail.h"
#include "methods/flash_no_flash.h"
#include "methods/inpaint.h"
#include "methods/method.h"
#include "methods/provenance.h"
#include "methods/remove_jpeg_artifacts.h"
#include "methods/remove_watermark.h"
#include "methods/rescale.h"
#include "methods/restore.h"
#include "methods/segment.h"
#include "methods/separate_layers.h"
#include "methods/super_resolution.h"

namespace pentimento {

namespace {

const std::map<std::string, Method> kMethods = {
    {"dehaze", dehaze},
    {"denoise", denoise},
    {"enhance-detail", enhance_detail},
    {"flash-no-flash", flash_no_flash},
    {"inpaint", inpaint},
    {"provenance", provenance},
    {"remove-jpeg-artifacts", remove_jpeg_artifacts},
    {"remove-watermark", remove_watermark},
    {"rescale-down", rescale_down},
    {"rescale-up", rescale_up},
    {"restore", restore},
    {"segment", segment},
    {"separate-layers", separate_layers},
    {"super-resolution", super_resolution},
};

[[noreturn]] void refuse(const std::string& name) {
  throw Error(PENTIMENTO_BAD_INPUT, format(_("This engine cannot use the given value of the setting \"%s\"."), name));
}

}  // namespace

Method find_method(const std::string& name) {
  const auto found = kMethods.find(name);
  return found == kMethods.end() ? nullptr : found->second;
}

int64_t Options::integer(const std::string& name, int64_t otherwise, int64_t least, int64_t most) const {
  const double number =
      real(name, static_cast<double>(otherwise), static_cast<double>(least), static_cast<double>(most));
  if (number != std::floor(number)) refuse(name);
  return static_cast<int64_t>(number);
}

double Options::real(const std::string& name, double otherwise, double least, double most) const {
  known_[name] = true;
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  const double* number = std::get_if<double>(&found->second);
  if (!number || !(*number >= least && *number <= most)) refuse(name);
  return *number;
}

std::string Options::choice(const std::string& name, const std::string& otherwise,
                            const std::vector<std::string>& choices) const {
  known_[name] = true;
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  const std::string* text = std::get_if<std::string>(&found->second);
  for (const std::string& c : choices)
    if (text && *text == c) return c;
  refuse(name);
}

std::string Options::text(const std::string& name, const std::string& otherwise) const {
  known_[name] = true;
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  const std::string* text = std::get_if<std::string>(&found->second);
  if (!text) refuse(name);
  return *text;
}

void Options::check_all_known() const {
  for (const auto& [name, value] : values_)
    if (!known_.count(name)) refuse(name);
}

Resources read_resources(const Options& options) {
  const std::string device = options.choice("device", "auto", {"auto", "cpu", "cuda"});
  const int64_t threads = options.integer("threads", 0, 0, 1024);
  options.check_all_known();
  const Resources resources = Resources::choose(device);
  if (threads > 0) torch::set_num_threads(static_cast<int>(threads));
  return resources;
}

FitSettings read_fit_settings(const Options& options) {
  FitSettings settings;
  settings.quality = options.choice("quality", "balanced", {"fast", "balanced", "best"});
  settings.iterations = options.integer("iterations", 0, 0, 1'000'000);
  settings.seed = static_cast<uint64_t>(options.integer("seed", 0, 0, UINT32_MAX));
  settings.resources = read_resources(options);
  return settings;
}

}  // namespace pentimento
