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
  return numerics == Numerics::kTrtllm ? mul_ftz(a, b) : mul_rn(a, b);
}

struct BlockScale {
  u32 byte;
  float multiplier;  // of the elements
};

template <class Config>
FP4JIT_DEVICE BlockScale any_nvfp4_scale(float amax, float global_scale) {
  constexpr Numerics kNumerics = Config::kNumerics;
  GlobalScale global = global_scale_of<kNumerics, Config::kScale>(global_scale);
  u32 byte = e4m3<Config::kSm>(unrounded_scale<kNumerics>(amax, global));
  float scales[2];
  f32x2_from_e4m3x2<Config::kSm>(byte, scales);
  return {byte, element_multiplier<kNumerics>(amax, scales[0], global)};
}

template <class Config>
FP4JIT_DEVICE BlockScale any_mx_scale(float amax) {
  constexpr Format kFormat = Config::kFormat;
  float one_over_maximum = float_of(kElementMaximum<kFormat>.reciprocal_bits);
  u32 byte = ue8m0_up(any_product<Config::kNumerics>(amax, one_over_maximum));
  u32 multiplier_bits = byte - 1u < 253u ? (254u - byte) << 23 : 0u;
  if (kFormat == Format::kMxfp8 && byte == 255u)
    multiplier_bits = 0x7FFFFFFFu;  // NaN divides to NaN
  return {byte, float_of(multiplier_bits)};
}

// A NaN amax gives byte 255, which rceil multiplies by and the other modes divide by as by
// infinity. rceil leaves the elements of byte 0 alone; the others take it for byte 1.
template <class Config>
FP4JIT_DEVICE BlockScale torchao_mx_scale(float amax) {
  constexpr Format kFormat = Config::kFormat;
  constexpr Ue8m0 kMode = Config::kUe8m0;
  if constexpr (kMode == Ue8m0::kRceil) {
    u32 byte = ue8m0_up(div_rn(amax, kElementMaximum<kFormat>.value));
    constexpr u32 kOne = 0x3F800000u, kTwoToMinus127 = 0x00400000u, kNan = 0x7FFFFFFFu;
    u32 multiplier_bits = byte == 0     ? kOne
                          : byte == 254 ? kTwoToMinus127
                          : byte == 255 ? kNan
                                        : (254u - byte) << 23;
    return {byte, float_of(multiplier_bits)};
  } else {
    if (amax != amax) return {255, 0.0f};
    u32 byte = ue8m0_from_amax_bits<kFormat, kMode>(bits_of(amax));
    return {byte, float_of((254u - (byte == 0 ? 1 : byte)) << 23)};
  }
}

template <class Config>
FP4JIT_DEVICE BlockScale any_scale(float amax, float global_scale) {
  if constexpr (!kIsMx<Config::kFormat>) return any_nvfp4_scale<Config>(amax, global_scale);
  if constexpr (kIsMx<Config::kFormat> && Config::kNumerics == Numerics::kTorchao)
    return torchao_mx_scale<Config>(amax);
  if constexpr (kIsMx<Config::kFormat> && Config::kNumerics != Numerics::kTorchao)
    return any_mx_scale<Config>(amax);
}

template <class In>
FP4JIT_DEVICE float element(const u8* block, u32 index) {
  const u16* halves = reinterpret_cast<const u16*>(block);
  if constexpr (kSame<In, Bf16>) return float_of(u32(halves[index]) << 16);
  if constexpr (kSame<In, F16>) return f32_from_f16(halves[index]);
  if constexpr (kSame<In, F32>) return reinterpret_cast<const float*>(block)[index];
}

template <class Config, Nan nan>
FP4JIT_DEVICE float any_amax(const u8* block) {
  using In = typename Config::In;
  float first = float_of(nan == Nan::kWins ? 0u : 0x7FFFFFFFu), lanes[2] = {first, first};
#pragma unroll 1
  for (u32 i = 0; i < kSfVecSize<Config::kFormat>; i += 2) {
    lanes[0] = max_of<nan>(lanes[0], abs_rn(element<In>(block, i)));
    lanes[1] = max_of<nan>(lanes[1], abs_rn(element<In>(block, i + 1)));
  }
  if constexpr (nan == Nan::kWins) return max_nan(lanes[0], lanes[1]);
  if constexpr (nan == Nan::kLoses)
    return amax_without_nan<Config::kNumerics>({lanes[0], lanes[1]});
}

// torchao's stays NaN; in the other numerics it becomes the maximum.
template <class Config>
FP4JIT_DEVICE u32 any_e4m3(float scaled) {
  float clamped = min_rn(max_rn(scaled, -448.0f), 448.0f);
  float of_nan = Config::kNumerics == Numerics::kTorchao ? scaled : 448.0f;
  return e4m3<Config::kSm>(scaled != scaled ? of_nan : clamped);
}

// One byte of data: two E2M1 codes, or for mxfp8 one E4M3 code.
template <class Config>
FP4JIT_DEVICE u32 any_byte(const u8* block, u32 index, float multiplier) {
  using In = typename Config::In;
  constexpr Numerics kNumerics = Config::kNumerics;
  float scaled = any_product<kNumerics>(element<In>(block, index), multiplier);
  if constexpr (Config::kFormat == Format::kMxfp8) {
    return any_e4m3<Config>(scaled);
  } else {
    float next = any_product<kNumerics>(element<In>(block, index + 1), multiplier);
    return e2m1x2<Config::kSm>(scaled, next);
  }
}

// Reads the block at `block`, writes its data and its scale byte.
template <class Config>
FP4JIT_DEVICE void quantize_any_block(const u8* block, float global_scale, u8* data, u8* sf) {
  constexpr Format kFormat = Config::kFormat;
  constexpr Nan kNan = Config::kNumerics == Numerics::kTorchao ? Nan::kWins : Nan::kLoses;
  BlockScale scale = any_scale<Config>(any_amax<Config, kNan>(block), global_scale);
#pragma unroll 1
  for (u32 i = 0; i < kSfVecSize<kFormat>; i += 8 / kElementBits<kFormat>) {
    store_byte(data++, any_byte<Config>(block, i, scale.multiplier));
  }
  store_byte(sf, scale.byte);
}

// `count` neighbouring blocks. One call for all of them, so that its caller keeps nothing alive
// across it.
template <class Config>
FP4JIT_COLD void quantize_any_blocks(u32 count, const u8* blocks, float global_scale, u8* data,
                                     u8* sf) {
  constexpr Format kFormat = Config::kFormat;
#pragma unroll 1
  for (; count != 0; --count) {
    quantize_any_block<Config>(blocks, global_scale, data, sf);
    blocks += kSfVecSize<kFormat> * kBytes<typename Config::In>;
    data += kSfVecSize<kFormat> * kElementBits<kFormat> / 8;
    ++sf;
  }
}

}  // namespace fp4jit
