// Exchange between the lanes of a warp.
#include <algorithm>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/machine/block.h"

namespace ptxsim::isa {
namespace {

uint32_t value_of(Warp& warp, uint32_t slot, int lane) {
  return static_cast<uint32_t>(warp.values(slot)[lane]);
}

// Whether every lane that the instruction names has come. It must be one of them itself. Lanes that
// have exited count as come, as they do on a GPU.
bool all_here(Warp& warp, const Instruction& instruction, uint32_t members_slot) {
  const int first = std::countr_zero(warp.executing());
  const Mask members = value_of(warp, members_slot, first);
  if ((members >> first & 1) == 0) {
    warp.block().report(FindingKind::kStuckLanes, "the lane is not in its own member mask", warp,
                        first, instruction);
    return false;
  }
  return warp.converge(members);
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
  if (!all_here(warp, instruction, instruction.slots[kFirst + 3])) return;
  uint64_t old[kLanes];
  std::copy_n(warp.values(instruction.slots[kFirst]), kLanes, old);
  for_each_lane(warp.executing(), [&](int lane) {
    const auto [from, within] =
        source_lane<kMode>(lane, value_of(warp, instruction.slots[kFirst + 1], lane),
                           value_of(warp, instruction.slots[kFirst + 2], lane));
    const int source = within ? from : lane;
    if ((warp.executing() >> source & 1) == 0) {
      warp.block().report(
          FindingKind::kStuckLanes,
          "the lane reads lane " + std::to_string(source) + ", which does not take part", warp,
          lane, instruction);
      return;
    }
    warp.values(instruction.slots[0])[lane] = old[source];
    if constexpr (kSaysWhether) warp.set_predicate(instruction.slots[1], lane, within);
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

// The lanes, of those that take part, for which the predicate in operand 1 holds.
Mask voters(Warp& warp, const Instruction& instruction) {
  Mask mask = 0;
  for_each_lane(warp.executing(), [&](int lane) {
    if (read_operand<bool>(warp, instruction, 1, lane)) mask |= Mask{1} << lane;
  });
  return mask;
}

template <auto kDecide>
void vote(Warp& warp, const Instruction& instruction) {
  if (!all_here(warp, instruction, instruction.slots[2])) return;
  const Mask yes = voters(warp, instruction), all = warp.executing();
  for_each_lane(all, [&](int lane) { write_result(warp, instruction, lane, kDecide(yes, all)); });
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
  if (!all_here(warp, instruction, instruction.slots[2])) return;
  bool first = true;
  T result{};
  for_each_lane(warp.executing(), [&](int lane) {
    const T value = read_operand<T>(warp, instruction, 1, lane);
    result = first ? value : kCombine(result, value);
    first = false;
  });
  for_each_lane(warp.executing(), [&](int lane) { write_result(warp, instruction, lane, result); });
}

template <class T, auto kCombine>
Row reduce_row(const std::string& rest) {
  return {"redux.sync" + rest,
          reduce<T, kCombine>,
          {write_form<T>(), read_form<T>(), read_form<uint32_t>()}};
}

template <class T>
void match_any(Warp& warp, const Instruction& instruction) {
  if (!all_here(warp, instruction, instruction.slots[2])) return;
  for_each_lane(warp.executing(), [&](int lane) {
    Mask same = 0;
    for_each_lane(warp.executing(), [&](int other) {
      const bool equal = read_operand<T>(warp, instruction, 1, other) ==
                         read_operand<T>(warp, instruction, 1, lane);
      same |= Mask{equal} << other;
    });
    write_result(warp, instruction, lane, same);
  });
}

void active_mask(Warp& warp, const Instruction& instruction) {
  for_each_lane(warp.executing(),
                [&](int lane) { write_result(warp, instruction, lane, warp.executing()); });
}

// elect.sync d|p, members: the lowest of them.
void elect(Warp& warp, const Instruction& instruction) {
  if (!all_here(warp, instruction, instruction.slots[2])) return;
  const auto leader = static_cast<uint32_t>(std::countr_zero(warp.executing()));
  for_each_lane(warp.executing(), [&](int lane) {
    warp.values(instruction.slots[0])[lane] = leader;
    warp.set_predicate(instruction.slots[1], lane, static_cast<uint32_t>(lane) == leader);
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
  rows.push_back({"match.any.sync.b32",
                  match_any<uint32_t>,
                  {{Role::kWrite, 32}, {Role::kRead, 32}, {Role::kRead, 32}}});
  rows.push_back({"match.any.sync.b64",
                  match_any<uint64_t>,
                  {{Role::kWrite, 32}, {Role::kRead, 64}, {Role::kRead, 32}}});
  rows.push_back({"activemask.b32", active_mask, {{Role::kWrite, 32}}});
  rows.push_back({"elect.sync", elect, {{Role::kWriteAndPredicate, 32}, {Role::kRead, 32}}});
  return rows;
}

}  // namespace ptxsim::isa
