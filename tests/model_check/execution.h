// What: one execution of a model program: which thread goes on, what a load reads, and who has seen
// what. The choices come from the explorer.
// Threads: one, which plays the model's threads as fibers.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <vector>

#include "tests/model_check/choices.h"
#include "tests/model_check/fiber.h"
#include "tests/model_check/view.h"

namespace fp4jit::model_check {

enum class FailureKind {
  kRace,         // accesses that nothing orders, one of them a write
  kWrong,        // what the program itself checks
  kUnsupported,  // the program does what the explorer cannot explore in full
};

struct Failure {
  FailureKind kind;
  std::string what;
};

// Of an atomic: its stores in modification order, the construction first.
struct History {
  struct Store {
    bool is_release = false;
    View view;  // of the thread that stored with release
  };
  size_t number = 0;
  Event construction;
  size_t owner = 0;  // the thread that stores; 0: none yet
  std::vector<Store> stores;
};

// To a plain variable, the last of each thread.
struct Accesses {
  const std::type_info* type;  // for messages
  Event write = {};
  std::array<uint32_t, kMaxThreads> reads{};
};

enum class Search {
  kReduced,  // of executions that differ in nothing but the order of unrelated accesses, one
  kEvery,
};

class Execution {
 public:
  Execution(Choices& choices, std::vector<std::unique_ptr<Fiber>>& fibers, Search search);
  ~Execution();

  // For model programs, once. Runs the threads until all have ended.
  void run(std::vector<std::function<void()>> bodies);
  void check(bool holds, const char* what);

  const std::optional<Failure>& failure() const { return failure_; }
  // Another execution has the same reads.
  bool is_redundant() const { return is_redundant_; }

  // For Atomic and Plain. load gives the number of the store that it reads.
  void construct(History& history);
  size_t load(History& history, std::memory_order order);
  void store(History& history, std::memory_order order);
  void read(Accesses& accesses);
  void write(Accesses& accesses);

 private:
  struct Thread {
    View view;
    Fiber* fiber = nullptr;              // null for thread 0
    const History* waits_for = nullptr;  // what it accesses next
    bool is_asleep = false;
    size_t not_before = 0;  // the oldest store worth reading after it was woken
  };

  Thread& current() { return threads_[current_]; }
  Event now() const { return {current_, threads_[current_].view.clock[current_]}; }
  bool is_searching() const { return !failure_ && !is_redundant_; }
  void fail(FailureKind kind, std::string what);
  void check_constructed(const History& history);
  void yield_before(const History& history);
  void resume(size_t thread);
  std::vector<size_t> runnable(bool also_asleep) const;
  bool is_settled(size_t thread) const;
  bool sleeps_for_good() const;
  size_t pick(const std::vector<size_t>& candidates);
  void wake(const History& history);

  Choices& choices_;
  std::vector<std::unique_ptr<Fiber>>& fibers_;
  const Search search_;
  std::vector<Thread> threads_;
  size_t current_ = 0;
  size_t atomics_ = 0;
  bool is_redundant_ = false;
  std::optional<Failure> failure_;
};

// The one that runs.
Execution& execution();

}  // namespace fp4jit::model_check
