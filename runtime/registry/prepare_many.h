// What: n specs on n devices, over a pool of threads: a process's whole warm-up as one call.
// Threads: prepare_many may be called from any thread; `progress` is called on threads of the pool,
// never on two at once.
// Errors: each piece has its own Status; a failure stops nothing.
#pragma once

#include <functional>
#include <vector>

#include "registry/registry.h"

namespace fp4jit {

// What was done about one spec on one device (kNoDevice: compiled only).
struct PreparedPiece {
  size_t spec_index = 0;
  int32_t device = kNoDevice;
  Status status;
};

struct PrepareProgress {
  const PreparedPiece& piece;
  size_t done = 0;
  size_t total = 0;
};

struct PrepareRequest {
  std::vector<Spec> specs;
  std::vector<int32_t> devices;  // empty: compile only
  int jobs = 0;                  // threads; 0: one per core
  const std::atomic<bool>* cancelled = nullptr;
  std::function<void(const PrepareProgress&)> progress;
};

// One piece per spec and device, in the order of the specs, then of the devices.
std::vector<PreparedPiece> prepare_many(Registry& registry, const PrepareRequest& request);

// OK if every piece is; kCancelled if any was; else the first failure, with the count of all in the
// text.
Status summary(const std::vector<PreparedPiece>& pieces);

}  // namespace fp4jit
