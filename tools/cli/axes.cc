#include "tools/cli/axes.h"

#include <algorithm>
#include <set>

#include "compile/device_target.h"
#include "device/device.h"
#include "tools/cli/spec_list.h"

namespace fp4jit::cli {
namespace {

using Texts = std::vector<std::string>;

// Whatever is wrong with a target on a command line is the command line's fault.
Status wrong_flag(const Status& status) {
  return {StatusCode::kInvalidSpec, status.message()};
}

// Every text so far with every value; no values leave the field out.
Texts with_each(const Texts& texts, const char* prefix, const Texts& values) {
  if (values.empty()) return texts;
  Texts extended;
  for (const std::string& text : texts) {
    for (const std::string& value : values) extended.push_back(text + prefix + value);
  }
  return extended;
}

Texts or_else(const Texts& values, std::string_view standard) {
  return values.empty() ? Texts{std::string(standard)} : values;
}

Result<Texts> native_targets(const std::string& driver) {
  Devices devices([driver] { return load_driver(driver); });
  FP4JIT_ASSIGN_OR_RETURN(int count, devices.count());
  std::set<std::string> targets;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    FP4JIT_ASSIGN_OR_RETURN(const Device* device, devices.get(ordinal));
    FP4JIT_ASSIGN_OR_RETURN(Target target, target_for_device(device->major, device->minor));
    targets.insert(target_text(target));
  }
  if (targets.empty()) return Status(StatusCode::kNoDriver, "there is no GPU");
  return Texts(targets.begin(), targets.end());
}

}  // namespace

std::vector<std::string> axes_texts(const Axes& axes) {
  Texts texts = with_each({""}, "", axes.format);
  texts = with_each(texts, "_", or_else(axes.op, enum_name(Op::kQuantize)));
  texts = with_each(texts, "[k=", axes.k);
  texts = with_each(texts, ",k_out=", axes.k_out);
  texts = with_each(texts, ",in=", or_else(axes.in, enum_name(Dtype::kBf16)));
  texts = with_each(texts, ",layout=", or_else(axes.sf_layout, enum_name(SfLayout::k128x4)));
  texts = with_each(texts, ",scale=", axes.scale);
  texts = with_each(texts, ",numerics=", axes.numerics);
  texts = with_each(texts, ",ue8m0=", axes.ue8m0);
  texts = with_each(texts, ",grouping=", axes.grouping);
  texts = with_each(texts, ",pdl=", axes.pdl);
  return with_each(texts, "]", {""});
}

Result<std::vector<Spec>> expand_axes(const Axes& axes, const std::vector<Target>& targets) {
  return parse_flags(axes_texts(axes), targets);
}

Result<std::vector<Target>> resolve_targets(const Texts& texts, const std::string& driver) {
  std::vector<Target> targets;
  for (const std::string& text : texts) {
    Texts resolved = {text};
    if (text == "native") {
      Result<Texts> native = native_targets(driver);
      if (!native.ok()) {
        return Status(
            native.status().code(),
            "target native asks the driver for this machine's GPUs: " + native.status().message() +
                "; name a target instead, as --target sm_100a");
      }
      resolved = *std::move(native);
    }
    for (const std::string& name : resolved) {
      Result<Target> target = parse_target(name);
      if (!target.ok()) return wrong_flag(target.status());
      if (std::find(targets.begin(), targets.end(), *target) == targets.end())
        targets.push_back(*target);
    }
  }
  return targets;
}

}  // namespace fp4jit::cli
