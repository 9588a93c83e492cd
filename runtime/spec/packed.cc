#include "spec/packed.h"

namespace fp4jit {
namespace {

// Calls visit(field, bits) for every field, in the order of the packed form. Both directions walk
// it.
template <class SpecType, class Visit>
void visit_low(SpecType& spec, Visit visit) {
  visit(spec.k, 24);
  visit(spec.k_out, 24);
}

template <class SpecType, class Visit>
void visit_high(SpecType& spec, Visit visit) {
  visit(spec.op, 6);
  visit(spec.format, 4);
  visit(spec.in, 4);
  visit(spec.sf_layout, 4);
  visit(spec.scale, 4);
  visit(spec.numerics, 4);
  visit(spec.ue8m0, 4);
  visit(spec.grouping, 4);
  visit(spec.pdl, 2);
  visit(spec.target.sm, 8);
  visit(spec.target.suffix, 2);
  visit(spec.target.is_ptx, 1);
}

struct Packer {
  uint64_t* word;
  int shift = 0;

  template <class Field>
  void operator()(Field field, int width) {
    *word |= static_cast<uint64_t>(field) << shift;
    shift += width;
  }
};

struct Unpacker {
  uint64_t word;

  template <class Field>
  void operator()(Field& field, int width) {
    field = static_cast<Field>(word & ((uint64_t{1} << width) - 1));
    word >>= width;
  }
};

bool enumerators_valid(const Spec& spec) {
  auto valid = [](auto value) { return enum_valid<decltype(value)>(static_cast<int>(value)); };
  return valid(spec.op) && valid(spec.format) && valid(spec.in) && valid(spec.sf_layout) &&
         valid(spec.scale) && valid(spec.numerics) && valid(spec.ue8m0) && valid(spec.grouping) &&
         valid(spec.pdl) && spec.target.suffix <= TargetSuffix::kFamily;
}

}  // namespace

PackedSpec pack_spec(const Spec& spec) {
  PackedSpec packed;
  Packer low{&packed.low}, high{&packed.high};
  visit_low(spec, [&](auto field, int width) { low(field, width); });
  visit_high(spec, [&](auto field, int width) { high(field, width); });
  return packed;
}

Result<Spec> unpack_spec(PackedSpec packed) {
  Spec spec;
  Unpacker low{packed.low}, high{packed.high};
  visit_low(spec, [&](auto& field, int width) { low(field, width); });
  visit_high(spec, [&](auto& field, int width) { high(field, width); });
  if (low.word != 0 || high.word != 0) {
    return Status(StatusCode::kInvalidSpec,
                  "packed spec has reserved bits set: it comes from a newer fp4jit");
  }
  if (!enumerators_valid(spec)) {
    return Status(StatusCode::kInvalidSpec, "packed spec holds a number that is no enumerator");
  }
  FP4JIT_RETURN_IF_ERROR(validate_spec(spec));
  return spec;
}

}  // namespace fp4jit
