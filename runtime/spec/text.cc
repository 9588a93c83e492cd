#include "spec/text.h"

#include <charconv>
#include <iterator>
#include <vector>

#include "base/format.h"
#include "base/nearest.h"

namespace fp4jit {
namespace {

Status invalid(std::string message) {
  return {StatusCode::kInvalidSpec, std::move(message)};
}

Status parse_int(std::string_view field, std::string_view text, uint32_t* value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  if (error == std::errc() && end == text.data() + text.size() && !text.empty()) return {};
  return invalid(
      formatted("{} must be a whole number from 0 to {}; it is '{}'", field, kMaxK, text));
}

template <class Enum>
Status parse_enum(std::string_view field, std::string_view text, Enum* value) {
  if (auto parsed = enum_parse<Enum>(text)) {
    *value = *parsed;
    return {};
  }
  std::vector<std::string_view> names;
  for (const auto& row : kEnumTable<Enum>) names.push_back(row.name);
  return invalid(formatted("{} must be one of {}; it is '{}'{}", field, enum_names<Enum>(), text,
                           did_you_mean(text, names)));
}

Status parse_sf_vec_size(std::string_view text, const Spec& spec) {
  uint32_t value = 0;
  FP4JIT_RETURN_IF_ERROR(parse_int("sf_vec_size", text, &value));
  if (value == static_cast<uint32_t>(sf_vec_size(spec))) return {};
  return invalid(formatted("sf_vec_size must be {} for {}; it is {}", sf_vec_size(spec),
                           enum_name(spec.format), value));
}

// One row per field between the brackets, in canonical order: how it is read, and how it is written
// ("" where it holds its default).
struct FieldRow {
  std::string_view name;
  Status (*parse)(std::string_view text, Spec* spec);
  std::string (*print)(const Spec& spec);
};

template <class Enum>
std::string name_unless(Enum value, Enum default_value) {
  return value == default_value ? "" : std::string(enum_name(value));
}

const FieldRow kFields[] = {
    {"k", [](std::string_view text, Spec* spec) { return parse_int("k", text, &spec->k); },
     [](const Spec& spec) { return std::to_string(spec.k); }},
    {"k_out",
     [](std::string_view text, Spec* spec) { return parse_int("k_out", text, &spec->k_out); },
     [](const Spec& spec) { return spec.k_out == spec.k ? "" : std::to_string(spec.k_out); }},
    {"in", [](std::string_view text, Spec* spec) { return parse_enum("in", text, &spec->in); },
     [](const Spec& spec) { return std::string(enum_name(spec.in)); }},
    {"layout",
     [](std::string_view text, Spec* spec) { return parse_enum("layout", text, &spec->sf_layout); },
     [](const Spec& spec) { return std::string(enum_name(spec.sf_layout)); }},
    {"scale",
     [](std::string_view text, Spec* spec) { return parse_enum("scale", text, &spec->scale); },
     [](const Spec& spec) { return name_unless(spec.scale, default_scale(spec.format)); }},
    {"numerics",
     [](std::string_view text, Spec* spec) {
       return parse_enum("numerics", text, &spec->numerics);
     },
     [](const Spec& spec) { return name_unless(spec.numerics, Numerics::kTrtllm); }},
    {"ue8m0",
     [](std::string_view text, Spec* spec) { return parse_enum("ue8m0", text, &spec->ue8m0); },
     [](const Spec& spec) { return name_unless(spec.ue8m0, Ue8m0::kRceil); }},
    {"grouping",
     [](std::string_view text, Spec* spec) {
       return parse_enum("grouping", text, &spec->grouping);
     },
     [](const Spec& spec) { return name_unless(spec.grouping, Grouping::kFlat); }},
    {"pdl", [](std::string_view text, Spec* spec) { return parse_enum("pdl", text, &spec->pdl); },
     [](const Spec& spec) { return name_unless(spec.pdl, Pdl::kOff); }},
    {"sf_vec_size",
     [](std::string_view text, Spec* spec) { return parse_sf_vec_size(text, *spec); },
     [](const Spec&) { return std::string(); }},
};

constexpr std::string_view kRequired[] = {"k", "in", "layout"};

std::string field_names() {
  std::string names;
  for (const FieldRow& row : kFields) names += (names.empty() ? "" : ", ") + std::string(row.name);
  return names;
}

Status parse_field(std::string_view item, Spec* spec, std::vector<std::string_view>* seen) {
  size_t equals = item.find('=');
  std::string_view name = item.substr(0, equals);
  std::vector<std::string_view> names;
  for (const FieldRow& row : kFields) {
    names.push_back(row.name);
    if (row.name != name) continue;
    if (equals == std::string_view::npos) {
      return invalid(formatted("field '{}' has no value; write {}=…", name, name));
    }
    for (std::string_view earlier : *seen) {
      if (earlier == name) return invalid(formatted("field '{}' stands twice", name));
    }
    seen->push_back(row.name);
    return row.parse(item.substr(equals + 1), spec);
  }
  return invalid(formatted("'{}' is not a field of a spec; fields are {}{}", name, field_names(),
                           did_you_mean(name, names)));
}

Status parse_fields(std::string_view body, Spec* spec) {
  std::vector<std::string_view> seen;
  while (!body.empty()) {
    size_t comma = body.find(',');
    FP4JIT_RETURN_IF_ERROR(parse_field(body.substr(0, comma), spec, &seen));
    if (comma == std::string_view::npos) break;
    body.remove_prefix(comma + 1);
    if (body.empty()) return invalid("a field is missing after the last comma");
  }
  for (std::string_view required : kRequired) {
    bool found = false;
    for (std::string_view name : seen) found |= name == required;
    if (!found) return invalid(formatted("field '{}' is missing; it has no default", required));
  }
  bool has_k_out = false;
  for (std::string_view name : seen) has_k_out |= name == "k_out";
  if (!has_k_out) spec->k_out = spec->k;
  return {};
}

// "nvfp4_silu_mul_quantize": the format up to the first underscore, then the op.
Status parse_name(std::string_view name, Spec* spec) {
  size_t underscore = name.find('_');
  if (underscore == std::string_view::npos) {
    return invalid(formatted("'{}' does not begin with FORMAT_OP, as nvfp4_quantize does", name));
  }
  FP4JIT_RETURN_IF_ERROR(parse_enum("format", name.substr(0, underscore), &spec->format));
  return parse_enum("op", name.substr(underscore + 1), &spec->op);
}

Result<Spec> parse_parts(std::string_view text) {
  size_t open = text.find('['), close = text.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      close + 1 >= text.size() || text[close + 1] != '@') {
    return invalid("expected FORMAT_OP[field=value,…]@target");
  }
  Spec spec;
  FP4JIT_RETURN_IF_ERROR(parse_name(text.substr(0, open), &spec));
  spec.scale = default_scale(spec.format);
  FP4JIT_RETURN_IF_ERROR(parse_fields(text.substr(open + 1, close - open - 1), &spec));
  FP4JIT_ASSIGN_OR_RETURN(spec.target, parse_target(text.substr(close + 2)));
  FP4JIT_RETURN_IF_ERROR(validate_spec(spec));
  return spec;
}

Status too_long(std::string_view text, size_t longest) {
  return invalid(formatted("it has {} bytes, and no spec has more than {}", text.size(), longest));
}

}  // namespace

std::string spec_text(const Spec& spec) {
  std::string fields;
  for (const FieldRow& row : kFields) {
    std::string value = row.print(spec);
    if (value.empty()) continue;
    fields += formatted("{}{}={}", fields.empty() ? "" : ",", row.name, value);
  }
  return formatted("{}_{}[{}]@{}", enum_name(spec.format), enum_name(spec.op), fields,
                   target_text(spec.target));
}

std::string spec_text_or_open(const Spec& spec) {
  std::string text = spec_text(spec);
  return spec.target == Target{} ? text.substr(0, text.rfind('@')) : text;
}

Result<Spec> parse_spec(std::string_view text) {
  constexpr size_t kShown = 200;  // a spec is shorter; an attacker's line need not fill the log
  constexpr size_t kLongest = 1000;
  Result<Spec> spec = text.size() <= kLongest ? parse_parts(text) : too_long(text, kLongest);
  if (spec.ok()) return spec;
  return Status(spec.status().code(),
                formatted("spec '{}': {}", text.substr(0, kShown), spec.status().message()));
}

std::string spec_identifier(const Spec& spec) {
  std::string identifier;
  std::string text = spec_text(spec);
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    bool is_name = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_name) {
      identifier += c;
    } else if (c != '=' && !identifier.ends_with('_')) {
      identifier += '_';
    }
  }
  return identifier;
}

}  // namespace fp4jit
