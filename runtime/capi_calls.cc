#include "capi_calls.h"

#include "host/quantize.h"
#include "spec/geometry.h"
#include "spec/text.h"

namespace fp4jit {

Status not_prepared(RuntimeState& state, const Spec& spec, int32_t device) {
  state.find_misses.fetch_add(1, std::memory_order_relaxed);
  state.misses->note(spec, device);
  if (state.registry->seal() == Seal::kHard) return state.registry->sealed_status(spec, device);
  return {
      StatusCode::kNotPrepared,
      formatted("{} is not loaded on device {}: call fp4jit_load or fp4jit_prepare first; to "
                "compile it ahead, run: {}",
                spec_text_or_open(spec), device, state.registry->prewarm_command(spec, device))};
}

Status unknown_kernel(fp4jit_kernel kernel) {
  return {StatusCode::kInvalidArgument,
          formatted("kernel {} is not a handle of this runtime: it is another runtime's, or was "
                    "never given; fp4jit_find gives one",
                    kernel)};
}

Status check_writable(const Spec& spec) {
  if (spec.target != Target{}) return validate_spec(spec);
  return {StatusCode::kInvalidSpec, "target must be set, as in sm_90: a text names its target"};
}

Status copy_text(const std::string& text, char* buffer, size_t* size) {
  size_t given = *size;
  *size = text.size() + 1;
  if (buffer == nullptr) return {};
  if (given < *size) {
    return {StatusCode::kInvalidArgument,
            formatted("buffer has {} bytes; the text needs {}", given, *size)};
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

// A call that could not be launched must not cost a build.
Status launch_missing(RuntimeState& state, const fp4jit_spec* in, int32_t device,
                      LaunchArguments arguments) {
  Spec spec;
  FP4JIT_RETURN_IF_ERROR(read_supported_spec(in, &spec));
  FP4JIT_RETURN_IF_ERROR(check_device(device));
  FP4JIT_ASSIGN_OR_RETURN(Extent extent,
                          resolve_extent(spec, arguments.m, arguments.k, arguments.k_out));
  if (extent.m == 0) return {};
  FP4JIT_RETURN_IF_ERROR(launch_geometry(spec, extent).status());
  FP4JIT_RETURN_IF_ERROR(check_arguments(spec, extent, arguments.buffers));
  state.launch_misses.fetch_add(1, std::memory_order_relaxed);
  FP4JIT_ASSIGN_OR_RETURN(const KernelRecord* record,
                          state.misses->serve(spec, device, arguments.stream));
  if (record->kernel.spec.k == 0) {
    arguments.k = extent.k;
    arguments.k_out = extent.k_out;
  }
  return launch_counted(state, record->kernel, arguments);
}

}  // namespace fp4jit
