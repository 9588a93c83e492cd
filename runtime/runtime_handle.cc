#include "runtime_handle.h"

#include "base/format.h"
#include "base/no_cancel.h"

namespace fp4jit {

namespace runtime_slots {
constinit fp4jit_runtime all[kMostRuntimes];
}  // namespace runtime_slots

namespace {

// Mark a slot that is about to be filled.
constexpr int64_t kOpening = -1;

std::atomic<size_t> next_slot{0};

}  // namespace

Status no_runtime(const fp4jit_runtime* runtime) {
  if (runtime == nullptr) return {StatusCode::kInvalidArgument, "runtime must not be null"};
  return {StatusCode::kInvalidArgument,
          formatted("runtime {} is not alive: it was released for the last time, or "
                    "fp4jit_runtime_create of this copy of the library did not give it",
                    fmt::ptr(runtime))};
}

Result<fp4jit_runtime*> open_slot(std::unique_ptr<RuntimeState> state) {
  for (size_t i = 0; i < kMostRuntimes; ++i) {
    fp4jit_runtime& slot = runtime_slots::all[next_slot.fetch_add(1) % kMostRuntimes];
    int64_t free = 0;
    if (!slot.references.compare_exchange_strong(free, kOpening)) continue;
    slot.state.store(state.release(), std::memory_order_release);
    slot.references.store(1);
    return &slot;
  }
  return Status(StatusCode::kOutOfMemory,
                formatted("{} runtimes live in this process, which is all that there may be; "
                          "share one, or release some",
                          kMostRuntimes));
}

Status retain_slot(fp4jit_runtime* runtime) {
  if (find_state(runtime) == nullptr) return no_runtime(runtime);
  runtime->references.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Status release_slot(fp4jit_runtime* runtime) {
  if (runtime == nullptr) return {};
  if (find_state(runtime) == nullptr) return no_runtime(runtime);
  int64_t before = runtime->references.load(std::memory_order_acquire);
  while (before > 1) {
    if (runtime->references.compare_exchange_weak(before, before - 1, std::memory_order_acq_rel)) {
      return {};
    }
  }
  // The slot is free only once the runtime is gone.
  NoCancel no_cancel;
  std::unique_ptr<RuntimeState> ended(runtime->state.exchange(nullptr));
  ended.reset();
  runtime->references.store(0, std::memory_order_release);
  return {};
}

}  // namespace fp4jit
