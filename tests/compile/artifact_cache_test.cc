#include "compile/artifact_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "cache/file_system.h"
#include "spec/text.h"
#include "tests/fakes/fake_compiler.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;
constexpr const char* kText = "nvfp4_quantize[k=4096,in=bf16,layout=128x4,pdl=1]@sm_100a";

class ArtifactCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "artifact_cache_XXXXXX";
    root_ = mkdtemp(pattern.data());
    spec_ = *parse_spec(kText);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  // A process of its own: nothing in memory, the same store.
  std::unique_ptr<ArtifactCache> process(std::shared_ptr<FakeCompiler> compiler) {
    auto store = std::make_shared<cache::ObjectStore>(root_, "", cache::real_file_system(), Log{});
    return std::make_unique<ArtifactCache>(store, compiler, cache::Kind::kCubin, Log{});
  }

  // Puts into the store what an NVRTC of this version makes of the spec.
  void fill(cache::Toolchain version) {
    auto compiler = std::make_shared<FakeCompiler>();
    compiler->version = version;
    auto nowhere =
        std::make_shared<cache::ObjectStore>("", "for a test", cache::real_file_system(), Log{});
    ArtifactCache elsewhere(nowhere, compiler, cache::Kind::kCubin, Log{});
    Result<Found> compiled = elsewhere.get(spec_);
    ASSERT_TRUE(compiled.ok()) << compiled.status().message();
    ASSERT_TRUE(process(compiler)->store_artifact(*compiled->artifact));
  }

  static std::string toolchain_of(const std::optional<Found>& found) {
    return found ? found->artifact->record.toolchain.text() : "nothing";
  }

  std::string root_;
  Spec spec_;
};

TEST_F(ArtifactCacheTest, CompilesOnceThenServesFromMemoryAndStore) {
  auto compiler = std::make_shared<FakeCompiler>();
  auto first = process(compiler);
  Result<Found> compiled = first->get(spec_);
  ASSERT_TRUE(compiled.ok()) << compiled.status().message();
  EXPECT_EQ(compiled->layer, Layer::kCompile);
  EXPECT_TRUE(first->store_artifact(*compiled->artifact));
  EXPECT_EQ(first->get(spec_)->layer, Layer::kMemory);

  auto never_opened = std::make_shared<FakeCompiler>();
  auto second = process(never_opened);
  Result<Found> stored = second->get(spec_);
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->layer, Layer::kStore);
  EXPECT_EQ(stored->artifact->record.payload, compiled->artifact->record.payload);
  EXPECT_FALSE(never_opened->opened());
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(first->counters().compiles, 1u);
  EXPECT_EQ(second->counters().store_hits, 1u);
}

TEST_F(ArtifactCacheTest, WhatIsForgottenIsInTheStoreAndWithItsHolder) {
  auto artifacts = process(std::make_shared<FakeCompiler>());
  Result<Found> compiled = artifacts->get(spec_);
  ASSERT_TRUE(compiled.ok()) << compiled.status().message();
  ASSERT_TRUE(artifacts->store_artifact(*compiled->artifact));
  artifacts->forget(spec_);
  std::optional<Found> found = artifacts->find(spec_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->layer, Layer::kStore);
  EXPECT_EQ(found->artifact->record.payload, compiled->artifact->record.payload);
}

TEST_F(ArtifactCacheTest, FindNeverCompiles) {
  auto compiler = std::make_shared<FakeCompiler>();
  EXPECT_FALSE(process(compiler)->find(spec_).has_value());
  EXPECT_FALSE(compiler->opened());
}

TEST_F(ArtifactCacheTest, AMissWithoutACompilerSaysWhereItLookedAndWhatToRun) {
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->absent = true;
  Result<Found> found = process(compiler)->get(spec_);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.status().code(), StatusCode::kNoNvrtc);
  const std::string& message = found.status().message();
  EXPECT_NE(message.find(root_), std::string::npos) << message;
  EXPECT_NE(message.find(std::string("fp4jit prewarm --spec '") + kText + "'"), std::string::npos)
      << message;
}

TEST_F(ArtifactCacheTest, AFailedCompileNamesTheThreeVersions) {
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->version = {13, 2};
  compiler->failures = 2;
  auto cache = process(compiler);
  EXPECT_THAT(cache->get(spec_, nullptr, 13010).status().message(),
              HasSubstr("fp4jit 0.1.0, NVRTC 13.2, driver for CUDA 13.1\n"));
  EXPECT_THAT(cache->get(spec_).status().message(), HasSubstr("NVRTC 13.2, driver not asked\n"));
}

TEST_F(ArtifactCacheTest, RefusesDependentLaunchWithoutTheWaitInTheCode) {
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->omits_wait = true;
  auto cache = process(compiler);
  Status status = cache->get(spec_).status();
  EXPECT_EQ(status.code(), StatusCode::kCompile);
  EXPECT_THAT(status.message(), HasSubstr("without griddepcontrol.wait"));
  spec_.pdl = Pdl::kOff;
  Result<Found> without = cache->get(spec_);
  ASSERT_TRUE(without.ok()) << without.status().message();
  EXPECT_FALSE(without->artifact->record.waits_for_predecessor);
}

TEST_F(ArtifactCacheTest, TakesTheNewestThatTheDriverLoads) {
  fill({12, 9});
  fill({13, 1});
  auto cache = process(std::make_shared<FakeCompiler>());
  EXPECT_EQ(toolchain_of(cache->find(spec_)), "13.1");
  EXPECT_EQ(toolchain_of(cache->find(spec_, 13000)), "13.1") << "a cubin is for its major version";
  EXPECT_EQ(cache->counters().too_new, 0u);
  EXPECT_EQ(toolchain_of(cache->find(spec_, 12090)), "12.9") << "memory held the newer one";
  EXPECT_EQ(cache->counters().too_new, 1u);
  EXPECT_EQ(cache->find(spec_, 12090)->layer, Layer::kMemory);
  EXPECT_FALSE(cache->find(spec_, 11080).has_value());
}

TEST_F(ArtifactCacheTest, TakesPtxOfAnIsaThatTheDriverKnows) {
  spec_.target = *parse_target("compute_100a");
  fill({13, 0});
  fill({13, 1});
  EXPECT_EQ(toolchain_of(process(std::make_shared<FakeCompiler>())->find(spec_, 13000)), "13.0");
}

TEST_F(ArtifactCacheTest, CompilesAnewWhatTheDriverIsTooOldForWhereItsNvrtcFits) {
  fill({13, 1});
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->version = {12, 8};
  auto cache = process(compiler);
  Result<Found> found = cache->get(spec_, nullptr, 12090);
  ASSERT_TRUE(found.ok()) << found.status().message();
  EXPECT_EQ(found->layer, Layer::kCompile);
  EXPECT_EQ(cache->counters().too_new, 1u);
}

TEST_F(ArtifactCacheTest, NamesBothVersionsWhereItsNvrtcIsTooNewAsWell) {
  fill({13, 1});
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->version = {13, 1};
  Status status = process(compiler)->get(spec_, nullptr, 12090).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("CUDA 13.0 or later, and this one is for 12.9"));
  EXPECT_EQ(compiler->compiles, 0);
}

TEST_F(ArtifactCacheTest, AFailureIsCountedAndNotKept) {
  auto compiler = std::make_shared<FakeCompiler>();
  compiler->failures = 1;
  auto cache = process(compiler);
  EXPECT_EQ(cache->get(spec_).status().code(), StatusCode::kCompile);
  EXPECT_TRUE(cache->get(spec_).ok());
  EXPECT_EQ(cache->counters().compile_failures, 1u);
}

TEST_F(ArtifactCacheTest, AStoreThatCannotBeWrittenDoesNotFailTheCall) {
  auto store =
      std::make_shared<cache::ObjectStore>("", "HOME is not set", cache::real_file_system(), Log{});
  ArtifactCache cache(store, std::make_shared<FakeCompiler>(), cache::Kind::kCubin, Log{});
  Result<Found> found = cache.get(spec_);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(cache.store_artifact(*found->artifact));
  EXPECT_EQ(cache.get(spec_)->layer, Layer::kMemory);
}

TEST_F(ArtifactCacheTest, RefusesASpecWithoutATemplateBeforeAnyLayer) {
  auto compiler = std::make_shared<FakeCompiler>();
  Spec amax = spec_;
  amax.op = Op::kAmax;
  EXPECT_EQ(process(compiler)->get(amax).status().code(), StatusCode::kUnsupported);
  EXPECT_FALSE(compiler->opened());
}

}  // namespace
}  // namespace fp4jit
