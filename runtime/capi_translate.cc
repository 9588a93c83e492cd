#include "capi_translate.h"

#include "spec/text.h"

namespace fp4jit {
namespace {

Status number_error(const char* field, long long value, const std::string& allowed) {
  return {StatusCode::kInvalidSpec, formatted("{} must be {}; it is {}", field, allowed, value)};
}

// Whether a field of the C struct has a value that the C++ one can hold, and why not.
template <class Enum>
bool in_range(int32_t value, const Enum&) {
  return enum_valid<Enum>(value);
}
bool in_range(uint32_t value, const uint32_t&) {
  return value <= kMaxK;
}
template <class Enum>
std::string allowed_text(const Enum&) {
  return "the number of one of " + enum_names<Enum>();
}
std::string allowed_text(const uint32_t&) {
  return formatted("at most {}", kMaxK);
}

// Calls visit(name, value, field) for every field but the target.
template <class Visit>
void visit_fields(const fp4jit_spec& in, Spec* spec, Visit visit) {
  visit("op", in.op, &spec->op);
  visit("format", in.format, &spec->format);
  visit("k", in.k, &spec->k);
  visit("k_out", in.k_out, &spec->k_out);
  visit("in", in.in, &spec->in);
  visit("sf_layout", in.sf_layout, &spec->sf_layout);
  visit("scale", in.scale, &spec->scale);
  visit("numerics", in.numerics, &spec->numerics);
  visit("ue8m0", in.ue8m0, &spec->ue8m0);
  visit("grouping", in.grouping, &spec->grouping);
  visit("pdl", in.pdl, &spec->pdl);
}

// Stands apart, and looks at all again: the path of every launch is the one without a fault.
Status first_fault(const fp4jit_spec& in, Spec* spec) {
  Status fault;
  visit_fields(in, spec, [&](const char* name, auto value, auto* field) {
    if (fault.ok() && !in_range(value, *field)) {
      fault = number_error(name, value, allowed_text(*field));
    }
  });
  return fault;
}

constexpr int32_t kMaxSm = 255;

Status target_fault(const fp4jit_spec& in) {
  if (in.target_sm < 0 || in.target_sm > kMaxSm) {
    return number_error("target_sm", in.target_sm, "10*major + minor, or 0 for the device's own");
  }
  if (in.target_suffix < FP4JIT_TARGET_PLAIN || in.target_suffix > FP4JIT_TARGET_FAMILY) {
    return number_error("target_suffix", in.target_suffix, "0 (none), 1 (a) or 2 (f)");
  }
  if (in.target_is_ptx != 0 && in.target_is_ptx != 1) {
    return number_error("target_is_ptx", in.target_is_ptx, "0 or 1");
  }
  return number_error("target_sm", in.target_sm, "set where target_suffix or target_is_ptx is");
}

Status read_target(const fp4jit_spec& in, Target* target) {
  *target = {static_cast<uint8_t>(in.target_sm), static_cast<TargetSuffix>(in.target_suffix),
             in.target_is_ptx == 1};
  bool valid = in.target_sm >= 0 && in.target_sm <= kMaxSm && in.target_suffix >= 0 &&
               in.target_suffix <= FP4JIT_TARGET_FAMILY && (in.target_is_ptx & ~1) == 0 &&
               (in.target_sm != 0 || *target == Target{});
  if (!valid) [[unlikely]]
    return target_fault(in);
  return {};
}

Status setting_error(const char* name, int value, const char* allowed) {
  return {StatusCode::kInvalidArgument,
          formatted("config.{} must be {}; it is {}", name, allowed, value)};
}

Status read_log(const fp4jit_config& config, RuntimeSettings* settings) {
  if (config.log_level != FP4JIT_LOG_DEFAULT) {
    if (config.log_level < 0 || !enum_valid<LogLevel>(config.log_level - 1)) {
      return setting_error("log_level", config.log_level, "from 0 (default) to 4 (debug)");
    }
    settings->log_level = static_cast<LogLevel>(config.log_level - 1);
  }
  if (config.log == nullptr) return {};
  settings->log = [log = config.log, user = config.log_user](LogLevel level,
                                                             const std::string& text) {
    log(user, static_cast<fp4jit_log_level>(level) + 1, text.c_str());
  };
  return {};
}

// "" for null.
std::string text_or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

}  // namespace

Status null_argument(const char* name) {
  return {StatusCode::kInvalidArgument, formatted("{} must not be null", name)};
}

Status size_mismatch(const char* name, size_t given, size_t known) {
  return {StatusCode::kAbiMismatch,
          formatted("{}.struct_size is {}; this library ({}) knows {}: set it to sizeof, and build "
                    "against the header of the library that runs",
                    name, given, fp4jit_version_string(), known)};
}

Status check_longer_struct(const void* in, size_t given, size_t known, const char* name) {
  if (given < known || given > kLargestStruct) return size_mismatch(name, given, known);
  const auto* bytes = static_cast<const unsigned char*>(in);
  for (size_t i = known; i < given; ++i) {
    if (bytes[i] != 0) return size_mismatch(name, given, known);
  }
  return {};
}

Status check_device(int32_t device, const std::string& name) {
  if (device >= 0) return {};
  return {StatusCode::kInvalidArgument,
          formatted("{} must not be negative; it is {}", name, device)};
}

Status read_spec(const fp4jit_spec* in, Spec* spec) {
  FP4JIT_RETURN_IF_ERROR(check_struct(in, "spec"));
  bool valid = true;
  visit_fields(*in, spec, [&](const char*, auto value, auto* field) {
    valid &= in_range(value, *field);
    *field = static_cast<std::remove_pointer_t<decltype(field)>>(value);
  });
  if (!valid) [[unlikely]]
    return first_fault(*in, spec);
  if (spec->k_out == 0) spec->k_out = spec->k;
  if (spec->scale == Scale::kNone) spec->scale = default_scale(spec->format);
  return read_target(*in, &spec->target);
}

Status read_supported_spec(const fp4jit_spec* in, Spec* spec) {
  FP4JIT_RETURN_IF_ERROR(read_spec(in, spec));
  Spec checked = *spec;
  if (checked.target == Target{}) checked.target = kAnyTarget;
  return require_template(checked);
}

void write_spec(const Spec& spec, fp4jit_spec* out) {
  out->op = static_cast<fp4jit_op>(spec.op);
  out->format = static_cast<fp4jit_format>(spec.format);
  out->k = spec.k;
  out->k_out = spec.k_out;
  out->in = static_cast<fp4jit_dtype>(spec.in);
  out->sf_layout = static_cast<fp4jit_sf_layout>(spec.sf_layout);
  out->scale = static_cast<fp4jit_scale>(spec.scale);
  out->numerics = static_cast<fp4jit_numerics>(spec.numerics);
  out->ue8m0 = static_cast<fp4jit_ue8m0>(spec.ue8m0);
  out->grouping = static_cast<fp4jit_grouping>(spec.grouping);
  out->pdl = static_cast<fp4jit_pdl>(spec.pdl);
  out->target_sm = spec.target.sm;
  out->target_suffix = static_cast<fp4jit_target_suffix>(spec.target.suffix);
  out->target_is_ptx = spec.target.is_ptx ? 1 : 0;
}

Status read_settings(const fp4jit_config* config, RuntimeSettings* settings) {
  if (config == nullptr) return {};
  FP4JIT_RETURN_IF_ERROR(check_struct(config, "config"));
  settings->cache.cache_dir = text_or_empty(config->cache_dir);
  settings->cache.nvrtc = text_or_empty(config->nvrtc_path);
  settings->cuda_driver = text_or_empty(config->driver_path);
  settings->record = text_or_empty(config->record_path);
  if (config->on_miss < FP4JIT_ON_MISS_DEFAULT || config->on_miss > FP4JIT_ON_MISS_GENERIC) {
    return setting_error("on_miss", config->on_miss, "0 (default), 1 (build) or 2 (generic)");
  }
  if (config->on_miss != FP4JIT_ON_MISS_DEFAULT) {
    settings->on_miss = static_cast<OnMiss>(config->on_miss - 1);
  }
  if (config->artifact < FP4JIT_ARTIFACT_DEFAULT || config->artifact > FP4JIT_ARTIFACT_PTX) {
    return setting_error("artifact", config->artifact, "0 (default), 1 (cubin) or 2 (ptx)");
  }
  if (config->artifact != FP4JIT_ARTIFACT_DEFAULT) {
    settings->cache.artifact = static_cast<cache::Kind>(config->artifact);
  }
  return read_log(*config, settings);
}

Buffers read_buffers(const fp4jit_launch_args& args) {
  auto address = [](const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); };
  return {address(args.input), address(args.global_scale), address(args.data),
          address(args.sf),    args.input_bytes,           args.data_bytes,
          args.sf_bytes};
}

void write_counters(const RuntimeState& state, fp4jit_counters* out) {
  RuntimeCounters counters = state.counters();
  out->store_state = static_cast<fp4jit_store_state>(state.artifacts->store().state());
  out->compiler_opened = state.artifacts->compiler().opened() ? 1 : 0;
  out->driver_opened = state.devices->opened() ? 1 : 0;
  out->find_misses = counters.find_misses;
  out->kernels = counters.kernels;
  out->loads = counters.loads;
  out->load_failures = counters.load_failures;
  out->memory_hits = counters.memory_hits;
  out->store_hits = counters.store_hits;
  out->compiles = counters.compiles;
  out->compile_failures = counters.compile_failures;
  out->io_ops = counters.io_ops;
  out->quarantined = counters.quarantined;
  out->write_failures = counters.write_failures;
  out->too_new = counters.too_new;
  out->look_ups = counters.look_ups;
  out->hits = counters.hits;
  out->launches = counters.launches;
  out->launch_misses = counters.launch_misses;
  out->built_misses = counters.built_misses;
  out->generic_misses = counters.generic_misses;
  out->capture_misses = counters.capture_misses;
  out->sealed_misses = counters.sealed_misses;
  out->waits = counters.waits;
  out->background_builds = counters.background_builds;
  out->background_failures = counters.background_failures;
  out->recorded = counters.recorded;
  out->compile_seconds = counters.compile_seconds;
  out->load_seconds = counters.load_seconds;
}

Status read_seal(fp4jit_seal_mode mode, Seal* seal) {
  if (!enum_valid<Seal>(mode)) {
    return {StatusCode::kInvalidArgument,
            formatted("mode must be 0 (off), 1 (soft) or 2 (hard); it is {}", mode)};
  }
  *seal = static_cast<Seal>(mode);
  return {};
}

}  // namespace fp4jit
