// SPDX-License-Identifier: GPL-3.0-or-later
// pentimento-bench-method CLEAN.ppm INPUT.ppm [INPUT.ppm] [name=value ...]: restores through the engine's C table and
// prints one table row: PSNR of what went in (where it has the size of what comes out), of the best reported estimate
// and of what came out, which has the size of CLEAN; seconds; peak memory; and the figures that the method measured.
// method=NAME: another one than denoise. Options are the method's; trace=1 prints every reported estimate, out=FILE.ppm
// writes the result, psnr=luma measures as the papers on super-resolution do: Y' in its 8-bit range without a margin of
// 4 pixels. runs=N tells the last of so many runs: the first one on a GPU loads kernels.
#include <sys/resource.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "engine.h"
#include "imaging/metrics.h"
#include "imaging/pnm.h"
#include "imaging/resample.h"

namespace {

using torch::Tensor;

Tensor rows_of(const Tensor& picture) { return picture.squeeze(0).permute({1, 2, 0}).contiguous(); }

PentimentoPicture picture_of(const Tensor& rows) {
  return {static_cast<int32_t>(rows.size(1)), static_cast<int32_t>(rows.size(0)), static_cast<int32_t>(rows.size(2)),
          rows.data_ptr<float>()};
}

struct Run {
  Tensor clean;
  bool luma = false;
  bool trace = false;
  double best = 0, first_estimate = -1;
};

constexpr int64_t kMargin = 4;  // of the papers on super-resolution

double psnr(const Tensor& picture, const Run& run) {
  // An estimate of a large picture comes smaller than it is.
  const Tensor clean = pentimento::area_shrink(run.clean, picture.size(2), picture.size(3));
  return run.luma ? pentimento::psnr_y(picture, clean, kMargin) : pentimento::psnr(picture, clean);
}

PentimentoAnswer watch(const PentimentoReport* r, void* user) {
  Run& run = *static_cast<Run*>(user);
  if (!r->estimate) return PENTIMENTO_CONTINUE;
  if (run.first_estimate < 0) run.first_estimate = r->elapsed;
  const PentimentoPicture& p = *r->estimate;
  const Tensor estimate = torch::from_blob(p.data, {1, p.height, p.width, p.channels}).permute({0, 3, 1, 2});
  const double db = psnr(estimate, run);
  if (p.width == run.clean.size(3)) run.best = std::max(run.best, db);
  if (run.trace)
    std::printf("%6ld of %ld  %7.1f s  %7.1f s left  loss %.6f  %.2f dB (%d x %d)\n", static_cast<long>(r->iteration),
                static_cast<long>(r->iterations), r->elapsed, r->remaining, r->loss, db, p.width, p.height);
  return PENTIMENTO_CONTINUE;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: %s CLEAN.ppm INPUT.ppm [INPUT.ppm] [quality=best] [seed=0] [trace=1] [out=FILE.ppm] "
                 "[psnr=luma] [method=denoise] ...\n",
                 argv[0]);
    return 2;
  }
  Run run;
  run.clean = pentimento::read_pnm(argv[1]);
  std::vector<Tensor> inputs;
  std::string out, method = "denoise";
  int runs = 1;
  std::map<std::string, std::string> given;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    const size_t split = word.find('=');
    if (split == std::string::npos) {
      inputs.push_back(rows_of(pentimento::read_pnm(word)));
      continue;
    }
    const std::string name = word.substr(0, split), value = word.substr(split + 1);
    if (name == "trace")
      run.trace = value == "1";
    else if (name == "psnr")
      run.luma = value == "luma";
    else if (name == "out")
      out = value;
    else if (name == "method")
      method = value;
    else if (name == "runs")
      runs = std::atoi(value.c_str());
    else
      given[name] = value;
  }
  std::vector<PentimentoOption> options;
  for (const auto& [name, value] : given) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    options.push_back({name.c_str(), number, *end ? value.c_str() : nullptr});
  }

  std::vector<PentimentoPicture> pictures;
  for (const Tensor& input : inputs) pictures.push_back(picture_of(input));
  Tensor output = torch::zeros_like(rows_of(run.clean));
  PentimentoPicture result = picture_of(output);
  const PentimentoJob job = {method.c_str(), pictures.data(), pictures.size(), options.data(),
                             options.size(), &result,         watch,           &run};
  PentimentoMessages messages;
  PentimentoStatus status = PENTIMENTO_OK;
  double seconds = 0;
  for (int i = 0; i < runs && status == PENTIMENTO_OK; ++i) {
    const auto start = std::chrono::steady_clock::now();
    status = pentimento_engine(PENTIMENTO_ENGINE_ABI)->run(&job, &messages);
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  if (status != PENTIMENTO_OK) {
    std::fprintf(stderr, "%s\n", messages.error);
    return 1;
  }
  const Tensor restored = output.permute({2, 0, 1}).unsqueeze(0);
  const double shipped = psnr(restored, run);
  const bool comparable = inputs[0].sizes() == output.sizes();
  const double before = comparable ? psnr(inputs[0].permute({2, 0, 1}).unsqueeze(0), run) : std::nan("");
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("| %s | input %.2f | best seen %.2f | shipped %.2f dB | first estimate %.2f s | %.3f s | %ld MiB |%s\n",
              argv[2], before, std::max(run.best, shipped), shipped, run.first_estimate, seconds,
              usage.ru_maxrss / 1024, messages.notice);
  for (size_t i = 0; i < messages.n_figures; ++i)
    std::printf("%s %.4f\n", messages.figures[i].name, messages.figures[i].value);
  if (!out.empty()) pentimento::write_pnm(out, restored);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
