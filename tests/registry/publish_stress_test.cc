// Table and array together as Registry has them: published under its lock by two, read by eight.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "registry/kernel_array.h"
#include "registry/snapshot_table.h"

namespace fp4jit {
namespace {

constexpr int kKeys = 2000;  // from 64 slots to 4096: six growths
constexpr int kPublishers = 2;
constexpr int kReaders = 8;

KernelKey key(int n) {
  auto number = static_cast<uint64_t>(n);
  return {{number << 24, number * 3}, 0};
}

class Published {
 public:
  void publish(int n) {
    LoadedKernel kernel;
    kernel.registers = n;
    std::lock_guard lock(publishing_);
    table_.insert(key(n), kernels_.append(kernel));
    if (table_.size() == kKeys) is_all_.store(true, std::memory_order_release);
  }

  // Until all is published and was found; counts what is wrong.
  int read(unsigned seed) const {
    std::mt19937 random(seed);
    std::vector<const KernelRecord*> seen(kKeys);
    int wrong = 0;
    for (int found = 0; found < kKeys;) {
      bool is_all = is_all_.load(std::memory_order_acquire);
      for (int i = 0; i < kKeys / 4; ++i) {
        auto n = static_cast<size_t>(random() % kKeys);
        wrong += look_up(n, seen[n], &found);
      }
      for (size_t n = 0; n < kKeys && is_all; ++n) wrong += look_up(n, seen[n], &found);
      if (is_all && found < kKeys) return wrong + kKeys - found;
    }
    return wrong;
  }

  size_t capacity() const { return table_.capacity(); }

 private:
  int look_up(size_t n, const KernelRecord*& seen, int* found) const {
    const KernelRecord* record = table_.find(key(static_cast<int>(n)));
    if (record == nullptr) return seen != nullptr;  // taken back
    bool is_same = seen == nullptr || seen == record;
    bool is_right = record->kernel.registers == static_cast<int>(n);
    if (seen == nullptr) ++*found;
    seen = record;
    return !is_same || !is_right || kernels_.get(record->handle) != record;
  }

  std::mutex publishing_;
  SnapshotTable<> table_;
  KernelArray kernels_;
  // Orders nothing before all is published, so that ThreadSanitizer sees the two by themselves.
  std::atomic<bool> is_all_{false};
};

TEST(PublishStress, EightReadersTwoPublishers) {
  auto published = std::make_unique<Published>();
  size_t first_capacity = published->capacity();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned reader = 0; reader < kReaders; ++reader) {
    threads.emplace_back([&, reader] { wrong += published->read(reader); });
  }
  for (int publisher = 0; publisher < kPublishers; ++publisher) {
    threads.emplace_back([&, publisher] {
      for (int n = publisher; n < kKeys; n += kPublishers) published->publish(n);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_GE(published->capacity(), 32 * first_capacity);
}

}  // namespace
}  // namespace fp4jit
