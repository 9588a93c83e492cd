#include "tools/bench/hot_calls.h"

#include "tools/bench/hot_specs.h"

namespace fp4jit::bench {
namespace {

constexpr int32_t kDevices[] = {0, 1};
constexpr size_t kLeap = 59;  // a prime that does not divide the number of calls

// Buffers that nothing ever looks at, since the driver launches nothing.
fp4jit_launch_args arguments_of(const fp4jit_spec& spec, size_t index) {
  fp4jit_launch_args args = {};
  args.struct_size = sizeof args;
  args.m = static_cast<int64_t>(1 + index * 37 % 4096);
  args.k = spec.k == 0 ? kRunTimeK : 0;
  args.input = reinterpret_cast<const void*>(0x1'0000'0000);
  args.data = reinterpret_cast<void*>(0x2'0000'0000);
  args.sf = reinterpret_cast<void*>(0x3'0000'0000);
  if (spec.format == FP4JIT_FORMAT_NVFP4) {
    args.global_scale = reinterpret_cast<const float*>(0x4'0000'0000);
  }
  args.stream = reinterpret_cast<void*>(0x1000 + 0x100 * index);
  return args;
}

std::string last_error(const char* what) {
  return std::string(what) + ": " + fp4jit_last_error();
}

}  // namespace

std::string HotRuntime::prepare() {
  fp4jit_config config = {};
  config.struct_size = sizeof config;
  config.cache_dir = kHotStore;
  config.driver_path = kStubDriver;
  if (fp4jit_runtime_create(&config, &runtime_) != FP4JIT_OK) return last_error("create");
  std::vector<fp4jit_spec> specs;
  for (const std::string& text : hot_spec_texts()) {
    fp4jit_spec& spec = specs.emplace_back();
    spec.struct_size = sizeof spec;
    if (fp4jit_spec_from_text(text.c_str(), &spec) != FP4JIT_OK) return last_error("spec");
  }
  fp4jit_prepare_args args = {};
  args.struct_size = sizeof args;
  args.specs = specs.data();
  args.spec_count = specs.size();
  args.devices = kDevices;
  args.device_count = std::size(kDevices);
  if (fp4jit_prepare(runtime_, &args) != FP4JIT_OK) return last_error("prepare");
  for (const fp4jit_spec& spec : specs) {
    std::string error = add_calls(spec);
    if (!error.empty()) return error;
  }
  return calls_.size() < 128 ? "too few specs to mix" : "";
}

std::string HotRuntime::add_calls(const fp4jit_spec& spec) {
  for (int32_t device : kDevices) {
    HotCall call = {spec, device, 0, arguments_of(spec, calls_.size())};
    if (fp4jit_load(runtime_, &spec, device, &call.kernel) != FP4JIT_OK) return last_error("load");
    calls_.push_back(call);
  }
  return "";
}

fp4jit_status run_calls(const HotRuntime& hot, size_t first, uint64_t rounds) {
  const std::vector<HotCall>& calls = hot.calls();
  size_t next = first % calls.size();
  for (uint64_t i = 0; i < rounds; ++i) {
    const HotCall& call = calls[next];
    fp4jit_kernel kernel = 0;
    fp4jit_status status = fp4jit_find(hot.runtime(), &call.spec, call.device, &kernel);
    if (status != FP4JIT_OK) return status;
    if (kernel != call.kernel) return FP4JIT_E_INTERNAL;
    status = fp4jit_launch(hot.runtime(), kernel, &call.args);
    if (status != FP4JIT_OK) return status;
    status = fp4jit_launch_spec(hot.runtime(), &call.spec, call.device, &call.args);
    if (status != FP4JIT_OK) return status;
    next = (next + kLeap) % calls.size();
  }
  return FP4JIT_OK;
}

}  // namespace fp4jit::bench
