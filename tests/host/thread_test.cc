#include <gtest/gtest.h>

#include <atomic>
#include <cfenv>
#include <mutex>
#include <random>
#ifdef __SSE__
#include <xmmintrin.h>
#endif

#include "host/parallel_rows.h"
#include "tests/host/host_call.h"

namespace fp4jit {
namespace {

GuardedBytes random_elements(int64_t bytes) {
  std::mt19937 random(4);
  GuardedBytes input(bytes, 0);
  for (size_t i = 0; i < input.size(); ++i) input.data()[i] = static_cast<uint8_t>(random());
  return input;
}

TEST(Threads, ChangeNoByte) {
  for_each_recipe([&](Spec spec) {
    spec.in = Dtype::kBf16;
    spec.sf_layout = SfLayout::k128x4;
    spec.k = 4096;
    spec.k_out = 4160;
    for (int64_t m : {1, 5, 300}) {
      const GuardedBytes input = random_elements(m * 4096 * 2);
      const HostOutput one = run_host(spec, input.data(), {m, 0, 0}, 3.0f, 0x7F, 1);
      for (int threads : {0, 2, 3, 7, 64, 1000}) {
        EXPECT_TRUE(one == run_host(spec, input.data(), {m, 0, 0}, 3.0f, 0xFF, threads))
            << spec_text(spec) << " threads=" << threads;
      }
    }
  });
}

TEST(Threads, AreStartedForManyElementsOnly) {
  EXPECT_EQ(host::useful_threads(0), 1);
  EXPECT_EQ(host::useful_threads(1 << 20), 1);
  const int most = host::useful_threads(int64_t{1} << 62);
  EXPECT_GE(most, 1);
  EXPECT_LE(most, static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
}

TEST(ParallelRows, VisitsEveryRowOnce) {
  for (int64_t rows : {0, 1, 2, 7, 100}) {
    for (int threads : {1, 2, 3, 8, 200}) {
      std::vector<std::atomic<int>> counts(static_cast<size_t>(rows));
      std::atomic<int> calls{0};
      host::parallel_rows(rows, threads, [&](int64_t first, int64_t last) {
        ++calls;
        for (int64_t row = first; row < last; ++row) ++counts[static_cast<size_t>(row)];
      });
      for (const auto& count : counts)
        EXPECT_EQ(count, 1) << rows << " rows, " << threads << " threads";
      EXPECT_LE(calls, threads);
    }
  }
}

// A host program may round or flush otherwise; the bytes stay, and so does its setting.
TEST(FloatEnvironment, ChangesNoByteAndIsGivenBack) {
  const GuardedBytes input = random_elements(8 * 4096 * 4);
  for_each_recipe([&](Spec spec) {
    spec.in = Dtype::kF32;
    spec.k = spec.k_out = 4096;
    const HostOutput usual = run_host(spec, input.data(), {8, 0, 0}, 0x1p-20f);
    for (int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
      std::fesetround(rounding);
      const HostOutput other = run_host(spec, input.data(), {8, 0, 0}, 0x1p-20f);
      const int after = std::fegetround();
      std::fesetround(FE_TONEAREST);
      EXPECT_TRUE(usual == other) << spec_text(spec);
      EXPECT_EQ(after, rounding);
    }
  });
}

#ifdef __SSE__
TEST(FloatEnvironment, KeepsSubnormalsWhereTheProgramFlushesThem) {
  constexpr unsigned kFlushBoth = 0x8040;      // flush to zero, denormals are zero
  std::vector<uint32_t> bits(32, 0x00600000);  // 0.75 * 2^-126, subnormal
  bits[3] = 0x01800000;                        // 2^-124: its sixth is subnormal, and gives scale 1
  const GuardedBytes input = store_elements(Dtype::kF32, bits);
  const Spec spec = host_spec(Format::kMxfp4, Numerics::kExact, Dtype::kF32);
  const HostOutput usual = run_host(spec, input.data(), {1, 32, 0}, 1.0f);
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | kFlushBoth);
  const HostOutput other = run_host(spec, input.data(), {1, 32, 0}, 1.0f);
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT_TRUE(usual == other);
  EXPECT_EQ(after & kFlushBoth, kFlushBoth);
  EXPECT_EQ(usual.sf.data()[0], 1);
  EXPECT_EQ(usual.data.data()[0], 0x22);
}
#endif

}  // namespace
}  // namespace fp4jit
