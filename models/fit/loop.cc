// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/loop.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "errors.h"
#include "fit/adam.h"

namespace pentimento {

using torch::Tensor;

Problem Problem::single(Prior prior, std::function<Tensor(const Tensor&)> loss) {
  Problem p;
  p.priors.push_back(std::move(prior));
  p.loss = [loss = std::move(loss)](const std::vector<Tensor>& outputs, int64_t) { return loss(outputs[0]); };
  p.estimate = [](const std::vector<Tensor>& outputs) { return outputs[0]; };
  return p;
}

namespace {

std::vector<Tensor> parameters_of(const Problem& problem) {
  std::vector<Tensor> all;
  for (const Prior& prior : problem.priors)
    for (const Tensor& p : prior.network->parameters()) all.push_back(p);
  return all;
}

// The exponential average of the estimates. It begins as an average over the last quarter of what there was, so that
// the untrained network's first outputs are forgotten quickly.
class Average {
 public:
  explicit Average(double memory) : memory_(memory) {}
  const Tensor& update(const Tensor& estimate) {
    const double weight = std::max(1 - memory_, 4 / (static_cast<double>(count_++) + 4));
    if (!value_.defined())
      value_ = estimate.clone();
    else
      value_.lerp_(estimate, weight);
    return value_;
  }
  const Tensor& value() const { return value_; }

 private:
  double memory_;
  int64_t count_ = 0;
  Tensor value_;
};

// The paper's backtracking: a step after which the fidelity falls by more than 5 dB is taken back.
class Guard {
 public:
  explicit Guard(const std::vector<Tensor>& parameters) : parameters_(parameters) {
    for (const Tensor& p : parameters) accepted_.push_back(p.detach().clone());
  }
  // Whether `loss` (of the parameters as they are) is acceptable; if not, the last accepted ones are back.
  bool accept(double loss) {
    torch::NoGradGuard no_grad;
    constexpr double kFiveDecibels = 3.1623;
    const bool ok = std::isfinite(loss) && loss <= accepted_loss_ * kFiveDecibels;
    for (size_t i = 0; i < parameters_.size(); ++i)
      ok ? accepted_[i].copy_(parameters_[i]) : parameters_[i].copy_(accepted_[i]);
    if (ok) accepted_loss_ = loss;
    return ok;
  }

 private:
  std::vector<Tensor> parameters_, accepted_;
  double accepted_loss_ = std::numeric_limits<double>::infinity();
};

// Convolutions run two to three times faster with the channels innermost, on CPUs and on GPUs.
void prepare(const Problem& problem) {
  for (const Tensor& p : parameters_of(problem))
    if (p.dim() == 4) p.set_data(p.detach().contiguous(torch::MemoryFormat::ChannelsLast));
}

// Standard normal noise from a generator of its own, so that equal seeds give equal fits whatever else draws numbers.
at::Generator make_generator(const torch::Device& device, uint64_t seed) {
  at::Generator g = at::globalContext().defaultGenerator(device).clone();
  g.set_current_seed(seed);
  return g;
}

}  // namespace

FitResult fit(const Problem& problem, const Recipe& recipe, Monitor& monitor, const Show& show) {
  prepare(problem);
  const std::vector<Tensor> parameters = parameters_of(problem);
  at::Generator generator = make_generator(problem.priors.front().input.device(), recipe.seed);
  Adam adam(parameters, recipe.learning_rate);
  Guard guard(parameters);
  Average average(recipe.averaging);
  std::optional<EarlyStopping> stopping;
  if (recipe.early_stopping) stopping.emplace(*recipe.early_stopping);

  std::vector<Tensor> noise, outputs(problem.priors.size());
  for (const Prior& prior : problem.priors)
    noise.push_back(torch::empty_like(prior.input.slice(0, 0, 1), torch::MemoryFormat::ChannelsLast));

  FitResult result;
  for (int64_t i = 0; i < recipe.iterations && !monitor.keep(); ++i) {
    for (size_t k = 0; k < problem.priors.size(); ++k) {
      const Prior& prior = problem.priors[k];
      const int64_t entry = i % prior.input.size(0);
      Tensor input = prior.input.slice(0, entry, entry + 1).contiguous(torch::MemoryFormat::ChannelsLast);
      if (prior.input_noise > 0) {
        noise[k].normal_(0, prior.input_noise, generator);
        input = noise[k].add_(input);
      }
      outputs[k] = prior.network->forward(input);
    }
    const Tensor loss = problem.loss(outputs, i);
    result.loss = loss.item<double>();
    if (guard.accept(result.loss)) {
      loss.backward();
      adam.step();
      torch::NoGradGuard no_grad;
      const Tensor estimate = problem.estimate(outputs).detach();
      average.update(estimate);
      if (stopping) stopping->update(estimate);
    } else {
      ++result.backtracks;
    }
    ++result.iterations;
    const auto newest = [&] { return show(average.value()); };
    if (average.value().defined()) monitor.step(problem.pixels(), [&] { return result.loss; }, newest);
    if (stopping && stopping->stop()) break;
  }
  monitor.forgo(recipe.iterations - result.iterations, problem.pixels());
  // Not as of the least variance: the average lags behind the newest estimate, and is at its best about when the
  // patience runs out.
  result.estimate = average.value();
  if (!result.estimate.defined())
    throw Error(PENTIMENTO_FAILED,
                _("The fit diverged at its first step. Try another seed, or compute on the processor (device=cpu)."));
  return result;
}

}  // namespace pentimento
