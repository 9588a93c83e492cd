// What: the words of a kernel's configuration, spelled as in a spec, and what each target can do.
// Includes nothing: no CUDA or C++ header reaches a template, which is what keeps a compile short.
// No constant is a member of a type: NVRTC puts those into the cubin.
#pragma once

namespace fp4jit {

using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long long;
using i32 = int;
using i64 = long long;

enum class Format { kNvfp4, kMxfp4, kMxfp8 };
enum class SfLayout { kLinear, k128x4, k8x4 };
enum class Scale { kNone, kTensor, kInverse };
enum class Numerics { kTrtllm, kExact, kTorchao };
enum class Ue8m0 { kRceil, kFloor, kCeil, kEven };
enum class Pdl { kOff, kTriggerLast, kTriggerFirst };

// Input element types.
struct F16 {};
struct Bf16 {};
struct F32 {};

template <class A, class B>
static constexpr bool kSame = false;
template <class A>
static constexpr bool kSame<A, A> = true;

template <class In>
static constexpr u32 kBytes = kSame<In, F32> ? 4 : 2;
template <class In>
static constexpr u32 kPerWord = 4 / kBytes<In>;  // elements in 32 bits

template <Format format>
static constexpr bool kIsMx = format != Format::kNvfp4;
template <Format format>
static constexpr u32 kSfVecSize = kIsMx<format> ? 32 : 16;
template <Format format>
static constexpr u32 kElementBits = format == Format::kMxfp8 ? 8 : 4;

// What a compute capability (10*major + minor) has in hardware. FP4 conversions exist for `a` and
// `f` targets only, and no other sm_100 or later target is accepted.
template <int sm>
static constexpr bool kHasAbsMax = sm >= 86;
template <int sm>
static constexpr bool kHasFp8Convert = sm >= 89;
template <int sm>
static constexpr bool kHasMin3 = sm >= 90;
template <int sm>
static constexpr bool kHasDependentLaunch = sm >= 90;
template <int sm>
static constexpr bool kHasFp4Convert = sm >= 100;
template <int sm>
static constexpr bool kHasF32x2 = sm >= 100;

}  // namespace fp4jit
