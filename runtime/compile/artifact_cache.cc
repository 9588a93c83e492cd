#include "compile/artifact_cache.h"

#include <fmt/format.h>

#include "compile/artifact_key.h"
#include "compile/cubin_info.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

constexpr std::string_view kDependencyWait = "griddepcontrol.wait";

cache::Kind kind_of(const Spec& spec, cache::Kind kind) {
  return spec.target.is_ptx ? cache::Kind::kPtx : kind;
}

// The CUDA version of the oldest driver that loads it: a cubin needs the toolkit's major version,
// PTX the version that knows its ISA, which is the toolkit's.
uint32_t lowest_driver(cache::Kind kind, const cache::Toolchain& toolchain) {
  return toolchain.major * 1000 + (kind == cache::Kind::kPtx ? toolchain.minor * 10 : 0);
}

// A kernel whose predecessor may still run must wait for it. Checked in what was compiled, since a
// launch trusts the record.
Status check_dependency_wait(const Spec& spec, const cache::Record& record) {
  if (spec.pdl == Pdl::kOff || record.waits_for_predecessor) return {};
  return {StatusCode::kCompile,
          fmt::format("{} was compiled without {}; it must not be launched with pdl={}",
                      record.spec, kDependencyWait, enum_name(spec.pdl))};
}

cache::Record make_record(const Spec& spec, const ArtifactKey& key, cache::Kind kind,
                          const Compiler& compiler, CompileOutput output) {
  cache::Record record;
  record.key = key.digest;
  record.key_text = key.text;
  record.kind = kind;
  record.waits_for_predecessor = output.ptx.find(kDependencyWait) != std::string::npos;
  record.toolchain = compiler.toolchain();
  record.lowest_driver = lowest_driver(kind, record.toolchain);
  CubinInfo info = read_cubin_info(output.bytes);
  record.registers = info.registers;
  record.shared_bytes = info.shared_bytes;
  record.target = target_text(spec.target);
  record.kernel_symbol = std::move(output.kernel_symbol);
  record.spec = spec_text(spec);
  record.payload = std::move(output.bytes);
  return record;
}

}  // namespace

ArtifactCache::ArtifactCache(std::shared_ptr<cache::ObjectStore> store,
                             std::shared_ptr<LazyCompiler> compiler, cache::Kind kind, Log log)
    : store_(std::move(store)), compiler_(std::move(compiler)), kind_(kind), log_(std::move(log)) {}

ArtifactPointer ArtifactCache::find_in_memory(const Spec& spec) {
  std::lock_guard lock(mutex_);
  auto found = memory_.find(spec);
  return found == memory_.end() ? nullptr : found->second;
}

ArtifactPointer ArtifactCache::keep(const Spec& spec, cache::Record record) {
  auto artifact = std::make_shared<const Artifact>(Artifact{spec, std::move(record)});
  std::lock_guard lock(mutex_);
  return memory_.emplace(spec, std::move(artifact)).first->second;
}

std::optional<Found> ArtifactCache::find(const Spec& spec) {
  if (ArtifactPointer artifact = find_in_memory(spec)) {
    memory_hits_.fetch_add(1, std::memory_order_relaxed);
    return Found{artifact, Layer::kMemory};
  }
  ArtifactKey key = artifact_key(spec, kind_of(spec, kind_));
  auto any_toolchain = [](const cache::Toolchain&) { return true; };
  std::optional<cache::Record> record = store_->find(key.digest, key.text, any_toolchain);
  if (!record) return std::nullopt;
  store_hits_.fetch_add(1, std::memory_order_relaxed);
  return Found{keep(spec, *std::move(record)), Layer::kStore};
}

Result<ArtifactPointer> ArtifactCache::compile(const Spec& spec,
                                               const std::atomic<bool>* cancelled) {
  FP4JIT_ASSIGN_OR_RETURN(Compiler * compiler, compiler_->open());
  cache::Kind kind = kind_of(spec, kind_);
  ArtifactKey key = artifact_key(spec, kind);
  Source source = render_source(spec);
  CompileRequest request = {&source, spec.target, kind, key.digest.hex(), cancelled};
  FP4JIT_ASSIGN_OR_RETURN(CompileOutput output, compiler->compile(request));
  cache::Record record = make_record(spec, key, kind, *compiler, std::move(output));
  FP4JIT_RETURN_IF_ERROR(check_dependency_wait(spec, record));
  return keep(spec, std::move(record));
}

// What a miss says beyond the compiler's own words.
Status ArtifactCache::explain_miss(const Spec& spec, const Status& status) const {
  std::string text = spec_text(spec);
  std::string store = store_->state() == cache::StoreState::kMemoryOnly
                          ? fmt::format("memory-only ({})", store_->state_reason())
                          : store_->root();
  return {
      status.code(),
      fmt::format("{} is not in memory nor in the store {}, and cannot be compiled: {}\nTo have it "
                  "beforehand, run: fp4jit prewarm --spec '{}'",
                  text, store, status.message(), text)};
}

Result<Found> ArtifactCache::get(const Spec& spec, const std::atomic<bool>* cancelled) {
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  if (std::optional<Found> found = find(spec)) return *found;
  Result<ArtifactPointer> artifact = compile(spec, cancelled);
  if (!artifact.ok()) {
    compile_failures_.fetch_add(1, std::memory_order_relaxed);
    return explain_miss(spec, artifact.status());
  }
  compiles_.fetch_add(1, std::memory_order_relaxed);
  log_.write(LogLevel::kInfo, fmt::format("compiled {}", spec_text(spec)));
  return Found{*artifact, Layer::kCompile};
}

bool ArtifactCache::store_artifact(const Artifact& artifact) {
  return store_->put(artifact.record);
}

ArtifactCacheCounters ArtifactCache::counters() const {
  return {memory_hits_.load(), store_hits_.load(), compiles_.load(), compile_failures_.load()};
}

}  // namespace fp4jit
