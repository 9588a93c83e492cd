// Every row of atom and red, by one thread for each cell and by many threads of several blocks on
// one, against one operation after the other.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

constexpr uint32_t kThreads = 64;  // of a block

// What "atom.global.add.noftz.f16x2" says.
struct Atomic {
  std::string operation, type;
  uint32_t bits = 0;
  bool returns = false, compares = false, is_shared = false;
};

Atomic atomic_of(const isa::Row& row) {
  std::vector<std::string> parts = parts_of(row.mnemonic);
  Atomic atomic;
  atomic.returns = parts[0] == "atom";
  atomic.type = parts.back();
  atomic.bits = row.element_bytes * 8u;
  atomic.is_shared = parts[1].starts_with("shared");
  const bool has_space = atomic.is_shared || parts[1] == "global";
  atomic.operation = parts[has_space ? 2 : 1];
  atomic.compares = atomic.operation == "cas";
  return atomic;
}

int64_t signed_value(uint64_t bits, uint32_t width) {
  return static_cast<int64_t>(bits << (64 - width)) >> (64 - width);
}

// Small whole numbers in a float's bits, where sums are exact.
struct FloatType {
  int mantissa_bits, bias, bits;
};
FloatType float_type(const std::string& type) {
  if (type.starts_with("f32")) return {23, 127, 32};
  return type.starts_with("f16") ? FloatType{10, 15, 16} : FloatType{7, 127, 16};
}
uint64_t encoded(uint64_t whole, const FloatType& type) {
  if (whole == 0) return 0;
  const int exponent = std::bit_width(whole) - 1;
  const uint64_t mantissa = (whole << type.mantissa_bits >> exponent) - (1u << type.mantissa_bits);
  return static_cast<uint64_t>(exponent + type.bias) << type.mantissa_bits | mantissa;
}
uint64_t decoded(uint64_t bits, const FloatType& type) {
  if (bits == 0) return 0;
  const int exponent = static_cast<int>(bits >> type.mantissa_bits) - type.bias;
  const uint64_t mantissa = low_bits(bits, static_cast<uint32_t>(type.mantissa_bits));
  return ((uint64_t{1} << type.mantissa_bits) + mantissa) << exponent >> type.mantissa_bits;
}

bool is_float(const Atomic& atomic) {
  return atomic.type[0] == 'f' || atomic.type.starts_with("bf");
}

uint64_t float_sum(const Atomic& atomic, uint64_t a, uint64_t b) {
  const FloatType type = float_type(atomic.type);
  uint64_t result = 0;
  for (uint32_t at = 0; at < atomic.bits; at += static_cast<uint32_t>(type.bits)) {
    const auto width = static_cast<uint32_t>(type.bits);
    const uint64_t sum =
        decoded(low_bits(a >> at, width), type) + decoded(low_bits(b >> at, width), type);
    result |= encoded(sum, type) << at;
  }
  return result;
}

// The value that the operation leaves.
uint64_t applied(const Atomic& atomic, uint64_t old, uint64_t b, uint64_t c) {
  const std::string& how = atomic.operation;
  if (how == "exch") return b;
  if (how == "cas") return old == b ? c : old;
  if (how == "and") return old & b;
  if (how == "or") return old | b;
  if (how == "xor") return old ^ b;
  if (how == "inc") return old >= b ? 0 : old + 1;
  if (how == "dec") return old == 0 || old > b ? b : old - 1;
  if (how == "add") {
    return is_float(atomic) ? float_sum(atomic, old, b) : low_bits(old + b, atomic.bits);
  }
  const bool less = atomic.type[0] == 's'
                        ? signed_value(old, atomic.bits) < signed_value(b, atomic.bits)
                        : old < b;
  return less == (how == "min") ? old : b;
}

// Blocks of 64 threads; thread i uses cell i % cells. Cells in shared memory are copied there and
// back.
std::string kernel_text(const isa::Row& row, const Atomic& atomic) {
  const std::string bits = std::to_string(atomic.bits);
  const std::string copies =
      "setp.ge.u32 %p, %t, %cells;\n@%p bra A;\nld.global.b64 %x, [%mine];\nst.shared.b64 [%s], "
      "%x;\nA:\nbar.sync 0;\nmov.u64 %cell, %s;\n";
  const std::string copies_back =
      "bar.sync 0;\n@%p bra B;\nld.shared.b64 %x, [%s];\nst.global.b64 [%mine], %x;\nB:\n";
  std::string text = R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 cells, .param .u64 count, .param .u64 in, .param .u64 out)
{
.reg .pred %p;
.reg .b16 %h<3>;
.reg .b32 %w<3>, %i, %t, %index, %cells;
.reg .b64 %d<3>, %x, %cell, %mine, %s, %in, %out;
.shared .align 8 .b8 box[512];
ld.param.u64 %cell, [cells];
ld.param.u32 %cells, [count];
ld.param.u64 %in, [in];
ld.param.u64 %out, [out];
mov.u32 %t, %tid.x;
mad.lo.u32 %i, %ctaid.x, 64, %t;
rem.u32 %index, %i, %cells;
mad.wide.u32 %cell, %index, 8, %cell;
mov.u64 %mine, %cell;
mov.u64 %s, box;
mad.wide.u32 %s, %index, 8, %s;
mad.wide.u32 %in, %i, 16, %in;
mad.wide.u32 %out, %i, 8, %out;
)";
  if (atomic.is_shared) text += copies;
  const std::string one = atomic.bits == 16 ? "%h" : atomic.bits == 32 ? "%w" : "%d";
  text += "ld.global.b" + bits + " " + one + "1, [%in];\nld.global.b" + bits + " " + one +
          "2, [%in+8];\n" + row.mnemonic + " " + (atomic.returns ? one + "0, " : "") + "[%cell], " +
          one + "1" + (atomic.compares ? ", " + one + "2" : "") + ";\n";
  if (atomic.returns) text += "st.global.b" + bits + " [%out], " + one + "0;\n";
  if (atomic.is_shared) text += copies_back;
  return text + "ret;\n}\n";
}

struct Case {
  std::vector<uint64_t> cells, operands;  // two for each thread
};

Case draw(const Atomic& atomic, uint32_t threads, uint32_t cells) {
  std::mt19937_64 random(cells);
  auto value = [&] {
    if (is_float(atomic)) {
      const FloatType type = float_type(atomic.type);
      const uint64_t one = encoded(random() % 2, type), other = encoded(random() % 2, type);
      return low_bits(one | other << type.bits % 64 % 32, atomic.bits);
    }
    return random() % 2 == 0 ? random() % 4 : low_bits(random(), atomic.bits);
  };
  Case drawn;
  for (uint32_t i = 0; i < cells; ++i) drawn.cells.push_back(value());
  const bool same = cells == 1 && (atomic.operation == "inc" || atomic.operation == "dec");
  for (uint32_t i = 0; i < 2 * threads; ++i) drawn.operands.push_back(same ? 5 : value());
  return drawn;
}

struct Outcome {
  std::vector<uint64_t> cells, old;
};

Outcome run(const isa::Row& row, const Atomic& atomic, const Case& given, uint32_t blocks) {
  Machine machine;
  EXPECT_EQ(machine.load(kernel_text(row, atomic)), "");
  const uint64_t cells = machine.copy(given.cells), in = machine.copy(given.operands);
  const uint64_t out = machine.zeros(blocks * kThreads * 8);
  machine.launch("test", blocks, kThreads, {cells, given.cells.size(), in, out});
  EXPECT_EQ(machine.complete(), CUDA_SUCCESS) << row.mnemonic << machine.findings();
  return {machine.read<uint64_t>(cells, given.cells.size()),
          machine.read<uint64_t>(out, blocks * kThreads)};
}

void check_alone(const isa::Row& row, const Atomic& atomic) {
  const Case given = draw(atomic, kThreads, kThreads);
  const Outcome outcome = run(row, atomic, given, 1);
  for (size_t i = 0; i < kThreads; ++i) {
    const uint64_t expected =
        applied(atomic, given.cells[i], given.operands[2 * i], given.operands[2 * i + 1]);
    ASSERT_EQ(outcome.cells[i], expected) << row.mnemonic << ", thread " << i;
    if (!atomic.returns) continue;
    ASSERT_EQ(outcome.old[i], given.cells[i]) << row.mnemonic << ", thread " << i;
  }
}

// In whatever order: each value that one thread left is what the next one found.
void check_together(const isa::Row& row, const Atomic& atomic) {
  const uint32_t blocks = atomic.is_shared ? 1 : 3;
  const Case given = draw(atomic, blocks * kThreads, 1);
  const Outcome outcome = run(row, atomic, given, blocks);
  std::vector<uint64_t> left = given.cells, found = outcome.old;
  uint64_t folded = given.cells[0];
  for (size_t i = 0; i < found.size(); ++i) {
    const uint64_t b = given.operands[2 * i], c = given.operands[2 * i + 1];
    left.push_back(applied(atomic, found[i], b, c));
    folded = applied(atomic, folded, b, c);
  }
  const bool order_matters = atomic.operation == "exch" || atomic.compares;
  if (!order_matters) {
    EXPECT_EQ(outcome.cells[0], folded) << row.mnemonic;
  }
  if (!atomic.returns) return;
  found.push_back(outcome.cells[0]);
  std::ranges::sort(left);
  std::ranges::sort(found);
  EXPECT_EQ(left, found) << row.mnemonic;
}

TEST(Atomics, EveryRow) {
  for (const isa::Row& row : isa::atomic_rows()) {
    const Atomic atomic = atomic_of(row);
    check_alone(row, atomic);
    if (HasFatalFailure()) return;
    check_together(row, atomic);
  }
}

// One operation on one cell, b being the operand: the cell after it.
uint32_t one_cell(const std::string& mnemonic, uint32_t cell, uint32_t b) {
  for (const isa::Row& row : isa::atomic_rows()) {
    if (row.mnemonic != mnemonic) continue;
    const Case given{{cell}, std::vector<uint64_t>(2 * kThreads, 0)};
    Case first = given;
    first.operands[0] = b;
    return static_cast<uint32_t>(run(row, atomic_of(row), first, 1).cells[0]);
  }
  return 0;
}

// Global memory flushes subnormals of f32 and shared memory does not; the packed halves say .noftz.
TEST(Atomics, Subnormals) {
  EXPECT_EQ(one_cell("red.global.add.f32", 0x00000001, 0x00000001), 0u);
  EXPECT_EQ(one_cell("atom.add.f32", 0x00000001, 0x00000001), 0u);
  EXPECT_EQ(one_cell("red.shared.add.f32", 0x00000001, 0x00000001), 2u);
  EXPECT_EQ(one_cell("red.global.add.noftz.f16x2", 0x00010003, 0x00010004), 0x00020007u);
  EXPECT_EQ(one_cell("red.global.add.noftz.bf16x2", 0x00010003, 0x00010004), 0x00020007u);
}

}  // namespace
}  // namespace ptxsim
