// What becomes of a call whose kernel is missing, over a fake driver and a fake compiler.
#include "registry/miss_policy.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "tests/cache/scratch.h"
#include "tests/registry/registry_fixture.h"

namespace fp4jit {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kText = "nvfp4_quantize[k=64,in=bf16,layout=128x4]@sm_90";
constexpr const char* kOtherText = "nvfp4_quantize[k=128,in=bf16,layout=128x4]@sm_90";
constexpr const char* kGenericText = "nvfp4_quantize[k=0,in=bf16,layout=128x4]@sm_90";

class Misses : public RegistryFixture {
 protected:
  // A registry and its policy, as a runtime with this setting has them.
  void make(OnMiss on_miss) {
    shared = std::make_shared<Registry>(artifacts, devices, libraries, log,
                                        RegistryOptions{recorder, on_miss == OnMiss::kGeneric});
    policy = std::make_unique<MissPolicy>(shared, devices, recorder, on_miss);
  }

  Result<const KernelRecord*> serve(const std::string& text) {
    return policy->serve(spec(text), 0, nullptr);
  }
  const KernelRecord* find(const std::string& text) {
    return shared->find(pack_spec(spec(text)), 0);
  }
  std::vector<std::string> calls_since(size_t begin) {
    std::vector<std::string> calls = driver.sequence();
    return {calls.begin() + static_cast<ptrdiff_t>(begin), calls.end()};
  }
  std::string trace() { return cache::read_bytes(folder.path("trace")); }

  cache::ScratchFolder folder;
  std::shared_ptr<Recorder> recorder =
      std::make_shared<Recorder>(folder.path("trace"), cache::real_file_system(), Log{});
  std::shared_ptr<Registry> shared;
  std::unique_ptr<MissPolicy> policy;
};

TEST_F(Misses, AreBuiltWhileTheCallWaits) {
  make(OnMiss::kBuild);
  Result<const KernelRecord*> record = serve(kText);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(*record, find(kText));
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(policy->counters().built, 1u);
  EXPECT_EQ(trace(), std::string(kText) + "\n");
}

TEST_F(Misses, AskTheStreamBeforeAnythingElse) {
  make(OnMiss::kBuild);
  ASSERT_TRUE(serve(kText).ok());
  EXPECT_EQ(driver.sequence()[0], "cuStreamIsCapturing");
}

// An invalidated capture, and the driver's errors about captures, are captures too.
TEST_F(Misses, AreRefusedWhileTheStreamIsCaptured) {
  make(OnMiss::kBuild);
  ASSERT_TRUE(serve(kText).ok());
  auto expect_refused = [&] {
    size_t begin = driver.sequence().size();
    Status status = serve(kOtherText).status();
    EXPECT_EQ(status.code(), StatusCode::kNotPreparedInCapture);
    EXPECT_THAT(status.message(),
                AllOf(HasSubstr(kOtherText), HasSubstr("capture"), HasSubstr("fp4jit prewarm")));
    EXPECT_EQ(calls_since(begin), std::vector<std::string>{"cuStreamIsCapturing"});
  };
  for (auto capture : {CU_STREAM_CAPTURE_STATUS_ACTIVE, CU_STREAM_CAPTURE_STATUS_INVALIDATED}) {
    driver.capture_status = capture;
    expect_refused();
  }
  driver.capture_status = CU_STREAM_CAPTURE_STATUS_NONE;
  for (CUresult result : {CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
                          CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD}) {
    driver.fail("cuStreamIsCapturing", result);
    expect_refused();
  }
  EXPECT_EQ(policy->counters().in_capture, 5u);
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(trace(), std::string(kText) + "\n") << "no file is touched in a capture";
  recorder->flush();
  EXPECT_THAT(trace(), HasSubstr(kOtherText));
}

// As a thread without a context answers for the default stream.
TEST_F(Misses, AreBuiltWhereTheDriverCannotSay) {
  make(OnMiss::kBuild);
  driver.fail("cuStreamIsCapturing", CUDA_ERROR_INVALID_CONTEXT);
  EXPECT_TRUE(serve(kText).ok());
}

TEST_F(Misses, OfTheHardSealTouchNothing) {
  make(OnMiss::kGeneric);
  ASSERT_TRUE(serve(kText).ok());
  ASSERT_TRUE(shared->compile(spec(kOtherText)).ok()) << "at hand, and not loaded";
  shared->seal(Seal::kHard);
  size_t begin = driver.sequence().size();
  Status status = serve(kOtherText).status();
  EXPECT_EQ(status.code(), StatusCode::kSealed);
  EXPECT_THAT(status.message(),
              AllOf(HasSubstr(kOtherText), HasSubstr("hard"),
                    HasSubstr("fp4jit prewarm --spec '" + std::string(kOtherText) + "'")));
  EXPECT_EQ(calls_since(begin), std::vector<std::string>{"cuStreamIsCapturing"});
  EXPECT_EQ(shared->compile(spec(kOtherText)).status().code(), StatusCode::kSealed);
  EXPECT_EQ(shared->prepare(spec(kOtherText), 1).status().code(), StatusCode::kSealed);
  EXPECT_TRUE(shared->prepare(spec(kText), 0).ok()) << "what is loaded stays at hand";
  EXPECT_EQ(compiler->compiles, 3) << "of the kernel, its generic one, and the other";
  shared->seal(Seal::kOff);
  EXPECT_TRUE(serve(kOtherText).ok());
}

TEST_F(Misses, OfTheSoftSealLoadWhatIsCompiled) {
  make(OnMiss::kBuild);
  ASSERT_TRUE(shared->compile(spec(kText)).ok());
  shared->seal(Seal::kSoft);
  EXPECT_TRUE(serve(kText).ok());
  Status status = serve(kOtherText).status();
  EXPECT_EQ(status.code(), StatusCode::kSealed);
  EXPECT_THAT(status.message(), AllOf(HasSubstr(kOtherText), HasSubstr("soft")));
  EXPECT_EQ(shared->compile(spec(kOtherText)).status().code(), StatusCode::kSealed);
  EXPECT_EQ(compiler->compiles, 1);
}

TEST_F(Misses, OfTheSealNameTheDevicesOwnTarget) {
  make(OnMiss::kBuild);
  ASSERT_TRUE(serve(kText).ok());
  shared->seal(Seal::kHard);
  Spec open = spec(kOtherText);
  open.target = {};
  EXPECT_THAT(policy->serve(open, 0, nullptr).status().message(), HasSubstr("@sm_90'"));
  EXPECT_THAT(policy->serve(open, 1, nullptr).status().message(), HasSubstr("--target native"))
      << "device 1 was not asked for its target, and must not be now";
}

TEST_F(Misses, AreServedByTheGenericKernelUntilTheirOwnIsThere) {
  make(OnMiss::kGeneric);
  ASSERT_TRUE(shared->prepare(spec(kText), 0).ok());
  ASSERT_NE(find(kGenericText), nullptr) << "loaded with the first of its kind";
  std::atomic<bool> release{false};
  compiler->before = [&](const CompileRequest&) {
    while (!release) std::this_thread::yield();
  };
  for (int i = 0; i < 3; ++i) {
    Result<const KernelRecord*> record = serve(kOtherText);
    ASSERT_TRUE(record.ok()) << record.status().message();
    EXPECT_EQ(*record, find(kGenericText));
  }
  release = true;
  EXPECT_TRUE(policy->drain().ok());
  ASSERT_NE(find(kOtherText), nullptr);
  EXPECT_EQ(find(kOtherText)->kernel.spec.k, 128u);
  MissCounters counters = policy->counters();
  EXPECT_EQ(counters.generic, 3u);
  EXPECT_EQ(counters.background.builds, 1u) << "however often it was missed";
  EXPECT_EQ(counters.background.failures, 0u);
  EXPECT_THAT(trace(), HasSubstr(kOtherText));
}

TEST_F(Misses, OfASpecWithoutTargetAreServedByTheGenericKernelToo) {
  make(OnMiss::kGeneric);
  Spec open = spec(kText);
  open.target = {};
  ASSERT_TRUE(shared->prepare(open, 0).ok());
  open.k = open.k_out = 256;
  Result<const KernelRecord*> record = policy->serve(open, 0, nullptr);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ((*record)->kernel.spec.k, 0u);
  EXPECT_TRUE(policy->drain().ok());
  EXPECT_NE(shared->find(pack_spec(open), 0), nullptr) << "found as it was asked for";
}

// The generic kernel is loaded: a capture may hold it, and the build leaves the capture alone.
TEST_F(Misses, AreServedByTheGenericKernelInACapture) {
  make(OnMiss::kGeneric);
  ASSERT_TRUE(serve(kText).ok());
  driver.capture_status = CU_STREAM_CAPTURE_STATUS_ACTIVE;
  Result<const KernelRecord*> record = serve(kOtherText);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(*record, find(kGenericText));
  EXPECT_TRUE(policy->drain().ok());
  EXPECT_EQ(driver.loads_outside_relaxed_capture(), 0);
  EXPECT_EQ(serve("mxfp8_quantize[k=64,in=bf16,layout=128x4]@sm_90").status().code(),
            StatusCode::kNotPreparedInCapture)
      << "no generic kernel of this format is loaded";
}

TEST_F(Misses, WhoseBackgroundBuildFailsGoOnBeingServed) {
  make(OnMiss::kGeneric);
  ASSERT_TRUE(serve(kText).ok());
  compiler->failures = 1;
  ASSERT_TRUE(serve(kOtherText).ok());
  Status failure = policy->drain();
  EXPECT_EQ(failure.code(), StatusCode::kCompile);
  EXPECT_THAT(failure.message(), HasSubstr(kOtherText));
  EXPECT_EQ(policy->counters().background.failures, 1u);
  EXPECT_TRUE(policy->drain().ok()) << "told once";
  ASSERT_TRUE(serve(kOtherText).ok());
  EXPECT_TRUE(policy->drain().ok());
  EXPECT_NE(find(kOtherText), nullptr) << "and tried again";
}

TEST_F(Misses, WithoutAGenericKernelAreBuilt) {
  make(OnMiss::kGeneric);
  Result<const KernelRecord*> record = serve(kText);
  ASSERT_TRUE(record.ok()) << record.status().message();
  EXPECT_EQ(*record, find(kText));
  EXPECT_NE(find(kGenericText), nullptr) << "which is there for the next one";
}

TEST_F(Misses, WhatIsQueuedDoesNotOutliveThePolicy) {
  make(OnMiss::kGeneric);
  ASSERT_TRUE(serve(kText).ok());
  std::atomic<bool> begun{false};
  compiler->before = [&](const CompileRequest& request) {
    begun = true;
    while (!request.cancelled->load()) std::this_thread::yield();
  };
  for (int k = 128; k <= 1024; k += 128) {
    ASSERT_TRUE(
        serve("nvfp4_quantize[k=" + std::to_string(k) + ",in=bf16,layout=128x4]@sm_90").ok());
  }
  while (!begun) std::this_thread::yield();
  policy.reset();
  EXPECT_EQ(compiler->compiles, 3) << "the kernel, its generic one, and the one under way";
}

// Holds the compile until all 64 want it.
TEST_F(Misses, OfManyThreadsBuildOnce) {
  make(OnMiss::kBuild);
  constexpr size_t kThreads = 64;
  compiler->before = [&](const CompileRequest&) {
    while (shared->counters().waits < kThreads - 1) std::this_thread::yield();
  };
  std::vector<const KernelRecord*> records(kThreads);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { records[i] = *serve(kText); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const KernelRecord* record : records) EXPECT_EQ(record, find(kText));
  EXPECT_EQ(compiler->compiles, 1);
  EXPECT_EQ(shared->counters().loads, 1u);
}

// The same, and the compile fails: 64 errors, and the next call tries again.
TEST_F(Misses, OfManyThreadsFailTogetherAndAreForgotten) {
  make(OnMiss::kBuild);
  constexpr size_t kThreads = 64;
  compiler->failures = 1;
  compiler->before = [&](const CompileRequest&) {
    while (shared->counters().waits < kThreads - 1) std::this_thread::yield();
  };
  std::atomic<size_t> errors{0};
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] { errors += serve(kText).status().code() == StatusCode::kCompile; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, kThreads);
  EXPECT_EQ(compiler->compiles, 1);
  compiler->before = nullptr;
  EXPECT_TRUE(serve(kText).ok());
}

TEST_F(Misses, OneWaiterThatIsCancelledLeavesTheRestAlone) {
  make(OnMiss::kBuild);
  std::atomic<bool> cancelled{false}, left{false};
  compiler->before = [&](const CompileRequest&) {
    while (shared->counters().waits < 2) std::this_thread::yield();
    cancelled = true;
    while (!left) std::this_thread::yield();
  };
  std::thread leader([&] { EXPECT_TRUE(serve(kText).ok()); });
  while (compiler->compiles == 0) std::this_thread::yield();
  std::thread patient([&] { EXPECT_TRUE(serve(kText).ok()); });
  std::thread impatient([&] {
    EXPECT_EQ(shared->prepare(spec(kText), 0, &cancelled).status().code(), StatusCode::kCancelled);
    left = true;
  });
  for (std::thread* thread : {&leader, &patient, &impatient}) thread->join();
  EXPECT_EQ(compiler->compiles, 1);
}

}  // namespace
}  // namespace fp4jit
