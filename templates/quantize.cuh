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
//   kFormat, In, kSfLayout, kNumerics, kPdl, kSm, kK, kKOut (0, 0: run-time K)
template <class Config>
struct QuantizeGeometry {
  static constexpr bool kFlat =
      Config::kSfLayout == SfLayout::kLinear && Config::kK != 0 && Config::kK == Config::kKOut;
  static constexpr u32 kBlocksPerThread = 2;
  static constexpr u32 kTileRows = 128, kTileColumns = 4;
  static constexpr u32 kGridRows = 32768;  // gridDim.y where there are more tiles of rows than that
  static constexpr u32 kThreads = kFlat ? 128 : kTileRows * kTileColumns / kBlocksPerThread;
  // At least this many threads have registers on an SM: 64 each, or 128 where a thread holds 64
  // elements and makes codes of them by integers, or in f32. Asking for more makes the compiler
  // compute values twice to save a register, asking for less wastes some.
  static constexpr bool kManyValues =
      kIsMx<Config::kFormat> && (kSame<typename Config::In, F32> || !kHasMin3<Config::kSm>);
  static constexpr u32 kResidentThreads = kManyValues ? 512 : 1024;
  static constexpr u32 kCtasPerSm = kResidentThreads / kThreads;
  static constexpr u32 kVec = kSfVecSize<Config::kFormat>;
  static constexpr u32 kBlockInputBytes = kVec * Config::In::kBytes;
  static constexpr u32 kBlockDataBytes = kVec * kElementBits<Config::kFormat> / 8;
  static constexpr bool kConstantK = Config::kK != 0;
  // Whether every thread that has a row has both blocks everywhere, so that nothing is to be asked.
  static constexpr u32 kWholeColumns = kFlat ? kBlocksPerThread : kTileColumns;
  static constexpr bool kUnpadded = Config::kK == Config::kKOut;
  static constexpr bool kWhole = kConstantK && kUnpadded && Config::kK / kVec % kWholeColumns == 0;

  static_assert(Config::kK % kVec == 0 && Config::kKOut % kVec == 0,
                "K must be whole scale blocks");
  static_assert(Config::kK <= Config::kKOut, "k_out must not be below k");
};

// Scale columns of the input, of the output, and of the padded scale buffer.
struct Columns {
  u32 in, out, padded;
};

template <class Config>
FP4JIT_DEVICE Columns columns_of(const QuantizeArgs& args) {
  using G = QuantizeGeometry<Config>;
  u32 in = (G::kConstantK ? Config::kK : args.k) / G::kVec;
  u32 out = (G::kConstantK ? Config::kKOut : args.k_out) / G::kVec;
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
};

// The address of a thread: its CTA's part of the offset may need 64 bits, its own fits into 32.
FP4JIT_DEVICE u64 address(const void* base, u32 cta, u32 cta_bytes, u32 index, u32 index_bytes) {
  return mad_wide(cta, cta_bytes, reinterpret_cast<u64>(base)) + index * index_bytes;
}

// The flat mapping: block pairs in memory order.
template <class Config>
FP4JIT_DEVICE Place flat_place(const QuantizeArgs& args) {
  using G = QuantizeGeometry<Config>;
  constexpr u32 kPerCta = G::kThreads * G::kBlocksPerThread;
  u32 first = threadIdx.x * G::kBlocksPerThread;
  i64 left = args.blocks - i64(u64(blockIdx.x) * kPerCta);
  u32 limit = left < i64(kPerCta) ? u32(left) : kPerCta;
  Place place;
  place.input = reinterpret_cast<const u8*>(
      address(args.input, blockIdx.x, kPerCta * G::kBlockInputBytes, first, G::kBlockInputBytes));
  place.data = reinterpret_cast<u8*>(
      address(args.data, blockIdx.x, kPerCta * G::kBlockDataBytes, first, G::kBlockDataBytes));
  place.sf = reinterpret_cast<u8*>(address(args.sf, blockIdx.x, kPerCta, first, 1));
  place.block = first;
  place.limits = {limit, limit, limit};
  return place;
}

// The tile mapping: a CTA has 128 rows and 4 scale columns, and its threads stand so that a warp
// writes whole 32-byte sectors of scales. In 128x4, where rows r, r+32, r+64 and r+96 are
// neighbours, the order of threads is the order of the CTA's 512 scale bytes. Elsewhere rows follow
// each other.
struct Row {
  u32 tile;
  u32 in_tile;
};

template <class Config>
FP4JIT_DEVICE Row row_of_thread() {
  u32 tile = blockIdx.z * QuantizeGeometry<Config>::kGridRows + blockIdx.y;
  if constexpr (Config::kSfLayout == SfLayout::k128x4) {
    return {tile, (threadIdx.x << 4 & 0x60u) + (threadIdx.x >> 3)};
  }
  return {tile, threadIdx.x >> 1};
}

// The thread's first scale byte, from the beginning of its tile of rows.
template <SfLayout layout>
FP4JIT_DEVICE u32 sf_offset_in_tile(Row row, u32 block, u32 padded_columns) {
  if constexpr (layout == SfLayout::k128x4) return (blockIdx.x * 256 + threadIdx.x) * 2;
  if constexpr (layout == SfLayout::k8x4) {
    return (row.in_tile >> 3) * (padded_columns * 8) + (blockIdx.x * 16 + (threadIdx.x & 15u)) * 2;
  }
  return row.in_tile * padded_columns + block;
}

template <class Config>
FP4JIT_DEVICE Place tile_place(const QuantizeArgs& args, Row row) {
  using G = QuantizeGeometry<Config>;
  Columns columns = columns_of<Config>(args);
  u32 block = (blockIdx.x * 2 + (threadIdx.x & 1u)) * G::kBlocksPerThread;
  u32 in_block = row.in_tile * columns.in + block, out_block = row.in_tile * columns.out + block;
  Place place;
  place.input = reinterpret_cast<const u8*>(address(args.input, row.tile,
                                                    G::kTileRows * columns.in * G::kBlockInputBytes,
                                                    in_block, G::kBlockInputBytes));
  place.data = reinterpret_cast<u8*>(address(args.data, row.tile,
                                             G::kTileRows * columns.out * G::kBlockDataBytes,
                                             out_block, G::kBlockDataBytes));
  place.sf = reinterpret_cast<u8*>(
      address(args.sf, row.tile, G::kTileRows * columns.padded,
              sf_offset_in_tile<Config::kSfLayout>(row, block, columns.padded), 1));
  place.block = block;
  place.limits = columns;
  return place;
}

// Whether two neighbouring blocks' data, or scale bytes, are always aligned as one store.
template <class Config>
static constexpr bool kPairsAligned = QuantizeGeometry<Config>::kFlat ||
                                      (Config::kK != 0 &&
                                       Config::kKOut / kSfVecSize<Config::kFormat> % 2 == 0);
template <class Config>
static constexpr bool kSfPairsAligned =
    kPairsAligned<Config> || Config::kSfLayout != SfLayout::kLinear;

template <class Config>
FP4JIT_DEVICE void store_sf(const Place& place, u32 first, u32 second) {
  if (QuantizeGeometry<Config>::kWhole ||
      (kSfPairsAligned<Config> && place.block + 1 < place.limits.padded)) {
    store_2_bytes(place.sf, first | second << 8);
    return;
  }
  if (place.block < place.limits.padded) store_byte(place.sf, first);
  if (place.block + 1 < place.limits.padded) store_byte(place.sf + 1, second);
}

FP4JIT_DEVICE void store_block(u8* to, const Block<Format::kNvfp4>& block) {
  store_8_bytes(to, block.data);
}
FP4JIT_DEVICE void store_block(u8* to, const Block<Format::kMxfp4>& block) {
  store_16_bytes(to, block.data);
}
FP4JIT_DEVICE void store_block(u8* to, const Block<Format::kMxfp8>& block) {
  store_16_bytes(to, block.data);
  store_16_bytes(to + 16, block.data + 4);
}

template <class Config>
FP4JIT_DEVICE void store_data(const Place& place, const Block<Config::kFormat>* blocks) {
  bool has_second = QuantizeGeometry<Config>::kWhole || place.block + 1 < place.limits.out;
  if constexpr (Config::kFormat == Format::kNvfp4 && kPairsAligned<Config>) {
    if (has_second) {
      u32 words[4] = {blocks[0].data[0], blocks[0].data[1], blocks[1].data[0], blocks[1].data[1]};
      store_16_bytes(place.data, words);
      return;
    }
  }
  if (QuantizeGeometry<Config>::kWhole || place.block < place.limits.out)
    store_block(place.data, blocks[0]);
  if (has_second) store_block(place.data + QuantizeGeometry<Config>::kBlockDataBytes, blocks[1]);
}

// Both blocks of a thread that has an irregular one, the regular one with the same result.
template <class Config>
FP4JIT_DEVICE void quantize_again(const Place& place, float global_scale) {
  u32 count = QuantizeGeometry<Config>::kWhole || place.block + 1 < place.limits.in ? 2 : 1;
  quantize_any_blocks<Config::kFormat, typename Config::In, Config::kNumerics, Config::kSm>(
      count, place.input, global_scale, place.data, place.sf);
}

template <class Config>
FP4JIT_DEVICE void quantize_two_blocks(const QuantizeArgs& args, const Place& place) {
  using G = QuantizeGeometry<Config>;
  constexpr Format kFormat = Config::kFormat;
  constexpr u32 kWords = G::kBlockInputBytes / 4;
  u32 words[2][kWords];
  load_words<kWords, QuantizeGeometry<Config>::kWhole>(place.input, place.block < place.limits.in,
                                                       words[0]);
  load_words<kWords, QuantizeGeometry<Config>::kWhole>(place.input + G::kBlockInputBytes,
                                                       place.block + 1 < place.limits.in, words[1]);
  float global_scale = kIsMx<kFormat> ? 0.0f : load_float(args.global_scale);
  Block<kFormat> blocks[2];
  if constexpr (kIsMx<kFormat>) {
    mx_block<Config, kWords>(words[0], blocks + 0);
    mx_block<Config, kWords>(words[1], blocks + 1);
  } else {
    nvfp4_blocks<Config, kWords>(words, global_scale, blocks);
  }
  store_data<Config>(place, blocks);
  store_sf<Config>(place, blocks[0].sf, blocks[1].sf);
  if constexpr (kMayBeIrregular<kFormat, Config::kSm>) {
    if (blocks[0].irregular | blocks[1].irregular) quantize_again<Config>(place, global_scale);
  }
}

// A row beyond M: zero scales where the layout pads it.
template <class Config>
FP4JIT_DEVICE void pad_row(const Place& place, Row row, i32 rows_left) {
  constexpr i32 kMultiple = kSfRowMultiple<Config::kSfLayout>;
  constexpr bool kWholeTile = kMultiple == QuantizeGeometry<Config>::kTileRows;
  bool in_padding =
      kWholeTile || i32(row.in_tile) < (rows_left + (kMultiple - 1)) / kMultiple * kMultiple;
  if (in_padding) store_sf<Config>(place, 0, 0);
}

// The wait comes before the first read, that of the global scale included, and before the first
// store. A thread that exits has triggered.
template <class Config>
__global__ void __launch_bounds__(QuantizeGeometry<Config>::kThreads,
                                  QuantizeGeometry<Config>::kCtasPerSm)
    quantize(const QuantizeArgs args) {
  constexpr bool kDependent = kHasDependentLaunch<Config::kSm>;
  if constexpr (kDependent && Config::kPdl == Pdl::kTriggerFirst) grid_launch_dependents();
  if constexpr (kDependent) grid_dependency_wait();
  if constexpr (QuantizeGeometry<Config>::kFlat) {
    Place place = flat_place<Config>(args);
    if (place.block >= place.limits.in) return;
    quantize_two_blocks<Config>(args, place);
  } else {
    Row row = row_of_thread<Config>();
    Place place = tile_place<Config>(args, row);
    // The host launches at most 2^31 - 2^23 rows with this mapping, so that 32 bits hold the
    // difference.
    i32 rows_left = i32(args.m) - i32(row.tile * QuantizeGeometry<Config>::kTileRows);
    if (!QuantizeGeometry<Config>::kWhole && place.block >= place.limits.padded) return;
    if (i32(row.in_tile) >= rows_left) {
      pad_row<Config>(place, row, rows_left);
      return;
    }
    quantize_two_blocks<Config>(args, place);
  }
  if constexpr (kDependent && Config::kPdl == Pdl::kTriggerLast) grid_launch_dependents();
}

}  // namespace fp4jit
