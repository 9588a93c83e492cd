#include "cache/object_name.h"

#include <charconv>

#include "base/format.h"

namespace fp4jit::cache {
namespace {

constexpr size_t kFolderDigits = 2;
constexpr size_t kFileDigits = 30;

// Spellings of a number other than our own ("013") are caught by the comparison in
// parse_object_name.
Toolchain parse_toolchain(std::string_view text) {
  Toolchain toolchain;
  const char* end = text.data() + text.size();
  const char* dot = std::from_chars(text.data(), end, toolchain.major).ptr;
  if (dot != end) std::from_chars(dot + 1, end, toolchain.minor);
  return toolchain;
}

}  // namespace

std::string ObjectName::folder() const {
  return key.hex().substr(0, kFolderDigits);
}

std::string ObjectName::file() const {
  return formatted("{}-{}{}", key.hex().substr(kFolderDigits), toolchain.text(), kObjectSuffix);
}

std::optional<ObjectName> parse_object_name(std::string_view folder, std::string_view file) {
  if (file.size() <= kFileDigits + 1 || !file.ends_with(kObjectSuffix)) return std::nullopt;
  auto key = parse_digest(std::string(folder) + std::string(file.substr(0, kFileDigits)));
  if (!key) return std::nullopt;
  ObjectName name{*key, parse_toolchain(file.substr(kFileDigits + 1))};
  if (name.file() != file || name.folder() != folder) return std::nullopt;
  return name;
}

}  // namespace fp4jit::cache
