// What: the canonical text of a spec, as messages, logs, manifests, records and symbols carry it:
//   nvfp4_quantize[k=4096,in=bf16,layout=128x4,numerics=exact,pdl=1]@sm_100a
// Threads: pure. parse_spec(spec_text(s)) == s for every valid s.
#pragma once

#include <string>
#include <string_view>

#include "spec/spec.h"

namespace fp4jit {

// Fields stand in a fixed order. k, in, layout and the target are always there; the rest only when
// it differs from its default: k_out = k, scale = tensor for nvfp4 and none for MX, numerics =
// trtllm, ue8m0 = rceil, grouping = flat, pdl = 0.
std::string spec_text(const Spec& spec);

// The same; without the target where the spec has none yet.
std::string spec_text_or_open(const Spec& spec);

// Takes the fields in any order, and sf_vec_size if it is the format's own. The spec is valid
// (validate_spec); whether it has a template is another question (require_template). Errors name
// the field, the value, what is allowed, and the nearest word.
Result<Spec> parse_spec(std::string_view text);

// The canonical text as an identifier of C: "nvfp4_quantize_k4096_inbf16_layout128x4_sm_100a".
std::string spec_identifier(const Spec& spec);

}  // namespace fp4jit
