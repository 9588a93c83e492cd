#include "capi_translate.h"

#include "spec/text.h"

namespace fp4jit {
namespace {

// The C enumerators are the C++ ones, by number. Settings begin at 1, since 0 is
// "not set".
template <class A, class B>
constexpr bool same(A a, B b) {
  return static_cast<int>(a) == static_cast<int>(b);
}
static_assert(same(FP4JIT_E_ABI_MISMATCH, StatusCode::kAbiMismatch));
static_assert(same(FP4JIT_E_INVALID_ARGUMENT, StatusCode::kInvalidArgument));
static_assert(same(FP4JIT_E_INVALID_SPEC, StatusCode::kInvalidSpec));
static_assert(same(FP4JIT_E_UNSUPPORTED, StatusCode::kUnsupported));
static_assert(same(FP4JIT_E_NOT_PREPARED, StatusCode::kNotPrepared));
static_assert(same(FP4JIT_E_SEALED, StatusCode::kSealed));
static_assert(same(FP4JIT_E_NOT_PREPARED_IN_CAPTURE, StatusCode::kNotPreparedInCapture));
static_assert(same(FP4JIT_E_NO_DRIVER, StatusCode::kNoDriver));
static_assert(same(FP4JIT_E_DRIVER, StatusCode::kDriver));
static_assert(same(FP4JIT_E_FORKED, StatusCode::kForked));
static_assert(same(FP4JIT_E_NO_NVRTC, StatusCode::kNoNvrtc));
static_assert(same(FP4JIT_E_COMPILE, StatusCode::kCompile));
static_assert(same(FP4JIT_E_CANCELLED, StatusCode::kCancelled));
static_assert(same(FP4JIT_E_IO, StatusCode::kIo));
static_assert(same(FP4JIT_E_CORRUPT, StatusCode::kCorrupt));
static_assert(same(FP4JIT_E_OUT_OF_MEMORY, StatusCode::kOutOfMemory));
static_assert(same(FP4JIT_E_INTERNAL, StatusCode::kInternal));
static_assert(same(FP4JIT_OP_QUANTIZE, Op::kQuantize));
static_assert(same(FP4JIT_OP_SILU_MUL_QUANTIZE, Op::kSiluMulQuantize));
static_assert(same(FP4JIT_OP_RMSNORM_QUANTIZE, Op::kRmsnormQuantize));
static_assert(same(FP4JIT_OP_ADD_RMSNORM_QUANTIZE, Op::kAddRmsnormQuantize));
static_assert(same(FP4JIT_OP_DEQUANTIZE, Op::kDequantize));
static_assert(same(FP4JIT_OP_INTERLEAVE_SF, Op::kInterleaveSf));
static_assert(same(FP4JIT_OP_DEINTERLEAVE_SF, Op::kDeinterleaveSf));
static_assert(same(FP4JIT_OP_AMAX, Op::kAmax));
static_assert(same(FP4JIT_FORMAT_NVFP4, Format::kNvfp4));
static_assert(same(FP4JIT_FORMAT_MXFP4, Format::kMxfp4));
static_assert(same(FP4JIT_FORMAT_MXFP8, Format::kMxfp8));
static_assert(same(FP4JIT_DTYPE_F16, Dtype::kF16));
static_assert(same(FP4JIT_DTYPE_BF16, Dtype::kBf16));
static_assert(same(FP4JIT_DTYPE_E4M3, Dtype::kE4m3));
static_assert(same(FP4JIT_DTYPE_F32, Dtype::kF32));
static_assert(same(FP4JIT_SF_LAYOUT_LINEAR, SfLayout::kLinear));
static_assert(same(FP4JIT_SF_LAYOUT_128X4, SfLayout::k128x4));
static_assert(same(FP4JIT_SF_LAYOUT_8X4, SfLayout::k8x4));
static_assert(same(FP4JIT_SCALE_DEFAULT, Scale::kNone));
static_assert(same(FP4JIT_SCALE_TENSOR, Scale::kTensor));
static_assert(same(FP4JIT_SCALE_INVERSE, Scale::kInverse));
static_assert(same(FP4JIT_SCALE_ROW, Scale::kRow));
static_assert(same(FP4JIT_NUMERICS_TRTLLM, Numerics::kTrtllm));
static_assert(same(FP4JIT_NUMERICS_EXACT, Numerics::kExact));
static_assert(same(FP4JIT_NUMERICS_TORCHAO, Numerics::kTorchao));
static_assert(same(FP4JIT_UE8M0_RCEIL, Ue8m0::kRceil));
static_assert(same(FP4JIT_UE8M0_FLOOR, Ue8m0::kFloor));
static_assert(same(FP4JIT_UE8M0_CEIL, Ue8m0::kCeil));
static_assert(same(FP4JIT_UE8M0_EVEN, Ue8m0::kEven));
static_assert(same(FP4JIT_GROUPING_FLAT, Grouping::kFlat));
static_assert(same(FP4JIT_GROUPING_BATCHED, Grouping::kBatched));
static_assert(same(FP4JIT_GROUPING_MASKED, Grouping::kMasked));
static_assert(same(FP4JIT_PDL_OFF, Pdl::kOff));
static_assert(same(FP4JIT_PDL_TRIGGER_LAST, Pdl::kTriggerLast));
static_assert(same(FP4JIT_PDL_TRIGGER_FIRST, Pdl::kTriggerFirst));
static_assert(same(FP4JIT_TARGET_PLAIN, TargetSuffix::kNone));
static_assert(same(FP4JIT_TARGET_ARCH, TargetSuffix::kArch));
static_assert(same(FP4JIT_TARGET_FAMILY, TargetSuffix::kFamily));
static_assert(same(FP4JIT_ARTIFACT_CUBIN, cache::Kind::kCubin));
static_assert(same(FP4JIT_ARTIFACT_PTX, cache::Kind::kPtx));
static_assert(same(FP4JIT_ON_MISS_BUILD - 1, OnMiss::kBuild));
static_assert(same(FP4JIT_ON_MISS_GENERIC - 1, OnMiss::kGeneric));
static_assert(same(FP4JIT_SEAL_OFF, Seal::kOff));
static_assert(same(FP4JIT_SEAL_SOFT, Seal::kSoft));
static_assert(same(FP4JIT_SEAL_HARD, Seal::kHard));
static_assert(same(FP4JIT_LOG_ERROR - 1, LogLevel::kError));
static_assert(same(FP4JIT_LOG_WARN - 1, LogLevel::kWarn));
static_assert(same(FP4JIT_LOG_INFO - 1, LogLevel::kInfo));
static_assert(same(FP4JIT_LOG_DEBUG - 1, LogLevel::kDebug));
static_assert(same(FP4JIT_STORE_READ_WRITE, cache::StoreState::kReadWrite));
static_assert(same(FP4JIT_STORE_READ_ONLY, cache::StoreState::kReadOnly));
static_assert(same(FP4JIT_STORE_MEMORY_ONLY, cache::StoreState::kMemoryOnly));

// The flag of a fp4jit_cancel is used as an atomic.
using CancelFlag = std::atomic<bool>;
static_assert(sizeof(CancelFlag) == sizeof(fp4jit_cancel) && CancelFlag::is_always_lock_free);

Status number_error(const char* field, long long value, const std::string& allowed) {
  return {StatusCode::kInvalidSpec, fmt::format("{} must be {}; it is {}", field, allowed, value)};
}

template <class Enum>
Status read_enum(const char* field, int32_t value, Enum* out) {
  if (!enum_valid<Enum>(value)) {
    return number_error(field, value, "the number of one of " + enum_names<Enum>());
  }
  *out = static_cast<Enum>(value);
  return {};
}

Status read_width(const char* field, uint32_t value, uint32_t* out) {
  if (value > kMaxK) return number_error(field, value, fmt::format("at most {}", kMaxK));
  *out = value;
  return {};
}

Status read_target(const fp4jit_spec& in, Target* target) {
  constexpr int kMaxSm = 255;
  if (in.target_sm < 0 || in.target_sm > kMaxSm) {
    return number_error("target_sm", in.target_sm, "10*major + minor, or 0 for the device's own");
  }
  if (in.target_suffix < FP4JIT_TARGET_PLAIN || in.target_suffix > FP4JIT_TARGET_FAMILY) {
    return number_error("target_suffix", in.target_suffix, "0 (none), 1 (a) or 2 (f)");
  }
  if (in.target_is_ptx != 0 && in.target_is_ptx != 1) {
    return number_error("target_is_ptx", in.target_is_ptx, "0 or 1");
  }
  *target = {static_cast<uint8_t>(in.target_sm), static_cast<TargetSuffix>(in.target_suffix),
             in.target_is_ptx == 1};
  if (in.target_sm != 0 || *target == Target{}) return {};
  return number_error("target_sm", in.target_sm, "set where target_suffix or target_is_ptx is");
}

Status setting_error(const char* name, int value, const char* allowed) {
  return {StatusCode::kInvalidArgument,
          fmt::format("config.{} must be {}; it is {}", name, allowed, value)};
}

Status read_log(const fp4jit_config& config, RuntimeSettings* settings) {
  if (config.log_level != FP4JIT_LOG_DEFAULT) {
    int level = config.log_level - 1;
    if (!enum_valid<LogLevel>(level)) {
      return setting_error("log_level", config.log_level, "from 0 (default) to 4 (debug)");
    }
    settings->log_level = static_cast<LogLevel>(level);
  }
  if (config.log == nullptr) return {};
  settings->log = [log = config.log, user = config.log_user](LogLevel level,
                                                             const std::string& text) {
    log(user, static_cast<fp4jit_log_level>(level) + 1, text.c_str());
  };
  return {};
}

Status read_specs(const fp4jit_prepare_args& args, std::vector<Spec>* specs) {
  const char* next = reinterpret_cast<const char*>(args.specs);
  for (size_t i = 0; i < args.spec_count; ++i) {
    const auto* in = reinterpret_cast<const fp4jit_spec*>(next);
    Spec spec;
    Status status = read_supported_spec(in, &spec);
    if (!status.ok()) return {status.code(), fmt::format("specs[{}]: {}", i, status.message())};
    specs->push_back(spec);
    next += in->struct_size;  // the structs of a newer program are longer
  }
  return {};
}

fp4jit_progress progress_of(const PrepareProgress& event) {
  fp4jit_progress progress = {};
  progress.struct_size = sizeof progress;
  progress.device = event.piece.device;
  progress.spec_index = event.piece.spec_index;
  progress.done = event.done;
  progress.total = event.total;
  progress.status = static_cast<fp4jit_status>(event.piece.status.code());
  progress.message = event.piece.status.message().c_str();
  return progress;
}

// "" for null.
std::string text_or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

}  // namespace

Status null_argument(const char* name) {
  return {StatusCode::kInvalidArgument, fmt::format("{} must not be null", name)};
}

Status size_mismatch(const char* name, size_t given, size_t known) {
  return {
      StatusCode::kAbiMismatch,
      fmt::format("{}.struct_size is {}; this library ({}) knows {}: set it to sizeof, and build "
                  "against the header of the library that runs",
                  name, given, fp4jit_version_string(), known)};
}

Status read_spec(const fp4jit_spec* in, Spec* spec) {
  FP4JIT_RETURN_IF_ERROR(check_struct(in, "spec"));
  FP4JIT_RETURN_IF_ERROR(read_enum("op", in->op, &spec->op));
  FP4JIT_RETURN_IF_ERROR(read_enum("format", in->format, &spec->format));
  FP4JIT_RETURN_IF_ERROR(read_width("k", in->k, &spec->k));
  FP4JIT_RETURN_IF_ERROR(read_width("k_out", in->k_out, &spec->k_out));
  FP4JIT_RETURN_IF_ERROR(read_enum("in", in->in, &spec->in));
  FP4JIT_RETURN_IF_ERROR(read_enum("sf_layout", in->sf_layout, &spec->sf_layout));
  FP4JIT_RETURN_IF_ERROR(read_enum("scale", in->scale, &spec->scale));
  FP4JIT_RETURN_IF_ERROR(read_enum("numerics", in->numerics, &spec->numerics));
  FP4JIT_RETURN_IF_ERROR(read_enum("ue8m0", in->ue8m0, &spec->ue8m0));
  FP4JIT_RETURN_IF_ERROR(read_enum("grouping", in->grouping, &spec->grouping));
  FP4JIT_RETURN_IF_ERROR(read_enum("pdl", in->pdl, &spec->pdl));
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

void request_cancel(fp4jit_cancel* cancel) {
  if (cancel != nullptr)
    reinterpret_cast<CancelFlag*>(cancel)->store(true, std::memory_order_relaxed);
}

Status read_prepare(const fp4jit_prepare_args& args, PrepareRequest* request) {
  if (args.specs == nullptr && args.spec_count > 0) return null_argument("args.specs");
  if (args.devices == nullptr && args.device_count > 0) return null_argument("args.devices");
  FP4JIT_RETURN_IF_ERROR(read_specs(args, &request->specs));
  request->devices.assign(args.devices, args.devices + args.device_count);
  request->jobs = args.jobs;
  request->cancelled = reinterpret_cast<const CancelFlag*>(args.cancel);
  if (args.progress != nullptr) {
    request->progress = [function = args.progress,
                         user = args.progress_user](const PrepareProgress& event) {
      fp4jit_progress progress = progress_of(event);
      function(user, &progress);
    };
  }
  return {};
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
            fmt::format("mode must be 0 (off), 1 (soft) or 2 (hard); it is {}", mode)};
  }
  *seal = static_cast<Seal>(mode);
  return {};
}

}  // namespace fp4jit
