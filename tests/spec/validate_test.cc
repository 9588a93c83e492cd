#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/spec/every_spec.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;

// The rules of a spec, said a second time.
bool should_be_valid(const Spec& spec) {
  const bool is_nvfp4 = spec.format == Format::kNvfp4;
  const bool is_norm = spec.op == Op::kRmsnormQuantize || spec.op == Op::kAddRmsnormQuantize;
  const uint32_t block = is_nvfp4 ? 16 : 32;
  if (spec.k % block != 0 || spec.k_out % block != 0 || spec.k_out < spec.k) return false;
  if (spec.k == 0 && (spec.k_out != 0 || is_norm)) return false;
  if (spec.format == Format::kMxfp8 && spec.in == Dtype::kE4m3) return false;
  if (is_nvfp4 && (spec.scale == Scale::kNone || spec.ue8m0 != Ue8m0::kRceil)) return false;
  if (!is_nvfp4 && spec.in != Dtype::kE4m3 && spec.scale != Scale::kNone) return false;
  return spec.pdl == Pdl::kOff || spec.target.sm >= 90;
}

TEST(ValidateSpec, TakesWhatMeansSomethingAndNothingElse) {
  size_t valid = 0, invalid = 0;
  for_each_spec([&](const Spec& spec) {
    Status status = validate_spec(spec);
    ASSERT_EQ(status.ok(), should_be_valid(spec)) << spec_text(spec) << ": " << status.message();
    ++(status.ok() ? valid : invalid);
  });
  EXPECT_GT(valid, 20000u);
  EXPECT_GT(invalid, 20000u);
}

TEST(ValidateSpec, HasATemplateForQuantizeAndRefusesTheRestByField) {
  size_t with_template = 0;
  for_each_valid_spec([&](const Spec& spec) {
    const bool is_torchao = spec.numerics == Numerics::kTorchao;
    const bool has_scale = spec.scale == Scale::kNone || spec.scale == Scale::kTensor ||
                           (is_torchao && spec.scale == Scale::kInverse);
    const bool expected = spec.op == Op::kQuantize && spec.in != Dtype::kE4m3 && has_scale &&
                          (is_torchao || spec.ue8m0 == Ue8m0::kRceil) &&
                          spec.grouping == Grouping::kFlat;
    Status status = require_template(spec);
    ASSERT_EQ(status.ok(), expected) << spec_text(spec) << ": " << status.message();
    with_template += expected;
    if (!expected) {
      ASSERT_EQ(status.code(), StatusCode::kUnsupported) << status.message();
    }
  });
  EXPECT_GT(with_template, 100u);
}

struct BadSpec {
  std::string_view text;
  StatusCode code;
  std::string_view message;
};

class ValidateSpecErrors : public testing::TestWithParam<BadSpec> {};

TEST_P(ValidateSpecErrors, SayWhatIsWrongAndWhatIsAllowed) {
  Result<Spec> spec = parse_spec(GetParam().text);
  Status status = spec.ok() ? require_template(*spec) : spec.status();
  EXPECT_EQ(status.code(), GetParam().code);
  EXPECT_THAT(status.message(), HasSubstr(GetParam().message));
}

constexpr StatusCode kInvalid = StatusCode::kInvalidSpec;
constexpr StatusCode kUnsupported = StatusCode::kUnsupported;
constexpr BadSpec kBadSpecs[] = {
    {"nvfp4_quantize[k=232,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k must be a multiple of 16; 232 = 14.5 blocks; a tensor-parallel split that cuts through a "
     "block "
     "cannot be quantised"},
    {"mxfp4_quantize[k=48,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k must be a multiple of 32; 48 = 1.5 blocks"},
    {"mxfp8_quantize[k=1,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k must be a multiple of 32; 1 = 0.03125 blocks"},
    {"nvfp4_rmsnorm_quantize[k=0,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k must not be 0 for rmsnorm_quantize"},
    {"nvfp4_add_rmsnorm_quantize[k=0,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k must not be 0 for add_rmsnorm_quantize"},
    {"nvfp4_quantize[k=64,k_out=32,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k_out must be a multiple of 16 from k=64 to 8388576; it is 32"},
    {"nvfp4_quantize[k=64,k_out=72,in=bf16,layout=128x4]@sm_100a", kInvalid, "it is 72"},
    {"nvfp4_quantize[k=0,k_out=64,in=bf16,layout=128x4]@sm_100a", kInvalid,
     "k_out must be 0 when k is 0, not 64"},
    {"mxfp8_quantize[k=64,in=e4m3,layout=128x4]@sm_100a", kInvalid,
     "in must be f16, bf16 or f32 for mxfp8, not e4m3"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,scale=none]@sm_100a", kInvalid,
     "scale must be tensor, inverse or row for nvfp4, not none"},
    {"mxfp4_quantize[k=64,in=bf16,layout=128x4,scale=tensor]@sm_100a", kInvalid,
     "scale must be none for mxfp4 from bf16, not tensor"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,ue8m0=floor]@sm_100a", kInvalid,
     "ue8m0 must be rceil (the default) for nvfp4, not floor"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,pdl=1]@sm_89", kUnsupported,
     "pdl must be 0 for sm_89, not 1: dependent launch needs sm_90 or later"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_75", kUnsupported,
     "target sm_75 is not supported; supported are sm_80"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_100", kUnsupported, "use sm_100a or sm_100f"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4]@compute_100", kUnsupported,
     "use compute_100a or compute_100f"},
    {"nvfp4_dequantize[k=64,in=bf16,layout=128x4]@sm_100a", kUnsupported,
     "op=dequantize has no template yet; supported is quantize"},
    {"nvfp4_quantize[k=64,in=e4m3,layout=128x4]@sm_100a", kUnsupported,
     "in=e4m3 has no template of quantize with numerics=trtllm; supported are f16, bf16, f32"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,scale=row]@sm_100a", kUnsupported,
     "scale=row has no template of quantize with numerics=trtllm; supported are none, tensor"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,scale=inverse,numerics=exact]@sm_100a", kUnsupported,
     "scale=inverse has no template of quantize with numerics=exact; supported are none, tensor"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,scale=row,numerics=torchao]@sm_100a", kUnsupported,
     "scale=row has no template of quantize with numerics=torchao; supported are none, tensor, "
     "inverse"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,scale=none,numerics=torchao]@sm_100a", kInvalid,
     "scale must be tensor, inverse or row for nvfp4, not none"},
    {"nvfp4_quantize[k=64,in=e4m3,layout=128x4,numerics=torchao]@sm_100a", kUnsupported,
     "in=e4m3 has no template of quantize with numerics=torchao; supported are f16, bf16, f32"},
    {"mxfp4_quantize[k=64,in=bf16,layout=128x4,ue8m0=floor]@sm_100a", kUnsupported,
     "ue8m0=floor has no template of quantize with numerics=trtllm; supported are rceil"},
    {"mxfp8_quantize[k=64,in=bf16,layout=128x4,numerics=exact,ue8m0=even]@sm_100a", kUnsupported,
     "ue8m0=even has no template of quantize with numerics=exact; supported are rceil"},
    {"nvfp4_quantize[k=64,in=bf16,layout=128x4,grouping=masked]@sm_100a", kUnsupported,
     "grouping=masked has no template of quantize with numerics=trtllm; supported are flat"},
};
INSTANTIATE_TEST_SUITE_P(Specs, ValidateSpecErrors, testing::ValuesIn(kBadSpecs));

TEST(ValidateK, JudgesOneWidthAlone) {
  EXPECT_TRUE(validate_k(Format::kNvfp4, 16).ok());
  EXPECT_TRUE(validate_k(Format::kMxfp8, kMaxK).ok());
  EXPECT_THAT(validate_k(Format::kNvfp4, 232).message(), HasSubstr("14.5 blocks"));
  for (int64_t k : {int64_t{0}, int64_t{-16}, int64_t{kMaxK} + 16, int64_t{1} << 60}) {
    EXPECT_THAT(validate_k(Format::kNvfp4, k).message(),
                HasSubstr("from 16 to 8388576; it is " + std::to_string(k)));
  }
}

}  // namespace
}  // namespace fp4jit
