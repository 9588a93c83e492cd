// What: the bodies of the C API's functions that are more than one call of a layer below.
// Threads: as the functions that they belong to.
#pragma once

#include "capi_translate.h"
#include "device/launch.h"
#include "runtime_handle.h"

namespace fp4jit {

// Of a runtime that may be dead: `state`, or an error.
inline Status open_runtime(const fp4jit_runtime* runtime, RuntimeState** state) {
  *state = find_state(runtime);
  return *state != nullptr ? Status() : no_runtime(runtime);
}

// The body of a function that may be refused by the seal, with its runtime.
template <class Body>
Status with_runtime(const fp4jit_runtime* runtime, Body body) {
  RuntimeState* state = nullptr;
  FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
  Status status = body(*state);
  if (!status.ok() && status.code() == StatusCode::kSealed) [[unlikely]] {
    state->sealed_misses.fetch_add(1, std::memory_order_relaxed);
  }
  return status;
}

inline LaunchArguments read_launch(const fp4jit_launch_args& args) {
  return {args.m, args.k, args.k_out, read_buffers(args), static_cast<CUstream>(args.stream)};
}

inline Status launch_counted(RuntimeState& state, const LoadedKernel& kernel,
                             const LaunchArguments& arguments) {
  Status status = launch(kernel, arguments);
  if (status.ok() && arguments.m != 0) state.counts.add(Count::kLaunch);
  return status;
}

// fp4jit_launch_spec without a kernel.
Status launch_missing(RuntimeState& state, const fp4jit_spec* in, int32_t device,
                      LaunchArguments arguments);

// fp4jit_find without a kernel.
Status not_prepared(RuntimeState& state, const Spec& spec, int32_t device);

Status unknown_kernel(fp4jit_kernel kernel);

// Whether there is a canonical text of the spec.
Status check_writable(const Spec& spec);

// *size holds the bytes of `buffer`, which may be null, and receives those of the text.
Status copy_text(const std::string& text, char* buffer, size_t* size);

Status infer(const Spec& spec, const Extent& extent, fp4jit_output_shape* out);
Status host_quantize(const Spec& spec, const fp4jit_launch_args& args);

}  // namespace fp4jit
