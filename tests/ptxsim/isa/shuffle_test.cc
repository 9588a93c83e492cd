// Shuffles against the manual's definition.
#include <gtest/gtest.h>

#include <utility>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/evaluate.h"
#include "tests/ptxsim/testing/lanes.h"

namespace ptxsim {
namespace {

// shfl's source lane and whether it is in range, in fields of five bits.
std::pair<uint32_t, bool> shuffle_source(const std::string& mode, uint32_t lane, const Lane& own) {
  const auto b = static_cast<uint32_t>(own.b & 31), clamp = static_cast<uint32_t>(own.c & 31);
  const auto segment = static_cast<uint32_t>(own.c >> 8 & 31);
  const uint32_t greatest = (lane & segment) | (clamp & ~segment & 31);
  const int from = static_cast<int>(lane), by = static_cast<int>(b);
  int j = 0;
  if (mode == "up") j = from - by;
  if (mode == "down") j = from + by;
  if (mode == "bfly") j = from ^ by;
  if (mode == "idx") j = static_cast<int>((lane & segment) | (b & ~segment & 31));
  const bool in_range =
      mode == "up" ? j >= static_cast<int>(greatest) : j <= static_cast<int>(greatest);
  return {in_range ? static_cast<uint32_t>(j) : lane, in_range};
}

LaneOracle shuffle_oracle(const std::string& mode, bool says_whether) {
  return [=](const Lanes& lanes, uint32_t, uint32_t lane) {
    const auto [source, in_range] = shuffle_source(mode, lane, lanes[lane]);
    return LaneResult{static_cast<uint32_t>(lanes[source].a), says_whether && in_range};
  };
}

// Segments and clamps as compilers make them and any other; a lane reads from its own team.
DrawLane draw_operands(const std::string& mode) {
  return [mode](Lane* own, uint32_t lane, std::mt19937* random) {
    auto any = [&](uint32_t below) { return static_cast<uint32_t>((*random)() % below); };
    own->a = (*random)();
    for (int turn = 0; turn < 50; ++turn) {
      const uint32_t segment = any(2) == 0 ? 31 & ~((1u << any(6)) - 1) : any(32);
      const uint32_t usual = mode == "up" ? 0 : 31;
      const uint32_t clamp = any(2) == 0 ? usual : any(32);
      own->b = any(64);
      own->c = segment << 8 | clamp | ((*random)() & 0xFFFFE0E0);
      const uint32_t source = shuffle_source(mode, lane, *own).first;
      if (holds(static_cast<uint32_t>(own->members), source)) return;
    }
    own->b = mode == "idx" ? lane : 0;
    own->c = mode == "up" ? 0 : 31;
  };
}

TEST(Shuffle, EveryRow) {
  int rows = 0;
  for (const isa::Row& row : isa::warp_rows()) {
    if (!row.mnemonic.starts_with("shfl.")) continue;
    const std::string mode = parts_of(row.mnemonic)[2];
    const bool says_whether = row.operands[0].role == isa::Role::kWriteAndPredicate;
    check_lanes(row, shuffle_oracle(mode, says_whether), draw_operands(mode));
    ++rows;
  }
  EXPECT_EQ(rows, 8);
}

}  // namespace
}  // namespace ptxsim
