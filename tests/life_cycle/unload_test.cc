// After dlclose the library is still there: for the threads that used it, for fork() and exit().
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "children.h"
#include "library.h"

namespace fp4jit::life_cycle {
namespace {

// Starts builds in the background and leaves them there.
fp4jit_runtime* leave_builds(const Library& library, const std::string& store) {
  fp4jit_config config = stub_config(store);
  config.on_miss = FP4JIT_ON_MISS_GENERIC;
  fp4jit_runtime* runtime = nullptr;
  require(library.create(&config, &runtime) == FP4JIT_OK, "create");
  fp4jit_spec spec = spec_of(16);
  require(library.load(runtime, &spec, 0, nullptr) == FP4JIT_OK, "load");
  for (uint32_t k = 0x1000; k < 0x1080; k += 16) {
    spec = spec_of(k);
    fp4jit_launch_args args = arguments_of(k);
    require(library.launch_spec(runtime, &spec, 0, &args) == FP4JIT_OK, "launch_spec");
  }
  return runtime;
}

// Opens the library, uses it on a thread which lives on, closes it, and goes on.
void use_and_close(const std::string& store, int seconds_before_the_end) {
  Library library(FP4JIT_LIBRARY);
  std::atomic<bool> closed{false};
  std::atomic<fp4jit_runtime*> runtime{nullptr};
  std::thread user([&] {
    runtime = leave_builds(library, store);
    while (!closed) std::this_thread::yield();
  });
  while (runtime == nullptr) std::this_thread::yield();
  library.close();
  std::string child = in_child([] {}, exit);
  require(child.empty(), child.c_str());
  closed = true;
  user.join();
  Library again(FP4JIT_LIBRARY);
  fp4jit_spec spec = spec_of(16);
  fp4jit_kernel kernel = 0;
  require(again.find_kernel(runtime, &spec, 0, &kernel) == FP4JIT_OK, "find");
  again.close();
  usleep(static_cast<useconds_t>(seconds_before_the_end) * 1'000'000);
}

// In children that nothing but these tests had the library loaded in: the program is not linked
// with it.
TEST(Unload, ThreadsForksAndTheEndOutliveTheLibrarysClosing) {
  Folder folder;
  for (int seconds : {0, 1}) {
    EXPECT_EQ(in_child([&] { use_and_close(folder.path("store"), seconds); }, exit), "");
  }
}

TEST(Unload, TheLibraryIsNotInThisProcessYet) {
  EXPECT_EQ(dlopen(FP4JIT_LIBRARY, RTLD_NOW | RTLD_NOLOAD), nullptr);
}

}  // namespace
}  // namespace fp4jit::life_cycle
