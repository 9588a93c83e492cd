// setp of floating-point numbers.
#include "tests/ptxsim/isa/float_comparisons.h"
#include "tests/ptxsim/values/packed.h"

namespace ptxsim::isa {
namespace {

// What a comparison is combined with a predicate by.
struct And {
  static constexpr const char* kName = ".and";
  static bool of(bool a, bool b) { return a && b; }
};
struct Or {
  static constexpr const char* kName = ".or";
  static bool of(bool a, bool b) { return a || b; }
};
struct Xor {
  static constexpr const char* kName = ".xor";
  static bool of(bool a, bool b) { return a != b; }
};

using Both = std::pair<bool, bool>;

// Of single numbers; `kOpposite`: with a second result, that of the opposite comparison.
template <class T, bool kFtz, bool kOpposite>
struct Setp {
  template <Comparison kIs>
  struct Add {
    static auto alone(T a, T b) {
      const bool is = holds(kIs, a, b, kFtz);
      if constexpr (kOpposite) return Both(is, !is);
      if constexpr (!kOpposite) return is;
    }

    template <class Combine>
    static auto combined(T a, T b, bool c) {
      const bool is = holds(kIs, a, b, kFtz);
      if constexpr (kOpposite) return Both(Combine::of(is, c), Combine::of(!is, c));
      if constexpr (!kOpposite) return Combine::of(is, c);
    }

    template <class Combine>
    static void push(Rows* rows, const char* name) {
      push_as(rows, lanewise<&Add::combined<Combine>>(""),
              {"setp.", name, Combine::kName, kFtz ? ".ftz" : "", kTypeName<T>});
    }

    static void to(Rows* rows, const char* name) {
      push_as(rows, lanewise<&Add::alone>(""), {"setp.", name, kFtz ? ".ftz" : "", kTypeName<T>});
      push<And>(rows, name);
      push<Or>(rows, name);
      push<Xor>(rows, name);
    }
  };
};

// Of pairs: the first result is that of the lower halves.
template <class T, bool kFtz>
struct PairSetp {
  template <Comparison kIs>
  struct Add {
    static Both alone(T a, T b) {
      return {holds(kIs, element(a, 0), element(b, 0), kFtz),
              holds(kIs, element(a, 1), element(b, 1), kFtz)};
    }

    template <class Combine>
    static Both combined(T a, T b, bool c) {
      const Both are = alone(a, b);
      return {Combine::of(are.first, c), Combine::of(are.second, c)};
    }

    template <class Combine>
    static void push(Rows* rows, const char* name) {
      push_as(rows, lanewise<&Add::combined<Combine>>(""),
              {"setp.", name, Combine::kName, kFtz ? ".ftz" : "", kTypeName<T>});
    }

    static void to(Rows* rows, const char* name) {
      push_as(rows, lanewise<&Add::alone>(""), {"setp.", name, kFtz ? ".ftz" : "", kTypeName<T>});
      push<And>(rows, name);
      push<Or>(rows, name);
      push<Xor>(rows, name);
    }
  };
};

}  // namespace

void add_float_setp(Rows* rows) {
  for_each_comparison<Setp<F32, false, false>::Add>(rows);
  for_each_comparison<Setp<F32, true, false>::Add>(rows);
  for_each_comparison<Setp<F32, false, true>::Add>(rows);
  for_each_comparison<Setp<F32, true, true>::Add>(rows);
}

void add_half_setp(Rows* rows) {
  for_each_comparison<Setp<F16, false, false>::Add>(rows);
  for_each_comparison<Setp<F16, true, false>::Add>(rows);
  for_each_comparison<Setp<Bf16, false, false>::Add>(rows);
  for_each_comparison<PairSetp<F16x2, false>::Add>(rows);
  for_each_comparison<PairSetp<F16x2, true>::Add>(rows);
  for_each_comparison<PairSetp<Bf16x2, false>::Add>(rows);
}

}  // namespace ptxsim::isa
