// Many specs at once: one that ends in an exception is one failure among the others.
#include "tools/cli/prewarm_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "spec/text.h"
#include "tests/fakes/fake_compiler.h"

namespace fp4jit::cli {
namespace {

TEST(PrewarmRun, TakesAnExceptionForAFailure) {
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->before = [](const CompileRequest& request) {
    std::string name = request.source->file_name;
    if (name.find("k16_") != std::string::npos) throw std::bad_alloc();
    if (name.find("k32_") != std::string::npos) throw std::runtime_error("a surprise");
  };
  auto nowhere = std::make_shared<cache::ObjectStore>("", "none", cache::real_file_system(), Log{});
  ArtifactCache artifacts(nowhere, compiler, cache::Kind::kCubin, Log{});
  std::vector<Spec> specs;
  for (const char* k : {"16", "32", "48"}) {
    specs.push_back(
        *parse_spec("nvfp4_quantize[k=" + std::string(k) + ",in=bf16,layout=linear]@sm_90"));
  }
  std::atomic<bool> never{false};
  size_t told = 0;
  PrewarmRun run = run_prewarm(artifacts, specs, 3, &never, [&told](const SpecResult&) { ++told; });
  EXPECT_EQ(told, 3u);
  ASSERT_EQ(run.results.size(), 3u);
  EXPECT_EQ(run.results[0].status.code(), StatusCode::kOutOfMemory);
  EXPECT_THAT(run.results[1].status.message(), testing::HasSubstr("a surprise"));
  EXPECT_EQ(run.results[2].outcome, Outcome::kCompiled);
  EXPECT_FALSE(run.interrupted);
}

}  // namespace
}  // namespace fp4jit::cli
