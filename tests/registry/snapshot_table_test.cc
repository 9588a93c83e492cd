#include "registry/snapshot_table.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

namespace fp4jit {
namespace {

KernelKey key(uint64_t n, int32_t device = 0) {
  return {{n << 24, n * 3}, device};
}

// Every key in one chain: the tag says nothing, so only the full comparison tells keys apart.
struct SameHash {
  uint64_t operator()(const KernelKey&) const { return 42; }
};

template <class Table>
class SnapshotTableOf : public testing::Test {
 protected:
  const KernelRecord* insert(const KernelKey& key) {
    records_.push_back({static_cast<uint32_t>(records_.size() + 1), {}});
    table_.insert(key, &records_.back());
    return &records_.back();
  }

  Table table_;
  std::deque<KernelRecord> records_;
};

using Tables = testing::Types<SnapshotTable<>, SnapshotTable<SameHash>>;
TYPED_TEST_SUITE(SnapshotTableOf, Tables);

TYPED_TEST(SnapshotTableOf, FindsNothingInAnEmptyOne) {
  EXPECT_EQ(this->table_.find(key(1)), nullptr);
  EXPECT_EQ(this->table_.find({}), nullptr);
}

TYPED_TEST(SnapshotTableOf, TellsKeysApartInEveryPart) {
  const KernelRecord* record = this->insert({{1, 2}, 3});
  EXPECT_EQ(this->table_.find({{1, 2}, 3}), record);
  EXPECT_EQ(this->table_.find({{0, 2}, 3}), nullptr);
  EXPECT_EQ(this->table_.find({{1, 0}, 3}), nullptr);
  EXPECT_EQ(this->table_.find({{1, 2}, 0}), nullptr);
  EXPECT_EQ(this->table_.find({{1, 2}, -1}), nullptr);
}

TYPED_TEST(SnapshotTableOf, KeepsEverythingWhileItGrows) {
  constexpr uint64_t kKeys = 500;
  size_t first_capacity = this->table_.capacity();
  std::vector<const KernelRecord*> inserted;
  for (uint64_t n = 0; n < kKeys; ++n) {
    EXPECT_EQ(this->table_.find(key(n)), nullptr);
    inserted.push_back(this->insert(key(n)));
    ASSERT_GE(this->table_.capacity(), 2 * this->table_.size()) << "chains would not end";
  }
  EXPECT_GE(this->table_.capacity(), 8 * first_capacity);
  for (uint64_t n = 0; n < kKeys; ++n) EXPECT_EQ(this->table_.find(key(n)), inserted[n]);
  EXPECT_EQ(this->table_.find(key(kKeys)), nullptr);
}

// A published key is found by every reader from then on, with its own record, through every growth.
TYPED_TEST(SnapshotTableOf, IsReadWhileItIsWritten) {
  constexpr uint64_t kKeys = 2000;
  constexpr int kReaders = 6;
  this->records_.resize(kKeys);
  std::atomic<uint64_t> published{0};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < kReaders; ++reader) {
    readers.emplace_back([&, reader] {
      for (uint64_t seen = 0; seen < kKeys;) {
        seen = published.load(std::memory_order_acquire);
        if (seen == 0) continue;
        uint64_t n = (seen * 7 + static_cast<uint64_t>(reader)) % seen;
        const KernelRecord* record = this->table_.find(key(n));
        if (record == nullptr || record->handle != n) wrong.fetch_add(1);
        this->table_.find(key(seen));  // may be there or not
        if (this->table_.find(key(n, 1)) != nullptr) wrong.fetch_add(1);
      }
    });
  }
  for (uint64_t n = 0; n < kKeys; ++n) {
    this->records_[n].handle = static_cast<uint32_t>(n);
    this->table_.insert(key(n), &this->records_[n]);
    published.store(n + 1, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

// Fields of real specs change few bits; the hash must spread them all the same.
TEST(KernelKeyHash, SpreadsNeighbouringSpecs) {
  constexpr size_t kSlots = 1024;
  std::vector<int> slots(kSlots);
  int keys = 0, longest = 0;
  for (uint64_t k = 16; k <= 16 * 64; k += 16) {
    for (int32_t device = 0; device < 8; ++device, ++keys) {
      uint64_t hash = KernelKeyHash()({{k | k << 24, 0x1234}, device});
      longest = std::max(longest, ++slots[hash >> 1 & (kSlots - 1)]);
    }
  }
  ASSERT_EQ(keys, 512);
  EXPECT_LE(longest, 6);  // 512 balls in 1024 bins: 7 in one is a one-in-a-thousand event
}

}  // namespace
}  // namespace fp4jit
