// Atomics: atom and red.
#include <algorithm>
#include <cstring>

#include "tests/ptxsim/isa/memory_access.h"
#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/values/arithmetic.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

// kChange(old, operands…) is the new value, kSharedChange that of shared memory; the old one is the
// result where there is one.
template <class T, auto kChange, auto kSharedChange, bool kReturns, size_t kOperands>
void atomic(Warp& warp, const Instruction& instruction) {
  constexpr size_t kAddress = kReturns ? 1 : 0;
  for_each_lane(warp.executing(), [&](int lane) {
    const uint64_t address =
        warp.values(instruction.slots[kAddress])[lane] + static_cast<uint64_t>(instruction.offset);
    auto operand = [&](size_t i) {
      return from_slot<T>(warp.values(instruction.slots[kAddress + 1 + i])[lane]);
    };
    auto changed = [&](T old, auto change) {
      if constexpr (kOperands == 1) return change(old, operand(0));
      if constexpr (kOperands == 2) return change(old, operand(0), operand(1));
    };
    const bool shared = is_shared(instruction, address);
    T old{};
    const bool done = modify_bytes(warp, instruction, lane, address, sizeof(T), [&](void* at) {
      std::memcpy(&old, at, sizeof old);
      const T now = shared ? changed(old, kSharedChange) : changed(old, kChange);
      std::memcpy(at, &now, sizeof now);
    });
    if constexpr (kReturns) {
      if (done) warp.values(instruction.slots[0])[lane] = to_slot(old);
    }
  });
}

constexpr uint8_t number(ptx::Space space) {
  return static_cast<uint8_t>(space);
}

struct SpaceName {
  const char* text;
  uint8_t space;
};
constexpr SpaceName kSpaces[] = {{"", kGenericSpace},
                                 {".global", number(ptx::Space::kGlobal)},
                                 {".shared", number(ptx::Space::kShared)},
                                 {".shared::cta", number(ptx::Space::kShared)}};

// "atom.SPACE.OPERATION d, [a], b{, c}" or "red.SPACE.OPERATION [a], b".
template <class T, auto kChange, auto kSharedChange, bool kReturns, size_t kOperands = 1>
void add_kind(Rows* rows, const std::string& operation) {
  for (const SpaceName& space : kSpaces) {
    Row row{(kReturns ? "atom" : "red") + std::string(space.text) + operation,
            atomic<T, kChange, kSharedChange, kReturns, kOperands>,
            {}};
    if (kReturns) row.operands.push_back({Role::kWrite, kBitsOf<T>});
    row.operands.push_back({Role::kAddress});
    for (size_t i = 0; i < kOperands; ++i) row.operands.push_back({Role::kRead, kBitsOf<T>});
    row.space = space.space;
    row.element_bytes = sizeof(T);
    rows->push_back(row);
  }
}

template <class T, auto kChange, auto kSharedChange = kChange>
void add_atomic(Rows* rows, const std::string& operation) {
  add_kind<T, kChange, kSharedChange, true>(rows, operation);
  add_kind<T, kChange, kSharedChange, false>(rows, operation);
}

// An exchange without its result would be a store: red has none.
template <class T>
void add_exchanges(Rows* rows, const std::string& type) {
  constexpr auto kExchange = [](T, T b) { return b; };
  constexpr auto kCompare = [](T old, T a, T b) { return old == a ? b : old; };
  add_kind<T, kCompare, kCompare, true, 2>(rows, ".cas" + type);
  if (sizeof(T) > 2) add_kind<T, kExchange, kExchange, true>(rows, ".exch" + type);
}

template <class T>
void add_bit_atomics(Rows* rows, const std::string& type) {
  add_atomic<T, [](T a, T b) { return T(a & b); }>(rows, ".and" + type);
  add_atomic<T, [](T a, T b) { return T(a | b); }>(rows, ".or" + type);
  add_atomic<T, [](T a, T b) { return T(a ^ b); }>(rows, ".xor" + type);
}

template <class T>
void add_number_atomics(Rows* rows, const std::string& type) {
  add_atomic<T, [](T a, T b) { return std::min(a, b); }>(rows, ".min" + type);
  add_atomic<T, [](T a, T b) { return std::max(a, b); }>(rows, ".max" + type);
}

template <class T>
T packed_sum(T a, T b) {
  return each_half<T>([](auto x, auto y) { return add(x, y, Mode{}); }, a, b);
}

// f32 flushes subnormals in global memory, and not in shared memory.
void add_float_atomics(Rows* rows) {
  add_atomic<F32, [](F32 a, F32 b) { return add(a, b, {.ftz = true}); },
             [](F32 a, F32 b) { return add(a, b, {}); }>(rows, ".add.f32");
  add_atomic<F16, [](F16 a, F16 b) { return add(a, b, {}); }>(rows, ".add.noftz.f16");
  add_atomic<Bf16, [](Bf16 a, Bf16 b) { return add(a, b, {}); }>(rows, ".add.noftz.bf16");
  add_atomic<F16x2, [](F16x2 a, F16x2 b) { return packed_sum(a, b); }>(rows, ".add.noftz.f16x2");
  add_atomic<Bf16x2, [](Bf16x2 a, Bf16x2 b) { return packed_sum(a, b); }>(rows,
                                                                          ".add.noftz.bf16x2");
}

}  // namespace

Rows atomic_rows() {
  Rows rows;
  add_exchanges<uint16_t>(&rows, ".b16");
  add_exchanges<uint32_t>(&rows, ".b32");
  add_exchanges<uint64_t>(&rows, ".b64");
  add_bit_atomics<uint32_t>(&rows, ".b32");
  add_bit_atomics<uint64_t>(&rows, ".b64");
  add_number_atomics<uint32_t>(&rows, ".u32");
  add_number_atomics<int32_t>(&rows, ".s32");
  add_number_atomics<uint64_t>(&rows, ".u64");
  add_number_atomics<int64_t>(&rows, ".s64");
  add_atomic<uint32_t, [](uint32_t a, uint32_t b) { return a + b; }>(&rows, ".add.u32");
  add_atomic<uint32_t, [](uint32_t a, uint32_t b) { return a + b; }>(&rows, ".add.s32");
  add_atomic<uint64_t, [](uint64_t a, uint64_t b) { return a + b; }>(&rows, ".add.u64");
  add_atomic<uint32_t, [](uint32_t a, uint32_t b) { return b <= a ? 0 : a + 1; }>(&rows,
                                                                                  ".inc.u32");
  add_atomic<uint32_t, [](uint32_t a, uint32_t b) { return a == 0 || b < a ? b : a - 1; }>(
      &rows, ".dec.u32");
  add_float_atomics(&rows);
  return rows;
}

}  // namespace ptxsim::isa
