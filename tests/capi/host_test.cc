#include <fp4jit/fp4jit.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace {

using testing::HasSubstr;

struct alignas(16) Buffers {
  float input[32];
  uint8_t data[32];
  uint8_t sf[16];
};

class HostQuantize : public testing::Test {
 protected:
  HostQuantize() {
    spec.struct_size = sizeof spec;
    spec.format = FP4JIT_FORMAT_MXFP8;
    spec.in = FP4JIT_DTYPE_F32;
    spec.numerics = FP4JIT_NUMERICS_EXACT;
    spec.k = 32;
    args.struct_size = sizeof args;
    args.m = 1;
    args.input = buffers.input;
    args.data = buffers.data;
    args.sf = buffers.sf;
  }

  fp4jit_spec spec = {};
  fp4jit_launch_args args = {};
  Buffers buffers = {};
};

// 448 is the largest E4M3 value, so a block whose maximum it is has the scale 2^0 (127), and small
// whole numbers are exact: 1 is 0x38, 2 is 0x40, 448 is 0x7E.
TEST_F(HostQuantize, WritesTheBytesOfTheFormat) {
  buffers.input[0] = 448;
  buffers.input[1] = 1;
  buffers.input[2] = -2;
  ASSERT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_OK) << fp4jit_last_error();
  EXPECT_EQ(buffers.sf[0], 127);
  EXPECT_EQ(buffers.data[0], 0x7E);
  EXPECT_EQ(buffers.data[1], 0x38);
  EXPECT_EQ(buffers.data[2], 0xC0);
  EXPECT_EQ(buffers.data[31], 0);
}

TEST_F(HostQuantize, NeedsNoRowsAndNoPointersForNone) {
  args = {};
  args.struct_size = sizeof args;
  EXPECT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_OK) << fp4jit_last_error();
}

TEST_F(HostQuantize, ChecksItsBuffers) {
  args.sf = buffers.data + 16;
  EXPECT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("overlaps"));
  args.sf = buffers.sf;
  args.input_bytes = 127;
  EXPECT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_E_INVALID_ARGUMENT);
  EXPECT_THAT(fp4jit_last_error(), HasSubstr("input has 127 bytes; the call needs 128"));
}

TEST_F(HostQuantize, RefusesWhatHasNoTemplate) {
  spec.op = FP4JIT_OP_DEQUANTIZE;
  EXPECT_EQ(fp4jit_host_quantize(&spec, &args), FP4JIT_E_UNSUPPORTED);
}

}  // namespace
