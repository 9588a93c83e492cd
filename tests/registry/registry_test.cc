#include "registry/registry.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/fakes/count_allocations.h"
#include "tests/registry/registry_fixture.h"

namespace fp4jit {
namespace {

using testing::HasSubstr;
constexpr const char* kText = "nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_90";

class RegistryTest : public RegistryFixture {
 protected:
  const Spec kSpec = spec(kText);
  const PackedSpec kPacked = pack_spec(kSpec);
};

TEST_F(RegistryTest, FindsNothingBeforeItIsPrepared) {
  EXPECT_EQ(registry.find(kPacked, 0), nullptr);
  EXPECT_EQ(registry.kernel(1), nullptr);
  EXPECT_TRUE(driver.sequence().empty());
  EXPECT_EQ(compiler->compiles, 0);
}

TEST_F(RegistryTest, FindsWhatWasPrepared) {
  Result<const KernelRecord*> record = registry.prepare(kSpec, 0);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(registry.find(kPacked, 0), *record);
  EXPECT_EQ(registry.kernel((*record)->handle), *record);
  EXPECT_EQ((*record)->kernel.spec, kSpec);
  EXPECT_EQ((*record)->kernel.device->ordinal, 0);
  EXPECT_EQ(registry.find(kPacked, 1), nullptr);
}

TEST_F(RegistryTest, FindsWithoutAnAllocation) {
  const KernelRecord* record = *registry.prepare(kSpec, 0);
  int before = allocations_of_thread();
  const KernelRecord* found = registry.find(kPacked, 0);
  const KernelRecord* missed = registry.find(kPacked, 1);
  const KernelRecord* by_handle = registry.kernel(record->handle);
  EXPECT_EQ(allocations_of_thread() - before, 0);
  EXPECT_EQ(found, record);
  EXPECT_EQ(missed, nullptr);
  EXPECT_EQ(by_handle, record);
  before = allocations_of_thread();
  ASSERT_TRUE(registry.prepare(kSpec, 1).ok());
  EXPECT_GT(allocations_of_thread() - before, 0) << "allocations are not counted";
}

TEST_F(RegistryTest, DoesNothingTwice) {
  const KernelRecord* first = *registry.prepare(kSpec, 0);
  size_t calls = driver.sequence().size();
  EXPECT_EQ(*registry.prepare(kSpec, 0), first);
  EXPECT_EQ(driver.sequence().size(), calls);
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(registry.counters().kernels, 1u);
  EXPECT_EQ(registry.counters().loads, 1u);
}

TEST_F(RegistryTest, CompilesOnceForAllDevices) {
  uint32_t first = (*registry.prepare(kSpec, 0))->handle;
  uint32_t second = (*registry.prepare(kSpec, 1))->handle;
  EXPECT_NE(first, second) << "a handle is for one device";
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(driver.calls("cuLibraryLoadData"), 1);
  EXPECT_EQ(registry.counters().loads, 2u);
}

TEST_F(RegistryTest, CompilesWithoutADriver) {
  ASSERT_TRUE(registry.compile(kSpec).ok());
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_TRUE(driver.sequence().empty());
}

TEST_F(RegistryTest, CompilesOnceForManyThreads) {
  compiler->before = [](const CompileRequest&) {
    std::this_thread::sleep_for(
        std::chrono::milliseconds(50));  // so that the others come meanwhile
  };
  std::vector<std::thread> threads;
  std::vector<const KernelRecord*> records(16);
  for (size_t i = 0; i < records.size(); ++i) {
    threads.emplace_back([&, i] {
      Result<const KernelRecord*> record = registry.prepare(kSpec, static_cast<int32_t>(i % 2));
      if (record.ok()) records[i] = *record;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(registry.counters().loads, 2u);
  for (size_t i = 0; i < records.size(); ++i) {
    ASSERT_NE(records[i], nullptr);
    EXPECT_EQ(records[i], registry.find(kPacked, static_cast<int32_t>(i % 2)));
  }
}

TEST_F(RegistryTest, ForgetsACompileError) {
  compiler->failures = 1;
  Result<const KernelRecord*> failed = registry.prepare(kSpec, 0);
  EXPECT_EQ(failed.status().code(), StatusCode::kCompile);
  EXPECT_THAT(failed.status().message(), HasSubstr(kText));
  EXPECT_EQ(registry.counters().load_failures, 0u) << "nothing was loaded";
  EXPECT_EQ(registry.find(kPacked, 0), nullptr);
  EXPECT_TRUE(registry.prepare(kSpec, 0).ok());
}

TEST_F(RegistryTest, ForgetsALoadError) {
  driver.fail("cuLibraryLoadData", CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(registry.prepare(kSpec, 0).status().code(), StatusCode::kDriver);
  EXPECT_EQ(registry.counters().load_failures, 1u);
  EXPECT_EQ(registry.counters().kernels, 0u);
  EXPECT_TRUE(registry.prepare(kSpec, 0).ok());
  EXPECT_EQ(compiler->compiles, 1) << "the artifact was there";
}

TEST_F(RegistryTest, RefusesWhatHasNoTemplateBeforeAnyWork) {
  Spec unsupported = kSpec;
  unsupported.op = Op::kAmax;
  EXPECT_EQ(registry.prepare(unsupported, 0).status().code(), StatusCode::kUnsupported);
  EXPECT_EQ(registry.compile(unsupported).status().code(), StatusCode::kUnsupported);
  EXPECT_TRUE(driver.sequence().empty());
}

TEST_F(RegistryTest, RefusesAForeignTargetBeforeItCompiles) {
  Spec foreign = kSpec;
  foreign.target = *parse_target("sm_100a");
  Status status = registry.prepare(foreign, 0).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("sm_100a does not run on device 0"));
  EXPECT_EQ(compiler->compiles, 0);
}

TEST_F(RegistryTest, StopsWhenItIsCancelled) {
  std::atomic<bool> cancelled{true};
  EXPECT_EQ(registry.prepare(kSpec, 0, &cancelled).status().code(), StatusCode::kCancelled);
  EXPECT_TRUE(registry.prepare(kSpec, 0).ok());
}

TEST_F(RegistryTest, DoesNotCancelThoseWhoWaited) {
  std::atomic<bool> cancelled{false}, entered{false};
  compiler->before = [&](const CompileRequest& request) {
    if (request.cancelled != &cancelled) return;
    entered = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // so that the other one waits
    cancelled = true;
  };
  Status first;
  std::thread leader([&] { first = registry.prepare(kSpec, 0, &cancelled).status(); });
  while (!entered) std::this_thread::yield();
  EXPECT_TRUE(registry.prepare(kSpec, 0).ok());
  leader.join();
  EXPECT_EQ(first.code(), StatusCode::kCancelled);
}

TEST_F(RegistryTest, GivesASpecWithoutTargetTheDevicesOwn) {
  Spec open = kSpec;
  open.target = {};
  Result<const KernelRecord*> record = registry.prepare(open, 0);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ((*record)->kernel.spec, kSpec);
  EXPECT_EQ(registry.find(pack_spec(open), 0), *record);
  EXPECT_EQ(registry.find(kPacked, 0), *record);
  EXPECT_EQ(*registry.prepare(open, 0), *record);
  EXPECT_EQ(registry.counters().kernels, 1u);
}

class RegistryOnBlackwell : public RegistryFixture {
 protected:
  RegistryOnBlackwell() : RegistryFixture({{10, 3, "Fake B300"}}) {}
  const Spec kExact = spec("mxfp8_quantize[k=4096,in=bf16,layout=linear]@sm_103a");

  // What a store that was filled for `target` makes of a request for the exact one.
  std::string loaded_after_compiling(const char* target) {
    Spec other = kExact;
    other.target = *parse_target(target);
    EXPECT_TRUE(registry.compile(other).ok());
    Result<const KernelRecord*> record = registry.prepare(kExact, 0);
    if (!record.ok()) return record.status().message();
    EXPECT_EQ(registry.find(pack_spec(kExact), 0), *record);
    return target_text((*record)->kernel.spec.target);
  }
};

TEST_F(RegistryOnBlackwell, TakesTheFamilysArtifact) {
  EXPECT_EQ(loaded_after_compiling("sm_100f"), "sm_100f");
  EXPECT_EQ(compiler->compiles, 1);
}

TEST_F(RegistryOnBlackwell, TakesPtxThatFits) {
  EXPECT_EQ(loaded_after_compiling("compute_103a"), "compute_103a");
  EXPECT_EQ(compiler->compiles, 1);
}

TEST_F(RegistryOnBlackwell, TakesPtxOfAnyEarlierDevice) {
  EXPECT_EQ(loaded_after_compiling("compute_80"), "compute_80");
  EXPECT_EQ(compiler->compiles, 1);
}

TEST_F(RegistryOnBlackwell, TakesTheLatestOfEarlierPtx) {
  for (const char* target : {"compute_80", "compute_89"}) {
    Spec earlier = kExact;
    earlier.target = *parse_target(target);
    ASSERT_TRUE(registry.compile(earlier).ok());
  }
  EXPECT_EQ(loaded_after_compiling("compute_86"), "compute_89");
}

TEST_F(RegistryOnBlackwell, PassesOverWhatTheDriverIsTooOldFor) {
  driver.version = 12090;
  EXPECT_TRUE(registry.compile(kExact).ok());
  Spec ptx = kExact;
  ptx.target = *parse_target("compute_103a");
  EXPECT_TRUE(registry.compile(ptx).ok());
  Status status = registry.prepare(kExact, 0).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("CUDA 13.0 or later, and this one is for 12.9"));
  EXPECT_EQ(compiler->compiles, 2) << "it compiled what the driver cannot load";

  compiler->version = {12, 9};
  Result<const KernelRecord*> record = registry.prepare(kExact, 0);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(compiler->compiles, 3);
  EXPECT_THAT(driver.images(), testing::ElementsAre(HasSubstr("12.9")));
}

// What only the driver can tell: by its version it should take the artifact.
TEST_F(RegistryOnBlackwell, CompilesAnewWhatTheDriverRefuses) {
  EXPECT_TRUE(registry.compile(kExact).ok());
  driver.fail("cuLibraryLoadData", CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
  Status status = registry.prepare(kExact, 0).status();
  EXPECT_EQ(status.code(), StatusCode::kUnsupported);
  EXPECT_THAT(status.message(), HasSubstr("driver 13.0: cuLibraryLoadData"));
  EXPECT_THAT(status.message(), HasSubstr("NVRTC 13.0 compiled it"));
  EXPECT_EQ(compiler->compiles, 1) << "the same bytes again";

  compiler->version = {12, 9};
  driver.fail("cuLibraryLoadData", CUDA_ERROR_UNSUPPORTED_PTX_VERSION);
  Result<const KernelRecord*> record = registry.prepare(kExact, 0);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_THAT(driver.images(), testing::ElementsAre(HasSubstr("12.9")));
}

TEST_F(RegistryOnBlackwell, CompilesTheExactTargetWhereAnothersIsRefused) {
  driver.fail("cuLibraryLoadData", CUDA_ERROR_NO_BINARY_FOR_GPU);
  EXPECT_EQ(loaded_after_compiling("sm_100f"), "sm_103a");
  EXPECT_EQ(compiler->compiles, 2);
  EXPECT_EQ(registry.counters().load_failures, 1u);
}

TEST_F(RegistryOnBlackwell, DoesNotTakeAnotherFailureForARefusal) {
  EXPECT_TRUE(registry.compile(kExact).ok());
  compiler->version = {12, 9};
  driver.fail("cuLibraryLoadData", CUDA_ERROR_OUT_OF_MEMORY);
  EXPECT_EQ(registry.prepare(kExact, 0).status().code(), StatusCode::kDriver);
  EXPECT_EQ(compiler->compiles, 1);
}

TEST_F(RegistryOnBlackwell, CompilesTheExactTargetWhereNothingFits) {
  EXPECT_EQ(loaded_after_compiling("sm_90"), "sm_103a");
  EXPECT_EQ(compiler->compiles, 2);
}

class RegistryOnTomorrow : public RegistryFixture {
 protected:
  RegistryOnTomorrow() : RegistryFixture({{13, 0, "Fake R100"}}) {}
};

TEST_F(RegistryOnTomorrow, ServesAnUnknownDeviceWithOneWarning) {
  for (const char* layout : {"linear", "8x4"}) {
    Spec open = spec(std::string("nvfp4_quantize[k=64,in=bf16,layout=") + layout + "]@sm_90");
    open.target = {};
    Result<const KernelRecord*> record = registry.prepare(open, 0);
    ASSERT_TRUE(record.ok()) << record.status().message();
    EXPECT_EQ(target_text((*record)->kernel.spec.target), "compute_90");
  }
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_THAT(logged[0], HasSubstr("Fake R100"));
}

}  // namespace
}  // namespace fp4jit
