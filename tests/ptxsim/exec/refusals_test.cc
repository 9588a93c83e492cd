// What a driver would refuse to load is refused, with line and reason: code for another target,
// modifiers that do not belong together, sizes beyond a driver's, kernels without end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using testing::HasSubstr;

std::string module_of(const std::string& target, const std::string& body,
                      const std::string& before = "") {
  return ".version 9.0\n.target " + target + "\n.address_size 64\n" + before +
         ".entry test(.param .u64 p)\n{\n.reg .b8 %b<4>; .reg .b16 %h<4>; .reg .b32 %w<12>; "
         ".reg .b64 %d<8>; .reg .pred %p<2>;\n" +
         body + "\nret;\n}\n";
}

std::string loaded(const std::string& ptx) {
  Machine machine;
  return machine.load(ptx);
}

struct Case {
  const char* instruction;
  const char* enough;  // a target that has it
  const char* less;    // one that has not
  const char* needs;
};

constexpr Case kTargets[] = {
    {"cvt.rn.satfinite.e2m1x2.f32 %b0, %w1, %w2;", "sm_120f", "sm_90a", "sm_100a"},
    {"cvt.rn.satfinite.e2m1x2.f32 %b0, %w1, %w2;", "sm_100a", "sm_100", "sm_100a"},
    {"cvt.rp.satfinite.ue8m0x2.f32 %h0, %w1, %w2;", "sm_103a", "sm_90", "sm_100a"},
    {"mul.rn.ftz.f32x2 %d1, %d2, %d3;", "sm_100", "sm_90a", "sm_100"},
    {"fma.rn.f32.bf16 %w1, %h1, %h2, %w2;", "sm_100a", "sm_90", "sm_100"},
    {"ld.global.v8.b32 {%w0, %w1, %w2, %w3, %w4, %w5, %w6, %w7}, [%d1];", "sm_100", "sm_90",
     "sm_100"},
    {"griddepcontrol.wait;", "sm_90", "sm_89", "sm_90"},
    {"cvt.rn.satfinite.e4m3x2.f32 %h0, %w1, %w2;", "sm_89", "sm_87", "sm_89"},
    {"max.xorsign.abs.bf16x2 %w1, %w2, %w3;", "sm_86", "sm_80", "sm_86"},
};

TEST(Refusals, CodeForAnotherTarget) {
  for (const Case& one : kTargets) {
    EXPECT_EQ(loaded(module_of(one.enough, one.instruction)), "") << one.instruction;
    EXPECT_THAT(
        loaded(module_of(one.less, one.instruction)),
        HasSubstr(std::string("line 7: needs ") + one.needs + ", the module is for " + one.less))
        << one.instruction;
  }
}

TEST(Refusals, ModifiersThatDoNotBelongTogether) {
  for (const char* taken :
       {"ld.global.nc.L1::no_allocate.L2::128B.u32 %w1, [%d1];",
        "ld.relaxed.gpu.global.u32 %w1, [%d1];", "ld.volatile.global.u32 %w1, [%d1];",
        "st.global.cs.u32 [%d1], %w1;", "st.release.sys.global.u32 [%d1], %w1;",
        "atom.acq_rel.gpu.global.add.u32 %w1, [%d1], %w2;",
        "red.relaxed.gpu.global.add.u32 [%d1], %w2;"}) {
    EXPECT_EQ(loaded(module_of("sm_100a", taken)), "") << taken;
  }
  for (const char* refused :
       {"st.global.nc.u32 [%d1], %w1;", "ld.global.wb.u32 %w1, [%d1];",
        "ld.release.gpu.global.u32 %w1, [%d1];", "st.acquire.gpu.global.u32 [%d1], %w1;",
        "ld.global.ca.cg.u32 %w1, [%d1];", "ld.weak.volatile.global.u32 %w1, [%d1];",
        "ld.gpu.global.u32 %w1, [%d1];", "red.global.ca.add.u32 [%d1], %w2;",
        "ld.shared.v8.b32 {%w0, %w1, %w2, %w3, %w4, %w5, %w6, %w7}, [%w8];",
        "ld.global.v8.b16 {%h0, %h1, %h2, %h3, %h0, %h1, %h2, %h3}, [%d1];"}) {
    EXPECT_THAT(loaded(module_of("sm_100a", refused)),
                HasSubstr("is not an instruction that ptxsim has"))
        << refused;
  }
}

TEST(Refusals, AnEntrysParametersAreNotWritten) {
  for (const char* store : {"st.param.u64 [p], %d1;", "st.param.u64 [%d2], %d1;"}) {
    EXPECT_THAT(loaded(module_of("sm_100a", store)),
                HasSubstr("the parameters of an entry are not written"));
  }
}

TEST(Refusals, SizesBeyondADrivers) {
  EXPECT_EQ(loaded(module_of("sm_100a", ".shared .b8 x[49152];")), "");
  EXPECT_THAT(loaded(module_of("sm_100a", ".shared .b8 x[49153];")),
              HasSubstr("49153 bytes of static shared memory; at most 49152 are allowed"));
  EXPECT_THAT(loaded(module_of("sm_100a", ".local .b8 x[1073741824];")),
              HasSubstr("1073741824 bytes of local memory of a thread; at most 524288"));
  EXPECT_THAT(loaded(module_of("sm_100a", "", ".global .b8 x[68719476736];\n")),
              HasSubstr("its variables have 68719476736 bytes"));
}

// Each of ten functions calls the next one ten times.
TEST(Refusals, CallsThatGrowWithoutEnd) {
  std::string functions = ".func f0() { .reg .b32 %r; add.s32 %r, %r, 1; ret; }\n";
  for (int i = 1; i < 10; ++i) {
    functions += ".func f" + std::to_string(i) + "() {\n";
    for (int call = 0; call < 10; ++call) functions += "call.uni f" + std::to_string(i - 1) + ";\n";
    functions += "ret; }\n";
  }
  EXPECT_THAT(loaded(module_of("sm_100a", "call.uni f9;", functions)),
              testing::AnyOf(HasSubstr("the kernel is too long"), HasSubstr("registers")));
}

}  // namespace
}  // namespace ptxsim
