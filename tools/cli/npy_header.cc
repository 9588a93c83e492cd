#include "tools/cli/npy_header.h"

#include <charconv>
#include <optional>
#include <vector>

#include "base/format.h"

namespace fp4jit::cli {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

Status invalid(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

// Walks the dictionary, a literal of Python: {'descr': '<f4', 'fortran_order': False, 'shape': (3,
// 4), }.
class Dictionary {
 public:
  explicit Dictionary(std::string_view text) : text_(text) {}

  bool take(char c) {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n'))
      text_.remove_prefix(1);
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::optional<std::string_view> string() {
    for (char quote : {'\'', '"'}) {
      if (!take(quote)) continue;
      size_t end = text_.find(quote);
      if (end == std::string_view::npos) return std::nullopt;
      std::string_view value = text_.substr(0, end);
      text_.remove_prefix(end + 1);
      return value;
    }
    return std::nullopt;
  }

  std::optional<bool> boolean() {
    for (bool value : {true, false}) {
      std::string_view word = value ? "True" : "False";
      take(' ');
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    return std::nullopt;
  }

  // "(3, 4)", "(3,)", "()"
  std::optional<std::vector<int64_t>> tuple() {
    std::vector<int64_t> items;
    if (!take('(')) return std::nullopt;
    while (!take(')')) {
      int64_t value = 0;
      take(' ');
      auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
      if (error != std::errc() || value < 0) return std::nullopt;
      text_.remove_prefix(static_cast<size_t>(end - text_.data()));
      items.push_back(value);
      if (!take(',')) return take(')') ? std::optional(items) : std::nullopt;
    }
    return items;
  }

  bool at_end() {
    while (take('\n')) continue;
    return text_.empty();
  }

 private:
  std::string_view text_;
};

struct Fields {
  std::optional<std::string_view> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<int64_t>> shape;
};

// False where the text is no dictionary of exactly these three.
bool parse_fields(std::string_view text, Fields* fields) {
  Dictionary dictionary(text);
  if (!dictionary.take('{')) return false;
  while (!dictionary.take('}')) {
    std::optional<std::string_view> key = dictionary.string();
    if (!key || !dictionary.take(':')) return false;
    if (*key == "descr") {
      if (!(fields->descr = dictionary.string())) return false;
    } else if (*key == "fortran_order") {
      if (!(fields->fortran_order = dictionary.boolean())) return false;
    } else if (*key == "shape") {
      if (!(fields->shape = dictionary.tuple())) return false;
    } else {
      return false;
    }
    if (!dictionary.take(',') && !dictionary.take('}')) return false;
    if (dictionary.at_end()) break;
  }
  return dictionary.at_end() && fields->descr && fields->fortran_order && fields->shape;
}

// Where the dictionary stands: after magic, version, and its length in 2 or 4 little-endian bytes.
Result<std::string_view> find_dictionary(std::string_view start) {
  if (!start.starts_with(kMagic)) return invalid("it does not begin with NumPy's magic bytes");
  if (start.size() < kMagic.size() + 2) return invalid("it is cut off in its header");
  int version = static_cast<unsigned char>(start[kMagic.size()]);
  if (version < 1 || version > 3) {
    return invalid(formatted("its format version is {}; versions 1 to 3 are known", version));
  }
  size_t length_bytes = version == 1 ? 2 : 4, length = 0, position = kMagic.size() + 2;
  if (start.size() < position + length_bytes) return invalid("it is cut off in its header");
  for (size_t i = 0; i < length_bytes; ++i) {
    length |= static_cast<size_t>(static_cast<unsigned char>(start[position + i])) << (8 * i);
  }
  position += length_bytes;
  if (length > kMostNpyHeaderBytes - position) {
    return invalid(formatted("its header claims {} bytes; at most {} are taken", length,
                             kMostNpyHeaderBytes - position));
  }
  if (start.size() < position + length) return invalid("it is cut off in its header");
  return start.substr(position, length);
}

}  // namespace

Result<NpyHeader> parse_npy_header(std::string_view start) {
  FP4JIT_ASSIGN_OR_RETURN(std::string_view dictionary, find_dictionary(start));
  Fields fields;
  if (!parse_fields(dictionary, &fields)) {
    return invalid(
        "its header is no dictionary of descr, fortran_order and shape of a plain array");
  }
  if (fields.shape->size() != 2) {
    return invalid(
        formatted("it has {} axes; a 2-D array [rows, K] is needed", fields.shape->size()));
  }
  if (*fields.fortran_order) {
    return invalid("it is in Fortran order; C order is needed: numpy.ascontiguousarray(x)");
  }
  NpyHeader header;
  header.descr = *fields.descr;
  header.rows = (*fields.shape)[0];
  header.columns = (*fields.shape)[1];
  header.header_bytes = static_cast<size_t>(dictionary.data() + dictionary.size() - start.data());
  return header;
}

Result<uint64_t> NpyHeader::data_bytes(int element_bytes) const {
  int64_t elements = 0, bytes = 0;
  if (__builtin_mul_overflow(rows, columns, &elements) ||
      __builtin_mul_overflow(elements, element_bytes, &bytes)) {
    return invalid(
        formatted("its header claims {} x {} elements, more than any file holds", rows, columns));
  }
  return static_cast<uint64_t>(bytes);
}

std::string npy_header(std::string_view descr, int64_t rows, int64_t columns) {
  constexpr size_t kAlignment = 64;
  constexpr size_t kFixedBytes = 10;  // magic, version, length
  std::string dictionary = formatted(
      "{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}", descr, rows, columns);
  size_t padding = kAlignment - (kFixedBytes + dictionary.size() + 1) % kAlignment;
  dictionary += std::string(padding % kAlignment, ' ') + '\n';
  std::string header(kMagic);
  header += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff),
             static_cast<char>(dictionary.size() >> 8)};
  return header + dictionary;
}

}  // namespace fp4jit::cli
