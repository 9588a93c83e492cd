// All 2^32 floats. Run on 2026-11-21: release build, GCC 12.2, NVIDIA's headers of CUDA 13.0; all
// agreed.
#include <atomic>
#include <thread>
#include <vector>

#include "tests/host/conversion_judge.h"

namespace fp4jit {
namespace {

TEST(Conversions, AgreeOnEveryFloat) {
  const uint64_t parts = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<uint64_t> disagreements{0}, checked{0};
  std::vector<std::thread> threads;
  for (uint64_t part = 0; part < parts; ++part) {
    threads.emplace_back([&, part] {
      uint64_t wrong = 0, count = 0;
      for (uint64_t bits = part; bits < uint64_t{1} << 32; bits += parts, ++count) {
        wrong += !conversions_agree(static_cast<uint32_t>(bits));
      }
      disagreements += wrong;
      checked += count;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(disagreements, 0u);
  EXPECT_EQ(checked, uint64_t{1} << 32);
}

}  // namespace
}  // namespace fp4jit
