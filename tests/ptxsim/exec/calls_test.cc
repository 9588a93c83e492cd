// Functions: parameters and results in .param variables, nested and guarded calls.
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using Words = std::vector<uint32_t>;

constexpr const char* kFunctions = R"(
.func (.param .b32 result) sum(.param .b32 a, .param .align 8 .b8 pair[16])
{
.reg .b32 %x<4>;
.reg .b64 %y;
ld.param.b32 %x0, [a];
ld.param.b32 %x1, [pair];
ld.param.b64 %y, [pair+8];
cvt.u32.u64 %x2, %y;
add.u32 %x0, %x0, %x1;
add.u32 %x0, %x0, %x2;
st.param.b32 [result], %x0;
ret;
}
.func (.param .b32 result) twice_sum(.param .b32 a)
{
.reg .b32 %x<4>;
.reg .b64 %y;
.param .b32 r;
.param .b32 p;
.param .align 8 .b8 q[16];
ld.param.b32 %x0, [a];
st.param.b32 [p], %x0;
st.param.b32 [q], 10;
mov.u64 %y, 100;
st.param.b64 [q+8], %y;
call.uni (r), sum, (p, q);
ld.param.b32 %x1, [r];
add.u32 %x1, %x1, %x1;
st.param.b32 [result], %x1;
ret;
}
.func store(.param .b64 to, .param .b32 value)
{
.reg .b32 %x;
.reg .b64 %y;
ld.param.b64 %y, [to];
ld.param.b32 %x, [value];
st.u32 [%y], %x;
}
.func (.param .b32 result) halved_until_odd(.param .b32 a)
{
.reg .pred %q;
.reg .b32 %x<4>;
ld.param.b32 %x0, [a];
again:
st.param.b32 [result], %x0;
and.b32 %x1, %x0, 1;
setp.eq.u32 %q, %x1, 1;
@%q ret;
shr.u32 %x0, %x0, 1;
setp.ne.u32 %q, %x0, 0;
@%q bra again;
st.param.b32 [result], 77;
ret.uni;
}
.func nothing()
{
ret;
}
)";

// A call within a function that is called, with results both times.
TEST(Calls, Nested) {
  const Words words = run_kernel({R"(
{
.param .b32 p;
.param .b32 r;
st.param.b32 [p], %t;
call.uni (r), twice_sum, (p);
ld.param.b32 %r0, [r];
}
st.global.u32 [%out], %r0;
)",
                                  1, "", kFunctions});
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(words[i], 2 * (i + 110)) << i;
}

// Each call has parameters of its own, also of one function called twice.
TEST(Calls, Twice) {
  const Words words = run_kernel({R"(
{
.param .b32 p;
.param .b32 r;
st.param.b32 [p], 1;
call (r), twice_sum, (p);
ld.param.b32 %r0, [r];
}
{
.param .b32 p;
.param .b32 r;
st.param.b32 [p], %r0;
call (r), twice_sum, (p);
ld.param.b32 %r1, [r];
}
st.global.v2.u32 [%out], {%r0, %r1};
call nothing;
call nothing, ();
)",
                                  2, "", kFunctions},
                                 {1, 1});
  EXPECT_EQ(words, (Words{222, 664}));
}

TEST(Calls, Guarded) {
  const Words words = run_kernel({R"(
setp.lt.u32 %p0, %t, 5;
{
.param .b64 to;
.param .b32 value;
st.param.b64 [to], %out;
st.param.b32 [value], 6;
@%p0 call store, (to, value);
}
{
.param .b64 to;
.param .b32 value;
add.u64 %d0, %out, 4;
st.param.b64 [to], %d0;
st.param.b32 [value], 7;
@!%p0 call.uni store, (to, value);
}
)",
                                  2, "", kFunctions});
  for (uint32_t i = 0; i < 32; ++i) {
    EXPECT_EQ(words[2 * i], i < 5 ? 6u : 0u) << i;
    EXPECT_EQ(words[2 * i + 1], i < 5 ? 0u : 7u) << i;
  }
}

// Lanes return at different times and places, and go on behind the call together.
TEST(Calls, LanesReturnByDifferentWays) {
  const Words words = run_kernel({R"(
{
.param .b32 p;
.param .b32 r;
st.param.b32 [p], %t;
call (r), halved_until_odd, (p);
ld.param.b32 %r0, [r];
}
activemask.b32 %r1;
st.global.v2.u32 [%out], {%r0, %r1};
)",
                                  2, "", kFunctions});
  for (uint32_t i = 0; i < 32; ++i) {
    uint32_t expected = i;
    while (expected != 0 && expected % 2 == 0) expected /= 2;
    EXPECT_EQ(words[2 * i], i == 0 ? 77 : expected) << i;
    EXPECT_EQ(words[2 * i + 1], 0xFFFFFFFFu) << i;
  }
}

// `exit` in a function ends the thread.
TEST(Calls, ExitInAFunctionEndsTheThread) {
  const Words words = run_kernel({R"(
setp.lt.u32 %p0, %t, 4;
@%p0 call last_words;
st.global.u32 [%out], 3;
)",
                                  1, "", ".func last_words()\n{\nexit;\n}\n"});
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(words[i], i < 4 ? 0u : 3u) << i;
}

TEST(Calls, WhatCannotBeCalledIsAnErrorOfTheLoad) {
  const std::string endless = ".func again()\n{\ncall again;\nret;\n}\n";
  EXPECT_NE(load_error({"call again;", 1, "", endless}).find("recursion"), std::string::npos);
  const std::string declared = ".extern .func elsewhere;\n";
  EXPECT_NE(load_error({"call elsewhere;", 1, "", declared}).find("not defined"),
            std::string::npos);
  EXPECT_NE(load_error({"call nothing, (out);", 1, "", kFunctions}).find("number of parameters"),
            std::string::npos);
}

}  // namespace
}  // namespace ptxsim
