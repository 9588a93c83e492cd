#include "compile/artifact_cache.h"

#include "base/exit_gate.h"
#include "base/format.h"
#include "compile/artifact_key.h"
#include "compile/cubin_info.h"
#include "compile/prewarm_command.h"
#include "spec/text.h"

namespace fp4jit {
namespace {

// Something was compiled in this process: what NVRTC makes when it is first used is made.
std::atomic<bool> compiler_ready{false};

constexpr std::string_view kDependencyWait = "griddepcontrol.wait";

cache::Kind kind_of(const Spec& spec, cache::Kind kind) {
  return spec.target.is_ptx ? cache::Kind::kPtx : kind;
}

// The CUDA version of the oldest driver that loads it: a cubin needs the toolkit's major version,
// PTX the version that knows its ISA, which is the toolkit's.
int lowest_driver(cache::Kind kind, const cache::Toolchain& toolchain) {
  uint32_t minor = kind == cache::Kind::kPtx ? toolchain.minor : 0;
  return static_cast<int>(toolchain.major * 1000 + minor * 10);
}

bool loads(int driver, const cache::Record& record) {
  return static_cast<int>(record.lowest_driver) <= driver;
}

std::string cuda_version(int driver) {
  return formatted("{}.{}", driver / 1000, driver % 1000 / 10);
}

// Before a compile whose product the driver could not load.
Status check_toolchain(cache::Kind kind, const cache::Toolchain& toolchain, int driver) {
  int lowest = lowest_driver(kind, toolchain);
  if (lowest <= driver) return {};
  return {StatusCode::kUnsupported,
          formatted("what NVRTC {} compiles needs a driver for CUDA {} or later, and this one is "
                    "for {}; update the driver, or set FP4JIT_NVRTC to an NVRTC of its version",
                    toolchain.text(), cuda_version(lowest), cuda_version(driver))};
}

// A kernel whose predecessor may still run must wait for it. Checked in what was compiled, since a
// launch trusts the record.
Status check_dependency_wait(const Spec& spec, const cache::Record& record) {
  if (spec.pdl == Pdl::kOff || record.waits_for_predecessor) return {};
  return {StatusCode::kCompile,
          formatted("{} was compiled without {}; it must not be launched with pdl={}", record.spec,
                    kDependencyWait, enum_name(spec.pdl))};
}

cache::Record make_record(const Spec& spec, const ArtifactKey& key, cache::Kind kind,
                          const Compiler& compiler, CompileOutput output) {
  cache::Record record;
  record.key = key.digest;
  record.key_text = key.text;
  record.kind = kind;
  record.waits_for_predecessor = output.ptx.find(kDependencyWait) != std::string::npos;
  record.toolchain = compiler.toolchain();
  record.lowest_driver = static_cast<uint32_t>(lowest_driver(kind, record.toolchain));
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

// Of two for one spec, memory keeps the one that more drivers load.
ArtifactPointer ArtifactCache::keep(const Spec& spec, cache::Record record) {
  auto artifact = std::make_shared<const Artifact>(Artifact{spec, std::move(record)});
  std::lock_guard lock(mutex_);
  ArtifactPointer& kept = memory_[spec];
  if (!kept || artifact->record.lowest_driver < kept->record.lowest_driver) kept = artifact;
  return kept;
}

void ArtifactCache::forget(const Spec& spec) {
  std::lock_guard lock(mutex_);
  memory_.erase(spec);
}

std::optional<cache::Record> ArtifactCache::find_in_store(const Spec& spec, int driver,
                                                          bool* passed_over) {
  cache::Kind kind = kind_of(spec, kind_);
  ArtifactKey key = artifact_key(spec, kind);
  return store_->find(key.digest, key.text, [&](const cache::Toolchain& toolchain) {
    bool accepted = lowest_driver(kind, toolchain) <= driver;
    *passed_over |= !accepted;
    return accepted;
  });
}

std::optional<Found> ArtifactCache::find(const Spec& spec, int driver) {
  ArtifactPointer known = find_in_memory(spec);
  if (known && loads(driver, known->record)) {
    memory_hits_.fetch_add(1, std::memory_order_relaxed);
    return Found{known, Layer::kMemory};
  }
  bool passed_over = known != nullptr;
  std::optional<cache::Record> record = find_in_store(spec, driver, &passed_over);
  if (passed_over) too_new_.fetch_add(1, std::memory_order_relaxed);
  if (!record) return std::nullopt;
  store_hits_.fetch_add(1, std::memory_order_relaxed);
  return Found{keep(spec, *std::move(record)), Layer::kStore};
}

Result<ArtifactPointer> ArtifactCache::compile(const Spec& spec, const std::atomic<bool>* cancelled,
                                               int driver) {
  TimeSum::Span span(compile_time_);
  FP4JIT_ASSIGN_OR_RETURN(Compiler * compiler, compiler_->open());
  cache::Kind kind = kind_of(spec, kind_);
  FP4JIT_RETURN_IF_ERROR(check_toolchain(kind, compiler->toolchain(), driver));
  ArtifactKey key = artifact_key(spec, kind);
  Source source = render_source(spec);
  CompileRequest request = {&source, spec.target, kind, key.digest.hex(), cancelled};
  watch_exit();
  Result<CompileOutput> compiled = compiler->compile(request);
  // What its library has now registered for exit() to destroy must be there until builds have
  // ended.
  watch_exit_anew();
  FP4JIT_ASSIGN_OR_RETURN(CompileOutput output, std::move(compiled));
  compiler_ready.store(true, std::memory_order_release);
  cache::Record record = make_record(spec, key, kind, *compiler, std::move(output));
  FP4JIT_RETURN_IF_ERROR(check_dependency_wait(spec, record));
  return keep(spec, std::move(record));
}

void ArtifactCache::ready_compiler(const Spec& spec) {
  if (compiler_ready.load(std::memory_order_acquire)) return;
  std::call_once(tried_to_ready_, [&] {
    Result<ArtifactPointer> artifact = compile(spec, nullptr, kAnyDriver);
    if (artifact.ok()) return;
    log_.write(LogLevel::kInfo, formatted("nothing can be compiled in the background: {}",
                                          artifact.status().message()));
  });
}

// What a miss says beyond the compiler's own words.
Status ArtifactCache::explain_miss(const Spec& spec, const Status& status, int driver) const {
  std::string text = spec_text(spec);
  std::string nvrtc = compiler_->opened() ? (*compiler_->open())->toolchain().text() : "not opened";
  std::string cuda = driver == kAnyDriver ? "not asked" : "for CUDA " + cuda_version(driver);
  std::string store = store_->state() == cache::StoreState::kMemoryOnly
                          ? formatted("memory-only ({})", store_->state_reason())
                          : store_->root();
  return {
      status.code(),
      formatted("{} is not in memory nor in the store {}, and cannot be compiled: {}\nVersions: "
                "fp4jit {}, NVRTC {}, driver {}\nTo have it beforehand, run: {}",
                text, store, status.message(), FP4JIT_VERSION_TEXT, nvrtc, cuda,
                prewarm_command(spec))};
}

std::string ArtifactCache::prewarm_command(const Spec& spec) const {
  return fp4jit::prewarm_command(spec, store_->root(), kind_);
}

Result<Found> ArtifactCache::get(const Spec& spec, const std::atomic<bool>* cancelled, int driver) {
  FP4JIT_RETURN_IF_ERROR(require_template(spec));
  if (std::optional<Found> found = find(spec, driver)) return *found;
  Result<ArtifactPointer> artifact = compile(spec, cancelled, driver);
  if (!artifact.ok()) {
    compile_failures_.fetch_add(1, std::memory_order_relaxed);
    return explain_miss(spec, artifact.status(), driver);
  }
  compiles_.fetch_add(1, std::memory_order_relaxed);
  log_.write(LogLevel::kInfo, formatted("compiled {}", spec_text(spec)));
  return Found{*artifact, Layer::kCompile};
}

bool ArtifactCache::store_artifact(const Artifact& artifact) {
  return store_->put(artifact.record);
}

ArtifactCacheCounters ArtifactCache::counters() const {
  return {memory_hits_.load(), store_hits_.load(),       too_new_.load(),
          compiles_.load(),    compile_failures_.load(), compile_time_.seconds()};
}

}  // namespace fp4jit
