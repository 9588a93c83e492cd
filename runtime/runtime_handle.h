// What: the fp4jit_runtime of the C API: a slot that outlives the runtime in it, so that a pointer
// to an ended runtime, and one that never was a runtime's, is refused and not followed.
// Threads: all of it may be called from any thread, but for a last release beside a use.
#pragma once

#include <atomic>
#include <memory>

#include "fp4jit/fp4jit.h"
#include "runtime_state.h"

struct fp4jit_runtime {
  std::atomic<fp4jit::RuntimeState*> state{nullptr};  // null: no runtime is here
  std::atomic<int64_t> references{0};
};

namespace fp4jit {

// At once, in a process.
inline constexpr size_t kMostRuntimes = 4096;

namespace runtime_slots {
// Where every fp4jit_runtime of this copy of the library stands.
extern fp4jit_runtime all[kMostRuntimes];
}  // namespace runtime_slots

// kInvalidArgument for null and for what is not a living runtime. This stands on the hot path.
inline RuntimeState* find_state(const fp4jit_runtime* runtime) {
  uintptr_t offset =
      reinterpret_cast<uintptr_t>(runtime) - reinterpret_cast<uintptr_t>(runtime_slots::all);
  if (offset >= sizeof runtime_slots::all || offset % sizeof(fp4jit_runtime) != 0) return nullptr;
  return runtime->state.load(std::memory_order_acquire);
}
Status no_runtime(const fp4jit_runtime* runtime);

// With one reference. A slot is used again only after all others were.
Result<fp4jit_runtime*> open_slot(std::unique_ptr<RuntimeState> state);

Status retain_slot(fp4jit_runtime* runtime);
Status release_slot(fp4jit_runtime* runtime);

}  // namespace fp4jit
