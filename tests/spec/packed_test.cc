#include "spec/packed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

TEST(PackedSpec, IsBijectiveOverTheWholeSpace) {
  std::set<PackedSpec> seen;
  size_t count = 0;
  for_each_valid_spec([&](const Spec& spec) {
    const PackedSpec packed = pack_spec(spec);
    Result<Spec> unpacked = unpack_spec(packed);
    ASSERT_TRUE(unpacked.ok()) << unpacked.status().message();
    ASSERT_EQ(*unpacked, spec) << spec_text(spec);
    seen.insert(packed);
    ++count;
  });
  EXPECT_EQ(seen.size(), count);
  EXPECT_GT(count, 20000u);
}

struct Frozen {
  std::string_view text;
  PackedSpec packed;
};

// Written by hand from the bit layout in spec/packed.h. They never change: plugins and traces keep
// them.
constexpr Frozen kFrozen[] = {
    {"nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a",
     {0x0000001000001000, 0x0000164000044400}},
    {"mxfp8_quantize[k=2048,k_out=2176,in=f16,layout=8x4,numerics=exact,pdl=2]@compute_120f",
     {0x0000000880000800, 0x0000678800408080}},
    {"mxfp4_amax[k=0,in=e4m3,layout=linear,scale=row,numerics=torchao,ue8m0=even,grouping=masked]@"
     "sm_80",
     {0x0000000000000000, 0x000005008c8c0847}},
    {"nvfp4_silu_mul_quantize[k=8388576,in=f32,layout=linear,scale=inverse,grouping=batched,pdl=1]"
     "@sm_90",
     {0x00007fffe07fffe0, 0x000005a440080c01}},
    {"nvfp4_rmsnorm_quantize[k=7168,in=bf16,layout=8x4,numerics=exact]@sm_120f",
     {0x0000001c00001c00, 0x0000278000448402}},
};

TEST(PackedSpec, IsFrozen) {
  for (const Frozen& frozen : kFrozen) {
    const PackedSpec packed = pack_spec(spec_of(frozen.text));
    EXPECT_EQ(packed.low, frozen.packed.low) << frozen.text;
    EXPECT_EQ(packed.high, frozen.packed.high) << frozen.text;
    Result<Spec> unpacked = unpack_spec(frozen.packed);
    ASSERT_TRUE(unpacked.ok()) << unpacked.status().message();
    EXPECT_EQ(spec_text(*unpacked), frozen.text);
  }
}

TEST(PackedSpec, RefusesReservedBits) {
  const PackedSpec good = pack_spec(spec_of(kFrozen[0].text));
  for (int bit = 48; bit < 64; ++bit) {
    EXPECT_FALSE(unpack_spec({good.low | uint64_t{1} << bit, good.high}).ok()) << bit;
  }
  for (int bit = 47; bit < 64; ++bit) {
    Result<Spec> spec = unpack_spec({good.low, good.high | uint64_t{1} << bit});
    ASSERT_FALSE(spec.ok()) << bit;
    EXPECT_THAT(spec.status().message(), HasSubstr("newer fp4jit"));
  }
}

// Every single-bit change either is another valid spec, which packs to those very bits, or is
// refused.
TEST(PackedSpec, RefusesNumbersThatAreNoEnumerator) {
  for (const Frozen& frozen : kFrozen) {
    for (int bit = 0; bit < 128; ++bit) {
      PackedSpec changed = frozen.packed;
      (bit < 64 ? changed.low : changed.high) ^= uint64_t{1} << bit % 64;
      Result<Spec> spec = unpack_spec(changed);
      if (spec.ok()) {
        EXPECT_EQ(pack_spec(*spec), changed);
      } else {
        EXPECT_FALSE(spec.status().message().empty());
      }
    }
  }
  const uint64_t high = kFrozen[0].packed.high;
  EXPECT_FALSE(unpack_spec({kFrozen[0].packed.low, high | 8}).ok());                  // op 8
  EXPECT_FALSE(unpack_spec({kFrozen[0].packed.low, high | 3 << 6}).ok());             // format 3
  EXPECT_FALSE(unpack_spec({kFrozen[0].packed.low, high | uint64_t{3} << 34}).ok());  // pdl 3
  EXPECT_FALSE(unpack_spec({kFrozen[0].packed.low, high | uint64_t{3} << 44}).ok());  // suffix 3
  EXPECT_FALSE(unpack_spec({0, 0}).ok());
}

}  // namespace
}  // namespace fp4jit
