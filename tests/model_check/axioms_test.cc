// The explorer against the axioms: on random programs its outcomes are those, and all of those,
// that coherence and happens-before allow. Here they come from another side: every assignment of
// stores to loads is tried, and judged as a whole graph.
#include <gtest/gtest.h>

#include <bitset>
#include <random>

#include "tests/model_check/explorer.h"
#include "tests/model_check/memory.h"

namespace fp4jit::model_check {
namespace {

constexpr size_t kThreads = 3;  // thread i alone stores to atomic i
constexpr size_t kSteps = 3;
constexpr size_t kEvents = kThreads + kThreads * kSteps;  // the constructions first

struct Step {
  bool is_store, is_ordered;  // with release or acquire
  size_t atomic;
};
using Code = std::array<std::array<Step, kSteps>, kThreads>;
using Relation = std::array<std::bitset<kEvents>, kEvents>;

constexpr size_t event_of(size_t thread, size_t step) {
  return kThreads + thread * kSteps + step;
}

Code random_code(std::mt19937& random) {
  Code code;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    for (Step& step : code[thread]) {
      step = {random() % 2 == 0, random() % 3 != 0, random() % kThreads};
      if (step.is_store) step.atomic = thread;
    }
  }
  return code;
}

// A store's value is its event; the outcome is what each step read, or 0 for a store.
Program program_of(const Code& code) {
  return [code](Execution& run) {
    Atomic<int> x(0), y(1), z(2);
    std::array<Atomic<int>*, kThreads> atomics = {&x, &y, &z};
    Outcome read(kThreads * kSteps);
    auto play = [&](size_t thread) {
      for (size_t i = 0; i < kSteps; ++i) {
        auto [is_store, is_ordered, atomic] = code[thread][i];
        if (is_store) {
          atomics[atomic]->store(
              static_cast<int>(event_of(thread, i)),
              is_ordered ? std::memory_order_release : std::memory_order_relaxed);
        } else {
          read[thread * kSteps + i] = atomics[atomic]->load(is_ordered ? std::memory_order_acquire
                                                                       : std::memory_order_relaxed);
        }
      }
    };
    run.run({[&] { play(0); }, [&] { play(1); }, [&] { play(2); }});
    return read;
  };
}

void close(Relation& relation) {
  for (size_t k = 0; k < kEvents; ++k) {
    for (size_t i = 0; i < kEvents; ++i) {
      if (relation[i][k]) relation[i] |= relation[k];
    }
  }
}

bool is_cyclic(Relation relation) {
  close(relation);
  for (size_t i = 0; i < kEvents; ++i) {
    if (relation[i][i]) return true;
  }
  return false;
}

const Step* step_of(const Code& code, size_t event) {
  if (event < kThreads) return nullptr;
  return &code[(event - kThreads) / kSteps][(event - kThreads) % kSteps];
}

// The stores to one atomic, in modification order: it has one writer.
std::vector<size_t> stores_to(const Code& code, size_t atomic) {
  std::vector<size_t> stores = {atomic};
  for (size_t i = 0; i < kSteps; ++i) {
    if (code[atomic][i].is_store) stores.push_back(event_of(atomic, i));
  }
  return stores;
}

// C++20 [intro.races] for these programs; and no load reads from what depends on it.
bool is_allowed(const Code& code, const Outcome& read) {
  Relation sequenced, happens_before, causes, communicates;
  for (size_t a = 0; a < kEvents; ++a) {
    for (size_t b = kThreads; b < kEvents; ++b) {
      bool same_thread = a >= kThreads && (a - kThreads) / kSteps == (b - kThreads) / kSteps;
      sequenced[a][b] = a < kThreads || (same_thread && a < b);
    }
  }
  happens_before = causes = sequenced;
  for (size_t event = kThreads; event < kEvents; ++event) {
    const Step& step = *step_of(code, event);
    if (step.is_store) continue;
    size_t source = static_cast<size_t>(read[event - kThreads]);
    const Step* store = step_of(code, source);
    causes[source][event] = communicates[source][event] = true;
    if (step.is_ordered && store != nullptr && store->is_ordered)
      happens_before[source][event] = true;
    bool is_later = false;
    for (size_t other : stores_to(code, step.atomic)) {
      if (is_later) communicates[event][other] = true;
      is_later = is_later || other == source;
    }
  }
  for (size_t atomic = 0; atomic < kThreads; ++atomic) {
    std::vector<size_t> stores = stores_to(code, atomic);
    for (size_t i = 1; i < stores.size(); ++i) communicates[stores[i - 1]][stores[i]] = true;
  }
  if (is_cyclic(causes)) return false;
  close(happens_before);
  close(communicates);
  for (size_t a = 0; a < kEvents; ++a) {
    for (size_t b = 0; b < kEvents; ++b) {
      if (happens_before[a][b] && (a == b || communicates[b][a])) return false;
    }
  }
  return true;
}

void collect_allowed(const Code& code, size_t event, Outcome& read, std::set<Outcome>& found) {
  if (event == kEvents) {
    if (is_allowed(code, read)) found.insert(read);
    return;
  }
  const Step& step = *step_of(code, event);
  if (step.is_store) return collect_allowed(code, event + 1, read, found);
  for (size_t store : stores_to(code, step.atomic)) {
    read[event - kThreads] = static_cast<int>(store);
    collect_allowed(code, event + 1, read, found);
  }
  read[event - kThreads] = 0;
}

TEST(Axioms, AllowWhatTheExplorerFindsAndNothingElse) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Code code = random_code(random);
    std::set<Outcome> allowed;
    Outcome read(kThreads * kSteps);
    collect_allowed(code, kThreads, read, allowed);
    Explored reduced = explore(program_of(code));
    ASSERT_TRUE(reduced.is_complete && !reduced.failure);
    EXPECT_EQ(reduced.outcomes, allowed) << "round " << round;
    EXPECT_EQ(reduced.executions, allowed.size()) << "round " << round;
  }
}

TEST(Axioms, AllowWhatEveryOrderFindsAndNothingElse) {
  std::mt19937 random(2);
  for (int round = 0; round < 10; ++round) {
    Code code = random_code(random);
    std::set<Outcome> allowed;
    Outcome read(kThreads * kSteps);
    collect_allowed(code, kThreads, read, allowed);
    Explored every = explore(program_of(code), Search::kEvery);
    ASSERT_TRUE(every.is_complete && !every.failure);
    EXPECT_EQ(every.outcomes, allowed) << "round " << round;
  }
}

}  // namespace
}  // namespace fp4jit::model_check
