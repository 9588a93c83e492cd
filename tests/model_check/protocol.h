// What: the programs that the explorer plays on the registry's table and array: one thread
// publishes as Registry does, others look up.
// Threads: model threads.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "registry/kernel_array.h"
#include "registry/snapshot_table.h"
#include "tests/model_check/explorer.h"
#include "tests/model_check/memory.h"

namespace fp4jit::model_check {

// Keys differ in the high half, so that this hash makes them collide where the low half is equal.
struct LowHash {
  uint64_t operator()(const KernelKey& key) const { return key.spec.low; }
};

using Table = SnapshotTable<LowHash, Memory>;
// Each record in a chunk of its own, so that each append publishes a chunk too.
using Array = BasicKernelArray<Memory, 1, 4>;

inline constexpr uint32_t kTag = 3 * Array::kCapacity;

// Key n is the n-th that is published, from 0.
struct Keys {
  int present = 0;    // before there are readers
  int published = 0;  // while there are
  bool collide = false;

  KernelKey operator()(int n) const {
    return {{collide ? 0 : 2 * static_cast<uint64_t>(n), static_cast<uint64_t>(n)}, 0};
  }
};

template <class Table, class Array>
class Tables {
 public:
  explicit Tables(Keys keys) : keys_(keys) {
    for (int n = 0; n < keys.present; ++n) publish(n);
  }

  void publish_rest() {
    for (int n = keys_.present; n < keys_.present + keys_.published; ++n) publish(n);
  }

  // Whether key n is there: then it is there as a whole, and its handle leads to it.
  bool find(Execution& run, int n) const {
    const typename Table::Record* found = table_.find(keys_(n));
    if (found == nullptr) return false;
    check_record(run, *found, n);
    run.check(kernels_.get(handle_of(n)) == found, "the handle leads elsewhere");
    return true;
  }

  // As find, by a handle that nobody gave this thread.
  bool guess(Execution& run, int n) const {
    const typename Array::Record* found = kernels_.get(handle_of(n));
    if (found != nullptr) check_record(run, *found, n);
    return found != nullptr;
  }

 private:
  static uint32_t handle_of(int n) { return kTag + static_cast<uint32_t>(n); }

  void publish(int n) {
    LoadedKernel kernel;
    kernel.registers = 100 + n;
    table_.insert(keys_(n), kernels_.append(kernel));
  }

  static void check_record(Execution& run, const KernelRecord& record, int n) {
    bool is_right = record.handle == handle_of(n) && record.kernel.registers == 100 + n;
    run.check(is_right, "a record that is not the key's");
  }

  const Keys keys_;
  Array kernels_{kTag};
  Table table_{2};
};

enum class LookUp { kFind, kGuess };

// Each reader asks for its keys in turn. The outcome: what each asked key gave, reader by reader.
template <class Table = Table, class Array = Array>
Program publish_and(LookUp look_up, Keys keys, std::vector<std::vector<int>> readers) {
  return [=](Execution& run) {
    Tables<Table, Array> tables(keys);
    std::vector<Outcome> seen(readers.size());
    std::vector<std::function<void()>> threads = {[&] { tables.publish_rest(); }};
    for (size_t reader = 0; reader < readers.size(); ++reader) {
      threads.push_back([&, reader] {
        int newest = keys.present - 1;  // that is known to be there, with all before it
        for (int n : readers[reader]) {
          bool found = look_up == LookUp::kFind ? tables.find(run, n) : tables.guess(run, n);
          run.check(found || n > newest, "a key is gone that was known to be there");
          run.check(!found || n < keys.present + keys.published, "a key that nobody published");
          if (found) newest = std::max(newest, n);
          seen[reader].push_back(found);
        }
      });
    }
    run.run(std::move(threads));
    Outcome outcome;
    for (const Outcome& part : seen) outcome.insert(outcome.end(), part.begin(), part.end());
    return outcome;
  };
}

}  // namespace fp4jit::model_check
