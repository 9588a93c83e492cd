// The C API: argument checks, one guard, translation. All else is behind runtime_state.h.
#include "base/fork_gate.h"
#include "capi_calls.h"
#include "capi_guard.h"
#include "spec/text.h"

using namespace fp4jit;

extern "C" {

uint32_t fp4jit_abi_version(void) {
  return FP4JIT_VERSION_MAJOR << 16 | FP4JIT_VERSION_MINOR;
}

const char* fp4jit_version_string(void) {
  static const std::string text =
      formatted("{}.{}.{}", FP4JIT_VERSION_MAJOR, FP4JIT_VERSION_MINOR, FP4JIT_VERSION_PATCH);
  return text.c_str();
}

const char* fp4jit_status_name(fp4jit_status status) {
  return status_name(static_cast<StatusCode>(status));
}

const char* fp4jit_last_error(void) {
  return last_error_message();
}

fp4jit_status fp4jit_spec_from_text(const char* text, fp4jit_spec* out) {
  return guard([&]() -> Status {
    if (text == nullptr) return null_argument("text");
    FP4JIT_RETURN_IF_ERROR(clear_struct(out, "spec"));
    FP4JIT_ASSIGN_OR_RETURN(Spec spec, parse_spec(text));
    write_spec(spec, out);
    return {};
  });
}

fp4jit_status fp4jit_spec_to_text(const fp4jit_spec* in, char* buffer, size_t* size) {
  return guard([&]() -> Status {
    if (size == nullptr) return null_argument("size");
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_spec(in, &spec));
    FP4JIT_RETURN_IF_ERROR(check_writable(spec));
    return copy_text(spec_text(spec), buffer, size);
  });
}

fp4jit_status fp4jit_spec_validate(const fp4jit_spec* in) {
  return guard([&] {
    Spec spec;
    return read_supported_spec(in, &spec);
  });
}

fp4jit_status fp4jit_infer_outputs(const fp4jit_spec* in, int64_t m, int64_t k, int64_t k_out,
                                   fp4jit_output_shape* shape) {
  return guard([&]() -> Status {
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
    FP4JIT_RETURN_IF_ERROR(clear_struct(shape, "shape"));
    FP4JIT_ASSIGN_OR_RETURN(Extent extent, resolve_extent(spec, m, k, k_out));
    return infer(spec, extent, shape);
  });
}

fp4jit_status fp4jit_runtime_create(const fp4jit_config* config, fp4jit_runtime** runtime) {
  return guard([&]() -> Status {
    if (runtime == nullptr) return null_argument("runtime");
    *runtime = nullptr;
    SlowPath slow;
    RuntimeSettings settings;
    FP4JIT_RETURN_IF_ERROR(read_settings(config, &settings));
    FP4JIT_ASSIGN_OR_RETURN(std::unique_ptr<RuntimeState> state,
                            make_runtime_state(settings, read_environment()));
    FP4JIT_ASSIGN_OR_RETURN(*runtime, open_slot(std::move(state)));
    return {};
  });
}

fp4jit_status fp4jit_runtime_retain(fp4jit_runtime* runtime) {
  return guard([&] { return retain_slot(runtime); });
}

fp4jit_status fp4jit_runtime_release(fp4jit_runtime* runtime) {
  return guard([&] { return release_slot(runtime); });
}

fp4jit_status fp4jit_compile(fp4jit_runtime* runtime, const fp4jit_spec* in) {
  return guard([&] {
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      Spec spec;
      FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
      return state.registry->compile(spec).status();
    });
  });
}

fp4jit_status fp4jit_load(fp4jit_runtime* runtime, const fp4jit_spec* in, int32_t device,
                          fp4jit_kernel* kernel) {
  return guard([&]() -> Status {
    if (kernel != nullptr) *kernel = 0;
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      Spec spec;
      FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
      FP4JIT_RETURN_IF_ERROR(check_device(device));
      FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record, state.registry->prepare(spec, device));
      if (kernel != nullptr) *kernel = record->handle;
      return {};
    });
  });
}

void fp4jit_cancel_request(fp4jit_cancel* cancel) {
  request_cancel(cancel);
}

fp4jit_status fp4jit_prepare(fp4jit_runtime* runtime, const fp4jit_prepare_args* args) {
  return guard([&] {
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
      PrepareRequest request;
      FP4JIT_RETURN_IF_ERROR(read_prepare(*args, &request));
      return summary(prepare_many(*state.registry, request));
    });
  });
}

fp4jit_status fp4jit_seal(fp4jit_runtime* runtime, fp4jit_seal_mode mode) {
  return guard([&] {
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      Seal seal = Seal::kOff;
      FP4JIT_RETURN_IF_ERROR(read_seal(mode, &seal));
      state.seal(seal);
      return {};
    });
  });
}

fp4jit_status fp4jit_unseal(fp4jit_runtime* runtime) {
  return fp4jit_seal(runtime, FP4JIT_SEAL_OFF);
}

fp4jit_status fp4jit_drain(fp4jit_runtime* runtime) {
  return guard([&] {
    return with_runtime(runtime,
                        [&](RuntimeState& state) -> Status { return state.misses->drain(); });
  });
}

fp4jit_status fp4jit_find(fp4jit_runtime* runtime, const fp4jit_spec* in, int32_t device,
                          fp4jit_kernel* kernel) {
  return guard([&]() -> Status {
    if (kernel == nullptr) return null_argument("kernel");
    *kernel = 0;
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      Spec spec;
      FP4JIT_RETURN_IF_ERROR(read_spec(in, &spec));
      const KernelRecord* record = state.registry->find(pack_spec(spec), device);
      if (record != nullptr) {
        *kernel = record->handle;
        state.counts.add(Count::kHit);
        return {};
      }
      FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
      FP4JIT_RETURN_IF_ERROR(check_device(device));
      return not_prepared(state, spec, device);
    });
  });
}

fp4jit_status fp4jit_launch(fp4jit_runtime* runtime, fp4jit_kernel kernel,
                            const fp4jit_launch_args* args) {
  return guard([&] {
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
      const KernelRecord* record = state.registry->kernel(kernel);
      if (record == nullptr) return unknown_kernel(kernel);
      return launch_counted(state, record->kernel, read_launch(*args));
    });
  });
}

fp4jit_status fp4jit_launch_spec(fp4jit_runtime* runtime, const fp4jit_spec* in, int32_t device,
                                 const fp4jit_launch_args* args) {
  return guard([&] {
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
      Spec spec;
      FP4JIT_RETURN_IF_ERROR(read_spec(in, &spec));
      const KernelRecord* record = state.registry->find(pack_spec(spec), device);
      if (record == nullptr) return launch_missing(state, in, device, read_launch(*args));
      state.counts.add(Count::kHit);
      return launch_counted(state, record->kernel, read_launch(*args));
    });
  });
}

fp4jit_status fp4jit_host_quantize(const fp4jit_spec* in, const fp4jit_launch_args* args) {
  return guard([&]() -> Status {
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
    FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
    if (spec.target == Target{}) spec.target = kAnyTarget;
    return host_quantize(spec, *args);
  });
}

fp4jit_status fp4jit_stats(fp4jit_runtime* runtime, fp4jit_counters* counters) {
  return guard([&] {
    return with_runtime(runtime, [&](RuntimeState& state) -> Status {
      FP4JIT_RETURN_IF_ERROR(clear_struct(counters, "counters"));
      write_counters(state, counters);
      return {};
    });
  });
}

}  // extern "C"
