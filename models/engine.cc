// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine.h"

#include <torch/torch.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "errors.h"
#include "fit/page_allocator.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "methods/method.h"

namespace pentimento {
namespace {

constexpr double kReportInterval = 0.1;         // seconds
constexpr int64_t kEstimatePixels = 1'500'000;  // more than any preview shows

// What passes between the thread that called run() and the worker, while a job is under way.
struct Exchange {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Snapshot> newest;  // latest wins: a slow caller never holds the fit up
  Answer answer = Answer::kContinue;
  bool done = false;
};

struct Entry {
  const PentimentoJob* job;
  PentimentoMessages* messages;
  PentimentoStatus status = PENTIMENTO_FAILED;
  Exchange exchange;
};

template <size_t Size>
void say(char (&where)[Size], const std::string& sentence) {
  size_t n = std::min(sentence.size(), Size - 1);
  // A sentence that is cut is cut between two characters of UTF-8.
  if (n < sentence.size())
    while (n > 0 && (static_cast<unsigned char>(sentence[n]) & 0xC0) == 0x80) --n;
  sentence.copy(where, n);
  where[n] = 0;
}

void perform(Entry& entry) {
  const PentimentoJob& job = *entry.job;
  const Method method = job.method ? find_method(job.method) : nullptr;
  if (!method)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("This engine does not know the requested filter. Install the matching version."));

  Monitor monitor(
      [&entry](const Snapshot& s) {
        Snapshot small = s;
        if (s.estimate.defined()) small.estimate = fit_within(s.estimate.to(torch::kCPU), kEstimatePixels);
        const std::lock_guard lock(entry.exchange.mutex);
        // News without an estimate must not push out one that the caller has not seen.
        if (!small.estimate.defined() && entry.exchange.newest) small.estimate = entry.exchange.newest->estimate;
        entry.exchange.newest = std::move(small);
        entry.exchange.changed.notify_all();
        return entry.exchange.answer;
      },
      kReportInterval);
  Task task;
  task.monitor = &monitor;
  for (size_t i = 0; i < job.n_inputs; ++i) task.inputs.push_back(from_picture(job.inputs[i]));
  for (size_t i = 0; i < job.n_options; ++i) {
    const PentimentoOption& o = job.options[i];
    o.text ? task.options.set(o.name, o.text) : task.options.set(o.name, o.number);
  }
  const torch::Tensor result = method(task);
  to_picture(result, *job.output);
  say(entry.messages->notice, task.notice);
  TORCH_CHECK(task.figures.size() <= PENTIMENTO_MOST_FIGURES);
  for (const auto& [name, value] : task.figures) {
    PentimentoFigure& figure = entry.messages->figures[entry.messages->n_figures++];
    say(figure.name, name);
    figure.value = value;
  }
}

// Every exception ends here.
PentimentoStatus guarded(Entry& entry) {
  try {
    perform(entry);
    return PENTIMENTO_OK;
  } catch (const Cancelled&) {
    return PENTIMENTO_CANCELLED;
  } catch (const Error& e) {
    say(entry.messages->error, e.what());
    return e.status;
  } catch (const std::bad_alloc&) {
    const Error e = out_of_memory();
    say(entry.messages->error, e.what());
    return e.status;
  } catch (const c10::Error& e) {
    say(entry.messages->error, format(_("The restoration failed (%s)."), e.what_without_backtrace()));
    return PENTIMENTO_FAILED;
  } catch (const std::exception& e) {
    say(entry.messages->error, format(_("The restoration failed (%s)."), e.what()));
    return PENTIMENTO_FAILED;
  } catch (...) {
    say(entry.messages->error, _("The restoration failed for an unknown reason."));
    return PENTIMENTO_FAILED;
  }
}

// One thread for all jobs: OpenMP keeps a pool of threads, and oneDNN caches, for every thread that ever computed.
class Worker {
 public:
  Worker() : thread_([this] { work(); }) { thread_.detach(); }

  void add(Entry* entry) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(entry);
    ready_.notify_one();
  }

 private:
  void work() {
    install_page_allocator();
    for (;;) {
      Entry* entry = nullptr;
      {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return !queue_.empty(); });
        entry = queue_.front();
        queue_.pop_front();
      }
      entry->status = guarded(*entry);
      release_pages();
      const std::lock_guard lock(entry->exchange.mutex);
      entry->exchange.done = true;
      entry->exchange.changed.notify_all();  // under the lock: the entry is gone right after
    }
  }

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Entry*> queue_;
  std::thread thread_;
};

// Never destroyed: at exit Torch's own globals may be gone before it.
Worker& worker() {
  static auto* w = new Worker;
  return *w;
}

PentimentoAnswer forward(const PentimentoJob& job, const Snapshot& s) {
  PentimentoReport report = {s.iteration, s.iterations, s.elapsed, s.remaining, s.loss, nullptr};
  PentimentoPicture picture = {};
  torch::Tensor rows;
  if (s.estimate.defined()) {
    rows = s.estimate.permute({0, 2, 3, 1}).contiguous();
    picture = {static_cast<int32_t>(rows.size(2)), static_cast<int32_t>(rows.size(1)),
               static_cast<int32_t>(rows.size(3)), rows.data_ptr<float>()};
    report.estimate = &picture;
  }
  return job.progress(&report, job.user);
}

PentimentoStatus run(const PentimentoJob* job, PentimentoMessages* messages) {
  *messages = {};
  Entry entry{job, messages, PENTIMENTO_FAILED, {}};
  try {
    worker().add(&entry);
  } catch (const std::exception& e) {
    say(messages->error, format(_("The restoration failed (%s)."), e.what()));
    return PENTIMENTO_FAILED;
  }
  Exchange& x = entry.exchange;
  std::unique_lock lock(x.mutex);
  for (;;) {
    x.changed.wait(lock, [&x] { return x.done || x.newest; });
    if (x.newest && job->progress) {
      const Snapshot snapshot = std::move(*x.newest);
      x.newest.reset();
      lock.unlock();  // the worker goes on while the caller looks
      const PentimentoAnswer answer = forward(*job, snapshot);
      lock.lock();
      if (answer == PENTIMENTO_CANCEL) x.answer = Answer::kCancel;
      if (answer == PENTIMENTO_KEEP && x.answer == Answer::kContinue) x.answer = Answer::kKeep;
    }
    if (!job->progress) x.newest.reset();
    if (x.done) return entry.status;
  }
}

constexpr PentimentoEngine kEngine = {PENTIMENTO_ENGINE_ABI, PENTIMENTO_VERSION, run};

}  // namespace
}  // namespace pentimento

extern "C" __attribute__((visibility("default"))) const PentimentoEngine* pentimento_engine(uint32_t abi) {
  return abi == PENTIMENTO_ENGINE_ABI ? &pentimento::kEngine : nullptr;
}
