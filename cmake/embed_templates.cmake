# cmake -DFILES=a;b -DROOT=dir -DOUTPUT=x.cc -P embed_templates.cmake: template files as string literals.
set(rows "")
foreach(file IN LISTS FILES)
  file(READ ${ROOT}/${file} text)
  string(APPEND rows "    {\"${file}\", R\"fp4jit_text(${text})fp4jit_text\"},\n")
endforeach()
file(WRITE ${OUTPUT}
     "#include \"templates/embedded.h\"\n\nnamespace fp4jit {\nnamespace {\n\n"
     "constexpr TemplateFile kFiles[] = {\n${rows}};\n\n}  // namespace\n\n"
     "std::span<const TemplateFile> embedded_templates() { return kFiles; }\n\n}  // namespace fp4jit\n")
