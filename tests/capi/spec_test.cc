#include <fp4jit/fp4jit.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/fakes/count_allocations.h"

namespace {

using fp4jit::allocations_of_thread;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kText =
    "nvfp4_quantize[k=4096,k_out=4160,in=f16,layout=128x4,numerics=exact,pdl=1]@sm_100a";

fp4jit_spec spec_of(const char* text) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  EXPECT_EQ(fp4jit_spec_from_text(text, &spec), FP4JIT_OK) << fp4jit_last_error();
  return spec;
}

// Of the first calls of all, which run before main: a table that is built when it is first looked
// at would show.
struct FirstCalls {
  fp4jit_status validated, inferred;
  int allocations;
};
const FirstCalls kFirstCalls = [] {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  spec.k = 64;
  spec.target_sm = 90;
  fp4jit_output_shape shape = {};
  shape.struct_size = sizeof shape;
  const int before = allocations_of_thread();
  FirstCalls calls = {};
  calls.validated = fp4jit_spec_validate(&spec);
  calls.inferred = fp4jit_infer_outputs(&spec, 3, 0, 0, &shape);
  calls.allocations = allocations_of_thread() - before;
  return calls;
}();

TEST(PureFunctions, AllocateNothingEvenTheFirstTime) {
  EXPECT_EQ(kFirstCalls.validated, FP4JIT_OK);
  EXPECT_EQ(kFirstCalls.inferred, FP4JIT_OK);
  EXPECT_EQ(kFirstCalls.allocations, 0);
  const int before = allocations_of_thread();
  EXPECT_EQ(fp4jit_spec_validate(nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_GT(allocations_of_thread() - before, 0) << "the library's allocations are not counted";
}

TEST(Version, IsThatOfTheHeader) {
  EXPECT_EQ(fp4jit_abi_version(), 0x00000001u);
  EXPECT_STREQ(fp4jit_version_string(), "0.1.0");
}

TEST(StatusName, NamesEveryCodeAndNoOther) {
  EXPECT_STREQ(fp4jit_status_name(FP4JIT_OK), "FP4JIT_OK");
  EXPECT_STREQ(fp4jit_status_name(FP4JIT_E_NOT_PREPARED_IN_CAPTURE),
               "FP4JIT_E_NOT_PREPARED_IN_CAPTURE");
  EXPECT_STREQ(fp4jit_status_name(12345), "FP4JIT_E_INTERNAL");
}

TEST(Spec, IsReadFromText) {
  fp4jit_spec spec = spec_of(kText);
  EXPECT_EQ(spec.format, FP4JIT_FORMAT_NVFP4);
  EXPECT_EQ(spec.k, 4096u);
  EXPECT_EQ(spec.k_out, 4160u);
  EXPECT_EQ(spec.in, FP4JIT_DTYPE_F16);
  EXPECT_EQ(spec.sf_layout, FP4JIT_SF_LAYOUT_128X4);
  EXPECT_EQ(spec.scale, FP4JIT_SCALE_TENSOR);
  EXPECT_EQ(spec.numerics, FP4JIT_NUMERICS_EXACT);
  EXPECT_EQ(spec.pdl, FP4JIT_PDL_TRIGGER_LAST);
  EXPECT_EQ(spec.target_sm, 100);
  EXPECT_EQ(spec.target_suffix, FP4JIT_TARGET_ARCH);
  EXPECT_EQ(spec.target_is_ptx, 0);
}

TEST(Spec, IsWrittenAsItWasRead) {
  fp4jit_spec spec = spec_of(kText);
  size_t size = 0;
  ASSERT_EQ(fp4jit_spec_to_text(&spec, nullptr, &size), FP4JIT_OK);
  EXPECT_EQ(size, std::string(kText).size() + 1);
  std::string text(size, '?');
  ASSERT_EQ(fp4jit_spec_to_text(&spec, text.data(), &size), FP4JIT_OK);
  EXPECT_STREQ(text.c_str(), kText);
}

TEST(Spec, IsNotWrittenBeyondTheBuffer) {
  fp4jit_spec spec = spec_of(kText);
  char buffer[8] = "1234567";
  size_t size = sizeof buffer;
  EXPECT_EQ(fp4jit_spec_to_text(&spec, buffer, &size), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(size, std::string(kText).size() + 1);
  EXPECT_STREQ(buffer, "1234567");
}

TEST(Spec, ZeroMeansTheDefaults) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  spec.in = FP4JIT_DTYPE_BF16;
  spec.k = 64;
  spec.target_sm = 90;
  char text[200];
  size_t size = sizeof text;
  ASSERT_EQ(fp4jit_spec_to_text(&spec, text, &size), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_STREQ(text, "nvfp4_quantize[k=64,in=bf16,layout=linear]@sm_90");
}

TEST(Spec, RefusalSaysWhatIsWrong) {
  fp4jit_spec spec = {};
  spec.struct_size = sizeof spec;
  EXPECT_EQ(fp4jit_spec_from_text("nvfp4_quantize[k=232,in=bf16,layout=linear]@sm_90", &spec),
            FP4JIT_E_INVALID_SPEC);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("232 = 14.5 blocks"));
  EXPECT_EQ(fp4jit_spec_from_text("nvfp4_quantize[k=16,in=bf16,layout=linear]@sm_100", &spec),
            FP4JIT_E_UNSUPPORTED);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("sm_100a"));
}

TEST(Spec, ValidatesWithAndWithoutTarget) {
  fp4jit_spec spec = spec_of(kText);
  EXPECT_EQ(fp4jit_spec_validate(&spec), FP4JIT_OK);
  spec.target_sm = 0;
  spec.target_suffix = 0;
  EXPECT_EQ(fp4jit_spec_validate(&spec), FP4JIT_OK);
  spec.op = FP4JIT_OP_AMAX;
  EXPECT_EQ(fp4jit_spec_validate(&spec), FP4JIT_E_UNSUPPORTED);
}

struct BadNumber {
  int32_t fp4jit_spec::*field;
  int32_t value;
  const char* name;
};

// No number may reach the packed form that does not fit its bits: it would name another kernel.
TEST(Spec, RefusesNumbersThatAreNoEnumerators) {
  const BadNumber numbers[] = {
      {&fp4jit_spec::op, 8, "op"},
      {&fp4jit_spec::op, -1, "op"},
      {&fp4jit_spec::format, 3, "format"},
      {&fp4jit_spec::in, 4, "in"},
      {&fp4jit_spec::sf_layout, 3, "sf_layout"},
      {&fp4jit_spec::scale, 4, "scale"},
      {&fp4jit_spec::numerics, 3, "numerics"},
      {&fp4jit_spec::ue8m0, 4, "ue8m0"},
      {&fp4jit_spec::grouping, 3, "grouping"},
      {&fp4jit_spec::pdl, 3, "pdl"},
      {&fp4jit_spec::target_sm, 256 + 90, "target_sm"},
      {&fp4jit_spec::target_suffix, 3, "target_suffix"},
      {&fp4jit_spec::target_is_ptx, 2, "target_is_ptx"},
  };
  for (const BadNumber& number : numbers) {
    fp4jit_spec spec = spec_of(kText);
    spec.*number.field = number.value;
    EXPECT_EQ(fp4jit_spec_validate(&spec), FP4JIT_E_INVALID_SPEC) << number.name;
    EXPECT_THAT(fp4jit_last_error(), StartsWith(std::string(number.name) + " must be "));
    EXPECT_THAT(fp4jit_last_error(), HasSubstr("it is " + std::to_string(number.value)));
  }
  fp4jit_spec spec = spec_of(kText);
  spec.k = 1u << 24;
  EXPECT_EQ(fp4jit_spec_validate(&spec), FP4JIT_E_INVALID_SPEC);
}

TEST(StructSize, MustBeSetAndMayBeLongerIfTheRestIsZero) {
  struct {
    fp4jit_spec spec;
    int64_t of_tomorrow;
  } longer = {spec_of(kText), 0};
  longer.spec.struct_size = sizeof longer;
  EXPECT_EQ(fp4jit_spec_validate(&longer.spec), FP4JIT_OK);
  longer.of_tomorrow = 1;
  EXPECT_EQ(fp4jit_spec_validate(&longer.spec), FP4JIT_E_ABI_MISMATCH);
  for (uint32_t size : {0u, 4u, static_cast<uint32_t>(sizeof(fp4jit_spec)) - 4}) {
    longer.spec.struct_size = size;
    EXPECT_EQ(fp4jit_spec_validate(&longer.spec), FP4JIT_E_ABI_MISMATCH);
    EXPECT_THAT(fp4jit_last_error(), HasSubstr("spec.struct_size is " + std::to_string(size)));
  }
  fp4jit_spec unset = {};
  EXPECT_EQ(fp4jit_spec_from_text(kText, &unset), FP4JIT_E_ABI_MISMATCH);
}

TEST(NullArguments, AreNamed) {
  fp4jit_spec spec = spec_of(kText);
  size_t size = 0;
  EXPECT_EQ(fp4jit_spec_from_text(nullptr, &spec), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_STREQ(fp4jit_last_error(), "text must not be null");
  EXPECT_EQ(fp4jit_spec_from_text(kText, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_spec_to_text(nullptr, nullptr, &size), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_spec_to_text(&spec, nullptr, nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_spec_validate(nullptr), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_infer_outputs(&spec, 1, 0, 0, nullptr), FP4JIT_E_INVALID_ARGUMENT);
}

TEST(LastError, BelongsToItsThreadAndOutlivesASuccess) {
  EXPECT_EQ(fp4jit_spec_validate(nullptr), FP4JIT_E_INVALID_ARGUMENT);
  std::thread([] { EXPECT_STREQ(fp4jit_last_error(), ""); }).join();
  spec_of(kText);
  EXPECT_STREQ(fp4jit_last_error(), "spec must not be null");
}

// Sizes of the issue that asked for them: 128x4 pads rows to 128 and scale columns to 4.
TEST(InferOutputs, GivesThePaddedSizes) {
  fp4jit_spec spec = spec_of("nvfp4_quantize[k=464,in=bf16,layout=128x4]@sm_90");
  fp4jit_output_shape shape = {};
  shape.struct_size = sizeof shape;
  ASSERT_EQ(fp4jit_infer_outputs(&spec, 130, 0, 0, &shape), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(shape.sf_vec_size, 16);
  EXPECT_EQ(shape.data_rows, 130);
  EXPECT_EQ(shape.data_columns, 232);
  EXPECT_EQ(shape.sf_rows, 256);
  EXPECT_EQ(shape.sf_columns, 32);
  EXPECT_EQ(shape.data_bytes, 130 * 232);
  EXPECT_EQ(shape.sf_bytes, 256 * 32);
  EXPECT_EQ(shape.input_bytes, 130 * 464 * 2);
}

TEST(InferOutputs, TakesARunTimeKAndRefusesADifferentConstant) {
  fp4jit_spec runtime_k = spec_of("mxfp8_quantize[k=0,in=f32,layout=8x4]@sm_90");
  fp4jit_output_shape shape = {};
  shape.struct_size = sizeof shape;
  ASSERT_EQ(fp4jit_infer_outputs(&runtime_k, 9, 64, 96, &shape), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(shape.data_columns, 96);
  EXPECT_EQ(shape.sf_rows, 16);
  EXPECT_EQ(shape.sf_columns, 4);
  fp4jit_spec constant = spec_of(kText);
  EXPECT_EQ(fp4jit_infer_outputs(&constant, 1, 64, 0, &shape), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_EQ(fp4jit_infer_outputs(&constant, -1, 0, 0, &shape), FP4JIT_E_INVALID_ARGUMENT);
}

}  // namespace
