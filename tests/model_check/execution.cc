#include "tests/model_check/execution.h"

#include <cxxabi.h>

#include <cstdlib>
#include <utility>

#include "base/format.h"

namespace fp4jit::model_check {
namespace {

Execution* running = nullptr;

std::string type_text(const Accesses& accesses) {
  std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(accesses.type->name(), nullptr, nullptr, nullptr), &std::free);
  return text ? text.get() : accesses.type->name();
}

}  // namespace

Execution& execution() {
  return *running;
}

Execution::Execution(Choices& choices, std::vector<std::unique_ptr<Fiber>>& fibers, Search search)
    : choices_(choices), fibers_(fibers), search_(search), threads_(1) {
  threads_[0].view.clock[0] = 1;
  running = this;
}

Execution::~Execution() {
  running = nullptr;
}

void Execution::run(std::vector<std::function<void()>> bodies) {
  if (bodies.size() >= kMaxThreads) {
    return fail(FailureKind::kUnsupported,
                formatted("{} threads; kMaxThreads - 1 is the most", bodies.size()));
  }
  while (fibers_.size() < bodies.size()) fibers_.push_back(std::make_unique<Fiber>());
  for (size_t i = 0; i < bodies.size(); ++i) {
    Thread& thread = threads_.emplace_back();
    thread.view = threads_[0].view;
    thread.view.clock[i + 1] = 1;
    thread.fiber = fibers_[i].get();
    thread.fiber->start(std::move(bodies[i]));
  }
  ++threads_[0].view.clock[0];
  for (size_t i = 1; i < threads_.size(); ++i) resume(i);
  while (!runnable(true).empty()) {
    is_redundant_ = is_redundant_ || sleeps_for_good();
    resume(pick(runnable(!is_searching())));
  }
  for (const Thread& thread : threads_) threads_[0].view.join(thread.view);
}

void Execution::check(bool holds, const char* what) {
  if (!holds) fail(FailureKind::kWrong, formatted("thread {}: {}", current_, what));
}

// The execution then runs to its end without further choices, so that nothing leaks.
void Execution::fail(FailureKind kind, std::string what) {
  if (is_searching()) failure_ = Failure{kind, std::move(what)};
}

void Execution::resume(size_t thread) {
  current_ = std::exchange(thread, current_);
  threads_[current_].fiber->resume();
  current_ = thread;
}

std::vector<size_t> Execution::runnable(bool also_asleep) const {
  std::vector<size_t> found;
  for (size_t i = 1; i < threads_.size(); ++i) {
    bool is_awake = also_asleep || !threads_[i].is_asleep;
    if (!threads_[i].fiber->finished() && is_awake) found.push_back(i);
  }
  return found;
}

// No other thread will store to what it waits to load.
bool Execution::is_settled(size_t thread) const {
  const History* atomic = threads_[thread].waits_for;
  return atomic != nullptr && atomic->owner != 0 && threads_[atomic->owner].fiber->finished();
}

bool Execution::sleeps_for_good() const {
  std::vector<size_t> awake = runnable(false);
  for (size_t i : runnable(true)) {
    if (threads_[i].is_asleep && (awake.empty() || is_settled(i))) return true;
  }
  return false;
}

// A settled load commutes with everything to come: no other order of it needs a look. Of the rest,
// those before the picked one were picked here in earlier executions; what they would do next
// commutes with everything but a store to the same atomic, and until then they sleep.
size_t Execution::pick(const std::vector<size_t>& candidates) {
  if (!is_searching()) return candidates[0];
  for (size_t i : candidates) {
    if (search_ == Search::kReduced && is_settled(i)) return i;
  }
  size_t picked = choices_.choose(candidates.size());
  for (size_t i = 0; i < picked && search_ == Search::kReduced; ++i) {
    threads_[candidates[i]].is_asleep = true;
  }
  return candidates[picked];
}

void Execution::wake(const History& history) {
  for (Thread& thread : threads_) {
    if (!thread.is_asleep || thread.waits_for != &history) continue;
    thread.is_asleep = false;
    thread.not_before = history.stores.size() - 1;
  }
}

void Execution::yield_before(const History& history) {
  if (current().fiber == nullptr) return;
  current().waits_for = &history;
  current().fiber->suspend();
  current().waits_for = nullptr;
}

void Execution::check_constructed(const History& history) {
  if (current().view.is_after(history.construction)) return;
  fail(FailureKind::kRace, formatted("thread {} accesses an atomic that thread {} constructs",
                                     current_, history.construction.thread));
}

void Execution::construct(History& history) {
  history.number = atomics_++;
  history.construction = now();
  history.owner = current_;
  history.stores.emplace_back();
}

// In the reduced search a load of the thread's own atomic does not wait: it gives the last store.
size_t Execution::load(History& history, std::memory_order order) {
  if (order != std::memory_order_relaxed && order != std::memory_order_acquire) {
    fail(FailureKind::kUnsupported, "a load that is neither relaxed nor acquire");
  }
  bool reads_own = history.owner == current_;
  if (search_ == Search::kEvery || !reads_own) yield_before(history);
  check_constructed(history);
  Thread& thread = current();
  size_t newest = history.stores.size() - 1;
  size_t oldest =
      std::max(thread.view.oldest_of(history.number), std::exchange(thread.not_before, 0));
  size_t read = is_searching() ? newest - choices_.choose(newest - oldest + 1) : newest;
  thread.view.saw(history.number, read);
  const History::Store& store = history.stores[read];
  if (order == std::memory_order_acquire && store.is_release) thread.view.join(store.view);
  return read;
}

// In the reduced search a store does not wait: the earlier it is there, the more the others may
// read, and what they could read before they still can.
void Execution::store(History& history, std::memory_order order) {
  if (order != std::memory_order_relaxed && order != std::memory_order_release) {
    fail(FailureKind::kUnsupported, "a store that is neither relaxed nor release");
  }
  if (search_ == Search::kEvery) yield_before(history);
  check_constructed(history);
  View& view = current().view;
  if (history.owner != 0 && history.owner != current_) {
    fail(FailureKind::kUnsupported,
         formatted("threads {} and {} store to one atomic: its modification order would have to "
                   "be searched too",
                   history.owner, current_));
  }
  history.owner = current_;
  view.saw(history.number, history.stores.size());
  bool is_release = order == std::memory_order_release;
  history.stores.push_back({is_release, is_release ? view : View()});
  ++view.clock[current_];
  wake(history);
}

void Execution::read(Accesses& accesses) {
  if (!current().view.is_after(accesses.write)) {
    fail(FailureKind::kRace, formatted("thread {} reads the {} that thread {} writes", current_,
                                       type_text(accesses), accesses.write.thread));
  }
  accesses.reads[current_] = now().time;
}

void Execution::write(Accesses& accesses) {
  const View& view = current().view;
  bool is_ordered = view.is_after(accesses.write);
  for (size_t i = 0; i < kMaxThreads; ++i) {
    is_ordered = is_ordered && view.is_after({i, accesses.reads[i]});
  }
  if (!is_ordered) {
    fail(FailureKind::kRace,
         formatted("thread {} writes the {} that another accesses", current_, type_text(accesses)));
  }
  accesses.write = now();
}

}  // namespace fp4jit::model_check
