// What: which name means what, scope by scope: the module's, a function's, those of its nested
// braces. Labels are looked up where a scope ends, since a branch may go forward.
// Threads: one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/ptxsim/ptx/module.h"

namespace ptxsim::ptx {

struct Symbol {
  enum class Kind : uint8_t {
    kRegister,       // `index` in Function::registers
    kBodyVariable,   // `index` in Function::variables
    kVariable,       // a parameter, or a variable of the module
    kFunction,       // `index` is 1 once it has a body
    kLabel,          // `index` in Function::instructions
    kBranchTargets,  // `index` in the body's lists
    kPrototype,      // of an indirect call: .callprototype, .calltargets
  };
  Kind kind;
  uint32_t index = 0;
};

// An operand of an instruction, or an element of it, that waits for its label.
struct LabelUse {
  static constexpr uint32_t kWhole = UINT32_MAX;
  uint32_t instruction, operand, element;

  Operand& in(std::vector<Instruction>& instructions) const;
};

class Scopes {
 public:
  static constexpr size_t kMostNested = 64;

  Scopes() { open(); }

  // False beyond kMostNested within a function.
  bool open();
  // Gives the label uses that this scope's labels answer their index, and the others to the scope
  // around it.
  void close(std::vector<Instruction>& instructions);
  size_t depth() const { return scopes_.size(); }

  // False where the innermost scope has the name already.
  bool declare(std::string_view name, Symbol symbol);
  // From the innermost scope outward; null for an unknown name.
  Symbol* find(std::string_view name);

  void use_label(LabelUse use) { scopes_.back().uses.push_back(use); }
  // Of the innermost scope.
  const std::vector<LabelUse>& unresolved() const { return scopes_.back().uses; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  struct Scope {
    std::unordered_map<std::string, Symbol, Hash, std::equal_to<>> symbols;
    std::vector<LabelUse> uses;
  };
  std::vector<Scope> scopes_;
};

}  // namespace ptxsim::ptx
