// What: one scale block in registers: amax, scale byte, codes. Straight-line code for every block
// that is not `irregular`; a thread that has an irregular one does its blocks again by
// quantize_any_blocks after the stores, where hardly a register is live.
#pragma once

#include "device/any_block.cuh"

namespace fp4jit {

template <Format format>
struct Block {
  static constexpr u32 kDataWords = kSfVecSize<format> * kElementBits<format> / 32;
  u32 data[kDataWords];
  u32 sf;
  bool irregular;
};

// The hardware converts any nvfp4 block.
template <Format format, int sm>
static constexpr bool kMayBeIrregular = format != Format::kNvfp4 || !kHasFp4Convert<sm>;

template <class Config>
FP4JIT_DEVICE void nvfp4_block_convert(const u32* words, u32 sf, float multiplier,
                                       Block<Format::kNvfp4>* block) {
  float values[8];
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    scaled_f32x8<typename Config::In, Config::kNumerics, Config::kSm>(
        words + i * 8 / Config::In::kPerWord, multiplier, values);
    block->data[i] = e2m1x8_convert(values);
  }
  block->sf = sf;
}

// Without conversions: scaled to 2^-98, for e2m1x8_small. Blocks that its bounds do not hold for
// are irregular.
template <class Config>
FP4JIT_DEVICE void nvfp4_block_integers(const u32* words, u32 sf, float multiplier,
                                        Block<Format::kNvfp4>* block) {
  float small = times_small_unit(multiplier), values[8];
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    scaled_f32x8<typename Config::In, Config::kNumerics, Config::kSm>(
        words + i * 8 / Config::In::kPerWord, small, values);
    block->data[i] = e2m1x8_small<Config::kSm>(values);
  }
  block->sf = sf;
}

// Where the largest scaled element stays below 7: with an unrounded scale from the least that
// rounds to a normal E4M3 number to 480, at most 6 * 17/16; and with a global scale that keeps the
// multiplier and 2^-98 times it within the range of normal floats. NaN and negative scales are
// outside.
FP4JIT_DEVICE bool scale_is_unusual(float unrounded) {
  constexpr u32 kLeastBits = 0x3C700000u, kMostBits = 0x43F00000u;  // 2^-6 - 2^-10, 480
  return bits_of(unrounded) - kLeastBits > kMostBits - kLeastBits;
}
FP4JIT_DEVICE bool global_scale_is_unusual(float global_scale) {
  constexpr u32 kLeastBits = (127u - 19u) << 23, kMostBits = (127u + 120u) << 23;  // 2^-19, 2^120
  return bits_of(global_scale) - kLeastBits > kMostBits - kLeastBits;
}

// Two blocks, since the hardware converts two scales at once.
template <class Config, u32 words_per_block>
FP4JIT_DEVICE void nvfp4_blocks(const u32 (*words)[words_per_block], float global_scale,
                                Block<Format::kNvfp4>* blocks) {
  using In = typename Config::In;
  constexpr Numerics kNumerics = Config::kNumerics;
  constexpr int kSm = Config::kSm;
  constexpr bool kConvert = kHasFp4Convert<kSm>;
  GlobalScale global = global_scale_of<kNumerics>(global_scale);
  float amax[2], unrounded[2], scales[2];
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    LaneMaxima maxima = lane_maxima < In, kConvert ? Nan::kLoses : Nan::kWins, kSm,
               words_per_block > (words[i]);
    if constexpr (kConvert) amax[i] = amax_without_nan<kNumerics>(maxima);
    if constexpr (!kConvert) amax[i] = float_of(amax_bits_or_nan(maxima));
    unrounded[i] = unrounded_scale<kNumerics>(amax[i], global);
  }
  u32 bytes = e4m3x2<kSm>(unrounded[0], unrounded[1]);
  f32x2_from_usual_e4m3x2<kSm>(bytes, scales);
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    u32 sf = bytes >> 8 * i & 0xFFu;
    float multiplier = element_multiplier<kNumerics>(amax[i], scales[i], global);
    if constexpr (kConvert) {
      nvfp4_block_convert<Config>(words[i], sf, multiplier, blocks + i);
    } else {
      nvfp4_block_integers<Config>(words[i], sf, multiplier, blocks + i);
      bool unusual = scale_is_unusual(unrounded[i]) | global_scale_is_unusual(global_scale);
      blocks[i].irregular = (bits_of(amax[i]) != 0) & unusual;
    }
  }
}

// Eight elements of an MX block times 2^(127-sf), as the format's codes.
template <class Config>
FP4JIT_DEVICE void mx_codes_x8(const u32* words, u32 sf, u32* data) {
  using In = typename Config::In;
  constexpr int kSm = Config::kSm;
  constexpr bool kFp8 = Config::kFormat == Format::kMxfp8;
  // Powers of two multiply exactly, so that how a product is rounded and flushed says nothing here.
  float multiplier = float_of((254u - sf) << 23), values[8];
  if constexpr (kHasFp4Convert<kSm> && kSame<In, Bf16>) {
#pragma unroll
    for (u32 i = 0; i < 4; ++i)
      mul_bf16x2_to_f32(words[i], (254u - sf) * 0x00800080u, values + 2 * i);
  } else if constexpr (kHasFp4Convert<kSm> || kFp8) {
    scaled_f32x8<In, Numerics::kExact, kSm>(words, multiplier, values);
  }
  if constexpr (kFp8) {
    data[0] = e4m3x4<kSm>(values);
    data[1] = e4m3x4<kSm>(values + 4);
  } else if constexpr (kHasFp4Convert<kSm>) {
    data[0] = e2m1x8_convert(values);
  } else if constexpr (kSame<In, Bf16>) {
    data[0] = e2m1x8_bf16<kSm>(words, bf16_multiplier(254u - sf));
  } else {
    scaled_f32x8<In, Numerics::kExact, kSm>(words, times_small_unit(multiplier), values);
    data[0] = e2m1x8_small<kSm>(values);
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
template <class Config, u32 words_per_block>
FP4JIT_DEVICE void mx_block(const u32* words, Block<Config::kFormat>* block) {
  constexpr Format kFormat = Config::kFormat;
  constexpr u32 kFirst = kFirstAmaxBits<kFormat, kFirstRegularUe8m0<kFormat>>;
  constexpr u32 kInfinity = 0x7F800000u;  // and NaN is above it
  constexpr u32 kPastLast = kFirstAmaxBits<kFormat, kLastRegularUe8m0<Config> + 1>;
  constexpr u32 kPast = kPastLast < kInfinity ? kPastLast : kInfinity;
  u32 amax_bits = amax_bits_or_nan(
      lane_maxima<typename Config::In, Nan::kWins, Config::kSm, words_per_block>(words));
  block->irregular = (amax_bits != 0) & (amax_bits - kFirst >= kPast - kFirst);
  block->sf = ue8m0_from_amax_bits<kFormat>(amax_bits);
  constexpr u32 kWordsOfEight = 8 / Config::In::kPerWord, kDataOfEight = kElementBits<kFormat> / 4;
#pragma unroll
  for (u32 i = 0; i < 4; ++i) {
    mx_codes_x8<Config>(words + i * kWordsOfEight, block->sf, block->data + i * kDataOfEight);
  }
}

}  // namespace fp4jit
