// What: (spec, device) -> kernel record: an open-addressing table that is read while it is written.
// Threads: find may be called from any number of threads at any time: one acquire load of the
// table, then of the tag of each slot on the way, mostly one; it never retries or waits. insert
// needs the caller's lock: one writer at a time.
// Memory: a slot is written once, its fields first and then, with release, its tag. Growth
// publishes a table of twice the size; earlier tables are kept until the end, since a reader may
// still be in one. They sum up to less than the live one.
#pragma once

#include <memory>
#include <vector>

#include "registry/kernel_key.h"
#include "registry/memory.h"

namespace fp4jit {

// Hash is replaced by tests that need collisions, Memory by tests/model_check.
template <class Hash = KernelKeyHash, class Memory = StdMemory>
class SnapshotTable {
  template <class T>
  using Atomic = typename Memory::template Atomic<T>;
  template <class T>
  using Plain = typename Memory::template Plain<T>;

 public:
  using Record = Plain<KernelRecord>;

  // `first_capacity`: a power of two, 2 at least.
  explicit SnapshotTable(size_t first_capacity = 64) {
    publish(std::make_unique<Table>(first_capacity));
  }

  const Record* find(const KernelKey& key) const {
    const Table& table = *live_.load(std::memory_order_acquire);
    uint64_t tag = tag_of(key);
    for (size_t i = first_slot(tag);; ++i) {
      const Slot& slot = table.slots[i & table.mask];
      uint64_t found = slot.tag.load(std::memory_order_acquire);
      if (found == tag && slot.key == key) return slot.record;
      if (found == kEmpty) return nullptr;
    }
  }

  // `key` is not in the table; `record` outlives the table.
  void insert(const KernelKey& key, const Record* record) {
    if ((size_ + 1) * kSlotsPerEntry > capacity()) grow();
    place(*tables_.back(), key, record);
    ++size_;
  }

  size_t size() const { return size_; }
  size_t capacity() const { return tables_.back()->mask + 1; }

 private:
  // At most half full: chains stay short, and every one ends.
  static constexpr size_t kSlotsPerEntry = 2;
  static constexpr uint64_t kEmpty = 0;

  struct Slot {
    Atomic<uint64_t> tag{kEmpty};
    Plain<KernelKey> key;
    Plain<const Record*> record = nullptr;
  };

  struct Table {
    explicit Table(size_t capacity) : mask(capacity - 1), slots(new Slot[capacity]) {}
    Plain<size_t> mask;  // capacity - 1, a power of two less one
    std::unique_ptr<Slot[]> slots;
  };

  static uint64_t tag_of(const KernelKey& key) { return Hash()(key) | 1; }  // never kEmpty
  static size_t first_slot(uint64_t tag) { return static_cast<size_t>(tag >> 1); }

  static void place(Table& table, const KernelKey& key, const Record* record) {
    uint64_t tag = tag_of(key);
    size_t i = first_slot(tag);
    while (table.slots[i & table.mask].tag.load(std::memory_order_relaxed) != kEmpty) ++i;
    Slot& slot = table.slots[i & table.mask];
    slot.key = key;
    slot.record = record;
    slot.tag.store(tag, std::memory_order_release);
  }

  void grow() {
    const Table& old = *tables_.back();
    auto larger = std::make_unique<Table>(2 * capacity());
    for (size_t i = 0; i <= old.mask; ++i) {
      const Slot& slot = old.slots[i];
      if (slot.tag.load(std::memory_order_relaxed) != kEmpty) place(*larger, slot.key, slot.record);
    }
    publish(std::move(larger));
  }

  void publish(std::unique_ptr<Table> table) {
    tables_.push_back(std::move(table));
    live_.store(tables_.back().get(), std::memory_order_release);
  }

  std::vector<std::unique_ptr<Table>> tables_;  // the live one last
  size_t size_ = 0;
  Atomic<const Table*> live_{nullptr};
};

}  // namespace fp4jit
