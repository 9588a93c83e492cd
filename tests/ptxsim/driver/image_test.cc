#include <cstring>

#include "tests/ptxsim/driver/device_model.h"
#include "tests/ptxsim/driver/driver_fixture.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;

// What both kinds of load say of an image: the code, and the line on stderr.
class ImageLoad : public Driver {
 protected:
  CUresult library(const void* image) {
    CUlibrary library = nullptr;
    testing::internal::CaptureStderr();
    const CUresult code =
        cuLibraryLoadData(&library, image, nullptr, nullptr, 0, nullptr, nullptr, 0);
    said_ = testing::internal::GetCapturedStderr();
    CUmodule module = nullptr;
    testing::internal::CaptureStderr();
    EXPECT_EQ(cuModuleLoadData(&module, image), code);
    testing::internal::GetCapturedStderr();
    return code;
  }

  std::string said_;
};

TEST_F(ImageLoad, PtxMayBeginWithSpaceAndComments) {
  EXPECT_EQ(library((std::string("\n /* a */ // b\n") + kKernels).c_str()), CUDA_SUCCESS) << said_;
}

TEST_F(ImageLoad, NothingIsNoImage) {
  EXPECT_EQ(library(""), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_EQ(library("  \n"), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_EQ(library("// only a comment"), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_EQ(library("/* one that never ends"), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_THAT(said_, HasSubstr("ptxsim: cuLibraryLoadData: the image is empty"));
  EXPECT_EQ(library(nullptr), CUDA_ERROR_INVALID_VALUE);
}

TEST_F(ImageLoad, GarbageIsNoImage) {
  EXPECT_EQ(library("\x01\x02\x03"), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_EQ(library("int main() {}"), CUDA_ERROR_INVALID_IMAGE);
  EXPECT_THAT(said_, HasSubstr("neither PTX nor a binary"));
}

TEST_F(ImageLoad, MachineCodeIsForAnotherDevice) {
  const char elf[64] =
      "\x7F"
      "ELF\x02\x01\x01";
  EXPECT_EQ(library(elf), CUDA_ERROR_NO_BINARY_FOR_GPU);
  EXPECT_THAT(said_, HasSubstr("ptxsim executes PTX; set FP4JIT_ARTIFACT=ptx"));
  const uint32_t fatbin[16] = {0xBA55ED50u, 0x00100001u};
  EXPECT_EQ(library(fatbin), CUDA_ERROR_NO_BINARY_FOR_GPU);
  const uint32_t wrapper[16] = {0x466243B1u, 1};
  EXPECT_EQ(library(wrapper), CUDA_ERROR_NO_BINARY_FOR_GPU);
}

// Wherever the text is cut, it is refused or, cut between two kernels, taken; never a crash.
TEST_F(ImageLoad, PtxThatIsCutOffIsRefused) {
  const std::string text = kKernels;
  int refused = 0;
  for (size_t length = 1; length < text.size(); length += 7) {
    const CUresult code = library(text.substr(0, length).c_str());
    EXPECT_THAT(code,
                testing::AnyOf(CUDA_SUCCESS, CUDA_ERROR_INVALID_PTX, CUDA_ERROR_INVALID_IMAGE,
                               CUDA_ERROR_UNSUPPORTED_PTX_VERSION, CUDA_ERROR_NO_BINARY_FOR_GPU))
        << length;
    refused += code != CUDA_SUCCESS;
  }
  EXPECT_GT(refused, 150);
  EXPECT_EQ(library(text.substr(0, text.find("st.global") + 20).c_str()), CUDA_ERROR_INVALID_PTX);
}

TEST_F(ImageLoad, AnUnknownInstructionIsNamedWithItsLine) {
  std::string text = kKernels;
  text.replace(text.find("mul.wide.u32"), 12, "mul.wild.u32");
  EXPECT_EQ(library(text.c_str()), CUDA_ERROR_INVALID_PTX);
  EXPECT_THAT(said_, testing::ContainsRegex("cuLibraryLoadData: .*line 17: .*mul\\.wild\\.u32"));
}

TEST_F(ImageLoad, APtxVersionOfTheFutureIsUnsupported) {
  std::string text = kKernels;
  text.replace(text.find(".version 8.0"), 12, ".version 99.0");
  EXPECT_EQ(library(text.c_str()), CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
}

TEST_F(ImageLoad, PtxOfAnotherTargetIsForAnotherDevice) {
  EXPECT_EQ(library(kernels_for("sm_100").c_str()), CUDA_SUCCESS);
  EXPECT_EQ(library(kernels_for("sm_100a").c_str()), CUDA_SUCCESS);
  for (const char* target : {"sm_90a", "sm_103", "sm_120a", "sm_103f"}) {
    EXPECT_EQ(library(kernels_for(target).c_str()), CUDA_ERROR_NO_BINARY_FOR_GPU) << target;
    EXPECT_THAT(said_, HasSubstr(std::string("PTX for ") + target + " does not run on sm_100a"));
  }
}

TEST_F(ImageLoad, TheLogOfALoadHasTheReason) {
  char log[200] = "";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {log, reinterpret_cast<void*>(sizeof log)};
  CUmodule module = nullptr;
  EXPECT_EQ(cuModuleLoadDataEx(&module, kernels_for("sm_90a").c_str(), 2, options, values),
            CUDA_ERROR_NO_BINARY_FOR_GPU);
  EXPECT_STREQ(log, "PTX for sm_90a does not run on sm_100a");
  EXPECT_EQ(reinterpret_cast<size_t>(values[1]), std::strlen(log));
}

// The rule of the PTX manual's .target: plain code runs on the same and on later devices, "a" on
// one alone, "f" on its family from that one on.
TEST(Target, RunsWhereThePtxManualSaysSo) {
  const struct {
    const char *target, *runs;
  } kRules[] = {{"sm_80", "80 86 87 89 90 100 103 110 120 121"},
                {"sm_89", "89 90 100 103 110 120 121"},
                {"sm_90", "90 100 103 110 120 121"},
                {"sm_90a", "90"},
                {"sm_100", "100 103 110 120 121"},
                {"sm_100a", "100"},
                {"sm_100f", "100 103"},
                {"sm_103a", "103"},
                {"sm_103f", "103"},
                {"sm_110f", "110"},
                {"sm_120f", "120 121"},
                {"sm_121f", "121"},
                {"sm_121", "121"},
                {"sm_", ""},
                {"sm_x", ""},
                {"", ""}};
  const char* kDevices[] = {"80", "86", "87", "89", "90", "100", "103", "110", "120", "121"};
  for (const auto& rule : kRules) {
    std::string runs;
    for (const char* device : kDevices) {
      const auto model = find_device_model(std::string("sm_") + device);
      ASSERT_TRUE(model);
      if (runs_on(rule.target, *model)) runs += (runs.empty() ? "" : " ") + std::string(device);
    }
    EXPECT_EQ(runs, rule.runs) << rule.target;
  }
}

}  // namespace
}  // namespace ptxsim
