#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>

#include "codegen/source.h"
#include "spec/text.h"
#include "tests/compile/real_nvrtc.h"

namespace fp4jit {
namespace {

Spec spec_of(const char* text) {
  Result<Spec> spec = parse_spec(text);
  EXPECT_TRUE(spec.ok()) << spec.status().message();
  return *spec;
}

constexpr const char* kText = "nvfp4_quantize[k=4096,in=bf16,layout=128x4,pdl=1]@sm_100a";

class NvrtcTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<Compiler*> compiler = lazy_->open();
    ASSERT_TRUE(compiler.ok()) << compiler.status().message();
    compiler_ = *compiler;
  }
  Result<CompileOutput> compile(const Source& source, const char* target = "sm_100a",
                                const std::atomic<bool>* cancelled = nullptr) {
    return compiler_->compile(
        {&source, *parse_target(target), cache::Kind::kCubin, "seed", cancelled});
  }

  std::shared_ptr<LazyCompiler> lazy_ = real_nvrtc();
  Compiler* compiler_ = nullptr;
};

TEST_F(NvrtcTest, EqualRequestsGiveEqualBytes) {
  Source source = render_source(spec_of(kText));
  Result<CompileOutput> first = compile(source), second = compile(source);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->bytes, second->bytes);
}

TEST_F(NvrtcTest, TheKernelsNameSaysWhichVariantItIs) {
  Result<CompileOutput> output = compile(render_source(spec_of(kText)));
  ASSERT_TRUE(output.ok());
  EXPECT_NE(output->kernel_symbol.find(spec_identifier(spec_of(kText))), std::string::npos)
      << output->kernel_symbol;
  EXPECT_TRUE(
      output->bytes.starts_with("\x7F"
                                "ELF"));
}

TEST_F(NvrtcTest, TheWaitIsThereFromSm90On) {
  for (const char* text : {"mxfp4_quantize[k=0,in=f16,layout=linear]@sm_90", kText}) {
    Spec spec = spec_of(text);
    Result<CompileOutput> output = compile(render_source(spec), target_text(spec.target).c_str());
    ASSERT_TRUE(output.ok()) << output.status().message();
    EXPECT_NE(output->ptx.find("griddepcontrol.wait"), std::string::npos) << text;
  }
}

TEST_F(NvrtcTest, ItsLogIsInTheError) {
  Source broken = render_source(spec_of(kText));
  broken.text += "static_assert(false, \"planted by the test\");\n";
  Result<CompileOutput> output = compile(broken);
  EXPECT_EQ(output.status().code(), StatusCode::kCompile);
  EXPECT_NE(output.status().message().find("planted by the test"), std::string::npos)
      << output.status().message();
  EXPECT_NE(output.status().message().find(broken.file_name), std::string::npos);
}

// The geometry that the host computes with is asserted by what the device compiles.
TEST_F(NvrtcTest, AGeometryThatDisagreesDoesNotCompile) {
  Source source = render_source(spec_of(kText));
  size_t at = source.text.find("kTileRows == 128");
  ASSERT_NE(at, std::string::npos);
  source.text.replace(at, 16, "kTileRows == 64 ");
  Result<CompileOutput> output = compile(source);
  EXPECT_EQ(output.status().code(), StatusCode::kCompile);
  EXPECT_NE(output.status().message().find("disagree"), std::string::npos);
}

TEST_F(NvrtcTest, StopsWhenCancelled) {
  std::atomic<bool> cancelled{true};
  EXPECT_EQ(compile(render_source(spec_of(kText)), "sm_100a", &cancelled).status().code(),
            StatusCode::kCancelled);
}

TEST_F(NvrtcTest, LeavesTheStackLimitAlone) {
  rlimit before = {}, after = {};
  ASSERT_EQ(getrlimit(RLIMIT_STACK, &before), 0);
  ASSERT_TRUE(compile(render_source(spec_of(kText))).ok());
  ASSERT_EQ(getrlimit(RLIMIT_STACK, &after), 0);
  EXPECT_EQ(before.rlim_cur, after.rlim_cur);
}

TEST(NvrtcSearch, ThePathThatIsConfiguredIsTheOnlyOne) {
  EXPECT_EQ(nvrtc_candidates({"/no/such/libnvrtc.so", "/cuda"}),
            (std::vector<std::string>{"/no/such/libnvrtc.so"}));
}

TEST(NvrtcSearch, TheToolkitComesLast) {
  std::vector<std::string> candidates = nvrtc_candidates({"", "/my/cuda"});
  ASSERT_GE(candidates.size(), 4u);
  EXPECT_EQ(candidates[candidates.size() - 2], "/my/cuda/lib64/libnvrtc.so.13");
  EXPECT_EQ(candidates[candidates.size() - 1], "/my/cuda/lib64/libnvrtc.so.12");
}

TEST(NvrtcSearch, AbsenceNamesWhatWasTriedAndTheWayOut) {
  auto lazy = make_nvrtc_compiler({"/no/such/libnvrtc.so", ""}, Log{});
  EXPECT_FALSE(lazy->opened());
  Result<Compiler*> compiler = lazy->open();
  EXPECT_EQ(compiler.status().code(), StatusCode::kNoNvrtc);
  for (const char* word : {"/no/such/libnvrtc.so", "nvidia-cuda-nvrtc", "FP4JIT_NVRTC"}) {
    EXPECT_NE(compiler.status().message().find(word), std::string::npos)
        << compiler.status().message();
  }
  EXPECT_FALSE(lazy->opened());
}

TEST(NvrtcSearch, AbsenceIsNotRemembered) {
  std::string path = testing::TempDir() + "fp4jit_late_libnvrtc.so";
  std::filesystem::remove(path);
  auto lazy = make_nvrtc_compiler({path, ""}, Log{});
  EXPECT_FALSE(lazy->open().ok());
  Result<NvrtcInfo> installed = nvrtc_info(real_nvrtc_search());
  ASSERT_TRUE(installed.ok()) << installed.status().message();
  std::filesystem::create_symlink(installed->path, path);
  EXPECT_TRUE(lazy->open().ok()) << lazy->open().status().message();
  EXPECT_TRUE(lazy->opened());
  std::filesystem::remove(path);
}

TEST(NvrtcSearch, ALibraryThatIsNotNvrtcIsRefused) {
  Result<NvrtcInfo> info = nvrtc_info({"libc.so.6", ""});
  EXPECT_EQ(info.status().code(), StatusCode::kNoNvrtc);
  EXPECT_NE(info.status().message().find("nvrtcVersion"), std::string::npos)
      << info.status().message();
}

}  // namespace
}  // namespace fp4jit
