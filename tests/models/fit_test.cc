// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>

#include "fit/adam.h"
#include "fit/early_stopping.h"
#include "fit/loop.h"
#include "nets/hourglass.h"

namespace pentimento {
namespace {

using torch::Tensor;

const auto kSame = [](const Tensor& e) { return e; };

Monitor silent() {
  return Monitor([](const Snapshot&) { return Answer::kContinue; }, 1e9);
}

Problem small_problem(uint64_t seed) {
  torch::manual_seed(seed);
  const auto net = std::make_shared<Hourglass>(HourglassOptions::uniform(4, 2, 8, 2, 3));
  const Tensor target = torch::linspace(0, 1, 3 * 16 * 16).view({1, 3, 16, 16});
  return Problem::single({net, torch::rand({1, 4, 16, 16}) * 0.1, 0.03},
                         [target](const Tensor& out) { return torch::mse_loss(out, target); });
}

TEST(Fit, LowersTheLoss) {
  Monitor monitor = silent();
  const FitResult begin = fit(small_problem(1), {0.01, 1, 0, 0, {}}, monitor, kSame);
  const FitResult end = fit(small_problem(1), {0.01, 150, 0, 0, {}}, monitor, kSame);
  EXPECT_LT(end.loss, begin.loss / 10);
  EXPECT_EQ(end.iterations, 150);
}

TEST(Fit, SameSeedGivesTheSameBits) {
  Monitor monitor = silent();
  const Recipe recipe = {0.01, 20, 0.9, 5, {}};
  const Tensor a = fit(small_problem(5), recipe, monitor, kSame).estimate;
  torch::rand({1000});  // draws of others must not matter
  const Tensor b = fit(small_problem(5), recipe, monitor, kSame).estimate;
  EXPECT_TRUE(torch::equal(a, b));
  Recipe other = recipe;
  other.seed = 6;
  EXPECT_FALSE(torch::equal(a, fit(small_problem(5), other, monitor, kSame).estimate));
}

TEST(Fit, StopsAndKeepsWhenAsked) {
  int reports = 0;
  Monitor monitor(
      [&](const Snapshot& snapshot) {
        EXPECT_TRUE(snapshot.estimate.defined());
        return ++reports == 3 ? Answer::kKeep : Answer::kContinue;
      },
      0);
  const FitResult r = fit(small_problem(1), {0.01, 1000, 0.9, 0, {}}, monitor, kSame);
  EXPECT_EQ(r.iterations, 3);
  EXPECT_TRUE(r.estimate.defined());
  EXPECT_TRUE(monitor.keep());
}

TEST(Fit, CancelsWhenAsked) {
  Monitor monitor([](const Snapshot&) { return Answer::kCancel; }, 0);
  EXPECT_THROW(fit(small_problem(1), {0.01, 1000, 0.9, 0, {}}, monitor, kSame), Cancelled);
}

TEST(Fit, TellsHowFarItIs) {
  std::vector<Snapshot> seen;
  Monitor monitor([&](const Snapshot& s) { return seen.push_back(s), Answer::kContinue; }, 0);
  monitor.expect(10, 16 * 16);
  fit(small_problem(1), {0.01, 10, 0.9, 0, {}}, monitor, kSame);
  ASSERT_EQ(seen.size(), 10u);
  for (size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].iteration, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(seen[i].iterations, 10);
    EXPECT_TRUE(std::isfinite(seen[i].loss));
  }
  EXPECT_GT(seen[4].remaining, 0);
  EXPECT_EQ(seen.back().remaining, 0);
}

// A network whose output is its one parameter, so that the estimates' path can be followed by hand.
struct Constant : Network {
  Tensor value = register_parameter("value", torch::zeros({1, 1, 1, 1}));
  Tensor forward(const Tensor& input) override { return value.expand_as(input); }
};

TEST(Fit, TakesADivergingStepBack) {
  const auto net = std::make_shared<Constant>();
  int calls = 0;
  Tensor before;
  const Problem problem = Problem::single({net, torch::zeros({1, 1, 2, 2}), 0}, [&](const Tensor& out) {
    ++calls;
    if (calls == 4) before = net->value.detach().clone();
    // The fifth evaluation comes out 100 times (20 dB) worse.
    return torch::mse_loss(out, torch::ones_like(out)) * (calls == 5 ? 100 : 1);
  });
  Monitor monitor = silent();
  const FitResult r = fit(problem, {0.01, 5, 0, 0, {}}, monitor, kSame);
  EXPECT_EQ(r.backtracks, 1);
  EXPECT_TRUE(torch::equal(net->value.detach(), before));
}

TEST(Fit, TakesStepsToNoNumberBack) {
  const auto net = std::make_shared<Constant>();
  int calls = 0;
  const Problem problem = Problem::single({net, torch::zeros({1, 1, 2, 2}), 0}, [&](const Tensor& out) {
    return torch::mse_loss(out, torch::ones_like(out)) * (++calls == 3 ? std::nan("") : 1.0);
  });
  Monitor monitor = silent();
  const FitResult r = fit(problem, {0.01, 10, 0, 0, {}}, monitor, kSame);
  EXPECT_EQ(r.backtracks, 1);
  EXPECT_TRUE(std::isfinite(net->value.item<float>()));
  EXPECT_GT(net->value.item<float>(), 0.05);
}

TEST(Fit, FitsSeveralPriorsAtOnceAndSchedulesTheirWeights) {
  const auto a = std::make_shared<Constant>(), b = std::make_shared<Constant>();
  Problem problem;
  problem.priors = {{a, torch::zeros({1, 1, 2, 2}), 0}, {b, torch::zeros({1, 1, 2, 2}), 0}};
  problem.loss = [](const std::vector<Tensor>& out, const Iteration& i) {
    const Tensor first = torch::mse_loss(out[0], torch::full_like(out[0], 0.3));
    return i.number < 100 ? first : first + torch::mse_loss(out[1], torch::full_like(out[1], -0.2));
  };
  problem.estimate = [](const std::vector<Tensor>& out, const Iteration&) { return out[0] - out[1]; };
  Monitor monitor = silent();
  fit(problem, {0.01, 100, 0, 0, {}}, monitor, kSame);
  EXPECT_EQ(b->value.item<float>(), 0) << "not in the loss yet";
  problem.loss = [loss = problem.loss](const std::vector<Tensor>& out, const Iteration& i) {
    return loss(out, {i.number + 100, i.on_device});
  };
  const FitResult r = fit(problem, {0.01, 400, 0, 0, {}}, monitor, kSame);
  EXPECT_NEAR(a->value.item<float>(), 0.3, 1e-2);
  EXPECT_NEAR(b->value.item<float>(), -0.2, 1e-2);
  EXPECT_NEAR(r.estimate.mean().item<float>(), 0.5, 2e-2);
}

// Textbook Adam in double precision.
TEST(Adam, StepsAsTheTextbookSays) {
  Tensor p = torch::tensor({1.0f, -2.0f, 0.5f}).requires_grad_();
  Adam adam({p}, 0.1);
  std::vector<double> x = {1, -2, 0.5}, m(3), v(3);
  for (int t = 1; t <= 5; ++t) {
    (p * p * torch::tensor({1.0f, 2.0f, 3.0f})).sum().backward();
    adam.step();
    for (size_t i = 0; i < 3; ++i) {
      const double g = 2 * x[i] * static_cast<double>(i + 1);
      m[i] = 0.9 * m[i] + 0.1 * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      x[i] -= 0.1 * (m[i] / (1 - std::pow(0.9, t))) / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
      EXPECT_NEAR(p[static_cast<int64_t>(i)].item<double>(), x[i], 1e-5);
    }
    EXPECT_FALSE(p.grad().defined());
  }
}

TEST(Adam, LeavesEverythingAloneInASkippedStep) {
  Tensor p = torch::tensor({1.0f, -2.0f}).requires_grad_(), q = p.detach().clone().requires_grad_();
  Adam skipping({p}, 0.1), plain({q}, 0.1);
  for (int t = 0; t < 6; ++t) {
    const bool skip = t % 3 == 1;
    (p * p).sum().backward();
    if (skip) p.mutable_grad().fill_(std::nan(""));
    skipping.step(torch::tensor(skip ? 1.0f : 0.0f));
    EXPECT_FALSE(p.grad().defined());
    if (skip) continue;
    (q * q).sum().backward();
    plain.step();
    EXPECT_TRUE(torch::equal(p, q));
  }
}

double variance_of(const std::deque<Tensor>& window) {
  const int64_t n = window[0].numel();
  double total = 0;
  for (int64_t k = 0; k < n; ++k) {
    double mean = 0, sum = 0;
    for (const Tensor& t : window) mean += t[k].item<double>() / static_cast<double>(window.size());
    for (const Tensor& t : window) sum += std::pow(t[k].item<double>() - mean, 2);
    total += sum / static_cast<double>(window.size());
  }
  return total / static_cast<double>(n);
}

TEST(EarlyStopping, TracksTheVarianceOfItsWindow) {
  torch::manual_seed(0);
  EarlyStopping stopping({7, 1000, 0, 1000});
  std::deque<Tensor> window;
  for (int i = 0; i < 40; ++i) {
    window.push_back(torch::rand({11}) * (1 + i % 5));
    if (window.size() > 7) window.pop_front();
    stopping.update(window.back());
    if (window.size() < 7)
      EXPECT_TRUE(std::isnan(stopping.variance()));
    else
      EXPECT_NEAR(stopping.variance(), variance_of(window), 1e-5);
  }
}

TEST(EarlyStopping, DoesNotCountWhatWasTakenBack) {
  torch::manual_seed(0);
  EarlyStopping all({5, 8, 3, 100}), some({5, 8, 3, 100});
  for (int i = 0; i < 30; ++i) {
    const Tensor estimate = torch::rand({9}) * (1 + std::abs(i - 12));
    all.update(estimate);
    some.update(estimate, torch::tensor({true}));
    some.update(torch::full({9}, std::nan("")), torch::tensor({false}));
    EXPECT_EQ(all.best_iteration(), some.best_iteration());
    EXPECT_EQ(all.stop(), some.stop());
    if (i < 4) continue;
    EXPECT_NEAR(all.variance(), some.variance(), 1e-12);
  }
  EXPECT_TRUE(all.stop());
}

// Estimates that swing with a made-up amplitude, whose least one is known.
TEST(EarlyStopping, FindsAKnownMinimumAndStopsOnPatience) {
  constexpr int kLeast = 120, kWindow = 10, kPatience = 30;
  EarlyStopping stopping({kWindow, kPatience, 20, 1000});
  int stopped = -1;
  for (int i = 0; i < 400 && stopped < 0; ++i) {
    const double amplitude = 0.1 + std::abs(i - kLeast) / 100.0;
    stopping.update(torch::full({4}, i % 2 ? amplitude : -amplitude));
    if (stopping.stop()) stopped = i;
  }
  // The window's middle lies half a window behind its last estimate.
  EXPECT_NEAR(static_cast<double>(stopping.best_iteration()), kLeast + kWindow / 2.0, 2);
  EXPECT_EQ(stopped, stopping.best_iteration() + kPatience);
}

TEST(EarlyStopping, IgnoresTheDipAtTheBeginning) {
  EarlyStopping stopping({5, 50, 60, 1000});
  for (int i = 0; i < 200; ++i) {
    const double amplitude = i < 30 ? 0.01 : 0.1 + std::abs(i - 100) / 100.0;
    stopping.update(torch::full({4}, i % 2 ? amplitude : -amplitude));
  }
  EXPECT_NEAR(static_cast<double>(stopping.best_iteration()), 102, 3);
}

TEST(EarlyStopping, LooksAtASampleOfALargePicture) {
  EarlyStopping stopping({3, 10, 0, 50});
  for (int i = 0; i < 10; ++i) stopping.update(torch::full({1, 3, 20, 20}, static_cast<float>(i)));
  EXPECT_NEAR(stopping.variance(), 2.0 / 3, 1e-9);
}

}  // namespace
}  // namespace pentimento
