// The C enumerators are the C++ ones, by number: checked here, relied on by capi_translate.cc.
#include "capi_translate.h"

namespace fp4jit {
namespace {

// Settings begin at 1, since 0 is "not set".
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

}  // namespace
}  // namespace fp4jit
