#include "compile/cubin_info.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

namespace fp4jit {
namespace {

// A T at an offset, if it is inside.
template <class T>
std::optional<T> read_at(std::string_view bytes, uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

std::string_view slice(std::string_view bytes, uint64_t offset, uint64_t size) {
  if (offset > bytes.size() || bytes.size() - offset < size) return {};
  return bytes.substr(offset, size);
}

std::string_view section_name(std::string_view names, uint32_t offset) {
  std::string_view rest = offset < names.size() ? names.substr(offset) : std::string_view();
  return rest.substr(0, rest.find('\0'));
}

// .nv.info is a list of attributes: format, attribute, then a 16-bit value or the size of what
// follows. These two hold a symbol's index and a number.
void read_attributes(std::string_view attributes, CubinInfo* info) {
  constexpr uint8_t kSizedValue = 4, kRegisterCount = 0x2F, kFrameSize = 0x11;
  struct Head {
    uint8_t format, attribute;
    uint16_t size;
  };
  for (uint64_t at = 0; auto head = read_at<Head>(attributes, at);) {
    at += sizeof(Head);
    if (head->format != kSizedValue) continue;
    uint32_t value = read_at<uint32_t>(attributes, at + 4).value_or(0);
    if (head->attribute == kRegisterCount) info->registers = std::max(info->registers, value);
    if (head->attribute == kFrameSize) info->stack_bytes = std::max(info->stack_bytes, value);
    at += head->size;
  }
}

}  // namespace

CubinInfo read_cubin_info(std::string_view cubin) {
  CubinInfo info;
  auto header = read_at<Elf64_Ehdr>(cubin, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return info;
  auto section = [&](uint64_t index) {
    return read_at<Elf64_Shdr>(cubin, header->e_shoff + index * sizeof(Elf64_Shdr));
  };
  auto names_section = section(header->e_shstrndx);
  if (!names_section) return info;
  std::string_view names = slice(cubin, names_section->sh_offset, names_section->sh_size);
  for (uint64_t i = 0; i < header->e_shnum; ++i) {
    auto each = section(i);
    if (!each) break;
    std::string_view name = section_name(names, each->sh_name);
    if (name == ".nv.info") read_attributes(slice(cubin, each->sh_offset, each->sh_size), &info);
    // One kernel a cubin, hence one section of its static shared memory; .nv.shared.reserved is not
    // it.
    bool is_shared = name.starts_with(".nv.shared.") && !name.starts_with(".nv.shared.reserved");
    if (is_shared) info.shared_bytes = static_cast<uint32_t>(each->sh_size);
  }
  return info;
}

}  // namespace fp4jit
