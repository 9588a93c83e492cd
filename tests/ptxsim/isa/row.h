// What: one row of the table of instructions: a mnemonic, what its operands are, and the function
// that runs it for a warp. A row is made from a C++ lambda over typed values, whose parameters say
// the operands: `lanewise<[](uint32_t a, uint32_t b) { return a + b; }>("add.u32")`. A `bool` is a
// predicate; a std::pair result is the "p|q" of setp.
// Threads: rows are constants.
#pragma once

#include <cstring>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tests/ptxsim/machine/instruction.h"
#include "tests/ptxsim/machine/warp.h"
#include "tests/ptxsim/values/types.h"

namespace ptxsim::isa {

enum class Role : uint8_t {
  kWrite,              // a register, or "_"
  kRead,               // a register, a literal, a special register
  kWritePredicate,     // a predicate register, or "_"
  kReadPredicate,      // a predicate register, perhaps negated; 0 or 1
  kWritePair,          // "p|q": takes two slots
  kWriteAndPredicate,  // "d|p": a register and a predicate
  kWriteVector,        // "{a, b}" of `count` elements
  kReadVector,
  kAddress,  // "[a+4]"
  kLabel,
};

struct OperandForm {
  Role role;
  uint32_t bits = 0;    // of the register, or of a vector's element
  uint32_t count = 1;   // elements of a vector
  bool widens = false;  // a register wider than `bits` may stand here (ld, st, cvt)
};

struct Row {
  std::string mnemonic;
  Handler execute = nullptr;
  std::vector<OperandForm> operands;
  // Of memory instructions.
  uint8_t space = 0;
  uint8_t elements = 1;
  uint8_t element_bytes = 0;
  bool synchronises_block = false;
};

using Rows = std::vector<Row>;

// A value's bits in a slot, upper bits zero.
template <class T>
constexpr uint32_t kBitsOf = sizeof(T) * 8;
template <>
inline constexpr uint32_t kBitsOf<bool> = 1;

template <class T>
uint64_t to_slot(T value) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<std::make_unsigned_t<T>>(value);
  } else {
    return value.bits;
  }
}

template <class T>
T from_slot(uint64_t slot) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(slot);
  } else {
    return T{static_cast<typename T::Word>(slot)};
  }
}

template <class Lambda>
struct SignatureOf : SignatureOf<decltype(&Lambda::operator())> {};
template <class Result, class... Arguments>
struct SignatureOf<Result (*)(Arguments...)> {
  using Return = Result;
  using Tuple = std::tuple<Arguments...>;
};
template <class Class, class Result, class... Arguments>
struct SignatureOf<Result (Class::*)(Arguments...) const> {
  using Return = Result;
  using Tuple = std::tuple<Arguments...>;
};

template <class T>
T read_operand(const Warp& warp, const Instruction& instruction, int operand, int lane) {
  const uint32_t slot = instruction.slots[static_cast<size_t>(operand)];
  if constexpr (std::is_same_v<T, bool>) {
    const bool value = (warp.predicate(slot) >> lane & 1) != 0;
    return value != ((instruction.negated >> operand & 1) != 0);
  } else {
    return from_slot<T>(warp.values(slot)[lane]);
  }
}

template <class T>
constexpr int kSlotsOfResult = 1;
template <>
inline constexpr int kSlotsOfResult<std::pair<bool, bool>> = 2;

template <class T>
void write_result(Warp& warp, const Instruction& instruction, int lane, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    warp.set_predicate(instruction.slots[0], lane, value);
  } else if constexpr (std::is_same_v<T, std::pair<bool, bool>>) {
    warp.set_predicate(instruction.slots[0], lane, value.first);
    warp.set_predicate(instruction.slots[1], lane, value.second);
  } else {
    warp.values(instruction.slots[0])[lane] = to_slot(value);
  }
}

template <auto kOperation>
void run_lanewise(Warp& warp, const Instruction& instruction) {
  using Signature = SignatureOf<decltype(kOperation)>;
  using Result = typename Signature::Return;
  [&]<class... Arguments, size_t... kIndex>(std::tuple<Arguments...>*,
                                            std::index_sequence<kIndex...>) {
    for_each_lane(warp.executing(), [&](int lane) {
      write_result<Result>(
          warp, instruction, lane,
          kOperation(read_operand<Arguments>(
              warp, instruction, static_cast<int>(kIndex) + kSlotsOfResult<Result>, lane)...));
    });
  }(static_cast<typename Signature::Tuple*>(nullptr),
    std::make_index_sequence<std::tuple_size_v<typename Signature::Tuple>>{});
}

template <class T>
OperandForm write_form() {
  if constexpr (std::is_same_v<T, std::pair<bool, bool>>) return {Role::kWritePair, 1};
  if constexpr (std::is_same_v<T, bool>) return {Role::kWritePredicate, 1};
  return {Role::kWrite, kBitsOf<T>};
}
template <class T>
OperandForm read_form() {
  if constexpr (std::is_same_v<T, bool>) return {Role::kReadPredicate, 1};
  return {Role::kRead, kBitsOf<T>};
}

// One function for all operations of a signature: there are thousands of operations.
template <class Result, class... Arguments>
[[gnu::noinline]] Row row_of(Handler execute, bool widens, std::tuple<Arguments...>*) {
  Row row{{}, execute, {write_form<Result>(), read_form<Arguments>()...}};
  for (OperandForm& operand : row.operands) operand.widens = widens;
  return row;
}

// The row of an instruction that each lane does for itself. `widens`: registers may be wider than
// the operands, as those of cvt.
template <auto kOperation>
Row lanewise(std::string mnemonic, bool widens = false) {
  using Signature = SignatureOf<decltype(kOperation)>;
  Row row = row_of<typename Signature::Return>(run_lanewise<kOperation>, widens,
                                               static_cast<typename Signature::Tuple*>(nullptr));
  row.mnemonic = std::move(mnemonic);
  return row;
}

}  // namespace ptxsim::isa
