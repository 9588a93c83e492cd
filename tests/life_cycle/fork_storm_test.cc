// Forks at any moment of a process whose threads compile, prepare, launch and look up.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "children.h"
#include "stub_runtime.h"

namespace fp4jit::life_cycle {
namespace {

constexpr int kForks = 50;

// Four threads at work on a runtime, each in its own way; each round has something new for them to
// build. Kernel 16 is loaded.
class BusyParent {
 public:
  explicit BusyParent(const fp4jit_config& config) : runtime_(config) {
    require(runtime_.load(16, 0, &kernel_) == FP4JIT_OK, "load");
    threads_.emplace_back([this] { compile_new_ones(); });
    threads_.emplace_back([this] { prepare_new_ones(); });
    threads_.emplace_back([this] { launch(); });
    threads_.emplace_back([this] { find(); });
  }
  ~BusyParent() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  BusyParent(const BusyParent&) = delete;
  BusyParent& operator=(const BusyParent&) = delete;

  const StubRuntime& runtime() const { return runtime_; }

  // Returns when the compile of the round's kernel has begun, or is about to.
  void begin_round() {
    uint32_t round = ++round_;
    while (under_way_ != round) usleep(100);
  }

  // What is compiled in this round.
  uint32_t under_way() const { return 0x1000 + 16 * round_; }

 private:
  // Calls `build` once a round.
  template <class Build>
  void each_round(Build build) {
    for (uint32_t done = 0; !stop_; usleep(100)) {
      if (uint32_t round = round_; round != done) build(done = round);
    }
  }

  void compile_new_ones() {
    each_round([&](uint32_t round) {
      under_way_ = round;
      require(runtime_.compile(0x1000 + 16 * round) == FP4JIT_OK, "the parent's compile");
    });
  }

  void prepare_new_ones() {
    each_round([&](uint32_t round) {
      fp4jit_spec spec = spec_of(0x4000 + 16 * (round / 2));  // every other round a new one
      int32_t devices[] = {0, 1};
      fp4jit_prepare_args args = {};
      args.struct_size = sizeof args;
      args.jobs = 2;
      args.specs = &spec;
      args.spec_count = 1;
      args.devices = devices;
      args.device_count = 2;
      require(fp4jit_prepare(runtime_.get(), &args) == FP4JIT_OK, "the parent's prepare");
    });
  }

  // Also misses, which the run-time K serves, and which are built in the background.
  void launch() {
    for (uint32_t i = 0; !stop_; ++i) {
      require(runtime_.launch(kernel_, 16) == FP4JIT_OK, "the parent's launch");
      require(runtime_.launch_spec(0x8000 + 16 * (round_ / 3)) == FP4JIT_OK,
              "the parent's launch_spec");
      if (i % 16 == 0) usleep(100);
    }
  }

  void find() {
    for (uint32_t i = 0; !stop_; ++i) {
      fp4jit_kernel kernel = 0;
      require(runtime_.find(16, &kernel) == FP4JIT_OK, "the parent's find");
      runtime_.find(0x10000, &kernel);
      runtime_.counters();
      if (i % 16 == 0) usleep(100);
    }
  }

  StubRuntime runtime_;
  fp4jit_kernel kernel_ = 0;
  std::atomic<uint32_t> round_{0}, under_way_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

void use(const BusyParent& parent, uint32_t own, const std::string& store) {
  const StubRuntime& runtime = parent.runtime();
  require(runtime.compile(parent.under_way()) == FP4JIT_OK, "compile of what was under way");
  require(runtime.compile(own) == FP4JIT_OK, "compile");
  fp4jit_kernel kernel = 0;
  require(runtime.find(16, &kernel) == FP4JIT_OK, "find");
  require(runtime.launch(kernel, 16) == FP4JIT_E_FORKED, "launch");
  require(runtime.launch_spec(own) == FP4JIT_E_FORKED, "launch_spec");
  require(runtime.load(own) == FP4JIT_E_FORKED, "load");
  require(runtime.counters().compiles > 0, "stats");
  require(fp4jit_drain(runtime.get()) == FP4JIT_OK, "drain");
  require(fp4jit_seal(runtime.get(), FP4JIT_SEAL_SOFT) == FP4JIT_OK, "seal");
  StubRuntime another(store);
  require(another.compile(own) == FP4JIT_OK, "compile by a runtime of the child");
}

TEST(ForkStorm, EveryChildGoesOn) {
  Folder folder;
  std::string store = folder.path("store"), trace = folder.path("trace");
  fp4jit_config config = stub_config(store);
  config.on_miss = FP4JIT_ON_MISS_GENERIC;
  config.record_path = trace.c_str();
  BusyParent parent(config);
  for (uint32_t i = 0; i < kForks; ++i) {
    parent.begin_round();
    usleep(1'000 * (7 * i % 60));  // a compile takes about as long
    auto body = [&] { use(parent, 0x20000 + 16 * i, store); };
    EXPECT_EQ(in_child(body, i % 2 == 0 ? _exit : exit), "") << "child " << i;
  }
}

// Neither callback may call the runtime; a child of the second may, since no slow path calls it.
TEST(ForkStorm, ForksInCallbacksLeaveTheParentGoing) {
  Folder folder;
  std::string store = folder.path("store");
  fp4jit_config config = stub_config(store);
  config.log_level = FP4JIT_LOG_INFO;
  std::atomic<int> ended{0};
  config.log_user = &ended;
  config.log = [](void* count, fp4jit_log_level, const char*) {
    if (in_child([] {}).empty()) ++*static_cast<std::atomic<int>*>(count);
  };
  StubRuntime runtime(config);
  std::atomic<bool> stop{false};
  std::thread other([&] {
    while (!stop) EXPECT_EQ(in_child([] {}), "");
  });
  std::vector<fp4jit_spec> specs;
  for (uint32_t k = 16; k <= 128; k += 16) specs.push_back(spec_of(k));
  fp4jit_prepare_args args = {};
  args.struct_size = sizeof args;
  args.jobs = 3;
  args.specs = specs.data();
  args.spec_count = specs.size();
  args.progress_user = &runtime;
  args.progress = [](void* user, const fp4jit_progress* piece) {
    auto& runtime = *static_cast<StubRuntime*>(user);
    auto k = static_cast<uint32_t>(16 * (piece->spec_index + 1));
    EXPECT_EQ(in_child([&] { require(runtime.compile(k) == FP4JIT_OK, "compile"); }), "");
  };
  EXPECT_EQ(fp4jit_prepare(runtime.get(), &args), FP4JIT_OK) << fp4jit_last_error();
  stop = true;
  other.join();
  EXPECT_GE(ended, 8);
}

}  // namespace
}  // namespace fp4jit::life_cycle
