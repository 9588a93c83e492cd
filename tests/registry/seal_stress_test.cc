// The seal toggled while two prepare and eight look up: what is found stays found, and what begins
// under the hard seal neither compiles nor calls the driver.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "tests/registry/registry_fixture.h"

namespace fp4jit {
namespace {

constexpr size_t kRounds = 16;
constexpr size_t kStep = 24;  // specs that join the set before each of two phases of a round
constexpr size_t kSpecs = 2 * kStep * kRounds + 1;
constexpr int kFinders = 8;
constexpr size_t kPreparers = 2;

// What a preparer tells of itself.
struct alignas(128) Progress {
  std::atomic<uint64_t> calls{0};  // odd while one is under way
  std::atomic<uint64_t> refused{0};
};

void wait_until(const auto& is_so) {
  while (!is_so()) std::this_thread::yield();
}

class SealStress : public RegistryFixture {
 protected:
  SealStress() {
    for (size_t n = 0; n < kSpecs; ++n) {
      std::string k = std::to_string(16 * (n + 1));
      specs.push_back(spec("nvfp4_quantize[k=" + k + ",in=bf16,layout=128x4]@sm_90"));
    }
  }

  const KernelRecord* find(size_t n) const { return registry.find(pack_spec(specs[n]), 0); }

  void prepare_some(Progress& progress, unsigned seed) {
    std::mt19937 random(seed);
    while (!over) {
      size_t n = random() % allowed;
      progress.calls.fetch_add(1);
      Result<const KernelRecord*> record = registry.prepare(specs[n], 0);
      progress.calls.fetch_add(1);
      if (record.ok()) {
        wrong += *record != find(n);
      } else {
        wrong += record.status().code() != StatusCode::kSealed;
        ++progress.refused;
      }
    }
  }

  void find_all() {
    std::vector<const KernelRecord*> seen(kSpecs);
    while (!over) {
      for (size_t n = 0; n < kSpecs; ++n) {
        const KernelRecord* record = find(n);
        wrong += seen[n] != nullptr && seen[n] != record;
        wrong += record != nullptr && registry.kernel(record->handle) != record;
        wrong += record != nullptr && record->kernel.spec != specs[n];
        seen[n] = record;
      }
      std::this_thread::yield();
    }
  }

  void read_counters() {
    RegistryCounters last;
    while (!over) {
      RegistryCounters now = registry.counters();
      wrong += now.kernels < last.kernels || now.loads < last.loads || now.waits < last.waits;
      last = now;
      std::this_thread::yield();
    }
  }

  // Until each preparer was refused a few times from now on.
  void wait_for_refusals() {
    for (Progress& preparer : preparers) {
      uint64_t before = preparer.refused;
      wait_until([&] { return preparer.refused >= before + 3; });
    }
  }

  // Until no call is under way that may have begun before the seal was set. Each counter is read by
  // a write: a call that counts itself after it sees the seal.
  void wait_for_earlier_calls() {
    for (Progress& preparer : preparers) {
      uint64_t seen = preparer.calls.fetch_add(0);
      if (seen % 2 == 1) wait_until([&] { return preparer.calls != seen; });
    }
  }

  void toggle_once() {
    allowed += kStep;
    uint64_t loads = registry.counters().loads;
    registry.seal(Seal::kOff);
    wait_until([&] { return registry.counters().loads >= loads + kStep / 2; });
    registry.seal(Seal::kSoft);
    allowed += kStep;
    wait_for_refusals();
    registry.seal(Seal::kHard);
    wait_for_earlier_calls();
    int compiles = compiler->compiles;
    size_t calls = driver.sequence().size();
    wait_for_refusals();
    EXPECT_EQ(compiler->compiles, compiles);
    EXPECT_EQ(driver.sequence().size(), calls);
  }

  std::vector<Spec> specs;
  std::atomic<size_t> allowed{1};  // of them, to the preparers
  std::atomic<bool> over{false};
  std::atomic<int> wrong{0};
  Progress preparers[kPreparers];
};

TEST_F(SealStress, EightFindTwoPrepareOneSeals) {
  for (size_t n = 0; n < kSpecs; n += 4) ASSERT_TRUE(registry.compile(specs[n]).ok());
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kPreparers; ++i) {
    threads.emplace_back([this, i] { prepare_some(preparers[i], i); });
  }
  for (int i = 0; i < kFinders; ++i) threads.emplace_back([this] { find_all(); });
  threads.emplace_back([this] { read_counters(); });
  for (size_t round = 0; round < kRounds; ++round) toggle_once();
  over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GE(registry.counters().kernels, kRounds * kStep / 2);
}

}  // namespace
}  // namespace fp4jit
