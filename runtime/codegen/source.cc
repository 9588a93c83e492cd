#include "codegen/source.h"

#include "base/format.h"
#include "codegen/includes.h"
#include "spec/geometry.h"
#include "spec/text.h"
#include "templates/quantize_args.cuh"

namespace fp4jit {
namespace {

// The config's name is the canonical text, so that a profiler shows the variant in the kernel's
// name. The assertions hold what the host computes for a launch against what the device was
// compiled with.
constexpr std::string_view kQuantizeUnit = R"(// {text}
#include "quantize.cuh"

namespace fp4jit {{

struct {name} {{
  static constexpr Format kFormat = {format};
  using In = {in};
  static constexpr SfLayout kSfLayout = {sf_layout};
  static constexpr Scale kScale = {scale};
  static constexpr Numerics kNumerics = {numerics};
  static constexpr Ue8m0 kUe8m0 = {ue8m0};
  static constexpr Pdl kPdl = {pdl};
  static constexpr int kSm = {sm};
  static constexpr u32 kK = {k}, kKOut = {k_out};
}};

using Config = {name};
static_assert(kFlat<Config> == {flat} && kThreads<Config> == {threads} &&
                  kBlocksPerThread == {blocks_per_thread} && kTileRows == {tile_rows} &&
                  kTileColumns == {tile_columns} && kGridRows == {grid_rows} &&
                  kVec<Config> == {sf_vec_size},
              "runtime/spec/geometry.h and templates/quantize.cuh disagree");
static_assert(kSfRowMultiple<{sf_layout}> == {sf_row_multiple} &&
                  kSfColumnMultiple<{sf_layout}> == {sf_column_multiple} &&
                  kElementBits<{format}> == {element_bits},
              "host and device disagree about the shapes of the outputs");
static_assert(sizeof(QuantizeArgs) == {args_bytes}, "host and device disagree about QuantizeArgs");

}}  // namespace fp4jit
)";

std::string quantize_unit(const Spec& spec, const std::string& name) {
  using fmt::arg;
  bool flat = uses_flat_mapping(spec);
  return formatted(kQuantizeUnit, arg("text", spec_text(spec)), arg("name", name),
                   arg("format", enum_row(spec.format).template_name),
                   arg("in", enum_row(spec.in).template_name),
                   arg("sf_layout", enum_row(spec.sf_layout).template_name),
                   arg("scale", enum_row(spec.scale).template_name),
                   arg("numerics", enum_row(spec.numerics).template_name),
                   arg("ue8m0", enum_row(spec.ue8m0).template_name),
                   arg("pdl", enum_row(spec.pdl).template_name), arg("sm", spec.target.sm),
                   arg("k", spec.k), arg("k_out", spec.k_out), arg("flat", flat),
                   arg("threads", flat ? kFlatThreads : kTileThreads),
                   arg("blocks_per_thread", kBlocksPerThread), arg("tile_rows", kTileRows),
                   arg("tile_columns", kTileColumns), arg("grid_rows", kTileGridRows),
                   arg("sf_vec_size", sf_vec_size(spec)),
                   arg("sf_row_multiple", enum_row(spec.sf_layout).row_multiple),
                   arg("sf_column_multiple", enum_row(spec.sf_layout).column_multiple),
                   arg("element_bits", enum_row(spec.format).element_bits),
                   arg("args_bytes", sizeof(QuantizeArgs)));
}

}  // namespace

Source render_source(const Spec& spec) {
  Source source;
  std::string name = spec_identifier(spec);
  source.file_name = name + ".cu";
  source.text = quantize_unit(spec, name);
  source.name_expression = formatted("fp4jit::quantize<fp4jit::{}>", name);
  source.files = reached_files(source.text, embedded_templates());
  return source;
}

}  // namespace fp4jit
