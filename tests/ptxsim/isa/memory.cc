// Loads, stores, address conversions, fences.
#include "tests/ptxsim/isa/memory_access.h"
#include "tests/ptxsim/isa/table.h"

namespace ptxsim::isa {
namespace {

// Registers may be wider than T: a signed one is extended by its sign.
template <class T>
void load(Warp& warp, const Instruction& instruction) {
  const uint32_t count = instruction.elements;
  for_each_lane(warp.executing(), [&](int lane) {
    T value[32 / sizeof(T)];
    const uint64_t address =
        warp.values(instruction.slots[count])[lane] + static_cast<uint64_t>(instruction.offset);
    if (!load_bytes(warp, instruction, lane, address, value, sizeof(T) * count)) return;
    for (uint32_t i = 0; i < count; ++i) {
      warp.values(instruction.slots[i])[lane] =
          static_cast<uint64_t>(static_cast<int64_t>(value[i]));
    }
  });
}

template <class T>
void store(Warp& warp, const Instruction& instruction) {
  const uint32_t count = instruction.elements;
  for_each_lane(warp.executing(), [&](int lane) {
    T value[32 / sizeof(T)];
    for (uint32_t i = 0; i < count; ++i) {
      value[i] = static_cast<T>(warp.values(instruction.slots[i + 1])[lane]);
    }
    const uint64_t address =
        warp.values(instruction.slots[0])[lane] + static_cast<uint64_t>(instruction.offset);
    store_bytes(warp, instruction, lane, address, value, sizeof(T) * count);
  });
}

struct SpaceName {
  const char* text;
  uint8_t space;
};
constexpr uint8_t number(ptx::Space space) {
  return static_cast<uint8_t>(space);
}
constexpr SpaceName kSpaces[] = {{"", kGenericSpace},
                                 {".global", number(ptx::Space::kGlobal)},
                                 {".const", number(ptx::Space::kConst)},
                                 {".shared", number(ptx::Space::kShared)},
                                 {".shared::cta", number(ptx::Space::kShared)},
                                 {".local", number(ptx::Space::kLocal)},
                                 {".param", number(ptx::Space::kParam)}};
bool is_written_by_kernels(uint8_t space) {
  return space != number(ptx::Space::kConst);
}

struct TypeName {
  const char* text;
  uint32_t bits;
  Handler load, store;
};
template <class T>
constexpr TypeName type_of(const char* text) {
  return {text, sizeof(T) * 8, load<T>, store<T>};
}
constexpr TypeName kTypes[] = {
    type_of<uint8_t>(".b8"),   type_of<uint8_t>(".u8"),   type_of<int8_t>(".s8"),
    type_of<uint16_t>(".b16"), type_of<uint16_t>(".u16"), type_of<int16_t>(".s16"),
    type_of<uint32_t>(".b32"), type_of<uint32_t>(".u32"), type_of<int32_t>(".s32"),
    type_of<uint32_t>(".f32"), type_of<uint64_t>(".b64"), type_of<uint64_t>(".u64"),
    type_of<int64_t>(".s64"),  type_of<uint64_t>(".f64")};

void add_accesses(Rows* rows, const SpaceName& space, const TypeName& type, uint32_t count) {
  const std::string vector = count == 1 ? "" : ".v" + std::to_string(count);
  const std::string rest = space.text + vector + type.text;
  const auto bytes = static_cast<uint8_t>(type.bits / 8);
  const auto elements = static_cast<uint8_t>(count);
  const OperandForm address{Role::kAddress};
  // A single element may stand in braces.
  for (bool braces : count == 1 ? std::vector<bool>{false, true} : std::vector<bool>{true}) {
    const OperandForm to{braces ? Role::kWriteVector : Role::kWrite, type.bits, count, true};
    const OperandForm from{braces ? Role::kReadVector : Role::kRead, type.bits, count, true};
    rows->push_back({"ld" + rest, type.load, {to, address}, space.space, elements, bytes});
    if (!is_written_by_kernels(space.space)) continue;
    rows->push_back({"st" + rest, type.store, {address, from}, space.space, elements, bytes});
  }
}

// 256 bits at once are for global memory alone, and for elements of 32 or 64.
bool has_vector(const SpaceName& space, const TypeName& type, uint32_t count) {
  const uint32_t bits = type.bits * count;
  if (bits == 256) return space.space == number(ptx::Space::kGlobal) && type.bits >= 32;
  return bits <= 128 && count <= 4;
}

// Generic addresses of shared and local memory lie in windows; global ones are themselves.
template <uint64_t kWindow>
void add_conversions(Rows* rows, const std::string& space) {
  rows->push_back(lanewise<[](uint64_t a) { return a + kWindow; }>("cvta." + space + ".u64"));
  rows->push_back(lanewise<[](uint64_t a) { return a - kWindow; }>("cvta.to." + space + ".u64"));
}

void nothing(Warp&, const Instruction&) {}

}  // namespace

Rows memory_rows() {
  Rows rows;
  for (const SpaceName& space : kSpaces) {
    for (const TypeName& type : kTypes) {
      for (uint32_t count : {1u, 2u, 4u, 8u}) {
        if (has_vector(space, type, count)) add_accesses(&rows, space, type, count);
      }
    }
  }
  add_conversions<0>(&rows, "global");
  add_conversions<0>(&rows, "const");
  add_conversions<kSharedWindow>(&rows, "shared");
  add_conversions<kLocalWindow>(&rows, "local");
  // Accesses are done in program order, each as one step, which is more than any fence asks.
  for (const char* fence :
       {"membar.cta", "membar.gl", "membar.sys", "fence.acq_rel.cta", "fence.acq_rel.gpu",
        "fence.acq_rel.sys", "fence.sc.cta", "fence.sc.gpu", "fence.sc.sys"}) {
    rows.push_back({fence, nothing, {}});
  }
  for (const char* hint : {"prefetch.global.L1", "prefetch.global.L2"}) {
    rows.push_back({hint, nothing, {{Role::kAddress}}});
  }
  return rows;
}

}  // namespace ptxsim::isa
