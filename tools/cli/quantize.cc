
#include <charconv>
#include <cmath>
#include <memory>
#include <optional>

#include "base/format.h"
#include "tools/cli/axes.h"
#include "tools/cli/interrupt.h"
#include "tools/cli/npy_file.h"
#include "tools/cli/output.h"
#include "tools/cli/output_file.h"
#include "tools/cli/quantizer.h"
#include "tools/cli/verbs.h"

namespace fp4jit::cli {
namespace {

struct Options {
  std::string format, sf_layout = "128x4", numerics = "trtllm", ue8m0 = "rceil", global_scale,
                      in_dtype, device = "host";
  int64_t k_out = 0;  // 0: not given
  std::string input, output_data, output_sf;
  bool json = false;
};

// What the flags alone say, before any file is looked at.
struct Request {
  Spec spec;  // k is 0, and in is --in-dtype or a guess, until the input is seen
  float global_scale = 1;
  DeviceName device;
};

Status wrong(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Result<float> parse_global_scale(const Options& options, Scale scale) {
  if (scale == Scale::kNone) {
    if (options.global_scale.empty()) return 1.0f;
    return wrong(formatted(
        "--global-scale has no meaning for {}: its UE8M0 scale factors take none", options.format));
  }
  if (options.global_scale.empty()) {
    return wrong(
        formatted("{} needs --global-scale, the encode multiplier (448*6/amax of the whole tensor)",
                  options.format));
  }
  float value = 0;
  const char* end = options.global_scale.data() + options.global_scale.size();
  auto [stop, error] = std::from_chars(options.global_scale.data(), end, value);
  if (error == std::errc() && stop == end && std::isfinite(value) && value > 0) return value;
  return wrong(formatted("--global-scale must be a positive number that fits an f32; it is '{}'",
                         options.global_scale));
}

Result<Request> read_flags(const Options& options) {
  if (options.output_data == options.output_sf || options.output_data == options.input ||
      options.output_sf == options.input) {
    return wrong("--input, --output-data and --output-sf must be three files");
  }
  Axes axes;
  axes.format = {options.format};
  axes.k = {"0"};
  if (!options.in_dtype.empty()) axes.in = {options.in_dtype};
  axes.sf_layout = {options.sf_layout};
  axes.numerics = {options.numerics};
  axes.ue8m0 = {options.ue8m0};
  FP4JIT_ASSIGN_OR_RETURN(std::vector<Spec> specs, expand_axes(axes, {all_targets().front()}));
  Request request;
  request.spec = specs.front();
  if (int block = sf_vec_size(request.spec); options.k_out % block != 0) {
    return wrong(formatted("--k-out must be a multiple of {} for {}; it is {}", block,
                           options.format, options.k_out));
  }
  FP4JIT_ASSIGN_OR_RETURN(request.global_scale, parse_global_scale(options, request.spec.scale));
  FP4JIT_ASSIGN_OR_RETURN(request.device, parse_device(options.device));
  return request;
}

Result<Dtype> dtype_of(const NpyInput& input, const Options& options) {
  std::string taken;
  for (const DtypeRow& row : kEnumTable<Dtype>) {
    if (row.npy_descr == input.header().descr) {
      if (options.in_dtype.empty() || options.in_dtype == row.name) return row.value;
      return input.error(formatted("its dtype {} holds {}; --in-dtype says {}", row.npy_descr,
                                   row.name, options.in_dtype));
    }
    taken += formatted("{}{} ({})", taken.empty() ? "" : ", ", row.npy_descr, row.name);
  }
  return input.error(formatted("its dtype is '{}'; taken are {}", input.header().descr, taken));
}

// The full spec, now that K and the element type are known.
Result<Spec> complete_spec(const Request& request, const NpyInput& input, const Options& options) {
  Spec spec = request.spec;
  FP4JIT_ASSIGN_OR_RETURN(spec.in, dtype_of(input, options));
  Status status = validate_k(spec.format, input.header().columns);
  if (!status.ok()) return input.error(status.message());
  spec.k = static_cast<uint32_t>(input.header().columns);
  spec.k_out = options.k_out == 0 ? spec.k : static_cast<uint32_t>(options.k_out);
  status = require_template(spec);
  if (!status.ok()) return input.error(status.message());
  return spec;
}

Status write_npy(OutputFile& file, const std::vector<uint8_t>& bytes, int64_t rows,
                 int64_t columns) {
  FP4JIT_RETURN_IF_ERROR(file.write(npy_header("|u1", rows, columns)));
  return file.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Json result_json(const Options& options, const Spec& spec, const Extent& extent,
                 const QuantizeError& error) {
  OutputShape shape = output_shape(spec, extent);
  Json sqnr = std::isfinite(error.sqnr_db) ? Json(error.sqnr_db) : Json(nullptr);
  return {{"device", options.device},
          {"format", enum_name(spec.format)},
          {"in", enum_name(spec.in)},
          {"m", extent.m},
          {"k", extent.k},
          {"k_out", extent.k_out},
          {"data_shape", {shape.data_rows, shape.data_columns}},
          {"sf_shape", {shape.sf_rows, shape.sf_columns}},
          {"sqnr_db", sqnr},
          {"max_abs_error", error.max_abs_error},
          {"mean_abs_error", error.mean_abs_error}};
}

void print_result(const Options& options, const Spec& spec, const Extent& extent,
                  const QuantizeError& error) {
  if (options.json) return print_json(result_json(options, spec, extent, error));
  OutputShape shape = output_shape(spec, extent);
  print_formatted(stdout, "{} of [{}, {}] {} on {}: data [{}, {}], scales [{}, {}]\n",
                  options.format, extent.m, extent.k, enum_name(spec.in), options.device,
                  shape.data_rows, shape.data_columns, shape.sf_rows, shape.sf_columns);
  print_formatted(stdout, "SQNR {:.2f} dB, largest error {:g}, mean error {:g}\n", error.sqnr_db,
                  error.max_abs_error, error.mean_abs_error);
}

// Flags and spec, device, input header, input length, outputs: in this order each is checked.
Status quantize(const Options& options, const Interrupt& interrupt) {
  FP4JIT_ASSIGN_OR_RETURN(Request request, read_flags(options));
  FP4JIT_ASSIGN_OR_RETURN(std::unique_ptr<Quantizer> quantizer, open_quantizer(request.device));
  FP4JIT_ASSIGN_OR_RETURN(NpyInput input, NpyInput::open(options.input));
  FP4JIT_ASSIGN_OR_RETURN(Spec spec, complete_spec(request, input, options));
  FP4JIT_RETURN_IF_ERROR(input.check_length(dtype_bytes(spec.in)));
  FP4JIT_ASSIGN_OR_RETURN(Extent extent, resolve_extent(spec, input.header().rows));
  FP4JIT_ASSIGN_OR_RETURN(OutputFile data, OutputFile::create(options.output_data));
  FP4JIT_ASSIGN_OR_RETURN(OutputFile sf, OutputFile::create(options.output_sf));
  FP4JIT_ASSIGN_OR_RETURN(std::vector<uint8_t> elements, input.read(dtype_bytes(spec.in)));
  FP4JIT_ASSIGN_OR_RETURN(Quantized output,
                          quantizer->run(spec, extent, elements, request.global_scale));
  QuantizeError error = measure_error(spec, extent, elements, output, request.global_scale);
  OutputShape shape = output_shape(spec, extent);
  FP4JIT_RETURN_IF_ERROR(write_npy(data, output.data, shape.data_rows, shape.data_columns));
  FP4JIT_RETURN_IF_ERROR(write_npy(sf, output.sf, shape.sf_rows, shape.sf_columns));
  if (interrupt.raised()) return {StatusCode::kCancelled, "interrupted; nothing was written"};
  FP4JIT_RETURN_IF_ERROR(data.commit());
  FP4JIT_RETURN_IF_ERROR(sf.commit());
  print_result(options, spec, extent, error);
  return {};
}

void add_files(CLI::App* verb, Options* options) {
  add_text(verb, "--input", &options->input,
           "2-D C-order array: <f4, <f2, <u2 holding bf16 bits, |u1 holding e4m3", "X.npy",
           Need::kRequired);
  add_text(verb, "--output-data", &options->output_data, "packed codes, |u1", "Q.npy",
           Need::kRequired);
  add_text(verb, "--output-sf", &options->output_sf, "scale factors, |u1", "S.npy",
           Need::kRequired);
}

}  // namespace

void add_quantize(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(
      program, "quantize", "quantise a .npy matrix and say how far off the result is",
      "Examples:\n"
      "  fp4jit quantize --format nvfp4 --global-scale 672 --input x.npy --output-data q.npy "
      "--output-sf s.npy\n"
      "  fp4jit quantize --format mxfp8 --sf-layout linear --numerics exact --device cuda:0 "
      "--input x.npy "
      "--output-data q.npy --output-sf s.npy");
  add_text(verb, "--format", &options->format, enum_names<Format>(), "TEXT", Need::kRequired);
  add_text(verb, "--sf-layout", &options->sf_layout, enum_names<SfLayout>());
  add_text(verb, "--numerics", &options->numerics, enum_names<Numerics>());
  add_text(verb, "--ue8m0", &options->ue8m0,
           "rounding of MX scales: " + enum_names<Ue8m0>() + "; all but rceil with torchao alone");
  add_text(verb, "--global-scale", &options->global_scale,
           "encode multiplier, 448*6/amax, under every numerics; nvfp4 needs it", "F");
  add_count(verb, "--k-out", &options->k_out, kMaxK,
            "padded width that is written; K when left out");
  add_text(verb, "--in-dtype", &options->in_dtype,
           enum_names<Dtype>() + "; what the array's own dtype says");
  add_text(verb, "--device", &options->device, "host or cuda:N");
  add_files(verb, options.get());
  add_json_flag(verb, &options->json);
  set_action(verb, [options, exit] {
    Interrupt interrupt;
    Status status = quantize(*options, interrupt);
    *exit = status.ok() ? ExitCode::kDone : refuse(status);
  });
}

}  // namespace fp4jit::cli
