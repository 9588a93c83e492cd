// Every row of ld and st: which bytes it takes or leaves, and what it makes of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/ptxsim/isa/table.h"
#include "tests/ptxsim/testing/check_rows.h"
#include "tests/ptxsim/testing/machine.h"

namespace ptxsim {
namespace {

using isa::Role;
using Bytes = std::vector<uint8_t>;

constexpr uint32_t kBytes = 64, kAt = 32;  // of the memory of each space; where the row accesses it

// What "ld.global.v2.s16" says.
struct Access {
  std::string space, type;
  uint32_t count = 1, bits = 0;
  bool is_signed = false, is_float = false, braces = false;

  uint32_t element_bytes() const { return bits / 8; }
};

Access access_of(const isa::Row& row) {
  std::vector<std::string> parts = parts_of(row.mnemonic);
  Access access;
  access.type = parts.back();
  access.bits = static_cast<uint32_t>(std::stoi(parts.back().substr(1)));
  access.is_signed = access.type[0] == 's';
  access.is_float = access.type[0] == 'f';
  parts.erase(parts.begin());
  parts.pop_back();
  if (!parts.empty() && parts.back()[0] == 'v') {
    access.count = static_cast<uint32_t>(std::stoi(parts.back().substr(1)));
    parts.pop_back();
  }
  if (!parts.empty()) access.space = parts[0];
  access.braces = std::ranges::any_of(row.operands, [](const isa::OperandForm& form) {
    return form.role == Role::kReadVector || form.role == Role::kWriteVector;
  });
  return access;
}

// High bits set and clear, no two bytes alike.
uint8_t pattern(uint32_t i) {
  return static_cast<uint8_t>(i * 37 + 0x81);
}

// How a kernel reaches 64 bytes of a space: their declarations, an address, and how they are filled
// and read byte by byte.
struct Place {
  std::string module, body, prepare, address, bytes_space;
  bool is_filled = false;  // with the pattern, without the kernel's doing
};

std::string pattern_list() {
  std::string list;
  for (uint32_t i = 0; i < kBytes; ++i) {
    list += (i == 0 ? "" : ", ") + std::to_string(pattern(i));
  }
  return list;
}

// Loads read a kernel's own parameter; only variables of a function can be stored to.
const Place& place_of(const std::string& space, bool stores) {
  static const std::string array = " .align 32 .b8 box[64];\n";
  static const Place shared{"", ".shared" + array, "mov.u64 %base, box;\n", "%base+", "shared"};
  static const std::map<std::string, Place> places = {
      {"", {"", "", "mov.u64 %base, %memory;\n", "%base+", "global"}},
      {"global", {"", "", "add.u64 %base, %memory, 64;\n", "%base+-64+", "global"}},
      {"const",
       {".const .align 32 .b8 box[64] = {" + pattern_list() + "};\n", "", "", "box+", "const",
        true}},
      {"shared", shared},
      {"shared::cta", shared},
      {"local", {"", ".local" + array, "mov.u64 %base, box;\n", "%base+", "local"}},
      {"param", {"", "", "", "given+", "param", true}},
      {"param st", {"", ".param" + array, "", "box+", "param"}},
  };
  return places.at(space == "param" && stores ? "param st" : space);
}

std::string at(const Place& place, uint32_t offset) {
  // "%base+-64+" has a constant already; both together are written as one.
  if (!place.address.ends_with("+-64+")) return "[" + place.address + std::to_string(offset) + "]";
  return "[%base+" + std::to_string(static_cast<int>(offset) - 64) + "]";
}

std::string head(const Place& place) {
  return ".version 9.0\n.target sm_100a\n.address_size 64\n" + place.module + R"(
.entry test(.param .align 32 .b8 given[64], .param .u64 memory, .param .u64 in, .param .u64 out)
{
.reg .b8 %b<8>;
.reg .b16 %h<8>;
.reg .b32 %w<8>;
.reg .b64 %d<8>;
.reg .b32 %byte;
.reg .b64 %memory, %in, %out, %base;
)" + place.body +
         R"(
ld.param.u64 %memory, [memory];
ld.param.u64 %in, [in];
ld.param.u64 %out, [out];
)" + place.prepare;
}

// Copies 64 bytes between two addresses, one at a time.
std::string copy_bytes(const std::string& from_space,
                       const std::function<std::string(uint32_t)>& from,
                       const std::string& to_space,
                       const std::function<std::string(uint32_t)>& to) {
  std::string text;
  for (uint32_t i = 0; i < kBytes; ++i) {
    text += "ld." + from_space + ".u8 %byte, " + from(i) + ";\nst." + to_space + ".u8 " + to(i) +
            ", %byte;\n";
  }
  return text;
}
std::function<std::string(uint32_t)> indexed(const std::string& base) {
  return [base](uint32_t i) { return "[" + base + "+" + std::to_string(i) + "]"; };
}

// The registers of the row's operands: as wide as its type, or of 64 bits.
std::string registers(const Access& access, bool wide) {
  const std::map<uint32_t, std::string> classes = {{8, "%b"}, {16, "%h"}, {32, "%w"}, {64, "%d"}};
  const std::string& one = classes.at(wide ? 64 : access.bits);
  if (!access.braces) return one + "0";
  std::string text = "{";
  for (uint32_t i = 0; i < access.count; ++i)
    text += (i == 0 ? "" : ", ") + one + std::to_string(i);
  return text + "}";
}

// One register after the other to or from consecutive 8 bytes.
std::string each_register(const Access& access, bool wide, bool loads) {
  std::string text;
  const std::string bits = std::to_string(wide ? 64 : access.bits);
  for (uint32_t i = 0; i < access.count; ++i) {
    Access one = access;
    one.braces = false;
    std::string name = registers(one, wide);
    name.back() = static_cast<char>('0' + i);
    const std::string offset = "+" + std::to_string(8 * i) + "]";
    text += loads ? "ld.global.b" + bits + " " + name + ", [%in" + offset + ";\n"
                  : "st.global.b" + bits + " [%out" + offset + ", " + name + ";\n";
  }
  return text;
}

class MemoryRow {
 public:
  MemoryRow(const isa::Row& row, bool wide)
      : row_(row),
        access_(access_of(row)),
        loads_(row.mnemonic.starts_with("ld")),
        wide_(wide),
        place_(place_of(access_.space, !loads_)) {}

  void check();

 private:
  std::string text() const;
  void check_loaded(const std::vector<uint64_t>& registers) const;
  void check_stored(const Bytes& bytes, const std::vector<uint64_t>& registers) const;

  const isa::Row& row_;
  Access access_;
  bool loads_, wide_;
  const Place& place_;
};

std::string MemoryRow::text() const {
  auto in_place = [&](uint32_t i) { return at(place_, i); };
  std::string text = head(place_);
  const bool is_memory = place_.bytes_space == "global";
  if (!place_.is_filled && !is_memory) {
    text += copy_bytes("global", indexed("%memory"), place_.bytes_space, in_place);
  }
  const std::string operands = registers(access_, wide_), address = at(place_, kAt);
  if (loads_) {
    return text + row_.mnemonic + " " + operands + ", " + address + ";\n" +
           each_register(access_, wide_, false) + "ret;\n}\n";
  }
  text += each_register(access_, wide_, true);
  text += row_.mnemonic + " " + address + ", " + operands + ";\n";
  text += copy_bytes(place_.bytes_space, in_place, "global", indexed("%out"));
  return text + "ret;\n}\n";
}

void MemoryRow::check() {
  Machine machine;
  ASSERT_EQ(machine.load(text()), "") << text();
  Bytes content;
  for (uint32_t i = 0; i < kBytes; ++i) content.push_back(pattern(i));
  std::vector<uint64_t> parameters(kBytes / 8), registers;
  std::memcpy(parameters.data(), content.data(), kBytes);
  for (uint32_t i = 0; i < 8; ++i) registers.push_back(0xF0E1D2C3B4A59687 + i * 0x0101010101010101);
  const uint64_t out = machine.zeros(kBytes);
  parameters.insert(parameters.end(), {machine.copy(content), machine.copy(registers), out});
  machine.launch("test", 1, 1, parameters);
  ASSERT_EQ(machine.complete(), CUDA_SUCCESS) << row_.mnemonic << machine.findings();
  if (loads_) check_loaded(machine.read<uint64_t>(out, 8));
  if (!loads_) check_stored(machine.read<uint8_t>(out, kBytes), registers);
}

void MemoryRow::check_loaded(const std::vector<uint64_t>& registers) const {
  for (uint32_t i = 0; i < access_.count; ++i) {
    int64_t expected = 0;
    for (uint32_t j = access_.element_bytes(); j-- > 0;) {
      expected = expected * 256 + pattern(kAt + i * access_.element_bytes() + j);
    }
    const bool negative = low_bits(static_cast<uint64_t>(expected) >> (access_.bits - 1), 1) != 0;
    if (wide_ && access_.is_signed && negative && access_.bits < 64) {
      expected -= int64_t{1} << access_.bits;
    }
    EXPECT_EQ(registers[i], static_cast<uint64_t>(expected))
        << row_.mnemonic << ", element " << i << (wide_ ? ", of 64 bits" : "");
  }
}

void MemoryRow::check_stored(const Bytes& bytes, const std::vector<uint64_t>& registers) const {
  for (uint32_t i = 0; i < kBytes; ++i) {
    const uint32_t at = i - kAt, each = access_.element_bytes();
    const bool is_target = i >= kAt && at < each * access_.count;
    const uint64_t expected =
        is_target ? registers[at / each] >> at % each * 8 & 0xFF : uint64_t{pattern(i)};
    ASSERT_EQ(bytes[i], expected) << row_.mnemonic << ", byte " << i;
  }
}

TEST(Memory, EveryRowOfLoadsAndStores) {
  int checked = 0;
  for (const isa::Row& row : isa::memory_rows()) {
    if (!row.mnemonic.starts_with("ld.") && !row.mnemonic.starts_with("st.")) continue;
    const Access access = access_of(row);
    MemoryRow(row, false).check();
    // A float has a register of its width.
    if (!access.is_float) MemoryRow(row, true).check();
    ++checked;
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(checked, 500);
}

}  // namespace
}  // namespace ptxsim
