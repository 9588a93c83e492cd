#include "tests/ptxsim/testing/run_kernel.h"

#include <gtest/gtest.h>

#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

constexpr const char* kHead = R"(.version 9.0
.target sm_100a
.address_size 64
)";

constexpr const char* kEntry = R"(
.entry test(.param .u64 out)
{
.reg .pred %p<20>;
.reg .b16 %h<8>;
.reg .b32 %r<40>, %t, %g, %words;
.reg .b64 %d<20>, %out, %all, %offset;
)";

std::string start_of(uint32_t words) {
  return "ld.param.u64 %all, [out];\nmov.u32 %t, %tid.x;\nmad.lo.u32 %g, %ctaid.x, %ntid.x, %t;\n"
         "mul.wide.u32 %offset, %g, " +
         std::to_string(4 * words) + ";\nadd.u64 %out, %all, %offset;\n";
}

}  // namespace

std::string text_of(const KernelText& kernel) {
  return kHead + kernel.module + kEntry + kernel.declarations + start_of(kernel.words) +
         kernel.body + "\nret;\n}\n";
}

std::vector<uint32_t> run_kernel(const KernelText& kernel, const RunShape& shape) {
  Machine machine;
  const std::string wrong = machine.load(text_of(kernel));
  EXPECT_EQ(wrong, "");
  if (!wrong.empty()) return {};
  const size_t words = size_t{shape.blocks} * shape.threads * kernel.words;
  const uint64_t out = machine.zeros(words * 4);
  machine.launch("test", shape.blocks, shape.threads, {out}, false, shape.dynamic_shared_bytes);
  EXPECT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  return machine.read<uint32_t>(out, words);
}

Finding run_and_find(const KernelText& kernel, const RunShape& shape) {
  Machine machine;
  const std::string wrong = machine.load(text_of(kernel));
  EXPECT_EQ(wrong, "");
  if (!wrong.empty()) return {};
  const uint64_t out = machine.zeros(uint64_t{shape.blocks} * shape.threads * kernel.words * 4);
  machine.launch("test", shape.blocks, shape.threads, {out}, false, shape.dynamic_shared_bytes);
  return {machine.complete(), machine.findings()};
}

std::string load_error(const KernelText& kernel) {
  Machine machine;
  return machine.load(text_of(kernel));
}

}  // namespace ptxsim
