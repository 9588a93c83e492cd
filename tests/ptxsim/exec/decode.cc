#include "tests/ptxsim/exec/decode.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "tests/ptxsim/exec/match.h"
#include "tests/ptxsim/exec/shared_layout.h"
#include "tests/ptxsim/isa/least_target.h"

namespace ptxsim {
namespace {

using ptx::Operand;
using ptx::Space;

constexpr int kDeepestCall = 16;
// Of a kernel with what it calls. A warp's registers take 256 bytes each.
constexpr size_t kMostInstructions = 1 << 20;
constexpr uint32_t kMostRegisters = 1 << 16;

std::string at_line(const ptx::Instruction& instruction, const std::string& what) {
  return "line " + std::to_string(instruction.line) + ": " + what + ": " + instruction.text;
}

class Decoder {
 public:
  Decoder(const ptx::Module& module, const ptx::Function& entry, const Symbols& globals);

  Result<Program> entry(const ptx::Function& function);

 private:
  // Decodes the body where it is called; `names` has its parameters.
  void body(const ptx::Function& function, Symbols names, bool is_entry, int depth);
  void registers(const ptx::Function& function, Frame* frame);
  void variables(const ptx::Function& function, Symbols* names);
  void one(const ptx::Instruction& source, const Frame& frame);
  void call(const ptx::Instruction& source, const Frame& frame, int depth);
  void bind(const std::vector<ptx::Variable>& formal, const Operand* actual, const Frame& frame,
            const ptx::Instruction& source, Symbols* names);
  uint32_t jump(const ptx::Instruction& source, const Frame& frame, bool opposite);
  std::string check_sizes(const ptx::Function& function, uint64_t parameters) const;
  void fail(const ptx::Instruction& source, const std::string& what);
  const ptx::Function* find_function(const std::string& name) const;

  const ptx::Module& module_;
  Symbols globals_;  // of module scope: shared ones too
  Program program_;
  SlotTable slots_;
  SharedLayout shared_;
  SpaceLayout local_;
  std::string error_;
};

Decoder::Decoder(const ptx::Module& module, const ptx::Function& entry, const Symbols& globals)
    : module_(module),
      globals_(globals),
      slots_(&program_),
      shared_(lay_out_shared(module, entry)) {
  for (const ptx::Variable& variable : module.variables) {
    const auto found = shared_.offsets.find(&variable);
    if (found != shared_.offsets.end()) {
      globals_[variable.name] = {Space::kShared, found->second};
    }
  }
}

void Decoder::fail(const ptx::Instruction& source, const std::string& what) {
  if (error_.empty()) error_ = at_line(source, what);
}

const ptx::Function* Decoder::find_function(const std::string& name) const {
  auto found = std::ranges::find(module_.functions, name, &ptx::Function::name);
  return found == module_.functions.end() ? nullptr : &*found;
}

void Decoder::registers(const ptx::Function& function, Frame* frame) {
  for (const ptx::Register& one : function.registers) {
    uint32_t& next = one.bits == 1 ? program_.predicate_slots : program_.value_slots;
    frame->registers.push_back({next++, one.bits});
  }
}

void Decoder::variables(const ptx::Function& function, Symbols* names) {
  for (const ptx::Variable& variable : function.variables) {
    if (variable.space == Space::kShared) {
      (*names)[variable.name] = {Space::kShared, shared_.offsets.at(&variable)};
    } else {
      // A call's .param variables are the thread's own memory.
      (*names)[variable.name] = {Space::kLocal, local_.add(variable)};
    }
  }
}

void Decoder::one(const ptx::Instruction& source, const Frame& frame) {
  const std::string target = isa::missing_target(source.mnemonic, module_.target);
  if (!target.empty())
    return fail(source, "needs " + target + ", the module is for " + module_.target);
  if (program_.instructions.size() == kMostInstructions)
    return fail(source, "the kernel is too long");
  Match match = match_instruction(source, frame, &slots_);
  if (!match.error.empty()) return fail(source, match.error);
  match.instruction.line = source.line;
  match.instruction.source = static_cast<uint32_t>(program_.texts.size());
  program_.texts.push_back(source.text);
  program_.triggers |= source.mnemonic == "griddepcontrol.launch_dependents";
  program_.instructions.push_back(match.instruction);
}

// A branch whose target is filled in later, under the source's guard or its opposite.
uint32_t Decoder::jump(const ptx::Instruction& source, const Frame& frame, bool opposite) {
  ptx::Instruction branch = source;
  branch.mnemonic = "bra";
  branch.operands.assign(1, {});
  branch.operands[0].kind = Operand::Kind::kLabel;
  if (opposite) branch.guard_negated = !branch.guard_negated;
  one(branch, frame);
  return static_cast<uint32_t>(program_.instructions.size()) - 1;
}

// The parameters that a call hands over are variables of the caller, under the callee's names.
void Decoder::bind(const std::vector<ptx::Variable>& formal, const Operand* actual,
                   const Frame& frame, const ptx::Instruction& source, Symbols* names) {
  const size_t count = actual == nullptr ? 0 : actual->elements.size();
  if (count != formal.size()) return fail(source, "the call has another number of parameters");
  for (size_t i = 0; i < count; ++i) {
    const auto found = frame.names.find(actual->elements[i].name);
    if (found == frame.names.end()) return fail(source, "a parameter is not a .param variable");
    (*names)[formal[i].name] = found->second;
  }
}

// call (results), name, (parameters); either list may be absent.
void Decoder::call(const ptx::Instruction& source, const Frame& frame, int depth) {
  auto name = std::ranges::find(source.operands, Operand::Kind::kName, &Operand::kind);
  if (name == source.operands.end()) return fail(source, "a call by address is not modelled");
  const ptx::Function* callee = find_function(name->name);
  if (callee == nullptr) return fail(source, "the function is not defined in this module");
  if (depth == kDeepestCall) return fail(source, "calls go too deep; recursion is not modelled");
  const Operand* results = name == source.operands.begin() ? nullptr : &source.operands.front();
  const Operand* parameters = &*name == &source.operands.back() ? nullptr : &source.operands.back();
  Symbols names = globals_;
  bind(callee->results, results, frame, source, &names);
  bind(callee->parameters, parameters, frame, source, &names);
  if (!error_.empty()) return;
  const uint32_t around = source.guarded ? jump(source, frame, true) : 0;
  body(*callee, std::move(names), false, depth + 1);
  if (source.guarded && error_.empty()) {
    program_.instructions[around].target = static_cast<uint32_t>(program_.instructions.size());
  }
}

bool is_call(const ptx::Instruction& instruction) {
  return instruction.mnemonic == "call" || instruction.mnemonic == "call.uni";
}

bool is_return(const ptx::Instruction& instruction) {
  return instruction.mnemonic == "ret" || instruction.mnemonic == "ret.uni";
}

void Decoder::body(const ptx::Function& function, Symbols names, bool is_entry, int depth) {
  Frame frame;
  variables(function, &names);
  frame.names = std::move(names);
  registers(function, &frame);
  if (program_.value_slots > kMostRegisters || program_.predicate_slots > kMostRegisters) {
    error_ = "line " + std::to_string(function.line) + ": " + function.name +
             " and what it calls have more than " + std::to_string(kMostRegisters) + " registers";
    return;
  }
  std::vector<uint32_t> positions, returns;
  std::vector<std::pair<uint32_t, uint32_t>> branches;  // instruction, label
  for (const ptx::Instruction& source : function.instructions) {
    positions.push_back(static_cast<uint32_t>(program_.instructions.size()));
    if (is_call(source)) {
      call(source, frame, depth);
    } else if (is_return(source) && !is_entry) {
      returns.push_back(jump(source, frame, false));
    } else {
      one(source, frame);
    }
    if (!error_.empty()) return;
    if (!source.operands.empty() && source.operands[0].kind == Operand::Kind::kLabel) {
      branches.emplace_back(program_.instructions.size() - 1, source.operands[0].index);
    }
  }
  const auto end = static_cast<uint32_t>(program_.instructions.size());
  positions.push_back(end);
  for (auto [at, label] : branches) program_.instructions[at].target = positions[label];
  for (uint32_t at : returns) program_.instructions[at].target = end;
}

// What a driver allows a kernel, in bytes.
std::string Decoder::check_sizes(const ptx::Function& function, uint64_t parameters) const {
  const std::tuple<const char*, uint64_t, uint64_t> kLimits[] = {
      {"parameters", parameters, 32764},
      {"local memory of a thread", local_.bytes(), 512 << 10},
      {"static shared memory", shared_.static_bytes, 48 << 10}};
  for (const auto& [what, bytes, most] : kLimits) {
    if (bytes <= most) continue;
    return "line " + std::to_string(function.line) + ": " + function.name + " has " +
           std::to_string(bytes) + " bytes of " + what + "; at most " + std::to_string(most) +
           " are allowed";
  }
  return {};
}

Result<Program> Decoder::entry(const ptx::Function& function) {
  Symbols names = globals_;
  SpaceLayout parameters;
  for (const ptx::Variable& variable : function.parameters) {
    names[variable.name] = {Space::kParam, parameters.add(variable)};
  }
  body(function, std::move(names), true, 0);
  // A body may end without `ret`.
  ptx::Instruction last;
  last.mnemonic = last.text = "ret";
  last.line = function.instructions.empty() ? function.line : function.instructions.back().line;
  if (error_.empty()) one(last, {});
  if (error_.empty()) error_ = check_sizes(function, parameters.bytes());
  if (!error_.empty()) return Error{CUDA_ERROR_INVALID_PTX, error_};
  program_.name = function.name;
  program_.local_bytes = static_cast<uint32_t>(local_.bytes());
  program_.static_shared_bytes = static_cast<uint32_t>(shared_.static_bytes);
  return std::move(program_);
}

}  // namespace

uint64_t SpaceLayout::add(const ptx::Variable& variable) {
  const uint64_t alignment = std::max(variable.alignment, 1u);
  const uint64_t offset = (bytes_ + alignment - 1) / alignment * alignment;
  bytes_ = offset + variable.bytes;
  return offset;
}

Result<Program> decode(const ptx::Module& module, const ptx::Function& entry,
                       const Symbols& globals) {
  return Decoder(module, entry, globals).entry(entry);
}

}  // namespace ptxsim
