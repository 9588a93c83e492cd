#include "tests/ptxsim/isa/modifiers.h"

#include <algorithm>

namespace ptxsim::isa {
namespace {

// Opcodes that have a modifier.
constexpr unsigned kLoad = 1, kStore = 2, kAtomic = 4, kReduction = 8;
constexpr unsigned kAccess = kLoad | kStore, kChange = kAtomic | kReduction;

// Of each kind an instruction has at most one.
enum class Kind : uint8_t {
  kOrder,
  kScope,
  kCache,
  kReadOnly,
  kEvictFirstLevel,
  kEvictSecondLevel,
  kPrefetch
};
constexpr int kKinds = 7;

struct Hint {
  std::string_view text;
  Kind kind;
  unsigned opcodes;
};

constexpr Hint kHints[] = {
    {"weak", Kind::kOrder, kAccess},
    {"volatile", Kind::kOrder, kAccess},
    {"relaxed", Kind::kOrder, kAccess | kChange},
    {"acquire", Kind::kOrder, kLoad | kAtomic},
    {"release", Kind::kOrder, kStore | kChange},
    {"acq_rel", Kind::kOrder, kAtomic},
    {"cta", Kind::kScope, kAccess | kChange},
    {"cluster", Kind::kScope, kAccess | kChange},
    {"gpu", Kind::kScope, kAccess | kChange},
    {"sys", Kind::kScope, kAccess | kChange},
    {"ca", Kind::kCache, kLoad},
    {"cg", Kind::kCache, kAccess},
    {"cs", Kind::kCache, kAccess},
    {"lu", Kind::kCache, kLoad},
    {"cv", Kind::kCache, kLoad},
    {"wb", Kind::kCache, kStore},
    {"wt", Kind::kCache, kStore},
    {"nc", Kind::kReadOnly, kLoad},
    {"L1::evict_normal", Kind::kEvictFirstLevel, kAccess},
    {"L1::evict_unchanged", Kind::kEvictFirstLevel, kAccess},
    {"L1::evict_first", Kind::kEvictFirstLevel, kAccess},
    {"L1::evict_last", Kind::kEvictFirstLevel, kAccess},
    {"L1::no_allocate", Kind::kEvictFirstLevel, kAccess},
    {"L2::evict_first", Kind::kEvictSecondLevel, kAccess},
    {"L2::evict_last", Kind::kEvictSecondLevel, kAccess},
    {"L2::evict_normal", Kind::kEvictSecondLevel, kAccess},
    {"L2::64B", Kind::kPrefetch, kLoad},
    {"L2::128B", Kind::kPrefetch, kLoad},
    {"L2::256B", Kind::kPrefetch, kLoad},
};

unsigned opcode_of(std::string_view opcode) {
  if (opcode == "ld") return kLoad;
  if (opcode == "st") return kStore;
  if (opcode == "atom") return kAtomic;
  return opcode == "red" ? kReduction : 0;
}

// "ld.param::entry.u64" is "ld.param.u64".
std::string_view without_kind(std::string_view modifier) {
  return modifier == "param::entry" || modifier == "param::func" ? "param" : modifier;
}

}  // namespace

std::string without_hints(std::string_view mnemonic) {
  const std::string_view name = mnemonic.substr(0, mnemonic.find('.'));
  const unsigned opcode = opcode_of(name);
  if (opcode == 0) return std::string(mnemonic);
  std::string result(name);
  bool seen[kKinds] = {};
  while (mnemonic.find('.') != std::string_view::npos) {
    mnemonic.remove_prefix(mnemonic.find('.') + 1);
    const std::string_view modifier = mnemonic.substr(0, mnemonic.find('.'));
    const Hint* hint = std::ranges::find(kHints, modifier, &Hint::text);
    if (hint == std::end(kHints)) {
      result += '.';
      result += without_kind(modifier);
      continue;
    }
    bool& one = seen[static_cast<size_t>(hint->kind)];
    if (one || (hint->opcodes & opcode) == 0) return {};
    one = true;
  }
  // An access has a scope for its order alone.
  const bool scope = seen[static_cast<size_t>(Kind::kScope)];
  const bool order = seen[static_cast<size_t>(Kind::kOrder)];
  return scope && !order && (opcode & kAccess) != 0 ? std::string{} : result;
}

}  // namespace ptxsim::isa
