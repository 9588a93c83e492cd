#include "functions.h"

#include <string>

namespace bad_input {
namespace {

using At = const Arguments&;

constexpr const char* kRuntime = "fp4jit_runtime* runtime";
constexpr const char* kSpec = "const fp4jit_spec* spec";
constexpr const char* kDevice = "int32_t device";
constexpr const char* kLaunch = "const fp4jit_launch_args* args";

fp4jit_status ok_if(bool holds) {
  return holds ? FP4JIT_OK : FP4JIT_E_INTERNAL;
}

fp4jit_status create_and_release(At at) {
  fp4jit_status status = fp4jit_runtime_create(at.config, at.made);
  if (status != FP4JIT_OK) return status;
  fp4jit_runtime* runtime = *at.made;
  *at.made = nullptr;
  return fp4jit_runtime_release(runtime);
}

fp4jit_status retain_and_release(At at) {
  fp4jit_status status = fp4jit_runtime_retain(at.runtime);
  return status == FP4JIT_OK ? fp4jit_runtime_release(at.runtime) : status;
}

fp4jit_status release_of_two(At at) {
  fp4jit_runtime_retain(at.runtime);
  return fp4jit_runtime_release(at.runtime);
}

fp4jit_status name_of(At at) {
  return ok_if(std::string(fp4jit_status_name(at.status)).starts_with("FP4JIT_"));
}

fp4jit_status request_cancel(At at) {
  fp4jit_cancel_request(at.cancel);
  return FP4JIT_OK;
}

}  // namespace

const std::vector<Function>& functions() {
  static const std::vector<Function> all = {
      {"fp4jit_abi_version", {}, [](At) { return ok_if(fp4jit_abi_version() != 0); }},
      {"fp4jit_version_string", {}, [](At) { return ok_if(fp4jit_version_string() != nullptr); }},
      {"fp4jit_status_name", {"fp4jit_status status"}, name_of},
      {"fp4jit_last_error", {}, [](At) { return ok_if(fp4jit_last_error() != nullptr); }},
      {"fp4jit_spec_from_text",
       {"const char* text", "fp4jit_spec* spec"},
       [](At at) { return fp4jit_spec_from_text(at.text, at.parsed); }},
      {"fp4jit_spec_to_text",
       {kSpec, "char* buffer", "size_t* size"},
       [](At at) { return fp4jit_spec_to_text(at.spec, at.buffer, at.size); }},
      {"fp4jit_spec_validate", {kSpec}, [](At at) { return fp4jit_spec_validate(at.spec); }},
      {"fp4jit_infer_outputs",
       {kSpec, "int64_t m", "int64_t k", "int64_t k_out", "fp4jit_output_shape* shape"},
       [](At at) { return fp4jit_infer_outputs(at.spec, at.m, at.k, at.k_out, at.shape); }},
      {"fp4jit_runtime_create",
       {"const fp4jit_config* config", "fp4jit_runtime** runtime"},
       create_and_release},
      {"fp4jit_runtime_retain", {kRuntime}, retain_and_release},
      {"fp4jit_runtime_release", {kRuntime}, release_of_two},
      {"fp4jit_compile",
       {kRuntime, kSpec},
       [](At at) { return fp4jit_compile(at.runtime, at.spec); }},
      {"fp4jit_load",
       {kRuntime, kSpec, kDevice, "fp4jit_kernel* kernel"},
       [](At at) { return fp4jit_load(at.runtime, at.spec, at.device, at.found); }},
      {"fp4jit_cancel_request", {"fp4jit_cancel* cancel"}, request_cancel},
      {"fp4jit_prepare",
       {kRuntime, "const fp4jit_prepare_args* args"},
       [](At at) { return fp4jit_prepare(at.runtime, at.prepare); }},
      {"fp4jit_seal",
       {kRuntime, "fp4jit_seal_mode mode"},
       [](At at) { return fp4jit_seal(at.runtime, at.mode); }},
      {"fp4jit_unseal", {kRuntime}, [](At at) { return fp4jit_unseal(at.runtime); }},
      {"fp4jit_drain", {kRuntime}, [](At at) { return fp4jit_drain(at.runtime); }},
      {"fp4jit_find",
       {kRuntime, kSpec, kDevice, "fp4jit_kernel* kernel"},
       [](At at) { return fp4jit_find(at.runtime, at.spec, at.device, at.found); }},
      {"fp4jit_launch",
       {kRuntime, "fp4jit_kernel kernel", kLaunch},
       [](At at) { return fp4jit_launch(at.runtime, at.kernel, at.launch); }},
      {"fp4jit_launch_spec",
       {kRuntime, kSpec, kDevice, kLaunch},
       [](At at) { return fp4jit_launch_spec(at.runtime, at.spec, at.device, at.launch); }},
      {"fp4jit_host_quantize",
       {kSpec, kLaunch},
       [](At at) { return fp4jit_host_quantize(at.spec, at.launch); }},
      {"fp4jit_stats",
       {kRuntime, "fp4jit_counters* counters"},
       [](At at) { return fp4jit_stats(at.runtime, at.counters); }},
  };
  return all;
}

}  // namespace bad_input
