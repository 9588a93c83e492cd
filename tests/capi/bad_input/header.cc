#include "header.h"

#include <fstream>
#include <regex>
#include <sstream>

namespace bad_input {
namespace {

// On one line, without comments.
std::string header_text() {
  std::ifstream file(FP4JIT_SOURCE_DIR "/runtime/include/fp4jit/fp4jit.h");
  std::stringstream stream;
  stream << file.rdbuf();
  std::string text = stream.str();
  for (size_t begin = 0; (begin = text.find("/*", begin)) != std::string::npos;) {
    text.erase(begin, text.find("*/", begin) + 2 - begin);
  }
  return std::regex_replace(text, std::regex("\\s+"), " ");
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    size_t begin = part.find_first_not_of(' ');
    if (begin != std::string::npos) parts.push_back(part.substr(begin));
  }
  return parts;
}

// "const void* input" and "int64_t k, k_out": the last word before each comma.
std::vector<std::string> names_of(const std::string& body) {
  std::vector<std::string> names;
  for (const std::string& member : split(body, ';')) {
    for (const std::string& declarator : split(member, ',')) {
      size_t end = declarator.find_last_not_of(' ') + 1;
      size_t begin = declarator.find_last_of(" *", end - 1) + 1;
      names.push_back(declarator.substr(begin, end - begin));
    }
  }
  return names;
}

}  // namespace

Declarations read_header() {
  const std::string text = header_text();
  Declarations declarations;
  const std::regex function("FP4JIT_API [^(]*?(fp4jit_\\w+)\\(([^)]*)\\);");
  const std::sregex_iterator end;
  for (std::sregex_iterator match(text.begin(), text.end(), function); match != end; ++match) {
    std::string list = (*match)[2];
    declarations.parameters[(*match)[1]] = list == "void" ? split("", ',') : split(list, ',');
  }
  const std::string opening = "typedef struct ";
  for (size_t at = 0; (at = text.find(opening, at)) != std::string::npos;) {
    at += opening.size();
    size_t open = text.find_first_of("{;", at), close = text.find('}', at);
    if (text[open] != '{') continue;  // declared and no more
    declarations.members[text.substr(at, open - 1 - at)] =
        names_of(text.substr(open + 1, close - open - 1));
  }
  return declarations;
}

}  // namespace bad_input
