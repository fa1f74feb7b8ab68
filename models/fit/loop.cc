// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/loop.h"

#include <utility>
#include <vector>

#include "errors.h"
#include "fit/schedule.h"
#include "fit/step.h"

namespace pentimento {

using torch::Tensor;

Problem Problem::single(Prior prior, std::function<Tensor(const Tensor&)> loss) {
  Problem p;
  p.priors.push_back(std::move(prior));
  p.loss = [loss = std::move(loss)](const std::vector<Tensor>& outputs, const Iteration&) { return loss(outputs[0]); };
  p.estimate = [](const std::vector<Tensor>& outputs, const Iteration&) { return outputs[0]; };
  p.replayable = true;
  return p;
}

FitResult fit(const Problem& problem, const Recipe& recipe, Monitor& monitor, const Show& show,
              const MakeGraph& graph) {
  const torch::Device device = problem.device();
  const OwnStream stream(device);
  Step step(problem, recipe);
  Schedule schedule(step, problem.replayable ? graph(device) : nullptr, device, recipe.iterations);

  Status status;
  int64_t announced = 0;
  const auto announce = [&] {
    for (; announced < status.iterations; ++announced)
      if (status.accepted > 0)
        monitor.step(problem.pixels(), [&] { return status.loss; }, [&] { return show(step.average()); });
  };
  while (status.iterations < recipe.iterations && !status.stopped && !monitor.keep()) {
    status = schedule.advance();
    announce();
  }
  status = schedule.finish();
  announce();
  monitor.forgo(recipe.iterations - status.iterations, problem.pixels());
  if (status.accepted == 0)
    throw Error(PENTIMENTO_FAILED,
                _("The fit diverged at its first step. Try another seed, or compute on the processor (device=cpu)."));
  // Not as of the least variance: the average lags behind the newest estimate, and is at its best about when the
  // patience runs out.
  return {step.average(), status.iterations, status.iterations - status.accepted, status.loss};
}

}  // namespace pentimento
