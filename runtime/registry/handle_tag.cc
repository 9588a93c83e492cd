#include "registry/handle_tag.h"

#include <bitset>
#include <limits>
#include <mutex>

#include "base/fork_gate.h"
#include "registry/kernel_array.h"

namespace fp4jit {
namespace {

constexpr uint32_t kTags = std::numeric_limits<uint32_t>::max() / KernelArray::kCapacity;

// About the process, and so never destroyed.
struct Tags {
  std::mutex mutex;  // guards the rest
  std::bitset<kTags> taken;
  // Copies of the library in one process count each for itself: they begin at places that depend on
  // where they lie.
  uint64_t next = reinterpret_cast<uintptr_t>(this) * 0x9e37'79b9'7f4a'7c15 >> 32;
};

Tags& tags() {
  static auto* made = new Tags;
  return *made;
}

}  // namespace

uint32_t take_handle_tag() {
  SlowPath slow;
  Tags& here = tags();
  std::lock_guard lock(here.mutex);
  for (uint32_t tried = 0; tried < kTags && here.taken[here.next % kTags]; ++tried) ++here.next;
  uint64_t index = here.next++ % kTags;
  here.taken[index] = true;
  return (1 + static_cast<uint32_t>(index)) * KernelArray::kCapacity;
}

void give_back_handle_tag(uint32_t tag) {
  SlowPath slow;
  Tags& here = tags();
  std::lock_guard lock(here.mutex);
  here.taken[tag / KernelArray::kCapacity - 1] = false;
}

}  // namespace fp4jit
