
#include <memory>
#include <optional>

#include "base/format.h"
#include "codegen/source.h"
#include "compile/artifact_key.h"
#include "compile/artifact_kind.h"
#include "spec/text.h"
#include "tools/cli/output.h"
#include "tools/cli/output_file.h"
#include "tools/cli/verbs.h"
#include "tools/cli/workspace.h"

namespace fp4jit::cli {
namespace {

struct Options {
  std::string name;  // spec or key
  bool source = false, ptx = false, json = false;
  std::string payload;  // a file to write the compiled bytes to
  std::string cache_dir;
};

// A spec, its key, and its record where the store has one.
struct Subject {
  Spec spec;
  ArtifactKey key;
  std::optional<cache::Record> record;
  bool is_of_these_templates = true;  // those of this program, of which it has the text
};

Status wrong(std::string message) {
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Result<Spec> spec_of_name(const std::string& text) {
  Result<Spec> spec = parse_spec(text);
  if (!spec.ok()) return wrong(spec.status().message());
  Status has_template = require_template(*spec);
  if (!has_template.ok()) return wrong(has_template.message());
  return spec;
}

// What the records under a key were made from, whichever toolchain made them.
Result<Subject> subject_of_key(const cache::Digest& key, cache::ObjectStore& store) {
  Subject subject;
  for (const cache::StoredObject& object : store.walk()) {
    const cache::Record& record = object.decoded.record;
    if (!object.reason.empty() || record.key != key) continue;
    FP4JIT_ASSIGN_OR_RETURN(subject.spec, spec_of_name(record.spec));
    subject.key = {record.key, record.key_text};
    subject.is_of_these_templates = artifact_key(subject.spec, record.kind).digest == key;
    return subject;
  }
  return wrong(
      formatted("the store {} has no record with the key {}; fp4jit list prints those it has",
                store.root(), key.hex()));
}

Result<Subject> subject_of_spec(const std::string& text, cache::Kind kind) {
  Subject subject;
  FP4JIT_ASSIGN_OR_RETURN(subject.spec, spec_of_name(text));
  subject.key = artifact_key(subject.spec, kind);
  return subject;
}

Result<Subject> find_subject(const std::string& name, const Workspace& workspace) {
  auto key = cache::parse_digest(name);
  FP4JIT_ASSIGN_OR_RETURN(Subject subject,
                          key ? subject_of_key(*key, *workspace.store)
                              : subject_of_spec(name, workspace.artifacts->kind()));
  subject.record = workspace.store->find(subject.key.digest, subject.key.text,
                                         [](const cache::Toolchain&) { return true; });
  return subject;
}

Status require_these_templates(const Subject& subject) {
  if (subject.is_of_these_templates) return {};
  return wrong(
      formatted("the record {} was made by another version of fp4jit, which alone has its source; "
                "fp4jit show '{}' shows what this version makes",
                subject.key.digest.hex(), spec_text(subject.spec)));
}

// The record's own where it is PTX; else compiled for this look, and not stored.
Result<std::string> find_ptx(const Subject& subject, const Workspace& workspace) {
  if (subject.record && subject.record->kind == cache::Kind::kPtx) return subject.record->payload;
  FP4JIT_RETURN_IF_ERROR(require_these_templates(subject));
  auto nowhere = std::make_shared<cache::ObjectStore>("", "PTX to look at is not stored",
                                                      cache::real_file_system(), Log{});
  ArtifactCache artifacts(nowhere, make_nvrtc_compiler(workspace.nvrtc, workspace.log),
                          cache::Kind::kPtx, Log{});
  FP4JIT_ASSIGN_OR_RETURN(Found found, artifacts.get(subject.spec));
  return found.artifact->record.payload;
}

Json subject_json(const Subject& subject, const cache::ObjectStore& store) {
  const Spec& spec = subject.spec;
  Json json = {{"spec", spec_text(spec)},
               {"key", subject.key.digest.hex()},
               {"fields",
                {{"op", enum_name(spec.op)},
                 {"format", enum_name(spec.format)},
                 {"k", spec.k},
                 {"k_out", spec.k_out},
                 {"in", enum_name(spec.in)},
                 {"sf_layout", enum_name(spec.sf_layout)},
                 {"sf_vec_size", sf_vec_size(spec)},
                 {"scale", enum_name(spec.scale)},
                 {"numerics", enum_name(spec.numerics)},
                 {"ue8m0", enum_name(spec.ue8m0)},
                 {"grouping", enum_name(spec.grouping)},
                 {"pdl", enum_name(spec.pdl)},
                 {"target", target_text(spec.target)}}},
               {"key_text", subject.key.text},
               {"record", nullptr}};
  if (!subject.record) return json;
  const cache::Record& record = *subject.record;
  json["record"] = {{"path", store.object_path(record.key, record.toolchain)},
                    {"bytes", encode_record(record).size()},
                    {"kind", artifact_kind_name(record.kind)},
                    {"toolchain", record.toolchain.text()},
                    {"lowest_driver", record.lowest_driver},
                    {"kernel_symbol", record.kernel_symbol},
                    {"registers", record.registers},
                    {"shared_bytes", record.shared_bytes},
                    {"waits_for_predecessor", record.waits_for_predecessor}};
  return json;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void print_fields(const Json& fields) {
  for (const auto& [name, value] : fields.items())
    print_formatted(stdout, "  {:<22} {}\n", name, text_of(value));
}

void print_subject(const Json& json) {
  print_formatted(stdout, "{}\nkey {}\nfields\n", text_of(json["spec"]), text_of(json["key"]));
  print_fields(json["fields"]);
  print_formatted(stdout, "key text\n{}", text_of(json["key_text"]));
  if (json["record"].is_null()) {
    print_formatted(stdout, "not in the store; fp4jit prewarm --spec '{}' compiles it\n",
                    text_of(json["spec"]));
    return;
  }
  print_formatted(stdout, "record\n");
  print_fields(json["record"]);
}

Status write_payload(const std::string& path, const Subject& subject) {
  if (!subject.record) {
    return wrong(formatted("{} is not in the store; fp4jit prewarm --spec '{}' compiles it",
                           spec_text(subject.spec), spec_text(subject.spec)));
  }
  FP4JIT_ASSIGN_OR_RETURN(OutputFile file, OutputFile::create(path));
  FP4JIT_RETURN_IF_ERROR(file.write(subject.record->payload));
  return file.commit();
}

// What was asked for beside the fields; the file last, when nothing else can be refused any more.
Status add_extras(const Options& options, const Subject& subject, const Workspace& workspace,
                  Json* json) {
  if (options.source) {
    FP4JIT_RETURN_IF_ERROR(require_these_templates(subject));
    (*json)["source"] = render_source(subject.spec).text;
  }
  if (options.ptx) {
    FP4JIT_ASSIGN_OR_RETURN((*json)["ptx"], find_ptx(subject, workspace));
  }
  return options.payload.empty() ? Status() : write_payload(options.payload, subject);
}

ExitCode show(const Options& options) {
  Result<Workspace> workspace = open_workspace(options.cache_dir);
  if (!workspace.ok()) return refuse(workspace.status());
  Result<Subject> subject = find_subject(options.name, *workspace);
  if (!subject.ok()) return refuse(subject.status());
  Json json = subject_json(*subject, *workspace->store);
  Status added = add_extras(options, *subject, *workspace, &json);
  if (!added.ok()) return refuse(added);
  if (options.json) {
    print_json(json);
    return ExitCode::kDone;
  }
  print_subject(json);
  for (const char* text : {"source", "ptx"}) {
    if (json.contains(text)) print_formatted(stdout, "{}\n{}\n", text, text_of(json[text]));
  }
  return ExitCode::kDone;
}

}  // namespace

void add_show(CLI::App& program, ExitCode* exit) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(program, "show", "show one kernel: fields, key, resources, source, PTX",
               "Examples:\n"
               "  fp4jit show 'nvfp4_quantize[k=4096,in=bf16,layout=128x4]@sm_100a' --source\n"
               "  fp4jit show 0123456789abcdef0123456789abcdef --ptx\n"
               "  fp4jit show 0123456789abcdef0123456789abcdef --payload kernel.cubin");
  add_text(verb, "name", &options->name, "a spec as canonical text, or a record's key", "SPEC|KEY",
           Need::kRequired);
  add_flag(verb, "--source", &options->source, "the generated translation unit");
  add_flag(verb, "--ptx", &options->ptx, "the PTX, compiled for this look");
  add_text(verb, "--payload", &options->payload, "write the compiled bytes, cubin or PTX, here",
           "FILE");
  add_json_flag(verb, &options->json);
  add_cache_dir_option(verb, &options->cache_dir);
  set_action(verb, [options, exit] { *exit = show(*options); });
}

}  // namespace fp4jit::cli
