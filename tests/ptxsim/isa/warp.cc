// Exchange between the lanes of a warp.
#include <algorithm>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/isa/teams.h"

namespace ptxsim::isa {
namespace {

uint32_t value_of(Warp& warp, uint32_t slot, int lane) {
  return static_cast<uint32_t>(warp.values(slot)[lane]);
}

enum class Shuffle : uint8_t { kUp, kDown, kButterfly, kIndex };

// The lane to read from, and whether it lies within the segment that `clamp` describes.
template <Shuffle kMode>
std::pair<int, bool> source_lane(int lane, uint32_t b, uint32_t c) {
  const int offset = static_cast<int>(b & 31), clamp = static_cast<int>(c & 31);
  const int segment = static_cast<int>(c >> 8 & 31);
  const int most = (lane & segment) | (clamp & ~segment), least = lane & segment;
  if constexpr (kMode == Shuffle::kUp) return {lane - offset, lane - offset >= most};
  if constexpr (kMode == Shuffle::kDown) return {lane + offset, lane + offset <= most};
  if constexpr (kMode == Shuffle::kButterfly) return {lane ^ offset, (lane ^ offset) <= most};
  const int from = least | (offset & ~segment);
  return {from, from <= most};
}

// shfl.sync.MODE.b32 d[|p], a, b, c, members.
template <Shuffle kMode, bool kSaysWhether>
void shuffle(Warp& warp, const Instruction& instruction) {
  constexpr size_t kFirst = kSaysWhether ? 2 : 1;
  uint64_t old[kLanes];
  std::copy_n(warp.values(instruction.slots[kFirst]), kLanes, old);
  for_each_team(warp, instruction, instruction.slots[kFirst + 3], [&](Mask team) {
    for_each_lane(team, [&](int lane) {
      const auto [from, within] =
          source_lane<kMode>(lane, value_of(warp, instruction.slots[kFirst + 1], lane),
                             value_of(warp, instruction.slots[kFirst + 2], lane));
      const int source = within ? from : lane;
      if ((team >> source & 1) == 0) {
        return warp.block().report(
            FindingKind::kStuckLanes,
            "the lane reads lane " + std::to_string(source) + ", which does not take part", warp,
            lane, instruction);
      }
      warp.values(instruction.slots[0])[lane] = old[source];
      if constexpr (kSaysWhether) warp.set_predicate(instruction.slots[1], lane, within);
    });
  });
}

template <Shuffle kMode>
void add_shuffle(Rows* rows, const std::string& mode) {
  const OperandForm value{Role::kRead, 32};
  const std::string mnemonic = "shfl.sync." + mode + ".b32";
  rows->push_back(
      {mnemonic, shuffle<kMode, false>, {{Role::kWrite, 32}, value, value, value, value}});
  rows->push_back({mnemonic,
                   shuffle<kMode, true>,
                   {{Role::kWriteAndPredicate, 32}, value, value, value, value}});
}

template <auto kDecide>
void vote(Warp& warp, const Instruction& instruction) {
  const Mask holding = holding_lanes(warp, instruction, 1);
  for_each_team(warp, instruction, instruction.slots[2], [&](Mask team) {
    for_each_lane(team, [&](int lane) {
      write_result(warp, instruction, lane, kDecide(holding & team, team));
    });
  });
}

template <auto kDecide>
Row vote_row(const std::string& mnemonic) {
  using Result = decltype(kDecide(Mask{}, Mask{}));
  return {mnemonic,
          vote<kDecide>,
          {write_form<Result>(), {Role::kReadPredicate, 1}, {Role::kRead, 32}}};
}

template <class T, auto kCombine>
void reduce(Warp& warp, const Instruction& instruction) {
  for_each_team(warp, instruction, instruction.slots[2], [&](Mask team) {
    T result = read_operand<T>(warp, instruction, 1, std::countr_zero(team));
    for_each_lane(team & (team - 1), [&](int lane) {
      result = kCombine(result, read_operand<T>(warp, instruction, 1, lane));
    });
    for_each_lane(team, [&](int lane) { write_result(warp, instruction, lane, result); });
  });
}

template <class T, auto kCombine>
Row reduce_row(const std::string& rest) {
  return {"redux.sync" + rest,
          reduce<T, kCombine>,
          {write_form<T>(), read_form<T>(), read_form<uint32_t>()}};
}

// The lanes of the team that have the same value as `lane`.
template <class T>
Mask equal_lanes(const Warp& warp, const Instruction& instruction, size_t operand, Mask team,
                 int lane) {
  const uint64_t* values = warp.values(instruction.slots[operand]);
  Mask same = 0;
  for_each_lane(team, [&](int other) {
    same |= Mask{static_cast<T>(values[other]) == static_cast<T>(values[lane])} << other;
  });
  return same;
}

template <class T>
void match_any(Warp& warp, const Instruction& instruction) {
  for_each_team(warp, instruction, instruction.slots[2], [&](Mask team) {
    Mask same[kLanes] = {};
    for_each_lane(team,
                  [&](int lane) { same[lane] = equal_lanes<T>(warp, instruction, 1, team, lane); });
    for_each_lane(team, [&](int lane) { write_result(warp, instruction, lane, same[lane]); });
  });
}

// match.all.sync d[|p], a, members: all of them and true, or none and false.
template <class T, bool kSaysWhether>
void match_all(Warp& warp, const Instruction& instruction) {
  constexpr size_t kFirst = kSaysWhether ? 2 : 1;
  for_each_team(warp, instruction, instruction.slots[kFirst + 1], [&](Mask team) {
    const int first = std::countr_zero(team);
    const bool all = equal_lanes<T>(warp, instruction, kFirst, team, first) == team;
    for_each_lane(team, [&](int lane) {
      write_result(warp, instruction, lane, all ? team : Mask{0});
      if constexpr (kSaysWhether) warp.set_predicate(instruction.slots[1], lane, all);
    });
  });
}

template <class T>
void add_match_rows(Rows* rows, const std::string& type) {
  const OperandForm value{Role::kRead, kBitsOf<T>}, members{Role::kRead, 32};
  rows->push_back({"match.any.sync" + type, match_any<T>, {{Role::kWrite, 32}, value, members}});
  rows->push_back(
      {"match.all.sync" + type, match_all<T, false>, {{Role::kWrite, 32}, value, members}});
  rows->push_back({"match.all.sync" + type,
                   match_all<T, true>,
                   {{Role::kWriteAndPredicate, 32}, value, members}});
}

void active_mask(Warp& warp, const Instruction& instruction) {
  for_each_lane(warp.executing(),
                [&](int lane) { write_result(warp, instruction, lane, warp.executing()); });
}

// elect.sync d|p, members: the lowest of them.
void elect(Warp& warp, const Instruction& instruction) {
  for_each_team(warp, instruction, instruction.slots[2], [&](Mask team) {
    const auto leader = static_cast<uint32_t>(std::countr_zero(team));
    for_each_lane(team, [&](int lane) {
      warp.values(instruction.slots[0])[lane] = leader;
      warp.set_predicate(instruction.slots[1], lane, static_cast<uint32_t>(lane) == leader);
    });
  });
}

}  // namespace

Rows warp_rows() {
  Rows rows;
  add_shuffle<Shuffle::kUp>(&rows, "up");
  add_shuffle<Shuffle::kDown>(&rows, "down");
  add_shuffle<Shuffle::kButterfly>(&rows, "bfly");
  add_shuffle<Shuffle::kIndex>(&rows, "idx");
  rows.push_back(vote_row<[](Mask yes, Mask all) { return yes == all; }>("vote.sync.all.pred"));
  rows.push_back(vote_row<[](Mask yes, Mask) { return yes != 0; }>("vote.sync.any.pred"));
  rows.push_back(
      vote_row<[](Mask yes, Mask all) { return yes == 0 || yes == all; }>("vote.sync.uni.pred"));
  rows.push_back(vote_row<[](Mask yes, Mask) { return yes; }>("vote.sync.ballot.b32"));
  rows.push_back(reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return a + b; }>(".add.u32"));
  rows.push_back(reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return a + b; }>(".add.s32"));
  rows.push_back(
      reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return std::min(a, b); }>(".min.u32"));
  rows.push_back(
      reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return std::max(a, b); }>(".max.u32"));
  rows.push_back(
      reduce_row<int32_t, [](int32_t a, int32_t b) { return std::min(a, b); }>(".min.s32"));
  rows.push_back(
      reduce_row<int32_t, [](int32_t a, int32_t b) { return std::max(a, b); }>(".max.s32"));
  rows.push_back(reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return a & b; }>(".and.b32"));
  rows.push_back(reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return a | b; }>(".or.b32"));
  rows.push_back(reduce_row<uint32_t, [](uint32_t a, uint32_t b) { return a ^ b; }>(".xor.b32"));
  add_match_rows<uint32_t>(&rows, ".b32");
  add_match_rows<uint64_t>(&rows, ".b64");
  rows.push_back({"activemask.b32", active_mask, {{Role::kWrite, 32}}});
  rows.push_back({"elect.sync", elect, {{Role::kWriteAndPredicate, 32}, {Role::kRead, 32}}});
  return rows;
}

}  // namespace ptxsim::isa
