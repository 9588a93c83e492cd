// The layout of fp4jit.h is a promise: programs that were built with an older header keep running.
// A failure here means that FP4JIT_VERSION_MINOR must go up; from 1.0 on, members are only ever
// appended.
#include <fp4jit/fp4jit.h>
#include <gtest/gtest.h>

#include <cstddef>

namespace {

constexpr const char* kAdvice =
    "the ABI has changed: raise FP4JIT_VERSION_MINOR and freeze it anew";

struct Frozen {
  const char* name;
  size_t now, frozen;
};

#define FP4JIT_OFFSET(type, member, frozen) \
  { #type "." #member, offsetof(type, member), frozen }

constexpr Frozen kLayout[] = {
    {"sizeof fp4jit_spec", sizeof(fp4jit_spec), 60},
    FP4JIT_OFFSET(fp4jit_spec, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_spec, op, 4),
    FP4JIT_OFFSET(fp4jit_spec, format, 8),
    FP4JIT_OFFSET(fp4jit_spec, k, 12),
    FP4JIT_OFFSET(fp4jit_spec, k_out, 16),
    FP4JIT_OFFSET(fp4jit_spec, in, 20),
    FP4JIT_OFFSET(fp4jit_spec, sf_layout, 24),
    FP4JIT_OFFSET(fp4jit_spec, scale, 28),
    FP4JIT_OFFSET(fp4jit_spec, numerics, 32),
    FP4JIT_OFFSET(fp4jit_spec, ue8m0, 36),
    FP4JIT_OFFSET(fp4jit_spec, grouping, 40),
    FP4JIT_OFFSET(fp4jit_spec, pdl, 44),
    FP4JIT_OFFSET(fp4jit_spec, target_sm, 48),
    FP4JIT_OFFSET(fp4jit_spec, target_suffix, 52),
    FP4JIT_OFFSET(fp4jit_spec, target_is_ptx, 56),
    {"sizeof fp4jit_output_shape", sizeof(fp4jit_output_shape), 64},
    FP4JIT_OFFSET(fp4jit_output_shape, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_output_shape, sf_vec_size, 4),
    FP4JIT_OFFSET(fp4jit_output_shape, data_rows, 8),
    FP4JIT_OFFSET(fp4jit_output_shape, data_columns, 16),
    FP4JIT_OFFSET(fp4jit_output_shape, sf_rows, 24),
    FP4JIT_OFFSET(fp4jit_output_shape, sf_columns, 32),
    FP4JIT_OFFSET(fp4jit_output_shape, data_bytes, 40),
    FP4JIT_OFFSET(fp4jit_output_shape, sf_bytes, 48),
    FP4JIT_OFFSET(fp4jit_output_shape, input_bytes, 56),
    {"sizeof fp4jit_config", sizeof(fp4jit_config), 64},
    FP4JIT_OFFSET(fp4jit_config, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_config, artifact, 4),
    FP4JIT_OFFSET(fp4jit_config, cache_dir, 8),
    FP4JIT_OFFSET(fp4jit_config, nvrtc_path, 16),
    FP4JIT_OFFSET(fp4jit_config, driver_path, 24),
    FP4JIT_OFFSET(fp4jit_config, log, 32),
    FP4JIT_OFFSET(fp4jit_config, log_user, 40),
    FP4JIT_OFFSET(fp4jit_config, log_level, 48),
    FP4JIT_OFFSET(fp4jit_config, on_miss, 52),
    FP4JIT_OFFSET(fp4jit_config, record_path, 56),
    {"sizeof fp4jit_cancel", sizeof(fp4jit_cancel), 1},
    FP4JIT_OFFSET(fp4jit_cancel, requested, 0),
    {"sizeof fp4jit_progress", sizeof(fp4jit_progress), 48},
    FP4JIT_OFFSET(fp4jit_progress, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_progress, device, 4),
    FP4JIT_OFFSET(fp4jit_progress, spec_index, 8),
    FP4JIT_OFFSET(fp4jit_progress, done, 16),
    FP4JIT_OFFSET(fp4jit_progress, total, 24),
    FP4JIT_OFFSET(fp4jit_progress, status, 32),
    FP4JIT_OFFSET(fp4jit_progress, reserved, 36),
    FP4JIT_OFFSET(fp4jit_progress, message, 40),
    {"sizeof fp4jit_prepare_args", sizeof(fp4jit_prepare_args), 64},
    FP4JIT_OFFSET(fp4jit_prepare_args, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_prepare_args, jobs, 4),
    FP4JIT_OFFSET(fp4jit_prepare_args, specs, 8),
    FP4JIT_OFFSET(fp4jit_prepare_args, spec_count, 16),
    FP4JIT_OFFSET(fp4jit_prepare_args, devices, 24),
    FP4JIT_OFFSET(fp4jit_prepare_args, device_count, 32),
    FP4JIT_OFFSET(fp4jit_prepare_args, progress, 40),
    FP4JIT_OFFSET(fp4jit_prepare_args, progress_user, 48),
    FP4JIT_OFFSET(fp4jit_prepare_args, cancel, 56),
    {"sizeof fp4jit_launch_args", sizeof(fp4jit_launch_args), 96},
    FP4JIT_OFFSET(fp4jit_launch_args, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_launch_args, host_threads, 4),
    FP4JIT_OFFSET(fp4jit_launch_args, m, 8),
    FP4JIT_OFFSET(fp4jit_launch_args, k, 16),
    FP4JIT_OFFSET(fp4jit_launch_args, k_out, 24),
    FP4JIT_OFFSET(fp4jit_launch_args, input, 32),
    FP4JIT_OFFSET(fp4jit_launch_args, global_scale, 40),
    FP4JIT_OFFSET(fp4jit_launch_args, data, 48),
    FP4JIT_OFFSET(fp4jit_launch_args, sf, 56),
    FP4JIT_OFFSET(fp4jit_launch_args, input_bytes, 64),
    FP4JIT_OFFSET(fp4jit_launch_args, data_bytes, 72),
    FP4JIT_OFFSET(fp4jit_launch_args, sf_bytes, 80),
    FP4JIT_OFFSET(fp4jit_launch_args, stream, 88),
    {"sizeof fp4jit_counters", sizeof(fp4jit_counters), 224},
    FP4JIT_OFFSET(fp4jit_counters, struct_size, 0),
    FP4JIT_OFFSET(fp4jit_counters, store_state, 4),
    FP4JIT_OFFSET(fp4jit_counters, compiler_opened, 8),
    FP4JIT_OFFSET(fp4jit_counters, driver_opened, 12),
    FP4JIT_OFFSET(fp4jit_counters, find_misses, 16),
    FP4JIT_OFFSET(fp4jit_counters, kernels, 24),
    FP4JIT_OFFSET(fp4jit_counters, loads, 32),
    FP4JIT_OFFSET(fp4jit_counters, load_failures, 40),
    FP4JIT_OFFSET(fp4jit_counters, memory_hits, 48),
    FP4JIT_OFFSET(fp4jit_counters, store_hits, 56),
    FP4JIT_OFFSET(fp4jit_counters, compiles, 64),
    FP4JIT_OFFSET(fp4jit_counters, compile_failures, 72),
    FP4JIT_OFFSET(fp4jit_counters, io_ops, 80),
    FP4JIT_OFFSET(fp4jit_counters, quarantined, 88),
    FP4JIT_OFFSET(fp4jit_counters, write_failures, 96),
    FP4JIT_OFFSET(fp4jit_counters, too_new, 104),
    FP4JIT_OFFSET(fp4jit_counters, look_ups, 112),
    FP4JIT_OFFSET(fp4jit_counters, hits, 120),
    FP4JIT_OFFSET(fp4jit_counters, launches, 128),
    FP4JIT_OFFSET(fp4jit_counters, launch_misses, 136),
    FP4JIT_OFFSET(fp4jit_counters, built_misses, 144),
    FP4JIT_OFFSET(fp4jit_counters, generic_misses, 152),
    FP4JIT_OFFSET(fp4jit_counters, capture_misses, 160),
    FP4JIT_OFFSET(fp4jit_counters, sealed_misses, 168),
    FP4JIT_OFFSET(fp4jit_counters, waits, 176),
    FP4JIT_OFFSET(fp4jit_counters, background_builds, 184),
    FP4JIT_OFFSET(fp4jit_counters, background_failures, 192),
    FP4JIT_OFFSET(fp4jit_counters, recorded, 200),
    FP4JIT_OFFSET(fp4jit_counters, compile_seconds, 208),
    FP4JIT_OFFSET(fp4jit_counters, load_seconds, 216),
};

#define FP4JIT_NUMBER(enumerator, frozen) \
  { #enumerator, enumerator, frozen }

constexpr Frozen kNumbers[] = {
    FP4JIT_NUMBER(FP4JIT_OK, 0),
    FP4JIT_NUMBER(FP4JIT_E_INVALID_ARGUMENT, 100),
    FP4JIT_NUMBER(FP4JIT_E_ABI_MISMATCH, 101),
    FP4JIT_NUMBER(FP4JIT_E_INVALID_SPEC, 110),
    FP4JIT_NUMBER(FP4JIT_E_UNSUPPORTED, 111),
    FP4JIT_NUMBER(FP4JIT_E_NOT_PREPARED, 200),
    FP4JIT_NUMBER(FP4JIT_E_SEALED, 210),
    FP4JIT_NUMBER(FP4JIT_E_NOT_PREPARED_IN_CAPTURE, 211),
    FP4JIT_NUMBER(FP4JIT_E_NO_DRIVER, 300),
    FP4JIT_NUMBER(FP4JIT_E_DRIVER, 301),
    FP4JIT_NUMBER(FP4JIT_E_FORKED, 302),
    FP4JIT_NUMBER(FP4JIT_E_NO_NVRTC, 400),
    FP4JIT_NUMBER(FP4JIT_E_COMPILE, 401),
    FP4JIT_NUMBER(FP4JIT_E_CANCELLED, 402),
    FP4JIT_NUMBER(FP4JIT_E_IO, 500),
    FP4JIT_NUMBER(FP4JIT_E_CORRUPT, 501),
    FP4JIT_NUMBER(FP4JIT_E_OUT_OF_MEMORY, 600),
    FP4JIT_NUMBER(FP4JIT_E_INTERNAL, 900),
    FP4JIT_NUMBER(FP4JIT_OP_QUANTIZE, 0),
    FP4JIT_NUMBER(FP4JIT_OP_SILU_MUL_QUANTIZE, 1),
    FP4JIT_NUMBER(FP4JIT_OP_RMSNORM_QUANTIZE, 2),
    FP4JIT_NUMBER(FP4JIT_OP_ADD_RMSNORM_QUANTIZE, 3),
    FP4JIT_NUMBER(FP4JIT_OP_DEQUANTIZE, 4),
    FP4JIT_NUMBER(FP4JIT_OP_INTERLEAVE_SF, 5),
    FP4JIT_NUMBER(FP4JIT_OP_DEINTERLEAVE_SF, 6),
    FP4JIT_NUMBER(FP4JIT_OP_AMAX, 7),
    FP4JIT_NUMBER(FP4JIT_FORMAT_NVFP4, 0),
    FP4JIT_NUMBER(FP4JIT_FORMAT_MXFP4, 1),
    FP4JIT_NUMBER(FP4JIT_FORMAT_MXFP8, 2),
    FP4JIT_NUMBER(FP4JIT_DTYPE_F16, 0),
    FP4JIT_NUMBER(FP4JIT_DTYPE_BF16, 1),
    FP4JIT_NUMBER(FP4JIT_DTYPE_E4M3, 2),
    FP4JIT_NUMBER(FP4JIT_DTYPE_F32, 3),
    FP4JIT_NUMBER(FP4JIT_SF_LAYOUT_LINEAR, 0),
    FP4JIT_NUMBER(FP4JIT_SF_LAYOUT_128X4, 1),
    FP4JIT_NUMBER(FP4JIT_SF_LAYOUT_8X4, 2),
    FP4JIT_NUMBER(FP4JIT_SCALE_DEFAULT, 0),
    FP4JIT_NUMBER(FP4JIT_SCALE_TENSOR, 1),
    FP4JIT_NUMBER(FP4JIT_SCALE_INVERSE, 2),
    FP4JIT_NUMBER(FP4JIT_SCALE_ROW, 3),
    FP4JIT_NUMBER(FP4JIT_NUMERICS_TRTLLM, 0),
    FP4JIT_NUMBER(FP4JIT_NUMERICS_EXACT, 1),
    FP4JIT_NUMBER(FP4JIT_NUMERICS_TORCHAO, 2),
    FP4JIT_NUMBER(FP4JIT_UE8M0_RCEIL, 0),
    FP4JIT_NUMBER(FP4JIT_UE8M0_FLOOR, 1),
    FP4JIT_NUMBER(FP4JIT_UE8M0_CEIL, 2),
    FP4JIT_NUMBER(FP4JIT_UE8M0_EVEN, 3),
    FP4JIT_NUMBER(FP4JIT_GROUPING_FLAT, 0),
    FP4JIT_NUMBER(FP4JIT_GROUPING_BATCHED, 1),
    FP4JIT_NUMBER(FP4JIT_GROUPING_MASKED, 2),
    FP4JIT_NUMBER(FP4JIT_PDL_OFF, 0),
    FP4JIT_NUMBER(FP4JIT_PDL_TRIGGER_LAST, 1),
    FP4JIT_NUMBER(FP4JIT_PDL_TRIGGER_FIRST, 2),
    FP4JIT_NUMBER(FP4JIT_TARGET_PLAIN, 0),
    FP4JIT_NUMBER(FP4JIT_TARGET_ARCH, 1),
    FP4JIT_NUMBER(FP4JIT_TARGET_FAMILY, 2),
    FP4JIT_NUMBER(FP4JIT_ARTIFACT_DEFAULT, 0),
    FP4JIT_NUMBER(FP4JIT_ARTIFACT_CUBIN, 1),
    FP4JIT_NUMBER(FP4JIT_ARTIFACT_PTX, 2),
    FP4JIT_NUMBER(FP4JIT_ON_MISS_DEFAULT, 0),
    FP4JIT_NUMBER(FP4JIT_ON_MISS_BUILD, 1),
    FP4JIT_NUMBER(FP4JIT_ON_MISS_GENERIC, 2),
    FP4JIT_NUMBER(FP4JIT_SEAL_OFF, 0),
    FP4JIT_NUMBER(FP4JIT_SEAL_SOFT, 1),
    FP4JIT_NUMBER(FP4JIT_SEAL_HARD, 2),
    FP4JIT_NUMBER(FP4JIT_LOG_DEFAULT, 0),
    FP4JIT_NUMBER(FP4JIT_LOG_ERROR, 1),
    FP4JIT_NUMBER(FP4JIT_LOG_WARN, 2),
    FP4JIT_NUMBER(FP4JIT_LOG_INFO, 3),
    FP4JIT_NUMBER(FP4JIT_LOG_DEBUG, 4),
    FP4JIT_NUMBER(FP4JIT_STORE_READ_WRITE, 0),
    FP4JIT_NUMBER(FP4JIT_STORE_READ_ONLY, 1),
    FP4JIT_NUMBER(FP4JIT_STORE_MEMORY_ONLY, 2),
};

TEST(AbiLayout, SizesAndOffsetsAreFrozen) {
  for (const Frozen& entry : kLayout)
    EXPECT_EQ(entry.now, entry.frozen) << entry.name << ": " << kAdvice;
}

TEST(AbiLayout, NumbersAreFrozen) {
  for (const Frozen& entry : kNumbers)
    EXPECT_EQ(entry.now, entry.frozen) << entry.name << ": " << kAdvice;
}

TEST(AbiLayout, HandlesAndEnumerationsAre32Bits) {
  EXPECT_EQ(sizeof(fp4jit_kernel), 4u);
  EXPECT_EQ(sizeof(fp4jit_status), 4u);
}

}  // namespace
