#include "registry/kernel_array.h"

#include <gtest/gtest.h>

#include <thread>

namespace fp4jit {
namespace {

TEST(KernelArray, GivesNothingForHandlesItNeverGaveOut) {
  auto kernels = std::make_unique<KernelArray>();
  for (uint32_t handle : {0u, 1u, 256u, KernelArray::kCapacity + 1, ~0u}) {
    EXPECT_EQ(kernels->get(handle), nullptr) << handle;
  }
  ASSERT_EQ(kernels->append({})->handle, 1u);
  EXPECT_NE(kernels->get(1), nullptr);
  EXPECT_EQ(kernels->get(0), nullptr);
  EXPECT_EQ(kernels->get(2), nullptr);
}

TEST(KernelArray, NeverMovesARecord) {
  auto kernels = std::make_unique<KernelArray>();
  std::vector<const KernelRecord*> records;
  for (uint32_t n = 0; n < 3 * KernelArray::kChunk; ++n) {
    LoadedKernel kernel;
    kernel.registers = static_cast<int>(n);
    records.push_back(kernels->append(kernel));
  }
  for (uint32_t n = 0; n < records.size(); ++n) {
    EXPECT_EQ(kernels->get(n + 1), records[n]);
    EXPECT_EQ(records[n]->kernel.registers, static_cast<int>(n));
  }
}

TEST(KernelArray, SaysThatItIsFull) {
  auto kernels = std::make_unique<KernelArray>();
  for (uint32_t n = 0; n < KernelArray::kCapacity; ++n) ASSERT_NE(kernels->append({}), nullptr);
  EXPECT_EQ(kernels->append({}), nullptr);
  EXPECT_NE(kernels->get(KernelArray::kCapacity), nullptr);
}

TEST(KernelArray, IsReadWhileItIsWritten) {
  constexpr uint32_t kKernels = 4 * KernelArray::kChunk;
  auto kernels = std::make_unique<KernelArray>();
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&] {
      for (uint32_t size = 0; size < kKernels;) {
        size = kernels->size();
        const KernelRecord* record = kernels->get(size);
        if (size > 0 && (record == nullptr || record->handle != size)) wrong.fetch_add(1);
      }
    });
  }
  for (uint32_t n = 0; n < kKernels; ++n) kernels->append({});
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace fp4jit
