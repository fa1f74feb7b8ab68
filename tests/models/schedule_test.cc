// SPDX-License-Identifier: GPL-3.0-or-later
// The schedule that a GPU gets, on a CPU: a stand-in for the graph runs what was recorded.
#include <ATen/record_function.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "fit/loop.h"
#include "fit/resources.h"
#include "nets/hourglass.h"

namespace pentimento {
namespace {

using torch::Tensor;

const auto kSame = [](const Tensor& e) { return e; };

Monitor silent() {
  return Monitor([](const Snapshot&) { return Answer::kContinue; }, 1e9);
}

struct Log {
  int made = 0, recorded = 0, replayed = 0;
  int record_fails = 0;        // 1: recording throws
  int replay_fails_from = -1;  // replays that may succeed
  bool in_adam = false;
  std::vector<std::string> looks;  // operations that would wait for a GPU
};

class StandIn final : public Graph {
 public:
  explicit StandIn(Log& log) : log_(log) { ++log_.made; }

  void record(const std::function<void()>& work, at::Generator) override {
    if (log_.record_fails) {
      work();  // a real recording fails in its middle, with gradients left behind
      throw std::runtime_error("cannot be recorded");
    }
    work_ = work;
    ++log_.recorded;
  }

  void replay() override {
    if (log_.replayed == log_.replay_fails_from) throw c10::OutOfMemoryError({__func__, __FILE__, 0}, "out of memory");
    ++log_.replayed;
    watched() = &log_;
    const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(enter, leave));
    work_();
    at::removeCallback(handle);
  }

 private:
  static Log*& watched() {
    static Log* log = nullptr;
    return log;
  }
  static std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& f) {
    const std::string name = f.name();
    for (const char* waits : {"aten::item", "aten::_local_scalar_dense", "aten::is_nonzero", "aten::nonzero"})
      if (name == waits && !watched()->in_adam) watched()->looks.push_back(name);
    if (name == kAdam) watched()->in_adam = true;
    return nullptr;
  }
  static void leave(const at::RecordFunction& f, at::ObserverContext*) {
    if (std::string(f.name()) == kAdam) watched()->in_adam = false;
  }
  // On a CPU it reads its step counts; on a GPU they stay there.
  static constexpr const char* kAdam = "aten::_fused_adam_";

  Log& log_;
  std::function<void()> work_;
};

MakeGraph stand_in(Log& log) {
  return [&log](const torch::Device&) { return std::make_unique<StandIn>(log); };
}

const MakeGraph kNone = [](const torch::Device&) { return nullptr; };

Problem small_problem() {
  torch::manual_seed(3);
  const auto net = std::make_shared<Hourglass>(HourglassOptions::uniform(4, 2, 8, 2, 3));
  const Tensor target = torch::linspace(0, 1, 3 * 16 * 16).view({1, 3, 16, 16});
  return Problem::single({net, torch::rand({1, 4, 16, 16}) * 0.1, 0.03},
                         [target](const Tensor& out) { return torch::mse_loss(out, target); });
}

void expect_same(const FitResult& a, const FitResult& b) {
  EXPECT_EQ(a.iterations, b.iterations);
  EXPECT_EQ(a.backtracks, b.backtracks);
  EXPECT_EQ(a.loss, b.loss);
  EXPECT_TRUE(torch::equal(a.estimate, b.estimate));
}

TEST(Schedule, ReplaysWhatAPlainRunDoes) {
  for (const int64_t iterations : {1, 3, 4, 16, 21}) {
    Log log;
    Monitor monitor = silent();
    const Recipe recipe = {0.01, iterations, 0.9, 5, {}};
    const FitResult plain = fit(small_problem(), recipe, monitor, kSame, kNone);
    expect_same(fit(small_problem(), recipe, monitor, kSame, stand_in(log)), plain);
    EXPECT_EQ(log.replayed, std::max<int64_t>(0, iterations - 3));
  }
}

TEST(Schedule, NeverLooksAtTheDeviceInAReplay) {
  Log log;
  Monitor monitor = silent();
  fit(small_problem(), {0.01, 12, 0.9, 5, EarlyStoppingOptions{4, 100, 4, 100}}, monitor, kSame, stand_in(log));
  EXPECT_EQ(log.replayed, 9);
  EXPECT_EQ(log.looks, std::vector<std::string>{});
}

TEST(Schedule, StopsAtTheSameIterationThoughItHearsOfItLate) {
  Log log;
  Monitor monitor = silent();
  const Recipe recipe = {0.02, 400, 0.95, 3, EarlyStoppingOptions{10, 15, 20, 1000}};
  const FitResult plain = fit(small_problem(), recipe, monitor, kSame, kNone);
  ASSERT_LT(plain.iterations, 390);
  expect_same(fit(small_problem(), recipe, monitor, kSame, stand_in(log)), plain);
  EXPECT_GT(log.replayed, plain.iterations - 3) << "queued ahead of what was known";
}

TEST(Schedule, AnnouncesEveryIterationThatWasDone) {
  Log log;
  Snapshot newest;
  Monitor monitor([&](const Snapshot& s) { return newest = s, Answer::kContinue; }, 0);
  monitor.expect(20, 256);
  fit(small_problem(), {0.01, 20, 0.9, 5, {}}, monitor, kSame, stand_in(log));
  monitor.show({});
  EXPECT_EQ(newest.iteration, 20);
  EXPECT_EQ(newest.remaining, 0);
}

TEST(Schedule, StopsAndKeepsSoonAfterItWasAsked) {
  Log log;
  int reports = 0;
  Monitor monitor([&](const Snapshot&) { return ++reports == 2 ? Answer::kKeep : Answer::kContinue; }, 0);
  const FitResult r = fit(small_problem(), {0.01, 1000, 0.9, 5, {}}, monitor, kSame, stand_in(log));
  EXPECT_LE(r.iterations, 3 * 8);
  EXPECT_TRUE(r.estimate.defined());
}

// A network that hands its input on, give or take its one parameter.
struct Echo : Network {
  Tensor value = register_parameter("value", torch::zeros({1, 1, 1, 1}));
  Tensor forward(const Tensor& input) override { return input + value; }
};

TEST(Schedule, FeedsTheInputsInTurn) {
  Log log;
  const Tensor inputs = torch::arange(3, torch::kFloat).view({3, 1, 1, 1}).expand({3, 2, 4, 5}).contiguous();
  Problem problem = Problem::single({std::make_shared<Echo>(), inputs, 0},
                                    [](const Tensor& out) { return (out - out.detach()).square().sum(); });
  std::vector<float> seen;
  problem.estimate = [&](const std::vector<Tensor>& out, const Iteration&) {
    EXPECT_EQ(out[0].sizes(), (std::vector<int64_t>{1, 2, 4, 5}));
    EXPECT_TRUE(out[0].is_contiguous(torch::MemoryFormat::ChannelsLast));
    seen.push_back(out[0].mean().item<float>());
    return out[0];
  };
  Monitor monitor = silent();
  fit(problem, {0.01, 7, 0, 0, {}}, monitor, kSame, stand_in(log));
  EXPECT_EQ(log.replayed, 4);
  EXPECT_EQ(seen, (std::vector<float>{0, 1, 2, 0, 1, 2, 0}));
}

// A schedule that lives on the device goes on in replays.
TEST(Schedule, CountsIterationsOnTheDevice) {
  Log log;
  const Tensor weights = torch::tensor({1.0f, 0.0f, 2.0f});
  Problem problem = Problem::single({std::make_shared<Echo>(), torch::zeros({1, 1, 2, 2}), 0}, {});
  problem.loss = [&](const std::vector<Tensor>& out, const Iteration& i) {
    return (out[0] - 1).square().sum() * weights.index_select(0, i.on_device.remainder(3)).squeeze();
  };
  std::vector<int64_t> seen;
  problem.estimate = [&](const std::vector<Tensor>& out, const Iteration& i) {
    seen.push_back(i.on_device.item<int64_t>());
    return out[0];
  };
  Monitor monitor = silent();
  const Recipe recipe = {0.01, 8, 0, 0, {}};
  const FitResult replayed = fit(problem, recipe, monitor, kSame, stand_in(log));
  EXPECT_EQ(log.replayed, 5);
  EXPECT_EQ(seen, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  problem.priors[0].network = std::make_shared<Echo>();
  expect_same(replayed, fit(problem, recipe, monitor, kSame, kNone));
}

// Replays have no host in them: what depends on the iteration cannot be one.
TEST(Schedule, DoesNotRecordAProblemThatIsNotReplayable) {
  Log log;
  Problem problem = small_problem();
  std::vector<int64_t> seen;
  problem.loss = [&, loss = problem.loss](const std::vector<Tensor>& out, const Iteration& i) {
    EXPECT_EQ(i.on_device.item<int64_t>(), i.number);
    seen.push_back(i.number);
    return loss(out, i);
  };
  problem.replayable = false;
  Monitor monitor = silent();
  fit(problem, {0.01, 10, 0.9, 5, {}}, monitor, kSame, stand_in(log));
  EXPECT_EQ(log.made, 0);
  EXPECT_EQ(seen, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Schedule, GoesOnWithoutAGraphThatFailsWhileItReplays) {
  Log log;
  log.replay_fails_from = 6;
  Monitor monitor = silent();
  const Recipe recipe = {0.01, 20, 0.9, 5, {}};
  const FitResult plain = fit(small_problem(), recipe, monitor, kSame, kNone);
  expect_same(fit(small_problem(), recipe, monitor, kSame, stand_in(log)), plain);
  EXPECT_EQ(log.replayed, 6);
}

// As the ladder of with_less_memory() sees it: the graph does not fit, a plain run does not either, a smaller one does.
TEST(Schedule, RunsOutOfMemoryIntoASmallerTile) {
  struct Hungry : Network {
    explicit Hungry(int64_t pixels) : pixels(pixels) {}
    Tensor forward(const Tensor& input) override {
      if (input.size(2) * input.size(3) > pixels) throw c10::OutOfMemoryError({__func__, __FILE__, 0}, "out of memory");
      return value.expand({1, 1, input.size(2), input.size(3)});
    }
    Tensor value = register_parameter("value", torch::zeros({1, 1, 1, 1}));
    int64_t pixels;
  };
  Log log;
  log.record_fails = 1;
  Resources resources;
  resources.bytes = 1 << 20;
  std::vector<int64_t> sides;
  const Tensor result = with_less_memory(resources, [&](const Resources& now) {
    const auto side = now.bytes == 1 << 20 ? 64 : 32;
    sides.push_back(side);
    Monitor monitor = silent();
    const Problem problem =
        Problem::single({std::make_shared<Hungry>(32 * 32), torch::zeros({1, 1, side, side}), 0},
                        [](const Tensor& out) { return torch::mse_loss(out, torch::ones_like(out)); });
    return fit(problem, {0.01, 10, 0, 0, {}}, monitor, kSame, stand_in(log)).estimate;
  });
  EXPECT_EQ(sides, (std::vector<int64_t>{64, 32}));
  EXPECT_EQ(result.size(2), 32);
  EXPECT_NE(resources.notice, "");
  EXPECT_EQ(log.replayed, 0);
}

}  // namespace
}  // namespace pentimento
