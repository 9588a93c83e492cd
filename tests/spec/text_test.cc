#include "spec/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

TEST(SpecText, GoesThereAndBackOverTheWholeSpace) {
  size_t count = 0;
  for_each_valid_spec([&](const Spec& spec) {
    const std::string text = spec_text(spec);
    Result<Spec> parsed = parse_spec(text);
    ASSERT_TRUE(parsed.ok()) << parsed.status().message();
    ASSERT_EQ(*parsed, spec) << text;
    ++count;
  });
  EXPECT_GT(count, 20000u);
}

TEST(SpecText, GoesThereAndBackForEveryTargetAndPdl) {
  Spec spec = spec_of("mxfp4_quantize[k=64,in=f16,layout=linear]@sm_90");
  for (Target machine : all_targets()) {
    for (Target target : {machine, ptx_target(machine)}) {
      for_each_enumerator<Pdl>([&](Pdl pdl) {
        spec.target = target;
        spec.pdl = pdl;
        if (!validate_spec(spec).ok()) return;
        EXPECT_EQ(spec_of(spec_text(spec)), spec);
      });
    }
  }
}

TEST(SpecText, OmitsDefaultsAndKeepsTheOrder) {
  for (std::string_view text : {
           "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a",
           "nvfp4_quantize[k=4096,in=bf16,layout=128x4,numerics=exact,pdl=1]@sm_100a",
           "nvfp4_quantize[k=0,in=f32,layout=8x4,scale=inverse]@sm_80",
           "mxfp8_quantize[k=2048,k_out=2176,in=f16,layout=linear]@compute_120f",
           "mxfp4_add_rmsnorm_quantize[k=64,in=e4m3,layout=linear,scale=row,numerics=torchao,ue8m0="
           "even,"
           "grouping=masked,pdl=2]@sm_121a",
       }) {
    EXPECT_EQ(spec_text(spec_of(text)), text);
  }
}

TEST(SpecText, TakesFieldsInAnyOrderWithTheirDefaults) {
  EXPECT_EQ(
      spec_text(spec_of("nvfp4_quantize[layout=128x4,pdl=0,in=bf16,numerics=trtllm,grouping=flat,"
                        "k_out=4096,scale=tensor,ue8m0=rceil,sf_vec_size=16,k=4096]@sm_100a")),
      "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a");
  EXPECT_EQ(spec_of("mxfp4_quantize[k=64,in=bf16,layout=linear]@sm_80"),
            spec_of("mxfp4_quantize[k=64,in=bf16,layout=linear,scale=none,sf_vec_size=32]@sm_80"));
}

TEST(SpecText, MakesIdentifiersThatDiffer) {
  EXPECT_EQ(spec_identifier(spec_of("nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a")),
            "nvfp4_quantize_k4096_inbf16_layout128x4_sm_100a");
  std::set<std::string> seen;
  size_t count = 0;
  for_each_valid_spec([&](const Spec& spec) {
    const std::string identifier = spec_identifier(spec);
    ASSERT_EQ(identifier.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string::npos);
    seen.insert(identifier);
    ++count;
  });
  EXPECT_EQ(seen.size(), count);
}

struct BadText {
  std::string_view text;
  std::string_view message;  // part of it
};

class SpecTextErrors : public testing::TestWithParam<BadText> {};

TEST_P(SpecTextErrors, NameTheFieldTheValueAndWhatIsAllowed) {
  Result<Spec> spec = parse_spec(GetParam().text);
  ASSERT_FALSE(spec.ok());
  EXPECT_EQ(spec.status().code(), StatusCode::kInvalidSpec);
  EXPECT_THAT(spec.status().message(), HasSubstr(GetParam().message));
  EXPECT_THAT(spec.status().message(), HasSubstr(GetParam().text.substr(0, 200)));
}

constexpr BadText kBadTexts[] = {
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,kout=32]@sm_80",
     "'kout' is not a field of a spec; fields are k, k_out, in, layout, scale, numerics, ue8m0, "
     "grouping, "
     "pdl, sf_vec_size; did you mean 'k_out'?"},
    {"nvfp4_quantize[k=16,in=bf61,layout=linear]@sm_80",
     "in must be one of f16, bf16, e4m3, f32; it is 'bf61'; did you mean 'bf16'?"},
    {"nvfp4_quantize[k=16,in=bf16,layout=128x5]@sm_80",
     "layout must be one of linear, 128x4, 8x4; it is '128x5'; did you mean '128x4'?"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,scale=tensr]@sm_80",
     "scale must be one of none, tensor, inverse, row; it is 'tensr'; did you mean 'tensor'?"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,numerics=fast]@sm_80",
     "numerics must be one of trtllm, exact, torchao; it is 'fast'"},
    {"mxfp4_quantize[k=32,in=bf16,layout=linear,ue8m0=up]@sm_80",
     "ue8m0 must be one of rceil, floor, ceil, even; it is 'up'"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,grouping=flatt]@sm_80",
     "grouping must be one of flat, batched, masked; it is 'flatt'; did you mean 'flat'?"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,pdl=3]@sm_90",
     "pdl must be one of 0, 1, 2; it is '3'"},
    {"nvfp5_quantize[k=16,in=bf16,layout=linear]@sm_80",
     "format must be one of nvfp4, mxfp4, mxfp8; it is 'nvfp5'; did you mean 'nvfp4'?"},
    {"nvfp4_quantise[k=16,in=bf16,layout=linear]@sm_80", "did you mean 'quantize'?"},
    {"quantize[k=16,in=bf16,layout=linear]@sm_80", "does not begin with FORMAT_OP"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,sf_vec_size=32]@sm_80",
     "sf_vec_size must be 16 for nvfp4; it is 32"},
    {"mxfp8_quantize[k=32,in=bf16,layout=linear,sf_vec_size=16]@sm_80",
     "sf_vec_size must be 32 for mxfp8; it is 16"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,k=32]@sm_80", "field 'k' stands twice"},
    {"nvfp4_quantize[in=bf16,layout=linear]@sm_80", "field 'k' is missing; it has no default"},
    {"nvfp4_quantize[k=16,layout=linear]@sm_80", "field 'in' is missing"},
    {"nvfp4_quantize[k=16,in=bf16]@sm_80", "field 'layout' is missing"},
    {"nvfp4_quantize[]@sm_80", "field 'k' is missing"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear,]@sm_80", "missing after the last comma"},
    {"nvfp4_quantize[k=16,,in=bf16,layout=linear]@sm_80", "'' is not a field"},
    {"nvfp4_quantize[k,in=bf16,layout=linear]@sm_80", "field 'k' has no value"},
    {"nvfp4_quantize[k=,in=bf16,layout=linear]@sm_80",
     "k must be a whole number from 0 to 8388576; it is ''"},
    {"nvfp4_quantize[k=-16,in=bf16,layout=linear]@sm_80", "k must be a whole number"},
    {"nvfp4_quantize[k=16.0,in=bf16,layout=linear]@sm_80", "k must be a whole number"},
    {"nvfp4_quantize[k=99999999999999999999,in=bf16,layout=linear]@sm_80",
     "k must be a whole number"},
    {"nvfp4_quantize[k=16777216,in=bf16,layout=linear]@sm_80",
     "k must be a multiple of 16 from 16 to 8388576"},
    {"", "expected FORMAT_OP[field=value,…]@target"},
    {"nvfp4_quantize", "expected FORMAT_OP[field=value,…]@target"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear]", "expected FORMAT_OP[field=value,…]@target"},
    {"nvfp4_quantize]k=16[@sm_80", "expected FORMAT_OP[field=value,…]@target"},
    {"nvfp4_quantize[k=16,in=bf16,layout=linear]@", "target '' is not of the form"},
};
INSTANTIATE_TEST_SUITE_P(Texts, SpecTextErrors, testing::ValuesIn(kBadTexts));

TEST(SpecText, ShowsNoMoreOfALongTextThanFitsALog) {
  Result<Spec> spec = parse_spec(std::string(100000, 'x'));
  ASSERT_FALSE(spec.ok());
  EXPECT_LT(spec.status().message().size(), 1000u);
}

}  // namespace
}  // namespace fp4jit
