// What: one scale block, element by element, whatever it holds: NaN, infinities, subnormals,
// saturated or vanishing scales. It is the definition that the fast paths agree with where they
// apply, and where they do not, it runs instead.
#pragma once

#include "device/e2m1.cuh"
#include "device/elements.cuh"
#include "device/nvfp4_scale.cuh"
#include "device/ue8m0.cuh"

namespace fp4jit {

template <Numerics numerics>
FP4JIT_DEVICE float any_product(float a, float b) {
  if constexpr (numerics == Numerics::kTrtllm) return mul_ftz(a, b);
  if constexpr (numerics == Numerics::kExact) return mul_rn(a, b);
}

struct BlockScale {
  u32 byte;
  float multiplier;  // of the elements
};

template <Format format, Numerics numerics, int sm>
FP4JIT_DEVICE BlockScale any_nvfp4_scale(float amax, float global_scale) {
  GlobalScale global = global_scale_of<numerics>(global_scale);
  u32 byte = e4m3<sm>(unrounded_scale<numerics>(amax, global));
  float scales[2];
  f32x2_from_e4m3x2<sm>(byte, scales);
  return {byte, element_multiplier<numerics>(amax, scales[0], global)};
}

template <Format format, Numerics numerics>
FP4JIT_DEVICE BlockScale any_mx_scale(float amax) {
  float one_over_maximum = float_of(kUe8m0Rounding<format>.reciprocal_bits);
  u32 byte = ue8m0_up(any_product<numerics>(amax, one_over_maximum));
  u32 multiplier_bits = byte - 1u < 253u ? (254u - byte) << 23 : 0u;
  if (format == Format::kMxfp8 && byte == 255u)
    multiplier_bits = 0x7FFFFFFFu;  // NaN divides to NaN
  return {byte, float_of(multiplier_bits)};
}

template <class In>
FP4JIT_DEVICE float element(const u8* block, u32 index) {
  const u16* halves = reinterpret_cast<const u16*>(block);
  if constexpr (kSame<In, Bf16>) return float_of(u32(halves[index]) << 16);
  if constexpr (kSame<In, F16>) return f32_from_f16(halves[index]);
  if constexpr (kSame<In, F32>) return reinterpret_cast<const float*>(block)[index];
}

template <class In, Numerics numerics, u32 count>
FP4JIT_DEVICE float any_amax(const u8* block) {
  float lanes[2] = {float_of(0x7FFFFFFFu), float_of(0x7FFFFFFFu)};
#pragma unroll 1
  for (u32 i = 0; i < count; i += 2) {
    lanes[0] = max_rn(lanes[0], abs_rn(element<In>(block, i)));
    lanes[1] = max_rn(lanes[1], abs_rn(element<In>(block, i + 1)));
  }
  return amax_without_nan<numerics>({lanes[0], lanes[1]});
}

// One byte of data: two E2M1 codes, or for mxfp8 one E4M3 code, clamped with NaN to the maximum.
template <Format format, class In, Numerics numerics, int sm>
FP4JIT_DEVICE u32 any_byte(const u8* block, u32 index, float multiplier) {
  float scaled = any_product<numerics>(element<In>(block, index), multiplier);
  if constexpr (format == Format::kMxfp8) {
    return e4m3<sm>(scaled != scaled ? 448.0f : min_rn(max_rn(scaled, -448.0f), 448.0f));
  } else {
    return e2m1x2<sm>(scaled, any_product<numerics>(element<In>(block, index + 1), multiplier));
  }
}

// Reads the block at `block`, writes its data and its scale byte.
template <Format format, class In, Numerics numerics, int sm>
FP4JIT_DEVICE void quantize_any_block(const u8* block, float global_scale, u8* data, u8* sf) {
  constexpr u32 kCount = kSfVecSize<format>, kElementsPerByte = 8 / kElementBits<format>;
  float amax = any_amax<In, numerics, kCount>(block);
  BlockScale scale;
  if constexpr (kIsMx<format>) scale = any_mx_scale<format, numerics>(amax);
  if constexpr (!kIsMx<format>) scale = any_nvfp4_scale<format, numerics, sm>(amax, global_scale);
#pragma unroll 1
  for (u32 i = 0; i < kCount; i += kElementsPerByte) {
    store_byte(data++, any_byte<format, In, numerics, sm>(block, i, scale.multiplier));
  }
  store_byte(sf, scale.byte);
}

// `count` neighbouring blocks. One call for all of them, so that its caller keeps nothing alive
// across it.
template <Format format, class In, Numerics numerics, int sm>
FP4JIT_COLD void quantize_any_blocks(u32 count, const u8* blocks, float global_scale, u8* data,
                                     u8* sf) {
#pragma unroll 1
  for (; count != 0; --count) {
    quantize_any_block<format, In, numerics, sm>(blocks, global_scale, data, sf);
    blocks += kSfVecSize<format> * kBytes<In>;
    data += kSfVecSize<format> * kElementBits<format> / 8;
    ++sf;
  }
}

}  // namespace fp4jit
