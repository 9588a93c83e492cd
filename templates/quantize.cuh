// What: the quantize kernels: [m, k] elements to E2M1 or E4M3 codes and one scale factor per block.
// A thread owns two neighbouring scale blocks of one row; no thread talks to another. Two mappings
// of threads, as runtime/spec/geometry.h has them; the rendered source asserts that both sides
// agree.
#pragma once

#include "device/fast_block.cuh"
#include "device/sf_layout.cuh"
#include "quantize_args.cuh"

namespace fp4jit {

// Config, which the runtime renders from a spec:
//   kFormat, In, kSfLayout, kScale, kNumerics, kUe8m0, kPdl, kSm, kK, kKOut (0, 0: run-time K)
template <class Config>
static constexpr bool kFlat = (Config::kSfLayout == SfLayout::kLinear) && (Config::kK != 0) &&
                              (Config::kK == Config::kKOut);
static constexpr u32 kBlocksPerThread = 2;
static constexpr u32 kTileRows = 128, kTileColumns = 4;
static constexpr u32 kGridRows = 32768;  // gridDim.y where there are more tiles of rows than that
template <class Config>
static constexpr u32 kThreads = kFlat<Config> ? 128 : kTileRows* kTileColumns / kBlocksPerThread;

// At least this many threads have registers on an SM: 64 each, or 128 where a thread holds 64
// elements and makes codes of them by integers, or in f32. Asking for more makes the compiler
// compute values twice to save a register, or spill; asking for less wastes some.
template <class Config>
static constexpr bool kWidensToF32 = kSame<typename Config::In, F32> ||
                                     (kSame<typename Config::In, F16> &&
                                      Config::kFormat == Format::kMxfp8);
template <class Config>
static constexpr bool kManyValues = kIsMx<Config::kFormat> &&
                                    (kWidensToF32<Config> || !kHasMin3<Config::kSm>);
template <class Config>
static constexpr u32 kCtasPerSm = (kManyValues<Config> ? 512 : 1024) / kThreads<Config>;

template <class Config>
static constexpr u32 kVec = kSfVecSize<Config::kFormat>;
template <class Config>
static constexpr u32 kBlockInputBytes = kVec<Config>* kBytes<typename Config::In>;
template <class Config>
static constexpr u32 kBlockDataBytes = kVec<Config>* kElementBits<Config::kFormat> / 8;

// Whether every thread that has a row has both blocks everywhere, so that nothing is to be asked.
template <class Config>
static constexpr u32 kColumnsAtOnce = kFlat<Config> ? kBlocksPerThread : kTileColumns;
template <class Config>
static constexpr bool kWhole = (Config::kK != 0) && (Config::kK == Config::kKOut) &&
                               (Config::kK / kVec<Config> % kColumnsAtOnce<Config> == 0);
// Whether two neighbouring blocks' data, or scale bytes, are always aligned as one store.
template <class Config>
static constexpr bool kPairsAligned = kFlat<Config> ||
                                      (Config::kK != 0 && Config::kKOut / kVec<Config> % 2 == 0);
template <class Config>
static constexpr bool kSfPairsAligned =
    kPairsAligned<Config> || Config::kSfLayout != SfLayout::kLinear;

// Scale columns of the input, of the output, and of the padded scale buffer.
struct Columns {
  u32 in, out, padded;
};

template <class Config>
FP4JIT_DEVICE Columns columns_of(const QuantizeArgs& args) {
  u32 in = (Config::kK != 0 ? Config::kK : args.k) / kVec<Config>;
  u32 out = (Config::kK != 0 ? Config::kKOut : args.k_out) / kVec<Config>;
  constexpr u32 kMultiple = kSfColumnMultiple<Config::kSfLayout>;
  return {in, out, (out + kMultiple - 1) / kMultiple * kMultiple};
}

// Where a thread's two blocks are. Block i exists in the input, the output or the padded scales
// while block + i is below that limit.
struct Place {
  const u8* input;
  u8 *data, *sf;
  u32 block;
  Columns limits;
  u32 row;  // of the tile mapping
};

// The address of a thread: its CTA's part of the offset may need 64 bits, its own fits into 32.
FP4JIT_DEVICE u64 address(const void* base, u32 cta, u32 cta_bytes, u32 index, u32 index_bytes) {
  return mad_wide(cta, cta_bytes, reinterpret_cast<u64>(base)) + index * index_bytes;
}

// The flat mapping: block pairs in memory order.
template <class Config>
FP4JIT_DEVICE Place flat_place(const QuantizeArgs& args) {
  constexpr u32 kPerCta = kThreads<Config> * kBlocksPerThread;
  u32 first = threadIdx.x * kBlocksPerThread;
  i64 left = args.blocks - i64(u64(blockIdx.x) * kPerCta);
  u32 limit = left < i64(kPerCta) ? u32(left) : kPerCta;
  Place place;
  place.input = reinterpret_cast<const u8*>(address(
      args.input, blockIdx.x, kPerCta * kBlockInputBytes<Config>, first, kBlockInputBytes<Config>));
  place.data = reinterpret_cast<u8*>(address(
      args.data, blockIdx.x, kPerCta * kBlockDataBytes<Config>, first, kBlockDataBytes<Config>));
  place.sf = reinterpret_cast<u8*>(address(args.sf, blockIdx.x, kPerCta, first, 1));
  place.block = first;
  place.limits = {limit, limit, limit};
  return place;
}

// The tile mapping: a CTA has 128 rows and 4 scale columns, and its threads stand so that a warp
// writes whole 32-byte sectors of scales. In 128x4, where rows r, r+32, r+64 and r+96 are
// neighbours, the order of threads is the order of the CTA's 512 scale bytes. Elsewhere rows follow
// each other.
template <class Config>
FP4JIT_DEVICE Place tile_place(const QuantizeArgs& args) {
  Columns columns = columns_of<Config>(args);
  u32 tile = blockIdx.z * kGridRows + blockIdx.y;
  u32 block = (blockIdx.x * 2 + (threadIdx.x & 1u)) * kBlocksPerThread;
  // The row in its tile of rows, and the thread's first scale byte from that tile's beginning.
  u32 row = threadIdx.x >> 1, sf = row * columns.padded + block;
  if constexpr (Config::kSfLayout == SfLayout::k128x4) {
    row = (threadIdx.x << 4 & 0x60u) + (threadIdx.x >> 3);
    sf = (blockIdx.x * 256 + threadIdx.x) * 2;
  } else if constexpr (Config::kSfLayout == SfLayout::k8x4) {
    sf = (row >> 3) * (columns.padded * 8) + (blockIdx.x * 16 + (threadIdx.x & 15u)) * 2;
  }
  Place place;
  place.input = reinterpret_cast<const u8*>(
      address(args.input, tile, kTileRows * columns.in * kBlockInputBytes<Config>,
              row * columns.in + block, kBlockInputBytes<Config>));
  place.data = reinterpret_cast<u8*>(address(args.data, tile,
                                             kTileRows * columns.out * kBlockDataBytes<Config>,
                                             row * columns.out + block, kBlockDataBytes<Config>));
  place.sf = reinterpret_cast<u8*>(address(args.sf, tile, kTileRows * columns.padded, sf, 1));
  place.block = block;
  place.limits = columns;
  place.row = tile * kTileRows + row;
  return place;
}

// The first scale byte in the lower byte of `pair`.
template <class Config>
FP4JIT_DEVICE void store_sf(const Place& place, u32 pair) {
  if constexpr (kWhole<Config>) {
    store_2_bytes(place.sf, pair);
  } else {
    bool has_first = place.block < place.limits.padded;
    bool has_second = place.block + 1 < place.limits.padded;
    if (kSfPairsAligned<Config> && has_second) {
      store_2_bytes(place.sf, pair);
    } else {
      if (has_first) store_byte(place.sf, pair);
      if (has_second) store_byte(place.sf + 1, pair >> 8);
    }
  }
}

template <class Config>
FP4JIT_DEVICE void store_data(const Place& place, const BlockPair<Config::kFormat>& pair) {
  constexpr u32 kWords = kDataWords<Config::kFormat>;
  if constexpr (kWhole<Config>) {
    store_words<2 * kWords>(place.data, pair.data);
  } else {
    bool has_first = place.block < place.limits.out;
    bool has_second = place.block + 1 < place.limits.out;
    if (kPairsAligned<Config> && has_second) {
      store_words<2 * kWords>(place.data, pair.data);
    } else {
      if (has_first) store_words<kWords>(place.data, pair.data);
      if (has_second) store_words<kWords>(place.data + kWords * 4, pair.data + kWords);
    }
  }
}

// Both blocks of a thread that has an irregular one, the regular one with the same result.
template <class Config>
FP4JIT_DEVICE void quantize_again(const Place& place, float global_scale) {
  u32 count = kWhole<Config> || place.block + 1 < place.limits.in ? 2 : 1;
  quantize_any_blocks<Config>(count, place.input, global_scale, place.data, place.sf);
}

// Blocks beyond the input are written as zeros. Those of other numerics are so by themselves.
template <class Config>
static constexpr bool kZerosHaveScale =
    Config::kNumerics == Numerics::kTorchao && !kIsMx<Config::kFormat>;
template <class Config>
FP4JIT_DEVICE void clear_absent_blocks(const Place& place, BlockPair<Config::kFormat>* pair) {
  constexpr u32 kWords = kDataWords<Config::kFormat>;
#pragma unroll
  for (u32 i = 0; i < 2; ++i) {
    if (place.block + i < place.limits.in) continue;
#pragma unroll
    for (u32 word = 0; word < kWords; ++word) pair->data[i * kWords + word] = 0;
    pair->sf &= i == 0 ? 0u : 0xFFu;
    if (i == 0) pair->irregular = false;
  }
}

template <class Config>
FP4JIT_DEVICE void quantize_two_blocks(const QuantizeArgs& args, const Place& place) {
  constexpr Format kFormat = Config::kFormat;
  constexpr u32 kWords = kBlockInputBytes<Config> / 4;
  u32 words[2][kWords];
  load_words<kWords, kWhole<Config>>(place.input, place.block < place.limits.in, words[0]);
  load_words<kWords, kWhole<Config>>(place.input + kBlockInputBytes<Config>,
                                     place.block + 1 < place.limits.in, words[1]);
  float global_scale = kIsMx<kFormat> ? 0.0f : load_float(args.global_scale);
  BlockPair<kFormat> pair;
  if constexpr (kIsMx<kFormat>) {
    mx_blocks<Config, kWords>(words, &pair);
  } else {
    nvfp4_blocks<Config, kWords>(words, global_scale, &pair);
  }
  if constexpr (!kWhole<Config> && kZerosHaveScale<Config>)
    clear_absent_blocks<Config>(place, &pair);
  store_data<Config>(place, pair);
  store_sf<Config>(place, pair.sf);
  if constexpr (kMayBeIrregular<kFormat, Config::kSm>) {
    if (pair.irregular) quantize_again<Config>(place, global_scale);
  }
}

// The wait comes before the first read, that of the global scale included, and before the first
// store. A thread that exits has triggered.
template <class Config>
__global__ void __launch_bounds__(kThreads<Config>, kCtasPerSm<Config>)
    quantize(const QuantizeArgs args) {
  static_assert(Config::kK % kVec<Config> == 0 && Config::kKOut % kVec<Config> == 0,
                "K must be whole scale blocks");
  static_assert(Config::kK <= Config::kKOut, "k_out must not be below k");
  constexpr bool kDependent = kHasDependentLaunch<Config::kSm>;
  if constexpr (kDependent && Config::kPdl == Pdl::kTriggerFirst) grid_launch_dependents();
  if constexpr (kDependent) grid_dependency_wait();
  constexpr u32 kMultiple = kSfRowMultiple<Config::kSfLayout>;
  if constexpr (kFlat<Config>) {
    Place place = flat_place<Config>(args);
    if (place.block >= place.limits.in) return;
    quantize_two_blocks<Config>(args, place);
  } else {
    Place place = tile_place<Config>(args);
    if (!kWhole<Config> && place.block >= place.limits.padded) return;
    // 32 bits hold the rows: the host launches at most 2^31 - 2^22 of them with this mapping.
    u32 m = u32(args.m), padded_m = (m + kMultiple - 1) / kMultiple * kMultiple;
    if (place.row >= m) {
      if (kMultiple != 1 && place.row < padded_m) store_sf<Config>(place, 0);
      return;
    }
    quantize_two_blocks<Config>(args, place);
  }
  if constexpr (kDependent && Config::kPdl == Pdl::kTriggerLast) grid_launch_dependents();
}

}  // namespace fp4jit
