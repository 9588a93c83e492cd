// What: the templates' instantiations, one row each; a format's are compiled in a file of its own.
// Threads: constants after the first call.
#pragma once

#include <vector>

#include "spec/geometry.h"
#include "spec/spec.h"
#include "tests/kernels/emulator.h"
#include "tests/kernels/template_text.h"

namespace fp4jit {

struct EmulatedLaunch {
  LaunchGeometry geometry;
  on_device::QuantizeArgs args;
  const StoreObserver* observer;
  uint64_t first_cta;  // those before it, in the order of Store::cta, are left out
};

// The fields of a spec that say how a block's numbers are computed.
struct Recipe {
  Scale scale;
  Numerics numerics;
  Ue8m0 ue8m0;

  bool operator==(const Recipe&) const = default;
};

struct EmulatedKernel {
  Dtype in;
  SfLayout sf_layout;
  Recipe recipe;
  int sm;
  uint32_t k, k_out;
  void (*run)(const EmulatedLaunch& launch);
};

using EmulatedKernels = std::vector<EmulatedKernel>;
const EmulatedKernels& nvfp4_kernels();
const EmulatedKernels& mxfp4_kernels();
const EmulatedKernels& mxfp8_kernels();

// What a kernel is instantiated for:
//   every input, recipe and target     at kEmulatedK with linear scales, for the values of blocks
//   every input and layout             at run-time K, exact and torchao, for sm_90 and sm_100
//   every layout and width             at constant K, for bf16 on sm_90
inline constexpr uint32_t kEmulatedK = 64;

}  // namespace fp4jit
