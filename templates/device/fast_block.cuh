// What: a thread's two scale blocks in registers: amax, scale bytes, codes. Straight-line code for
// blocks that are not `irregular`; a thread that has an irregular one does its blocks again by
// quantize_any_blocks after the stores, where hardly a register is live.
#pragma once

#include "device/any_block.cuh"

namespace fp4jit {

template <Format format>
static constexpr u32 kDataWords = kSfVecSize<format>* kElementBits<format> / 32;

template <Format format>
struct BlockPair {
  u32 data[2 * kDataWords<format>];
  u32 sf;  // the first block's byte in the lower 8 bits
  bool irregular;
};

// The hardware converts any nvfp4 block.
template <Format format, int sm>
static constexpr bool kMayBeIrregular = format != Format::kNvfp4 || !kHasFp4Convert<sm>;

// Eight elements times `multiplier` as E2M1 codes. Without conversions they are scaled to 2^-98,
// for e2m1x8_small; blocks that its bounds do not hold for are irregular.
template <class In, Numerics numerics, int sm, Reach reach>
FP4JIT_DEVICE u32 e2m1x8_scaled(const u32* words, float multiplier) {
  float values[8];
  f32x8<In>(words, values);
  if constexpr (!kHasFp4Convert<sm>) {
    scale_x8<numerics, sm>(values, times_small_unit(multiplier));
    return e2m1x8_small<sm, reach>(values);
  } else if constexpr (numerics == Numerics::kTrtllm) {
    return e2m1x8_mul_ftz(values, multiplier);
  } else {
    return e2m1x8_mul_rn(values, multiplier);
  }
}

// Regular is where the largest scaled element stays below 7: with an unrounded scale from the least
// that rounds to a normal E4M3 number to 480, at most 6 * 17/16; and with a global scale that keeps
// the multiplier and 2^-98 times it within the range of normal floats. NaN and negative scales are
// outside, blocks of zeros are regular where their multiplier is zero: torchao's have one like any.
template <Numerics numerics>
FP4JIT_DEVICE bool nvfp4_is_irregular(float amax, float unrounded, float encode) {
  constexpr bool kZerosAreRegular = numerics != Numerics::kTorchao;
  constexpr u32 kLeast = 0x3C700000u, kMost = 0x43F00000u;  // 2^-6 - 2^-10, 480
  constexpr u32 kLeastGlobal = (127u - 19u) << 23, kMostGlobal = (127u + 120u) << 23;
  return (!kZerosAreRegular | (bits_of(amax) != 0)) &
         ((bits_of(unrounded) - kLeast > kMost - kLeast) |
          (bits_of(encode) - kLeastGlobal > kMostGlobal - kLeastGlobal));
}

// Both at once, since the hardware converts two scales at once.
template <class Config, u32 words_per_block>
FP4JIT_DEVICE void nvfp4_blocks(const u32 (*words)[words_per_block], float global_scale,
                                BlockPair<Format::kNvfp4>* pair) {
  using In = typename Config::In;
  constexpr Numerics kNumerics = Config::kNumerics;
  constexpr int kSm = Config::kSm;
  constexpr bool kConvert = kHasFp4Convert<kSm>;
  constexpr bool kTorchao = kNumerics == Numerics::kTorchao;
  constexpr Nan kNan = kConvert && !kTorchao ? Nan::kLoses : Nan::kWins;
  GlobalScale global = global_scale_of<kNumerics, Config::kScale>(global_scale);
  float amax[2], unrounded[2], scales[2];
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    LaneMaxima maxima = lane_maxima<In, kNan, kSm, words_per_block>(words[i]);
    if constexpr (kNan == Nan::kLoses) amax[i] = amax_without_nan<kNumerics>(maxima);
    if constexpr (kNan == Nan::kWins) amax[i] = float_of(amax_bits_or_nan(maxima));
    unrounded[i] = unrounded_scale<kNumerics>(amax[i], global);
  }
  pair->sf = e4m3x2<kSm>(unrounded[0], unrounded[1]);
  f32x2_from_usual_e4m3x2<kSm>(pair->sf, scales);
  pair->irregular = false;
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    float multiplier = element_multiplier<kNumerics>(amax[i], scales[i], global);
#pragma unroll
    for (u32 half = 0; half < 2; ++half) {
      pair->data[2 * i + half] = e2m1x8_scaled<In, kNumerics, kSm, Reach::kBelow7>(
          words[i] + half * words_per_block / 2, multiplier);
    }
    float encode = kTorchao ? global.encode : global_scale;
    if constexpr (!kConvert)
      pair->irregular |= nvfp4_is_irregular<kNumerics>(amax[i], unrounded[i], encode);
  }
}

// rceil, ceil and even bring amax below 7, as even carries from there; floor leaves it below 8.
template <Ue8m0 mode>
static constexpr Reach kReach = mode == Ue8m0::kFloor ? Reach::kBelow8 : Reach::kBelow7;

// Eight elements of an MX block times 2^(127-sf), as the format's codes.
template <class Config>
FP4JIT_DEVICE void mx_codes_x8(const u32* words, u32 sf, u32* data) {
  using In = typename Config::In;
  constexpr int kSm = Config::kSm;
  constexpr bool kFp8 = Config::kFormat == Format::kMxfp8;
  constexpr bool kWideBf16 = kHasFp4Convert<kSm> && kSame<In, Bf16>;
  // Powers of two multiply exactly, so that how a product is rounded and flushed says nothing here.
  u32 exponent = 254u - sf, bf16_pair = exponent * 0x00800080u;
  float multiplier = float_of(exponent << 23);
  if constexpr (kFp8) {
    float values[8];
    if constexpr (kWideBf16) {
#pragma unroll
      for (u32 i = 0; i < 4; ++i) mul_bf16x2_to_f32(words[i], bf16_pair, values + 2 * i);
    } else {
      f32x8<In>(words, values);
      scale_x8<Numerics::kExact, kSm>(values, multiplier);
    }
    data[0] = e4m3x4<kSm>(values);
    data[1] = e4m3x4<kSm>(values + 4);
  } else if constexpr (kWideBf16) {
    data[0] = e2m1x8_mul_bf16(words, bf16_pair);
  } else if constexpr (kSame<In, Bf16>) {
    data[0] = e2m1x8_bf16<kSm, kReach<Config::kUe8m0>>(words, bf16_multiplier(exponent));
  } else {
    data[0] = e2m1x8_scaled<In, Numerics::kExact, kSm, kReach<Config::kUe8m0>>(words, multiplier);
  }
}

// The greatest scale byte whose multiplier the code above can hold: bf16 constants down to 2^-7
// times it, or 2^-98 times it, must be normal numbers.
template <class Config>
static constexpr u32 kLastRegularUe8m0 =
    kHasFp4Convert<Config::kSm> || Config::kFormat == Format::kMxfp8 ? 253
    : kSame<typename Config::In, Bf16>                               ? 246
                                                                     : 155;

// The least scale byte from which it does not matter that trtllm flushes elements below 2^-126:
// scaled they are below 2^(1-byte), and half the least code, 2^-2 or 2^-10, rounds to zero.
template <Format format>
static constexpr u32 kFirstRegularUe8m0 = format == Format::kMxfp8 ? 11 : 3;

// Blocks of zeros are regular, those with an infinity or NaN are not.
template <class Config>
FP4JIT_DEVICE bool mx_is_irregular(u32 amax_bits) {
  constexpr Format kFormat = Config::kFormat;
  constexpr Ue8m0 kMode = Config::kUe8m0;
  constexpr u32 kFirst = kFirstAmaxBits<kFormat, kMode, kFirstRegularUe8m0<kFormat>>;
  constexpr u32 kInfinity = 0x7F800000u;  // and NaN is above it
  constexpr u32 kPastLast = kFirstAmaxBits<kFormat, kMode, kLastRegularUe8m0<Config> + 1>;
  constexpr u32 kPast = kPastLast < kInfinity ? kPastLast : kInfinity;
  return (amax_bits != 0) & (amax_bits - kFirst >= kPast - kFirst);
}

template <class Config, u32 words_per_block>
FP4JIT_DEVICE void mx_blocks(const u32 (*words)[words_per_block],
                             BlockPair<Config::kFormat>* pair) {
  using In = typename Config::In;
  constexpr Format kFormat = Config::kFormat;
  constexpr u32 kDataOfEight = kElementBits<kFormat> / 4;
  pair->sf = 0;
  pair->irregular = false;
#pragma unroll
  for (u32 block = 0; block < 2; ++block) {
    u32 amax_bits =
        amax_bits_or_nan(lane_maxima<In, Nan::kWins, Config::kSm, words_per_block>(words[block]));
    u32 sf = ue8m0_from_amax_bits<kFormat, Config::kUe8m0>(amax_bits);
#pragma unroll
    for (u32 i = 0; i < 4; ++i) {
      mx_codes_x8<Config>(words[block] + i * (8 / kPerWord<In>), sf,
                          pair->data + block * kDataWords<kFormat> + i * kDataOfEight);
    }
    pair->sf |= sf << 8 * block;
    pair->irregular |= mx_is_irregular<Config>(amax_bits);
  }
}

}  // namespace fp4jit
