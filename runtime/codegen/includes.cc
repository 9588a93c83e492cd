#include "codegen/includes.h"

#include <algorithm>

namespace fp4jit {
namespace {

constexpr std::string_view kInclude = "#include \"";

std::vector<std::string_view> included_names(std::string_view text) {
  std::vector<std::string_view> names;
  for (size_t at = text.find(kInclude); at != std::string_view::npos;
       at = text.find(kInclude, at)) {
    at += kInclude.size();
    names.push_back(text.substr(at, text.find('"', at) - at));
  }
  return names;
}

void reach(std::string_view text, std::span<const TemplateFile> available,
           std::vector<TemplateFile>* reached) {
  for (std::string_view name : included_names(text)) {
    auto is_named = [&](const TemplateFile& file) { return file.name == name; };
    if (std::any_of(reached->begin(), reached->end(), is_named)) continue;
    auto file = std::find_if(available.begin(), available.end(), is_named);
    if (file == available.end()) continue;
    reach(file->text, available, reached);
    reached->push_back(*file);
  }
}

}  // namespace

std::vector<TemplateFile> reached_files(std::string_view text,
                                        std::span<const TemplateFile> available) {
  std::vector<TemplateFile> reached;
  reach(text, available, &reached);
  return reached;
}

}  // namespace fp4jit
