// What a child of fork() may do, whatever its parent was at when it forked.
#include <gtest/gtest.h>
#include <spawn.h>
#include <string.h>

#include <atomic>
#include <thread>
#include <vector>

#include "children.h"
#include "held_log.h"
#include "stub_runtime.h"
#include "stubdriver.h"

namespace fp4jit::life_cycle {
namespace {

// All tests but the first run in children of their own: no test's driver is lost to another's.
class Fork : public testing::Test {
 protected:
  Folder folder;
  std::string store = folder.path("store");
};

bool is_told(fp4jit_status status) {
  return status == FP4JIT_E_FORKED && strstr(fp4jit_last_error(), "spawn or exec") != nullptr;
}

// Every family of calls, in a child whose parent has used the driver and loaded kernel 16.
void use_all(const StubRuntime& runtime, uint32_t own, const std::string& store) {
  require(runtime.compile(own) == FP4JIT_OK, "compile");
  fp4jit_kernel kernel = 0;
  require(runtime.find(16, &kernel) == FP4JIT_OK, "find");
  require(runtime.find(own, &kernel) == FP4JIT_E_NOT_PREPARED, "find of a miss");
  runtime.find(16, &kernel);
  require(is_told(runtime.launch(kernel, 16)), "launch");
  require(is_told(runtime.launch_spec(16)), "launch_spec of a hit");
  require(is_told(runtime.launch_spec(own)), "launch_spec of a miss");
  require(is_told(runtime.load(own)), "load");
  require(runtime.counters().compiles > 0, "stats");
  require(fp4jit_drain(runtime.get()) == FP4JIT_OK, "drain");
  require(fp4jit_seal(runtime.get(), FP4JIT_SEAL_HARD) == FP4JIT_OK, "seal");
  require(runtime.compile(own + 16) == FP4JIT_E_SEALED, "compile after seal");
  require(fp4jit_unseal(runtime.get()) == FP4JIT_OK, "unseal");
  StubRuntime another(store);
  require(another.compile(own) == FP4JIT_OK, "compile by a runtime of the child");
  require(is_told(another.load(own)), "load by a runtime of the child");
}

TEST_F(Fork, AChildOfAParentWithoutDriverLoadsAndLaunches) {
  StubRuntime runtime(store);
  ASSERT_EQ(runtime.compile(32), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(in_child([&] {
              require(runtime.load(32) == FP4JIT_OK, "load");
              require(runtime.launch_spec(32) == FP4JIT_OK, "launch_spec");
              require(runtime.launch_spec(48) == FP4JIT_OK, "launch_spec of a miss");
              require(stubdriver_launches() == 2, "launches");
              std::string grandchild =
                  in_child([&] { require(is_told(runtime.load(64)), "load in a grandchild"); });
              require(grandchild.empty(), grandchild.c_str());
            }),
            "");
}

TEST_F(Fork, GrandchildrenAreAsTheirParent) {
  auto family = [&] {
    StubRuntime runtime(store);
    require(runtime.load(16) == FP4JIT_OK, "load");
    std::string child = in_child([&] {
      std::string grandchild = in_child([&] { use_all(runtime, 80, store); }, exit);
      require(grandchild.empty(), grandchild.c_str());
      use_all(runtime, 96, store);
    });
    require(child.empty(), child.c_str());
    require(runtime.load(112) == FP4JIT_OK, "the first one goes on");
  };
  EXPECT_EQ(in_child(family), "");
}

// The driver is opened by the first miss of a runtime; that takes longer than this thread sleeps.
TEST_F(Fork, AChildIsNotKeptFromADriverThatIsBeingOpened) {
  auto family = [&] {
    setenv("STUBDRIVER_DELAY", "300", 1);
    StubRuntime runtime(store);
    require(runtime.compile(16) == FP4JIT_OK, "compile");
    std::atomic<bool> begun{false};
    std::thread opener([&] {
      begun = true;
      runtime.launch_spec(16);
    });
    while (!begun) std::this_thread::yield();
    usleep(100'000);
    std::string child = in_child([&] {
      fp4jit_status status = runtime.load(16);
      require(status == FP4JIT_OK || status == FP4JIT_E_FORKED, "load");
    });
    opener.join();
    require(child.empty(), child.c_str());
  };
  EXPECT_EQ(in_child(family), "");
}

// The trace cannot be written, and while the seal says so, it holds the recorder.
TEST_F(Fork, AChildIsNotKeptFromATraceThatIsBeingWritten) {
  auto family = [&] {
    fp4jit_config config = stub_config(store);
    config.record_path = "/nowhere/trace";
    HeldLog log(&config, "/nowhere/trace");
    StubRuntime runtime(config);
    stubdriver_set_capturing(arguments_of(16).stream, 1);
    require(runtime.launch_spec(16) == FP4JIT_E_NOT_PREPARED_IN_CAPTURE, "capture");
    std::thread sealer([&] { fp4jit_seal(runtime.get(), FP4JIT_SEAL_SOFT); });
    log.wait_until_held();
    std::thread later([&] {
      usleep(100'000);
      log.let_go();
    });
    std::string child = in_child([&] {
      fp4jit_unseal(runtime.get());
      require(runtime.compile(32) == FP4JIT_OK, "compile");
    });
    later.join();
    sealer.join();
    require(child.empty(), child.c_str());
  };
  EXPECT_EQ(in_child(family), "");
}

// What makes a process without copying this one waits for nobody.
TEST_F(Fork, SpawnSystemAndVforkGoPastWhatIsUnderWay) {
  auto family = [&] {
    fp4jit_config config = stub_config(store);
    HeldLog log(&config, "compiled ");
    StubRuntime runtime(config);
    std::thread compiler([&] { runtime.compile(16); });
    log.wait_until_held();
    char name[] = "true";
    char* arguments[] = {name, nullptr};
    pid_t child = 0;
    require(posix_spawnp(&child, name, nullptr, nullptr, arguments, environ) == 0, "posix_spawn");
    require(ending_of(child).empty(), "what was spawned");
    require(system(name) == 0, "system");
    child = vfork();
    if (child == 0) _exit(0);
    require(ending_of(child).empty(), "what came of vfork");
    log.let_go();
    compiler.join();
  };
  EXPECT_EQ(in_child(family), "");
}

}  // namespace
}  // namespace fp4jit::life_cycle
