// Many specs at once: one that ends in an exception is one failure among the others, and memory
// does not grow with their number.
#include "tools/cli/prewarm_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "spec/text.h"
#include "tests/fakes/fake_compiler.h"

namespace fp4jit::cli {
namespace {

std::vector<Spec> specs_of(std::initializer_list<int> widths) {
  std::vector<Spec> specs;
  for (int k : widths) {
    specs.push_back(
        *parse_spec("nvfp4_quantize[k=" + std::to_string(k) + ",in=bf16,layout=linear]@sm_90"));
  }
  return specs;
}

std::unique_ptr<ArtifactCache> cache_without_store(std::shared_ptr<FakeCompiler> compiler) {
  auto nowhere = std::make_shared<cache::ObjectStore>("", "none", cache::real_file_system(), Log{});
  return std::make_unique<ArtifactCache>(nowhere, compiler, cache::Kind::kCubin, Log{});
}

TEST(PrewarmRun, TakesAnExceptionForAFailure) {
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->before = [](const CompileRequest& request) {
    std::string name = request.source->file_name;
    if (name.find("k16_") != std::string::npos) throw std::bad_alloc();
    if (name.find("k32_") != std::string::npos) throw std::runtime_error("a surprise");
  };
  auto artifacts = cache_without_store(compiler);
  std::vector<Spec> specs = specs_of({16, 32, 48});
  std::atomic<bool> never{false};
  size_t told = 0;
  PrewarmRun run =
      run_prewarm(*artifacts, specs, 3, &never, [&told](const SpecResult&) { ++told; });
  EXPECT_EQ(told, 3u);
  ASSERT_EQ(run.results.size(), 3u);
  EXPECT_EQ(run.results[0].status.code(), StatusCode::kOutOfMemory);
  EXPECT_THAT(run.results[1].status.message(), testing::HasSubstr("a surprise"));
  EXPECT_EQ(run.results[2].outcome, Outcome::kCompiled);
  EXPECT_FALSE(run.interrupted);
}

// Only the memory layer could find them again.
TEST(PrewarmRun, LeavesNothingInTheMemoryLayer) {
  auto artifacts = cache_without_store(std::make_shared<FakeCompiler>());
  std::vector<Spec> specs = specs_of({16, 32, 48});
  std::atomic<bool> never{false};
  PrewarmRun run = run_prewarm(*artifacts, specs, 2, &never, [](const SpecResult&) {});
  EXPECT_EQ(run.count(Outcome::kCompiled), 3u);
  for (const Spec& spec : specs) EXPECT_FALSE(artifacts->find(spec)) << spec_text(spec);
}

}  // namespace
}  // namespace fp4jit::cli
