#include "tests/ptxsim/testing/evaluate.h"

#include <gtest/gtest.h>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using isa::OperandForm;
using isa::Role;

const char* register_class(uint32_t bits) {
  switch (bits) {
    case 1:
      return "p";
    case 8:
      return "b";
    case 16:
      return "h";
    case 32:
      return "w";
    default:
      return "d";
  }
}

std::string name(uint32_t bits, size_t number) {
  return std::string("%") + register_class(bits) + std::to_string(number);
}

bool is_predicate(Role role) {
  return role == Role::kWritePredicate || role == Role::kReadPredicate || role == Role::kWritePair;
}

// The 64 bits that %x holds, into a register of the operand's width.
std::string narrowed(uint32_t bits, const std::string& to) {
  if (bits == 1) return "setp.ne.u64 " + to + ", %x, 0;\n";
  if (bits == 64) return "mov.b64 " + to + ", %x;\n";
  std::string rest;
  for (uint32_t i = 1; i < 64 / bits; ++i) rest += ", _";
  return "mov.b64 {" + to + rest + "}, %x;\n";
}

std::string stored(uint32_t bits, const std::string& from, size_t offset) {
  const std::string to = "[%out+" + std::to_string(offset) + "], ";
  if (bits != 1) return "st.global.b" + std::to_string(bits) + " " + to + from + ";\n";
  return "selp.b32 %truth, 1, 0, " + from + ";\nst.global.b32 " + to + "%truth;\n";
}

constexpr const char* kHead = R"(
.version 9.0
.target sm_100a
.address_size 64
.entry test(.param .u64 inputs, .param .u64 outputs, .param .u64 cases, .param .u64 bytes)
{
.reg .pred %done, %p<20>;
.reg .b8 %b<20>;
.reg .b16 %h<20>;
.reg .b32 %w<20>, %i, %count, %width, %truth;
.reg .b64 %d<20>, %x, %in, %out;
mov.u32 %i, %ctaid.x;
mad.lo.u32 %i, %i, 64, %tid.x;
ld.param.u32 %count, [cases];
setp.ge.u32 %done, %i, %count;
@%done ret;
ld.param.u32 %width, [bytes];
ld.param.u64 %in, [inputs];
mad.wide.u32 %in, %i, %width, %in;
ld.param.u64 %out, [outputs];
mad.wide.u32 %out, %i, 16, %out;
)";

std::string kernel_text(const isa::Row& row) {
  std::string before, instruction = row.mnemonic, after;
  size_t input = 0, number = 0;
  for (const OperandForm& form : row.operands) {
    const uint32_t bits = is_predicate(form.role) ? 1 : form.bits;
    const std::string one = name(bits, number++);
    instruction += (number == 1 ? " " : ", ") + one;
    if (form.role == Role::kRead || form.role == Role::kReadPredicate) {
      before += "ld.global.b64 %x, [%in+" + std::to_string(8 * input++) + "];\n";
      before += narrowed(bits, one);
      continue;
    }
    after += stored(bits, one, 0);
    if (form.role == Role::kWritePair || form.role == Role::kWriteAndPredicate) {
      const std::string second = name(1, number++);
      instruction += "|" + second;
      after += stored(1, second, 8);
    }
  }
  return kHead + before + instruction + ";\n" + after + "ret;\n}\n";
}

}  // namespace

Results evaluate(const std::string& mnemonic, const std::vector<std::vector<uint64_t>>& operands,
                 size_t form) {
  const std::vector<const isa::Row*> rows = isa::find_rows(mnemonic);
  EXPECT_LT(form, rows.size()) << mnemonic;
  if (form >= rows.size() || operands.empty()) return {};
  Machine machine;
  const std::string wrong = machine.load(kernel_text(*rows[form]));
  EXPECT_EQ(wrong, "");
  if (!wrong.empty()) return {};
  std::vector<uint64_t> inputs;
  for (const auto& one : operands) inputs.insert(inputs.end(), one.begin(), one.end());
  const uint64_t in = machine.copy(inputs), out = machine.zeros(operands.size() * 16);
  const auto blocks = static_cast<uint32_t>((operands.size() + 63) / 64);
  machine.launch("test", blocks, 64, {in, out, operands.size(), operands[0].size() * 8});
  EXPECT_EQ(machine.complete(), CUDA_SUCCESS) << machine.findings();
  Results results;
  const std::vector<uint64_t> words = machine.read<uint64_t>(out, operands.size() * 2);
  for (size_t i = 0; i < words.size(); i += 2) {
    results.first.push_back(words[i]);
    results.second.push_back(words[i + 1]);
  }
  return results;
}

uint64_t evaluate_one(const std::string& mnemonic, const std::vector<uint64_t>& operands) {
  const Results results = evaluate(mnemonic, {operands});
  return results.first.empty() ? 0 : results.first[0];
}

}  // namespace ptxsim
