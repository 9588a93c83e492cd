#include "tools/bench/look_up_shapes.h"

#include <sys/stat.h>

#include <cstdlib>

#include "base/format.h"

namespace fp4jit::bench {
namespace {

// As much text as a small generated source has.
std::string source_of(const Request& request) {
  const Spec& spec = request.spec;
  return formatted(
      "// made for one call\n#include <quantize.cuh>\n#include <scale_layout.cuh>\n\n"
      "namespace kernels {{\nstruct Config {{\n  static constexpr auto format = Format::{};\n"
      "  static constexpr auto input = Dtype::{};\n  static constexpr auto layout = Layout::{};\n"
      "  static constexpr unsigned k = {}, k_out = {};\n  static constexpr int pdl = {};\n"
      "  static constexpr int target = {};\n}};\n"
      "}}  // namespace kernels\n\nstatic void instantiate() {{\n"
      "  auto kernel = reinterpret_cast<void*>(&kernels::quantize<kernels::Config>);\n"
      "  keep(kernel);\n}}\n",
      enum_name(spec.format), enum_name(spec.in), enum_name(spec.sf_layout), spec.k, spec.k_out,
      static_cast<int>(spec.pdl), spec.target.sm);
}

uint64_t fnv1a(std::string_view text, uint64_t state) {
  for (unsigned char byte : text) state = (state ^ byte) * 0x100000001b3;
  return state;
}

// What a launch asks of the environment, each time.
bool asks_environment() {
  bool any = false;
  for (const char* name :
       {"PEER_DEBUG", "PEER_PRINT", "PEER_CACHE_DIR", "PEER_USE_NVRTC", "PEER_PTXAS_VERBOSE"}) {
    any |= getenv(name) != nullptr;
  }
  return any;
}

std::string label_of(const Request& request) {
  const Spec& spec = request.spec;
  return "quantize,format=" + std::string(enum_name(spec.format)) + ",k=" + std::to_string(spec.k) +
         ",in=" + std::string(enum_name(spec.in)) +
         ",layout=" + std::string(enum_name(spec.sf_layout)) +
         ",pdl=" + std::to_string(static_cast<int>(spec.pdl)) +
         ",device=" + std::to_string(request.key.device);
}

cache::Digest digest_of(const Request& request) {
  const Spec& spec = request.spec;
  return cache::digest_bytes(
      formatted("quantize|{}|{}|{}|{}|{}|{}|sm_{}|{}", enum_name(spec.format), spec.k, spec.k_out,
                enum_name(spec.in), enum_name(spec.sf_layout), static_cast<int>(spec.pdl),
                spec.target.sm, request.key.device));
}

}  // namespace

std::string SourceShape::path_of(const Request& request) {
  std::string key = formatted("quantize$NVRTC13.0$-std=c++20 -arch=sm_100a -O3${}$device {}",
                              source_of(request), request.key.device);
  uint64_t high = fnv1a(key, 0xcbf29ce484222325), low = fnv1a(key, 0x6c62272e07bb0142);
  return formatted("/root/.peer/cache/kernel.quantize.{:016x}{:016x}", high, low);
}

void SourceShape::insert(const Request& request, const KernelRecord* record) {
  kernels_[path_of(request)] = record;
}

const KernelRecord* SourceShape::find(const Request& request) {
  if (asks_environment()) return nullptr;
  auto found = kernels_.find(path_of(request));
  return found == kernels_.end() ? nullptr : found->second;
}

const KernelRecord* SourceAndStatShape::find(const Request& request) {
  struct stat status;
  if (stat(FP4JIT_SOURCE_DIR "/CMakeLists.txt", &status) != 0) return nullptr;
  return SourceShape::find(request);
}

void FutureShape::insert(const Request& request, const KernelRecord* record) {
  std::promise<const KernelRecord*> promise;
  promise.set_value(record);
  kernels_.emplace(digest_of(request), promise.get_future());
}

const KernelRecord* FutureShape::find(const Request& request) {
  cache::Digest digest = digest_of(request);
  std::shared_future<const KernelRecord*> future;
  {
    std::lock_guard lock(mutex_);
    auto found = kernels_.find(digest);
    if (found == kernels_.end()) return nullptr;
    future = found->second;
  }
  return future.get();
}

void LabelShape::insert(const Request& request, const KernelRecord* record) {
  kernels_[label_of(request)] = record;
}

const KernelRecord* LabelShape::find(const Request& request) {
  std::string label = label_of(request);
  std::shared_lock lock(mutex_);
  return kernels_.contains(label) ? kernels_.at(label) : nullptr;
}

void LruShape::insert(const Request& request, const KernelRecord* record) {
  uint64_t key = KernelKeyHash()(request.key);
  recent_.push_front(
      {key, std::shared_ptr<const KernelRecord>(record, [](const KernelRecord*) {})});
  places_[key] = recent_.begin();
}

std::shared_ptr<const KernelRecord> LruShape::use(uint64_t key) {
  std::lock_guard lock(mutex_);
  auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, place->second);
  return place->second->record;
}

const KernelRecord* LruShape::find(const Request& request) {
  return use(KernelKeyHash()(request.key)).get();
}

void OneEntryShape::insert(const Request& request, const KernelRecord* record) {
  kernels_[request.key] = record;
}

const KernelRecord* OneEntryShape::find(const Request& request) {
  thread_local KernelKey last_key;
  thread_local const KernelRecord* last_record = nullptr;
  if (last_record != nullptr && last_key == request.key) return last_record;
  std::lock_guard lock(mutex_);
  auto found = kernels_.find(request.key);
  if (found == kernels_.end()) return nullptr;
  last_key = request.key;
  return last_record = found->second;
}

void SpecShape::insert(const Request& request, const KernelRecord* record) {
  table_.insert(request.key, record);
}

void HandleShape::insert(const Request&, const KernelRecord* record) {
  kernels_.append(record->kernel);
}

}  // namespace fp4jit::bench
