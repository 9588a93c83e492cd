#include "compile/nvrtc.h"

#include <algorithm>
#include <mutex>

#include "base/format.h"
#include "compile/nvrtc_library.h"
#include "compile/nvrtc_options.h"

namespace fp4jit {
namespace {

std::vector<int> supported_archs(const NvrtcApi& api) {
  int count = 0;
  if (api.arch_count(&count) != NVRTC_SUCCESS) return {};
  std::vector<int> archs(static_cast<size_t>(count));
  if (api.archs(archs.data()) != NVRTC_SUCCESS) return {};
  return archs;
}

class NvrtcCompiler : public Compiler {
 public:
  explicit NvrtcCompiler(NvrtcLibrary library)
      : library_(std::move(library)), archs_(supported_archs(library_.api)) {}

  cache::Toolchain toolchain() const override { return library_.version; }
  Result<CompileOutput> compile(const CompileRequest& request) override;

 private:
  Status check_target(Target target) const;

  NvrtcLibrary library_;
  std::vector<int> archs_;
};

// One nvrtcProgram, destroyed with the object.
class Program {
 public:
  Program(const NvrtcApi& api, const Source& source) : api_(api) {
    std::vector<std::string> texts, names;  // NVRTC wants terminated strings
    for (const TemplateFile& file : source.files) {
      texts.emplace_back(file.text);
      names.emplace_back(file.name);
    }
    std::vector<const char*> text_pointers, name_pointers;
    for (const std::string& text : texts) text_pointers.push_back(text.c_str());
    for (const std::string& name : names) name_pointers.push_back(name.c_str());
    status_ = api_.create_program(&program_, source.text.c_str(), source.file_name.c_str(),
                                  static_cast<int>(texts.size()), text_pointers.data(),
                                  name_pointers.data());
    if (status_ == NVRTC_SUCCESS) {
      status_ = api_.add_name_expression(program_, source.name_expression.c_str());
    }
  }
  ~Program() { api_.destroy_program(&program_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  nvrtcResult compile(const std::vector<std::string>& options, const std::atomic<bool>* cancelled) {
    if (status_ != NVRTC_SUCCESS) return status_;
    if (api_.set_flow_callback != nullptr && cancelled != nullptr) {
      auto stop = [](void* flag, void*) -> int {
        return static_cast<std::atomic<bool>*>(flag)->load();
      };
      api_.set_flow_callback(program_, stop, const_cast<std::atomic<bool>*>(cancelled));
    }
    std::vector<const char*> pointers;
    for (const std::string& option : options) pointers.push_back(option.c_str());
    return api_.compile_program(program_, static_cast<int>(pointers.size()), pointers.data());
  }

  // A buffer that NVRTC fills: its log, PTX or cubin. Logs and PTX end with a zero byte, which is
  // left out.
  std::string text(nvrtcResult (*size)(nvrtcProgram, size_t*),
                   nvrtcResult (*get)(nvrtcProgram, char*)) const {
    std::string bytes = blob(size, get);
    while (!bytes.empty() && bytes.back() == '\0') bytes.pop_back();
    return bytes;
  }
  std::string blob(nvrtcResult (*size)(nvrtcProgram, size_t*),
                   nvrtcResult (*get)(nvrtcProgram, char*)) const {
    size_t bytes = 0;
    if (size(program_, &bytes) != NVRTC_SUCCESS) return "";
    std::string buffer(bytes, '\0');
    return get(program_, buffer.data()) == NVRTC_SUCCESS ? buffer : "";
  }
  std::string lowered_name(const std::string& expression) const {
    const char* name = nullptr;
    return api_.lowered_name(program_, expression.c_str(), &name) == NVRTC_SUCCESS ? name : "";
  }

 private:
  const NvrtcApi& api_;
  nvrtcProgram program_ = nullptr;
  nvrtcResult status_ = NVRTC_SUCCESS;
};

Status NvrtcCompiler::check_target(Target target) const {
  if (std::find(archs_.begin(), archs_.end(), target.sm) != archs_.end()) return {};
  return {
      StatusCode::kUnsupported,
      formatted("target {} is unknown to NVRTC {} ({}); it compiles for {}", target_text(target),
                library_.version.text(), library_.path, fmt::join(archs_, ", "))};
}

Result<CompileOutput> NvrtcCompiler::compile(const CompileRequest& request) {
  FP4JIT_RETURN_IF_ERROR(check_target(request.target));
  const NvrtcApi& api = library_.api;
  const Source& source = *request.source;
  Program program(api, source);
  bool wants_ptx = request.kind == cache::Kind::kPtx;
  Target target = wants_ptx ? ptx_target(request.target) : request.target;
  nvrtcResult result = program.compile(nvrtc_options(target, request.random_seed, library_.version),
                                       request.cancelled);
  if (request.cancelled != nullptr && request.cancelled->load()) {
    return Status(StatusCode::kCancelled, "the compile was cancelled");
  }
  if (result != NVRTC_SUCCESS) {
    return Status(
        StatusCode::kCompile,
        formatted("NVRTC {} ({}) answered {} for {}:\n{}", library_.version.text(), library_.path,
                  api.error_string(result), source.file_name, program.text(api.log_size, api.log)));
  }
  CompileOutput output;
  output.ptx = program.text(api.ptx_size, api.ptx);
  output.bytes = wants_ptx ? output.ptx : program.blob(api.cubin_size, api.cubin);
  output.kernel_symbol = program.lowered_name(source.name_expression);
  if (output.bytes.empty() || output.kernel_symbol.empty()) {
    return Status(StatusCode::kCompile,
                  formatted("NVRTC {} gave no {} for {}", library_.version.text(),
                            wants_ptx ? "PTX" : "cubin", source.file_name));
  }
  return output;
}

class LazyNvrtc : public LazyCompiler {
 public:
  LazyNvrtc(NvrtcSearch search, Log log) : search_(std::move(search)), log_(std::move(log)) {}

  Result<Compiler*> open() override {
    std::lock_guard lock(mutex_);
    if (compiler_ == nullptr) {
      FP4JIT_ASSIGN_OR_RETURN(NvrtcLibrary library, open_nvrtc(search_));
      log_.write(LogLevel::kInfo,
                 formatted("NVRTC {} from {}", library.version.text(), library.path));
      compiler_ = std::make_unique<NvrtcCompiler>(std::move(library));
      opened_.store(true, std::memory_order_release);
    }
    return static_cast<Compiler*>(compiler_.get());
  }
  bool opened() const override { return opened_.load(std::memory_order_acquire); }

 private:
  const NvrtcSearch search_;
  const Log log_;
  std::atomic<bool> opened_{false};
  std::mutex mutex_;  // guards compiler_, until it is set for good
  std::unique_ptr<NvrtcCompiler> compiler_;
};

}  // namespace

Result<NvrtcInfo> nvrtc_info(const NvrtcSearch& search) {
  FP4JIT_ASSIGN_OR_RETURN(NvrtcLibrary library, open_nvrtc(search));
  return NvrtcInfo{library.path, library.version, library.builtins, supported_archs(library.api)};
}

std::shared_ptr<LazyCompiler> make_nvrtc_compiler(const NvrtcSearch& search, Log log) {
  return std::make_shared<LazyNvrtc>(search, std::move(log));
}

}  // namespace fp4jit
