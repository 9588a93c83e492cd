// What: a PTX module as the parser leaves it: declarations, and instructions whose operands name
// registers by number. Mnemonics are still text: what they mean is isa/'s business.
// Threads: a value; immutable after parse().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ptxsim::ptx {

enum class Space : uint8_t { kGlobal, kConst, kShared, kLocal, kParam };

// A register of a function. Names are unique within their scope, numbers within the function.
struct Register {
  std::string name;
  uint32_t bits;  // 1 for a predicate
};

// `.global .align 4 .u32 name[8] = {1, 2};`, a parameter, or a variable of a function.
struct Variable {
  struct Reference {  // an initial value that is the address of another variable
    uint64_t at;      // its byte offset in `initial`
    std::string name;
    uint64_t addend;
  };

  // As in the source; within a function "param0#2" where another scope has declared the name too,
  // so that no name of a function is a second one's, a parameter's or an earlier one's of the
  // module.
  std::string name;
  Space space = Space::kGlobal;
  uint32_t alignment = 1;
  uint64_t bytes = 0;            // 0 for an unsized `.extern .shared` array
  std::vector<uint8_t> initial;  // empty, or `bytes` long
  std::vector<Reference> references;
  uint32_t line = 0;
};

struct Operand {
  enum class Kind : uint8_t {
    kRegister,  // `index`; "!p" has `negated`
    kLiteral,   // `bits`: an integer sign-extended to 64 bits, 0f… and 0d… as they stand
    kName,      // `name`: a variable, a function, a special register such as "%tid.x"
    kLabel,     // `index` of the instruction that it stands before
    kAddress,   // "[elements[0] + bits]", or "[bits]" without elements
    kVector,    // "{elements}", or a call's "(elements)"
    kSink,      // "_"
    kPair,      // "p|q" of setp: two elements, of which either may be a sink
  };
  Kind kind = Kind::kSink;
  bool negated = false;
  uint32_t index = 0;
  uint64_t bits = 0;
  uint32_t literal_bits = 0;  // 32 or 64 of 0f… or 0d…; 0 of an integer
  std::string name;
  std::vector<Operand> elements;
};

struct Instruction {
  uint32_t line = 0;
  std::string text;  // as it stands in the source, comments and line breaks left out
  bool guarded = false, guard_negated = false;
  uint32_t guard = 0;    // a register
  std::string mnemonic;  // with every modifier: "ld.global.v4.b32"
  std::vector<Operand> operands;
};

struct Function {
  std::string name;
  bool is_entry = false;
  std::vector<Variable> parameters, results;
  std::vector<Register> registers;
  std::vector<Variable> variables;  // .shared, .local and .param of its body
  std::vector<Instruction> instructions;
  uint32_t max_threads = 0;                  // the product of .maxntid; 0: not said
  uint32_t required_threads[3] = {0, 0, 0};  // .reqntid
  uint32_t line = 0;
};

struct Module {
  uint32_t version_major = 0, version_minor = 0;
  std::string target;               // "sm_100a"
  std::vector<Variable> variables;  // of module scope
  std::vector<Function> functions;  // defined ones; a declaration alone leaves none
};

}  // namespace ptxsim::ptx
