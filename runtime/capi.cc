// The C API: argument checks, one guard, translation. All else is behind runtime_state.h.
#include <exception>
#include <new>

#include "base/fork_gate.h"
#include "capi_translate.h"
#include "device/launch.h"
#include "host/quantize.h"
#include "runtime_handle.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

thread_local std::string last_error;
// What fp4jit_last_error gives: last_error's text, or a constant when there is no memory for one.
thread_local const char* last_error_text = "";

fp4jit_status report(Status status) {
  if (status.ok()) return FP4JIT_OK;
  last_error = status.message();
  last_error_text = last_error.c_str();
  return static_cast<fp4jit_status>(status.code());
}

fp4jit_status report_constant(fp4jit_status status, const char* text) {
  last_error_text = text;
  return status;
}

// Every function of the API runs inside: no exception leaves the library.
template <class Body>
fp4jit_status guard(Body body) noexcept {
  try {
    try {
      return report(body());
    } catch (const std::bad_alloc&) {
      return report_constant(FP4JIT_E_OUT_OF_MEMORY, "out of memory");
    } catch (const std::exception& exception) {
      return report({StatusCode::kInternal, exception.what()});
    }
  } catch (...) {
    return report_constant(FP4JIT_E_INTERNAL, "an exception of unknown kind");
  }
}

Status not_prepared(RuntimeState& state, const Spec& spec, int32_t device) {
  state.find_misses.fetch_add(1, std::memory_order_relaxed);
  if (state.registry->seal() == Seal::kHard) return state.registry->sealed_status(spec, device);
  return {
      StatusCode::kNotPrepared,
      fmt::format("{} is not loaded on device {}: call fp4jit_load or fp4jit_prepare first; to "
                  "compile it ahead, run: {}",
                  spec_text_or_open(spec), device, state.registry->prewarm_command(spec, device))};
}

Status unknown_kernel(fp4jit_kernel kernel) {
  return {StatusCode::kInvalidArgument,
          fmt::format("kernel {} is not a handle of this runtime: it is another runtime's, or was "
                      "never given; fp4jit_find gives one",
                      kernel)};
}

Status copy_text(const std::string& text, char* buffer, size_t* size) {
  size_t given = *size;
  *size = text.size() + 1;
  if (buffer == nullptr) return {};
  if (given < *size) {
    return {StatusCode::kInvalidArgument,
            fmt::format("buffer has {} bytes; the text needs {}", given, *size)};
  }
  std::memcpy(buffer, text.c_str(), *size);
  return {};
}

Status infer(const Spec& spec, const Extent& extent, fp4jit_output_shape* out) {
  OutputShape shape = output_shape(spec, extent);
  out->sf_vec_size = sf_vec_size(spec);
  out->data_rows = shape.data_rows;
  out->data_columns = shape.data_columns;
  out->sf_rows = shape.sf_rows;
  out->sf_columns = shape.sf_columns;
  out->data_bytes = shape.data_bytes();
  out->sf_bytes = shape.sf_bytes();
  out->input_bytes = input_bytes(spec, extent);
  return {};
}

Status host_quantize(const Spec& spec, const fp4jit_launch_args& args) {
  FP4JIT_ASSIGN_OR_RETURN(Extent extent, resolve_extent(spec, args.m, args.k, args.k_out));
  FP4JIT_RETURN_IF_ERROR(check_arguments(spec, extent, read_buffers(args)));
  host::QuantizeCall call{args.input, args.global_scale, static_cast<uint8_t*>(args.data),
                          static_cast<uint8_t*>(args.sf), extent};
  return host::quantize(spec, call, {args.host_threads});
}

LaunchArguments read_launch(const fp4jit_launch_args& args) {
  return {args.m, args.k, args.k_out, read_buffers(args), static_cast<CUstream>(args.stream)};
}

Status launch_counted(RuntimeState& state, const LoadedKernel& kernel,
                      const LaunchArguments& arguments) {
  Status status = launch(kernel, arguments);
  if (status.ok() && arguments.m != 0) state.counts.add(Count::kLaunch);
  return status;
}

// A call that could not be launched must not cost a build.
Status launch_missing(RuntimeState& state, const fp4jit_spec* in, int32_t device,
                      LaunchArguments arguments) {
  Spec spec;
  FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
  FP4JIT_ASSIGN_OR_RETURN(Extent extent,
                          resolve_extent(spec, arguments.m, arguments.k, arguments.k_out));
  if (extent.m == 0) return {};
  FP4JIT_RETURN_IF_ERROR(check_arguments(spec, extent, arguments.buffers));
  FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record,
                          state.misses->serve(spec, device, arguments.stream));
  if (record->kernel.spec.k == 0) {
    arguments.k = extent.k;
    arguments.k_out = extent.k_out;
  }
  return launch_counted(state, record->kernel, arguments);
}

// Of a runtime that may be dead: `state`, or an error.
Status open_runtime(const fp4jit_runtime* runtime, RuntimeState** state) {
  *state = find_state(runtime);
  return *state != nullptr ? Status() : no_runtime(runtime);
}

}  // namespace
}  // namespace fp4jit

using namespace fp4jit;

extern "C" {

uint32_t fp4jit_abi_version(void) {
  return FP4JIT_VERSION_MAJOR << 16 | FP4JIT_VERSION_MINOR;
}

const char* fp4jit_version_string(void) {
  static const std::string text =
      fmt::format("{}.{}.{}", FP4JIT_VERSION_MAJOR, FP4JIT_VERSION_MINOR, FP4JIT_VERSION_PATCH);
  return text.c_str();
}

const char* fp4jit_status_name(fp4jit_status status) {
  return status_name(static_cast<StatusCode>(status));
}

const char* fp4jit_last_error(void) {
  return last_error_text;
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
    FP4JIT_RETURN_IF_ERROR(validate_spec(spec));
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
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
    return state->registry->compile(spec).status();
  });
}

fp4jit_status fp4jit_load(fp4jit_runtime* runtime, const fp4jit_spec* in, int32_t device,
                          fp4jit_kernel* kernel) {
  return guard([&]() -> Status {
    if (kernel != nullptr) *kernel = 0;
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
    FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record, state->registry->prepare(spec, device));
    if (kernel != nullptr) *kernel = record->handle;
    return {};
  });
}

void fp4jit_cancel_request(fp4jit_cancel* cancel) {
  request_cancel(cancel);
}

fp4jit_status fp4jit_prepare(fp4jit_runtime* runtime, const fp4jit_prepare_args* args) {
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
    PrepareRequest request;
    FP4JIT_RETURN_IF_ERROR(read_prepare(*args, &request));
    return summary(prepare_many(*state->registry, request));
  });
}

fp4jit_status fp4jit_seal(fp4jit_runtime* runtime, fp4jit_seal_mode mode) {
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    Seal seal = Seal::kOff;
    FP4JIT_RETURN_IF_ERROR(read_seal(mode, &seal));
    state->seal(seal);
    return {};
  });
}

fp4jit_status fp4jit_unseal(fp4jit_runtime* runtime) {
  return fp4jit_seal(runtime, FP4JIT_SEAL_OFF);
}

fp4jit_status fp4jit_drain(fp4jit_runtime* runtime) {
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    return state->misses->drain();
  });
}

fp4jit_status fp4jit_find(fp4jit_runtime* runtime, const fp4jit_spec* in, int32_t device,
                          fp4jit_kernel* kernel) {
  return guard([&]() -> Status {
    if (kernel == nullptr) return null_argument("kernel");
    *kernel = 0;
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_spec(in, &spec));
    const KernelRecord* record = state->registry->find(pack_spec(spec), device);
    if (record != nullptr) {
      *kernel = record->handle;
      state->counts.add(Count::kHit);
      return {};
    }
    FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
    return not_prepared(*state, spec, device);
  });
}

fp4jit_status fp4jit_launch(fp4jit_runtime* runtime, fp4jit_kernel kernel,
                            const fp4jit_launch_args* args) {
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
    const KernelRecord* record = state->registry->kernel(kernel);
    if (record == nullptr) return unknown_kernel(kernel);
    return launch_counted(*state, record->kernel, read_launch(*args));
  });
}

fp4jit_status fp4jit_launch_spec(fp4jit_runtime* runtime, const fp4jit_spec* in, int32_t device,
                                 const fp4jit_launch_args* args) {
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    FP4JIT_RETURN_IF_ERROR(check_struct(args, "args"));
    Spec spec;
    FP4JIT_RETURN_IF_ERROR(read_spec(in, &spec));
    const KernelRecord* record = state->registry->find(pack_spec(spec), device);
    if (record == nullptr) return launch_missing(*state, in, device, read_launch(*args));
    state->counts.add(Count::kHit);
    return launch_counted(*state, record->kernel, read_launch(*args));
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
  return guard([&]() -> Status {
    RuntimeState* state = nullptr;
    FP4JIT_RETURN_IF_ERROR(open_runtime(runtime, &state));
    FP4JIT_RETURN_IF_ERROR(clear_struct(counters, "counters"));
    write_counters(*state, counters);
    return {};
  });
}

}  // extern "C"
