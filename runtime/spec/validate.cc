
#include <string>
#include <type_traits>

#include "base/format.h"
#include "spec/spec.h"

namespace fp4jit {
namespace {

Status invalid(std::string message) {
  return {StatusCode::kInvalidSpec, std::move(message)};
}

Status validate_k_out(const Spec& spec) {
  if (spec.k == 0) {
    if (spec.k_out == 0) return {};
    return invalid(
        formatted("k_out must be 0 when k is 0, not {}: a run-time K brings its padded "
                  "width with each launch",
                  spec.k_out));
  }
  int block = sf_vec_size(spec);
  if (spec.k_out < spec.k || spec.k_out % block != 0 || spec.k_out > kMaxK) {
    return invalid(formatted("k_out must be a multiple of {} from k={} to {}; it is {}", block,
                             spec.k, kMaxK, spec.k_out));
  }
  return {};
}

Status validate_scale(const Spec& spec) {
  bool is_mx = enum_row(spec.format).is_mx;
  if (!is_mx && spec.scale == Scale::kNone) {
    return invalid(
        "scale must be tensor, inverse or row for nvfp4, not none: its UE4M3 scale factors "
        "need a global_scale");
  }
  bool may_have_scale = !is_mx || spec.in == Dtype::kE4m3;
  if (!may_have_scale && spec.scale != Scale::kNone) {
    return invalid(
        formatted("scale must be none for {} from {}, not {}: UE8M0 scale factors take no "
                  "global_scale",
                  enum_name(spec.format), enum_name(spec.in), enum_name(spec.scale)));
  }
  return {};
}

Status validate_pdl(const Spec& spec) {
  if (spec.pdl == Pdl::kOff || spec.target.sm >= kFirstSmWithPdl) return {};
  return {StatusCode::kUnsupported,
          formatted("pdl must be 0 for {}, not {}: dependent launch needs sm_{} or later",
                    target_text(spec.target), enum_name(spec.pdl), kFirstSmWithPdl)};
}

// The one table of what has a template. A row's field lists hold the values that it takes, one bit
// per enumerator; of an operator's rows, one has a numerics.
struct TemplateRow {
  Op op;
  uint32_t numerics, formats, inputs, scales, ue8m0s, groupings;
};

template <class... Enum>
constexpr uint32_t bits(Enum... values) {
  return ((1u << static_cast<unsigned>(values)) | ...);
}

constexpr uint32_t kFloats = bits(Dtype::kF16, Dtype::kBf16, Dtype::kF32);
constexpr uint32_t kFormats = bits(Format::kNvfp4, Format::kMxfp4, Format::kMxfp8);

constexpr TemplateRow kTemplates[] = {
    {Op::kQuantize, bits(Numerics::kTrtllm, Numerics::kExact), kFormats, kFloats,
     bits(Scale::kNone, Scale::kTensor), bits(Ue8m0::kRceil), bits(Grouping::kFlat)},
    {Op::kQuantize, bits(Numerics::kTorchao), kFormats, kFloats,
     bits(Scale::kNone, Scale::kTensor, Scale::kInverse),
     bits(Ue8m0::kRceil, Ue8m0::kFloor, Ue8m0::kCeil, Ue8m0::kEven), bits(Grouping::kFlat)},
};

template <class Enum>
bool has_bit(uint32_t allowed, Enum value) {
  return (allowed >> static_cast<unsigned>(value) & 1) != 0;
}

// What a value has no template of: an operator, or for any other field the operator with its
// numerics.
template <class Enum>
std::string owner(const Spec& spec) {
  std::string name(enum_name(spec.op));
  if constexpr (std::is_same_v<Enum, Numerics>) return name;
  return formatted("{} with numerics={}", name, enum_name(spec.numerics));
}

template <class Enum>
Status require_bit(uint32_t allowed, Enum value, const char* field, const Spec& spec) {
  if (has_bit(allowed, value)) return {};
  std::string names;
  for (const auto& row : kEnumTable<Enum>) {
    if (!has_bit(allowed, row.value)) continue;
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  return {StatusCode::kUnsupported, formatted("{}={} has no template of {}; supported are {}",
                                              field, enum_name(value), owner<Enum>(spec), names)};
}

Status require_fields(const TemplateRow& row, const Spec& spec) {
  FP4JIT_RETURN_IF_ERROR(require_bit(row.formats, spec.format, "format", spec));
  FP4JIT_RETURN_IF_ERROR(require_bit(row.inputs, spec.in, "in", spec));
  FP4JIT_RETURN_IF_ERROR(require_bit(row.scales, spec.scale, "scale", spec));
  FP4JIT_RETURN_IF_ERROR(require_bit(row.ue8m0s, spec.ue8m0, "ue8m0", spec));
  return require_bit(row.groupings, spec.grouping, "grouping", spec);
}

}  // namespace

Status validate_k(Format format, int64_t k) {
  int block = enum_row(format).sf_vec_size;
  if (k <= 0 || k > kMaxK) {
    return invalid(
        formatted("k must be a multiple of {} from {} to {}; it is {}", block, block, kMaxK, k));
  }
  if (k % block == 0) return {};
  return invalid(
      formatted("k must be a multiple of {}; {} = {:g} blocks; a tensor-parallel split that "
                "cuts through a block cannot be quantised",
                block, k, static_cast<double>(k) / block));
}

Status validate_spec(const Spec& spec) {
  if (spec.k != 0) FP4JIT_RETURN_IF_ERROR(validate_k(spec.format, spec.k));
  if (spec.k == 0 && !enum_row(spec.op).runtime_k) {
    return invalid(
        formatted("k must not be 0 for {}: it has no kernel for a run-time K", enum_name(spec.op)));
  }
  FP4JIT_RETURN_IF_ERROR(validate_k_out(spec));
  if (spec.format == Format::kMxfp8 && spec.in == Dtype::kE4m3) {
    return invalid("in must be f16, bf16 or f32 for mxfp8, not e4m3");
  }
  FP4JIT_RETURN_IF_ERROR(validate_scale(spec));
  if (!enum_row(spec.format).is_mx && spec.ue8m0 != Ue8m0::kRceil) {
    return invalid(
        formatted("ue8m0 must be rceil (the default) for nvfp4, not {}: its scale factors "
                  "are UE4M3",
                  enum_name(spec.ue8m0)));
  }
  FP4JIT_RETURN_IF_ERROR(validate_target(spec.target));
  return validate_pdl(spec);
}

Status require_template(const Spec& spec) {
  FP4JIT_RETURN_IF_ERROR(validate_spec(spec));
  uint32_t numerics = 0;
  for (const TemplateRow& row : kTemplates) {
    if (row.op != spec.op) continue;
    if (has_bit(row.numerics, spec.numerics)) return require_fields(row, spec);
    numerics |= row.numerics;
  }
  if (numerics != 0) return require_bit(numerics, spec.numerics, "numerics", spec);
  return {StatusCode::kUnsupported, formatted("op={} has no template yet; supported is {}",
                                              enum_name(spec.op), enum_name(kTemplates[0].op))};
}

}  // namespace fp4jit
