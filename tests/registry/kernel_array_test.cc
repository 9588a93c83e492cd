#include "registry/kernel_array.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>
#include <vector>

namespace fp4jit {
namespace {

constexpr uint32_t kTag = 5 * KernelArray::kCapacity;

TEST(KernelArray, GivesNothingForHandlesItNeverGaveOut) {
  auto kernels = std::make_unique<KernelArray>(kTag);
  for (uint32_t handle : {0u, 1u, 256u, KernelArray::kCapacity + 1, kTag, kTag + 1, ~0u}) {
    EXPECT_EQ(kernels->get(handle), nullptr) << handle;
  }
  const KernelRecord* record = kernels->append({});
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->handle, kTag);
  EXPECT_EQ(kernels->get(kTag), record);
  for (uint32_t handle : {0u, 1u, 5u, kTag - 1, kTag + 1, ~kTag, ~0u}) {
    EXPECT_EQ(kernels->get(handle), nullptr) << handle;
  }
}

TEST(KernelArray, RefusesEveryHandleOfAnother) {
  constexpr uint32_t kRecords = 2 * KernelArray::kChunk;
  std::vector<std::unique_ptr<KernelArray>> arrays;
  std::map<uint32_t, const KernelArray*> owner;
  for (uint32_t tag : {1u, 2u, 3u, 1u << 13, (1u << 14) - 1}) {
    arrays.push_back(std::make_unique<KernelArray>(tag * KernelArray::kCapacity));
    for (uint32_t n = 0; n < kRecords; ++n)
      owner[arrays.back()->append({})->handle] = arrays.back().get();
  }
  EXPECT_EQ(owner.size(), arrays.size() * kRecords);
  for (const auto& [handle, array] : owner) {
    for (const auto& other : arrays) {
      const KernelRecord* record = other->get(handle);
      EXPECT_EQ(record != nullptr, other.get() == array) << handle;
    }
  }
}

TEST(KernelArray, RefusesRandomHandles) {
  auto kernels = std::make_unique<KernelArray>(kTag);
  for (uint32_t n = 0; n < 1000; ++n) kernels->append({});
  std::mt19937 random(1);
  for (int n = 0; n < 1000000; ++n) {
    uint32_t handle = static_cast<uint32_t>(random());
    ASSERT_EQ(kernels->get(handle) != nullptr, handle - kTag < 1000) << handle;
  }
}

TEST(KernelArray, NeverMovesARecord) {
  auto kernels = std::make_unique<KernelArray>(kTag);
  std::vector<const KernelRecord*> records;
  for (uint32_t n = 0; n < 3 * KernelArray::kChunk; ++n) {
    LoadedKernel kernel;
    kernel.registers = static_cast<int>(n);
    records.push_back(kernels->append(kernel));
  }
  for (uint32_t n = 0; n < records.size(); ++n) {
    EXPECT_EQ(kernels->get(kTag + n), records[n]);
    EXPECT_EQ(records[n]->kernel.registers, static_cast<int>(n));
  }
}

TEST(KernelArray, SaysThatItIsFull) {
  auto kernels = std::make_unique<KernelArray>(kTag);
  for (uint32_t n = 0; n < KernelArray::kCapacity; ++n) ASSERT_NE(kernels->append({}), nullptr);
  EXPECT_EQ(kernels->append({}), nullptr);
  EXPECT_NE(kernels->get(kTag), nullptr);
  EXPECT_NE(kernels->get(kTag + KernelArray::kCapacity - 1), nullptr);
  EXPECT_EQ(kernels->get(kTag + KernelArray::kCapacity), nullptr);
}

TEST(KernelArray, IsReadWhileItIsWritten) {
  constexpr uint32_t kKernels = 4 * KernelArray::kChunk;
  auto kernels = std::make_unique<KernelArray>(kTag);
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 4; ++reader) {
    readers.emplace_back([&] {
      for (uint32_t size = 0; size < kKernels;) {
        size = kernels->size();
        if (size == 0) continue;
        uint32_t handle = kTag + size - 1;
        const KernelRecord* record = kernels->get(handle);
        if (record == nullptr || record->handle != handle) wrong.fetch_add(1);
      }
    });
  }
  for (uint32_t n = 0; n < kKernels; ++n) kernels->append({});
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

}  // namespace
}  // namespace fp4jit
