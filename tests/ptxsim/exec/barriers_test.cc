// Barriers of a block and of a warp.
#include <gtest/gtest.h>

#include "tests/ptxsim/testing/run_kernel.h"

namespace ptxsim {
namespace {

using Words = std::vector<uint32_t>;

constexpr const char* kBox = ".shared .align 4 .b8 box[1024];\nmov.u64 %d0, box;\n";

// Where thread t's word of the box is: %d1; and that of thread t ^ 32: %d2.
const std::string kPlaces = R"(
mul.wide.u32 %d1, %t, 4;
add.u64 %d1, %d1, %d0;
xor.b32 %r9, %t, 32;
mul.wide.u32 %d2, %r9, 4;
add.u64 %d2, %d2, %d0;
)";

// Each warp reads what the other wrote, in both directions, again and again.
TEST(Barriers, WarpsExchangeThroughSharedMemory) {
  const Words words = run_kernel({kPlaces + R"(
mov.u32 %r0, %t;
mov.u32 %r1, 0;
again:
st.shared.u32 [%d1], %r0;
bar.sync 0;
ld.shared.u32 %r2, [%d2];
add.u32 %r0, %r2, 1;
bar.sync 0;
add.u32 %r1, %r1, 1;
setp.lt.u32 %p0, %r1, 5;
@%p0 bra again;
st.global.u32 [%out], %r0;
)",
                                  1, kBox},
                                 {3, 64});
  ASSERT_EQ(words.size(), 192u);
  for (uint32_t i = 0; i < 192; ++i) EXPECT_EQ(words[i], (i % 64 ^ 32) + 5);
}

// One warp fills, arrives and goes on; the other waits for it.
TEST(Barriers, ProducerArrivesAndConsumerWaits) {
  const Words words = run_kernel({kPlaces + R"(
setp.ge.u32 %p0, %t, 32;
@%p0 bra consumer;
add.u32 %r0, %t, 1000;
st.shared.u32 [%d1], %r0;
bar.arrive 3, 64;
st.global.u32 [%out], 1;
ret;
consumer:
bar.sync 3, 64;
ld.shared.u32 %r1, [%d2];
st.global.u32 [%out], %r1;
)",
                                  1, kBox},
                                 {2, 64});
  ASSERT_EQ(words.size(), 128u);
  for (uint32_t i = 0; i < 128; ++i) EXPECT_EQ(words[i], i % 64 < 32 ? 1 : i % 64 - 32 + 1000) << i;
}

// Barriers with a count take that many threads and leave the others alone.
TEST(Barriers, PairsOfWarpsHaveBarriersOfTheirOwn) {
  const Words words = run_kernel({kPlaces + R"(
shr.u32 %r3, %t, 6;
add.u32 %r3, %r3, 1;
mad.lo.u32 %r0, %t, 3, 1;
st.shared.u32 [%d1], %r0;
bar.sync %r3, 64;
ld.shared.u32 %r1, [%d2];
st.global.u32 [%out], %r1;
)",
                                  1, kBox},
                                 {1, 128});
  ASSERT_EQ(words.size(), 128u);
  for (uint32_t i = 0; i < 128; ++i) EXPECT_EQ(words[i], (i ^ 32) * 3 + 1) << i;
}

// Threads that have exited are not waited for, whole warps or lanes of one.
TEST(Barriers, ExitedThreadsAreNotWaitedFor) {
  const Words words = run_kernel({kPlaces + R"(
setp.ge.u32 %p0, %t, 40;
@%p0 ret;
st.shared.u32 [%d1], %t;
bar.sync 0;
setp.ge.u32 %p1, %t, 8;
@%p1 ret;
ld.shared.u32 %r1, [%d2];
st.global.u32 [%out], %r1;
)",
                                  1, kBox},
                                 {1, 96});
  for (uint32_t i = 0; i < 8; ++i) EXPECT_EQ(words[i], i + 32) << i;
}

// Lanes that come to the barrier after a detour come to the same one.
TEST(Barriers, DivergedLanesComeTogether) {
  const Words words = run_kernel({kPlaces + R"(
and.b32 %r0, %t, 1;
setp.eq.u32 %p0, %r0, 0;
mov.u32 %r1, %t;
@%p0 bra both;
add.u32 %r1, %r1, 500;
both:
st.shared.u32 [%d1], %r1;
bar.sync 0;
ld.shared.u32 %r2, [%d2];
st.global.u32 [%out], %r2;
)",
                                  1, kBox},
                                 {1, 64});
  for (uint32_t i = 0; i < 64; ++i) EXPECT_EQ(words[i], (i ^ 32) + (i % 2) * 500) << i;
}

// Without .aligned the lanes of a warp may come to it by different instructions.
TEST(Barriers, UnalignedBarriersAreForThreads) {
  const Words words = run_kernel({kPlaces + R"(
st.shared.u32 [%d1], %t;
and.b32 %r0, %t, 1;
setp.eq.u32 %p0, %r0, 0;
@%p0 bra even;
barrier.sync 0;
ld.shared.u32 %r2, [%d2];
bra both;
even:
barrier.sync 0;
ld.shared.u32 %r2, [%d2];
add.u32 %r2, %r2, 100;
both:
st.global.u32 [%out], %r2;
)",
                                  1, kBox},
                                 {1, 64});
  for (uint32_t i = 0; i < 64; ++i) EXPECT_EQ(words[i], (i ^ 32) + (i % 2 == 0 ? 100 : 0)) << i;
}

// Of 80 threads, those whose number 3 divides: 27; a part of two warps has 22 of them.
TEST(Barriers, Reductions) {
  const Words words = run_kernel({R"(
rem.u32 %r0, %t, 3;
setp.eq.u32 %p0, %r0, 0;
bar.red.popc.u32 %r1, 0, %p0;
bar.red.popc.u32 %r2, 1, !%p0;
setp.lt.u32 %p1, %t, 80;
bar.red.and.pred %p2, 0, %p1;
barrier.cta.red.and.aligned.pred %p3, 0, %p0;
bar.cta.red.or.pred %p4, 0, %p0;
barrier.red.or.aligned.pred %p5, 0, !%p1;
selp.u32 %r3, 1, 0, %p2;
selp.u32 %r4, 1, 0, %p3;
selp.u32 %r5, 1, 0, %p4;
selp.u32 %r6, 1, 0, %p5;
mov.u32 %r7, 0;
setp.ge.u32 %p6, %t, 64;
@%p6 bra done;
bar.red.popc.u32 %r7, 2, 64, %p0;
done:
st.global.v4.u32 [%out], {%r1, %r2, %r3, %r4};
st.global.v4.u32 [%out+16], {%r5, %r6, %r7, 0};
)",
                                  8},
                                 {1, 80});
  ASSERT_EQ(words.size(), 640u);
  for (uint32_t i = 0; i < 80; ++i) {
    const Words one(words.begin() + 8 * i, words.begin() + 8 * i + 8);
    EXPECT_EQ(one, (Words{27, 53, 1, 0, 1, 0, i < 64 ? 22u : 0u, 0})) << i;
  }
}

// bar.warp.sync orders shared memory within a warp, for a part of it too.
TEST(Barriers, LanesExchangeThroughSharedMemory) {
  const Words words = run_kernel({R"(
mul.wide.u32 %d1, %t, 4;
add.u64 %d1, %d1, %d0;
xor.b32 %r9, %t, 1;
mul.wide.u32 %d2, %r9, 4;
add.u64 %d2, %d2, %d0;
st.shared.u32 [%d1], %t;
setp.ge.u32 %p0, %t, 16;
@%p0 bra upper;
bar.warp.sync 0x0000ffff;
bra met;
upper:
bar.warp.sync 0xffff0000;
met:
ld.shared.u32 %r2, [%d2];
st.global.u32 [%out], %r2;
)",
                                  1, kBox});
  for (uint32_t i = 0; i < 32; ++i) EXPECT_EQ(words[i], i ^ 1) << i;
}

}  // namespace
}  // namespace ptxsim
