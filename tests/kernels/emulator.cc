#include "tests/kernels/emulator.h"

#include <algorithm>
#include <string>

#include "spec/text.h"
#include "tests/kernels/emulated_kernels.h"

namespace fp4jit {
namespace {

const EmulatedKernels& kernels_of(Format format) {
  constexpr const EmulatedKernels& (*kLists[])() = {nvfp4_kernels, mxfp4_kernels, mxfp8_kernels};
  return kLists[static_cast<size_t>(format)]();
}

}  // namespace

Target emulated_target(int sm) {
  const std::string text = "sm_" + std::to_string(sm) + (sm >= 100 ? "a" : "");
  return parse_target(text).value();
}

Status run_template(const Spec& spec, const host::QuantizeCall& call, const StoreObserver& observer,
                    uint64_t first_cta) {
  const EmulatedKernels& kernels = kernels_of(spec.format);
  const Recipe recipe = {spec.scale, spec.numerics, spec.ue8m0};
  auto kernel = std::find_if(kernels.begin(), kernels.end(), [&](const EmulatedKernel& row) {
    return row.in == spec.in && row.sf_layout == spec.sf_layout && row.recipe == recipe &&
           row.sm == spec.target.sm && row.k == spec.k && row.k_out == spec.k_out;
  });
  if (kernel == kernels.end()) {
    return {StatusCode::kUnsupported,
            spec_text(spec) + " is not instantiated; see emulated_kernels.h"};
  }
  FP4JIT_ASSIGN_OR_RETURN(const LaunchGeometry geometry, launch_geometry(spec, call.extent));
  const on_device::QuantizeArgs args = {.input = call.input,
                                        .global_scale = call.global_scale,
                                        .data = call.data,
                                        .sf = call.sf,
                                        .m = call.extent.m,
                                        .blocks = call.extent.m * call.extent.k / sf_vec_size(spec),
                                        .k = static_cast<uint32_t>(call.extent.k),
                                        .k_out = static_cast<uint32_t>(call.extent.k_out)};
  kernel->run({geometry, args, &observer, first_cta});
  return {};
}

}  // namespace fp4jit
