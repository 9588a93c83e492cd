#include "tests/ptxsim/exec/match.h"

#include <bit>

#include "tests/ptxsim/exec/special_registers.h"
#include "tests/ptxsim/isa/table.h"

namespace ptxsim {
namespace {

using isa::OperandForm;
using isa::Role;
using ptx::Operand;

uint64_t low_bits(uint64_t value, uint32_t bits) {
  return bits >= 64 ? value : value & ((uint64_t{1} << bits) - 1);
}

// Matches the operands of one instruction with one row's, filling in its slots.
class Matcher {
 public:
  Matcher(const ptx::Instruction& source, const Frame& frame, SlotTable* slots)
      : source_(source), frame_(frame), slots_(*slots) {}

  bool matches(const isa::Row& row);
  const Instruction& instruction() const { return instruction_; }
  const std::string& error() const { return error_; }

 private:
  bool operand(const Operand& given, const OperandForm& form);
  bool elements(const Operand& given, const OperandForm& form, Role role);
  bool write(const Operand& given, const OperandForm& form);
  bool read(const Operand& given, const OperandForm& form);
  bool read_name(const Operand& given, const OperandForm& form);
  bool write_predicate(const Operand& given);
  bool read_predicate(const Operand& given);
  bool pair(const Operand& given, const OperandForm& form);
  bool address(const Operand& given);
  bool writes_parameters() const;
  bool guard();
  bool add(uint32_t slot);
  bool refuse(const std::string& what);
  std::string position() const { return "operand " + std::to_string(given_ + 1); }

  const ptx::Instruction& source_;
  const Frame& frame_;
  SlotTable& slots_;
  Instruction instruction_;
  size_t count_ = 0, given_ = 0;
  std::string error_;
};

bool Matcher::refuse(const std::string& what) {
  error_ = what;
  return false;
}

bool Matcher::add(uint32_t slot) {
  if (count_ == instruction_.slots.size()) return refuse("too many operands");
  instruction_.slots[count_++] = slot;
  return true;
}

bool fits(uint32_t register_bits, const OperandForm& form) {
  if (register_bits == 1) return false;
  return form.widens ? register_bits >= form.bits : register_bits == form.bits;
}

bool Matcher::write(const Operand& given, const OperandForm& form) {
  ++instruction_.written;
  if (given.kind == Operand::Kind::kSink) return add(kSinkValue);
  if (given.kind != Operand::Kind::kRegister) return refuse(position() + " must be a register");
  const Frame::Register& one = frame_.registers[given.index];
  if (!fits(one.bits, form)) {
    return refuse(position() + " is a register of " + std::to_string(one.bits) +
                  " bits and must have " + std::to_string(form.bits));
  }
  return add(one.slot);
}

bool Matcher::read_name(const Operand& given, const OperandForm& form) {
  if (const SpecialRegister* special = find_special_register(given.name)) {
    if (special->bits > form.bits) return refuse(given.name + " has more bits than " + position());
    return add(slots_.special(special->value));
  }
  const auto found = frame_.names.find(given.name);
  if (found == frame_.names.end()) return refuse(given.name + " is not modelled or not declared");
  return add(slots_.constant(low_bits(found->second.address + given.bits, form.bits)));
}

bool Matcher::read(const Operand& given, const OperandForm& form) {
  if (given.kind == Operand::Kind::kName) return read_name(given, form);
  if (given.kind == Operand::Kind::kLiteral) {
    if (given.literal_bits == 64 && form.bits == 32) {
      // A decimal number is a double, rounded to what the instruction reads.
      const auto rounded = static_cast<float>(std::bit_cast<double>(given.bits));
      return add(slots_.constant(std::bit_cast<uint32_t>(rounded)));
    }
    if (given.literal_bits != 0 && given.literal_bits != form.bits) {
      return refuse(position() + " is a literal of another width");
    }
    return add(slots_.constant(low_bits(given.bits, form.bits)));
  }
  if (given.kind != Operand::Kind::kRegister) {
    return refuse(position() + " must be a register or a literal");
  }
  const Frame::Register& one = frame_.registers[given.index];
  if (!fits(one.bits, form)) {
    return refuse(position() + " is a register of " + std::to_string(one.bits) +
                  " bits and must have " + std::to_string(form.bits));
  }
  return add(one.slot);
}

bool Matcher::write_predicate(const Operand& given) {
  ++instruction_.written;
  instruction_.written_predicates |= 1u << count_;
  if (given.kind == Operand::Kind::kSink) return add(kSinkPredicate);
  const bool is_predicate = given.kind == Operand::Kind::kRegister &&
                            frame_.registers[given.index].bits == 1 && !given.negated;
  if (!is_predicate) return refuse(position() + " must be a predicate");
  return add(frame_.registers[given.index].slot);
}

bool Matcher::read_predicate(const Operand& given) {
  bool negated = given.negated;
  uint32_t slot = kTruePredicate;
  if (given.kind == Operand::Kind::kLiteral) {
    negated = given.bits == 0;
  } else if (given.kind == Operand::Kind::kRegister && frame_.registers[given.index].bits == 1) {
    slot = frame_.registers[given.index].slot;
  } else {
    return refuse(position() + " must be a predicate");
  }
  if (negated) instruction_.negated |= 1u << count_;
  return add(slot);
}

// "p|q", or "d|p" where the form's first is a register.
bool Matcher::pair(const Operand& given, const OperandForm& form) {
  if (given.kind != Operand::Kind::kPair || given.elements.size() != 2) {
    return refuse(position() + " must be a pair \"a|b\"");
  }
  const bool first = form.role == Role::kWritePair ? write_predicate(given.elements[0])
                                                   : write(given.elements[0], form);
  return first && write_predicate(given.elements[1]);
}

bool Matcher::writes_parameters() const {
  return instruction_.space == static_cast<uint8_t>(ptx::Space::kParam) &&
         source_.mnemonic.starts_with("st");
}

bool Matcher::address(const Operand& given) {
  if (given.kind != Operand::Kind::kAddress) return refuse(position() + " must be an address");
  if (given.elements.size() > 1) return refuse("tensor addresses are not modelled");
  instruction_.offset = static_cast<int64_t>(given.bits);
  if (given.elements.empty()) return add(slots_.constant(0));
  const Operand& base = given.elements[0];
  if (base.kind == Operand::Kind::kRegister) {
    const Frame::Register& one = frame_.registers[base.index];
    // Addresses of shared and local memory may have 32 bits.
    if (one.bits != 64 && one.bits != 32) return refuse("the address is not of 32 or 64 bits");
    if (writes_parameters()) return refuse("the parameters of an entry are not written");
    return add(one.slot);
  }
  const auto found = frame_.names.find(base.name);
  if (found == frame_.names.end()) return refuse(base.name + " is not declared");
  // A .param variable of a call is the thread's own memory.
  if (instruction_.space == static_cast<uint8_t>(ptx::Space::kParam)) {
    instruction_.space = static_cast<uint8_t>(found->second.space);
  }
  if (writes_parameters()) return refuse("the parameters of an entry are not written");
  return add(slots_.constant(found->second.address + base.bits));
}

bool Matcher::elements(const Operand& given, const OperandForm& form, Role role) {
  if (given.kind != Operand::Kind::kVector || given.elements.size() != form.count) {
    return refuse(position() + " must be a vector of " + std::to_string(form.count));
  }
  for (const Operand& element : given.elements) {
    if (!(role == Role::kWriteVector ? write(element, form) : read(element, form))) return false;
  }
  return true;
}

bool Matcher::operand(const Operand& given, const OperandForm& form) {
  switch (form.role) {
    case Role::kWrite:
      return write(given, form);
    case Role::kRead:
      return read(given, form);
    case Role::kWritePredicate:
      return write_predicate(given);
    case Role::kReadPredicate:
      return read_predicate(given);
    case Role::kWritePair:
    case Role::kWriteAndPredicate:
      return pair(given, form);
    case Role::kWriteVector:
    case Role::kReadVector:
      return elements(given, form, form.role);
    case Role::kAddress:
      return address(given);
    case Role::kLabel:
      if (given.kind == Operand::Kind::kLabel) return true;
      return refuse(position() + " must be a label");
  }
  return false;
}

bool Matcher::guard() {
  if (!source_.guarded) return true;
  const Frame::Register& one = frame_.registers[source_.guard];
  if (one.bits != 1) return refuse("the guard is not a predicate");
  instruction_.guard = one.slot;
  instruction_.guard_negated = source_.guard_negated;
  return true;
}

bool Matcher::matches(const isa::Row& row) {
  instruction_ = {};
  count_ = given_ = 0;
  instruction_.execute = row.execute;
  instruction_.space = row.space;
  instruction_.elements = row.elements;
  instruction_.element_bytes = row.element_bytes;
  instruction_.synchronises_block = row.synchronises_block;
  if (source_.operands.size() != row.operands.size()) {
    return refuse(source_.mnemonic + " takes " + std::to_string(row.operands.size()) + " operands");
  }
  for (; given_ < row.operands.size(); ++given_) {
    if (!operand(source_.operands[given_], row.operands[given_])) return false;
  }
  return guard();
}

}  // namespace

uint32_t SlotTable::constant(uint64_t bits) {
  auto [found, is_new] = constants_.try_emplace(bits, program_->value_slots);
  if (is_new) program_->constants.push_back({program_->value_slots++, bits});
  return found->second;
}

uint32_t SlotTable::special(uint64_t (*value)(Warp& warp, int lane)) {
  auto [found, is_new] = specials_.try_emplace(value, program_->value_slots);
  if (is_new) program_->specials.push_back({program_->value_slots++, value});
  return found->second;
}

Match match_instruction(const ptx::Instruction& source, const Frame& frame, SlotTable* slots) {
  const std::vector<const isa::Row*> rows = isa::find_rows(source.mnemonic);
  if (rows.empty()) return {{}, source.mnemonic + " is not an instruction that ptxsim has"};
  Matcher matcher(source, frame, slots);
  for (const isa::Row* row : rows) {
    if (matcher.matches(*row)) return {matcher.instruction(), {}};
  }
  return {{}, matcher.error()};
}

}  // namespace ptxsim
