#include "hot_threads.h"

namespace fp4jit::hot_path {
namespace {

void spin_until(const std::atomic<bool>& flag) {
  while (!flag.load(std::memory_order_acquire)) continue;
}

}  // namespace

std::string scenario_name(const testing::TestParamInfo<Scenario>& info) {
  return std::string(info.param.seal == FP4JIT_SEAL_OFF ? "Warm" : "Sealed") + "On" +
         std::to_string(info.param.threads);
}

void PrintTo(const Scenario& scenario, std::ostream* out) {
  *out << "seal " << scenario.seal << ", threads " << scenario.threads;
}

HotThreads::HotThreads(const HotRuntime& hot, int count, uint64_t rounds) : hot_(hot) {
  for (int i = 0; i < count; ++i) outcomes_.push_back(std::make_unique<Outcome>());
  for (size_t i = 0; i < outcomes_.size(); ++i) {
    threads_.emplace_back([this, i, rounds] { work(i, rounds / outcomes_.size()); });
  }
  while (waiting_.load() < outcomes_.size()) std::this_thread::yield();
}

HotThreads::~HotThreads() {
  go_.store(true);
  end_.store(true);
  for (std::thread& thread : threads_) thread.join();
}

fp4jit_status HotThreads::run() {
  go_.store(true, std::memory_order_release);
  fp4jit_status first = FP4JIT_OK;
  for (const std::unique_ptr<Outcome>& outcome : outcomes_) {
    spin_until(outcome->done);
    if (first == FP4JIT_OK) first = outcome->status;
  }
  return first;
}

void HotThreads::work(size_t index, uint64_t rounds) {
  waiting_.fetch_add(1);
  spin_until(go_);
  outcomes_[index]->status = run_calls(hot_, 17 * index, rounds);
  outcomes_[index]->done.store(true, std::memory_order_release);
  spin_until(end_);
}

}  // namespace fp4jit::hot_path
