// Barriers of a block and of a warp.
#include <gtest/gtest.h>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
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

// Rows of the table whose second or third word is `kind`: "bar.sync", "barrier.cta.sync.aligned".
isa::Rows rows_of(const std::string& kind) {
  isa::Rows rows = isa::control_rows();
  std::erase_if(rows, [&](const isa::Row& row) {
    const std::vector<std::string> parts = parts_of(row.mnemonic);
    const bool is_barrier = parts[0] == "bar" || parts[0] == "barrier";
    const size_t at = parts.size() > 1 && parts[1] == "cta" ? 2 : 1;
    return !is_barrier || parts[at] != kind;
  });
  return rows;
}

// Each warp reads what the other wrote, in both directions, again and again.
TEST(Barriers, EverySync) {
  const isa::Rows rows = rows_of("sync");
  EXPECT_EQ(rows.size(), 10u);
  for (const isa::Row& row : rows) {
    const std::string barrier = row.mnemonic + (row.operands.size() == 1 ? " 0;\n" : " 0, 64;\n");
    const Words words = run_kernel(
        {kPlaces + "mov.u32 %r0, %t;\nmov.u32 %r1, 0;\nagain:\nst.shared.u32 [%d1], %r0;\n" +
             barrier + "ld.shared.u32 %r2, [%d2];\nadd.u32 %r0, %r2, 1;\n" + barrier + R"(
add.u32 %r1, %r1, 1;
setp.lt.u32 %p0, %r1, 5;
@%p0 bra again;
st.global.u32 [%out], %r0;
)",
         1, kBox},
        {3, 64});
    ASSERT_EQ(words.size(), 192u) << row.mnemonic;
    for (uint32_t i = 0; i < 192; ++i) EXPECT_EQ(words[i], (i % 64 ^ 32) + 5) << row.mnemonic;
  }
}

// One warp fills, arrives and goes on; the other waits for it.
TEST(Barriers, EveryArrive) {
  const isa::Rows rows = rows_of("arrive");
  EXPECT_EQ(rows.size(), 4u);
  for (const isa::Row& row : rows) {
    const Words words = run_kernel({kPlaces + R"(
setp.ge.u32 %p0, %t, 32;
@%p0 bra consumer;
add.u32 %r0, %t, 1000;
st.shared.u32 [%d1], %r0;
)" + row.mnemonic + R"( 3, 64;
st.global.u32 [%out], 1;
ret;
consumer:
bar.sync 3, 64;
ld.shared.u32 %r1, [%d2];
st.global.u32 [%out], %r1;
)",
                                    1, kBox},
                                   {2, 64});
    ASSERT_EQ(words.size(), 128u) << row.mnemonic;
    for (uint32_t i = 0; i < 128; ++i) {
      EXPECT_EQ(words[i], i % 64 < 32 ? 1 : i % 64 - 32 + 1000) << row.mnemonic << i;
    }
  }
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

// A count counts whole warps, also one that has fewer threads.
TEST(Barriers, CountsOfWarpsWithFewerThreads) {
  const Words words = run_kernel({kPlaces + R"(
st.shared.u32 [%d1], %t;
bar.sync 1, 64;
setp.ge.u32 %p0, %r9, 48;
@%p0 ret;
ld.shared.u32 %r1, [%d2];
st.global.u32 [%out], %r1;
)",
                                  1, kBox},
                                 {1, 48});
  for (uint32_t i = 0; i < 48; ++i) EXPECT_EQ(words[i], i < 16 || i >= 32 ? i ^ 32 : 0) << i;
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

// Of the first `threads`, the sum over those for whose number the predicate holds: none, some, all.
uint32_t reduced(const std::string& operation, uint32_t threads, uint32_t holding) {
  if (operation == "popc") return holding;
  return operation == "and" ? holding == threads : holding != 0;
}

// By 80 threads, or the 64 that a count takes; for each of three predicates, and one negated.
TEST(Barriers, EveryReduction) {
  const isa::Rows rows = rows_of("red");
  EXPECT_EQ(rows.size(), 24u);
  for (const isa::Row& row : rows) {
    const bool counts = row.operands.size() == 4;
    const bool is_predicate = row.operands[0].role == isa::Role::kWritePredicate;
    std::string body =
        "rem.u32 %r0, %t, 3;\nsetp.eq.u32 %p1, %r0, 0;\nsetp.lt.u32 %p2, %t, 80;\n"
        "setp.ge.u32 %p3, %t, 80;\nsetp.ge.u32 %p5, %t, 64;\n";
    if (counts) body += "@%p5 ret;\n";
    const char* const predicates[] = {"%p1", "%p2", "%p3", "!%p1"};
    for (int i = 0; i < 4; ++i) {
      const std::string result = "%r" + std::to_string(10 + i);
      body += row.mnemonic + " " + (is_predicate ? "%p4" : result) + ", 1, " +
              (counts ? "64, " : "") + predicates[i] + ";\n";
      if (is_predicate) body += "selp.u32 " + result + ", 1, 0, %p4;\n";
    }
    body += "st.global.v4.u32 [%out], {%r10, %r11, %r12, %r13};\n";
    const Words words = run_kernel({body, 4}, {1, 80});
    ASSERT_EQ(words.size(), 320u) << row.mnemonic;
    const std::string operation =
        parts_of(row.mnemonic)[row.mnemonic.find(".cta") != std::string::npos ? 3 : 2];
    const uint32_t threads = counts ? 64 : 80, thirds = counts ? 22 : 27;
    for (uint32_t i = 0; i < threads; ++i) {
      const Words one(words.begin() + 4 * i, words.begin() + 4 * i + 4);
      EXPECT_EQ(one, (Words{reduced(operation, threads, thirds),
                            reduced(operation, threads, threads), reduced(operation, threads, 0),
                            reduced(operation, threads, threads - thirds)}))
          << row.mnemonic << ", thread " << i;
    }
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
