// What: runs a kernel's template on the host: every thread of the grid that a launch would have, in
// turn.
// Threads: reentrant; one emulated device per host thread.
#pragma once

#include <cstdint>
#include <functional>

#include "base/status.h"
#include "host/quantize.h"
#include "spec/spec.h"

namespace fp4jit {

// The targets that pick different code: without absolute maxima (sm_80), with them, with FP8
// conversions, with a minimum of three, with FP4 conversions.
inline constexpr int kEmulatedSms[] = {80, 86, 89, 90, 100};
Target emulated_target(int sm);

// One store of an emulated thread.
struct Store {
  uint64_t cta;
  uint32_t thread;
  const uint8_t* to;
  uint32_t bytes;
};
using StoreObserver = std::function<void(const Store&)>;

// The same call as for host::quantize. kUnsupported where the spec is not one that was instantiated
// (see emulated_kernels.h); its pdl says nothing here. The CTAs before `first_cta` do
// not run.
Status run_template(const Spec& spec, const host::QuantizeCall& call,
                    const StoreObserver& observer = nullptr, uint64_t first_cta = 0);

}  // namespace fp4jit
