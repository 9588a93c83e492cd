#include "compile/artifact_key.h"

#include "codegen/source.h"
#include "compile/artifact_kind.h"
#include "compile/nvrtc_options.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

std::string template_digest(const Source& source) {
  cache::DigestBuilder builder;
  for (const TemplateFile& file : source.files) builder.field(file.name, file.text);
  return builder.finish().hex();
}

}  // namespace

ArtifactKey artifact_key(const Spec& spec, cache::Kind kind) {
  cache::DigestBuilder builder;
  builder.field("record_version", std::to_string(cache::kRecordVersion));
  builder.field("templates", template_digest(render_source(spec)));
  builder.field("codegen_version", std::to_string(kCodegenVersion));
  builder.field("spec", spec_text(spec));
  builder.field("target", target_text(spec.target));
  builder.field("kind", artifact_kind_name(kind));
  builder.field("options", std::to_string(kOptionSet));
  return {builder.finish(), builder.text()};
}

}  // namespace fp4jit
