"""No function over 60 lines, no file over 300."""
import functions
import pytest
import tree

LONGEST_FUNCTION = 60
LONGEST_FILE = 300
MANUAL = "runtime/include/fp4jit/fp4jit.h"  # read as a manual, from top to bottom


def test_no_function_is_longer_than_60_lines():
    found = too_long(tree.read(tree.CXX), functions.cxx_functions)
    found += too_long(tree.read(".py"), functions.python_functions)
    assert found == []


def test_no_file_is_longer_than_300_lines():
    lengths = {path: text.count("\n") for path, text in tree.read((*tree.CXX, ".py", ".cmake")).items()}
    assert {p: n for p, n in lengths.items() if n > LONGEST_FILE and p != MANUAL} == {}


def test_functions_are_found_at_all():
    count = sum(len(functions.cxx_functions(text)) for text in tree.read(".cc", "runtime").values())
    assert count > 100


def too_long(files, functions_of):
    return [
        f"{path}:{line}: {lines} lines: {signature}"
        for path, text in sorted(files.items())
        for line, lines, signature in functions_of(text)
        if lines > LONGEST_FUNCTION
    ]


def body(lines):
    return "  x = 1;\n" * lines


@pytest.mark.parametrize(
    "opening",
    [
        "int f(int a) {",
        "int f(int a = 3,\n      int b = g()) {",
        "template <class T>\nResult<T> Class::f() const noexcept {",
        "auto f() -> std::vector<int> {",
        "int Class::f() const& {",
        "Class::Class() : a_(1), b_{2} {",
        "bool operator==(const A& a, const A& b) {",
        "TEST(Suite, Case) {",
        "namespace a::b {\nint f() {",
        "class A {\n public:\n  explicit A(int a) {",
        "enum class E : int { kA, kB };\nstruct S { int a = 1; };\nint f() {",
        "constexpr int kTable[] = {1, 2, 3};\nconst auto kFunction = [](int a) {",
        "const char* kBrace = \"}\"; // }\nconst char kOpen = '{';\nint n = 1'000;\n#define X {\nvoid f() {",
        'const char* kRaw = R"x(\n { " )x";\nvoid f() {',
    ],
)
def test_a_function_of_61_lines_is_found_and_one_of_60_is_not(opening):
    signature_lines = len(opening.split("\n")) if opening.startswith(("int f(int a = ", "template")) else 1
    closing = "}\n" * (2 if opening.startswith(("namespace", "class A")) else 1)

    def sizes(body_lines):
        text = f"{opening}\n{body(body_lines)}{closing}"
        return too_long({"a.cc": text}, functions.cxx_functions)

    assert len(sizes(61 - signature_lines - 1)) == 1
    assert sizes(60 - signature_lines - 1) == []


def test_loops_tables_and_classes_are_not_functions():
    text = "class A {\n" + "  int a_;\n" * 70 + "};\nconstexpr int kTable[] = {\n" + "    1,\n" * 70 + "};\n"
    assert functions.cxx_functions(text) == []
    loop = "void f() {\n  for (int i = 0; i < 3; ++i) {\n    if (i) { g(); }\n  }\n}\nvoid g() {}\n"
    assert [(line, lines) for line, lines, _ in functions.cxx_functions(loop)] == [(1, 5), (6, 1)]


def test_python_functions_are_measured_by_the_parser():
    text = "class A:\n  def f(self):\n" + "    x = 1\n" * 60
    assert functions.python_functions(text) == [(2, 61, "f")]
