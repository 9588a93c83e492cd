#include <string_view>

#include "tests/ptxsim/values/nvidia_raw.h"

namespace ptxsim::nvidia {

template <class T>
T Halves<T>::add(T a, T b) {
  return bits(__hadd(raw(a), raw(b)));
}
template <class T>
T Halves<T>::sub(T a, T b) {
  return bits(__hsub(raw(a), raw(b)));
}
template <class T>
T Halves<T>::mul(T a, T b) {
  return bits(__hmul(raw(a), raw(b)));
}
template <class T>
T Halves<T>::add_sat(T a, T b) {
  return bits(__hadd_sat(raw(a), raw(b)));
}
template <class T>
T Halves<T>::sub_sat(T a, T b) {
  return bits(__hsub_sat(raw(a), raw(b)));
}
template <class T>
T Halves<T>::mul_sat(T a, T b) {
  return bits(__hmul_sat(raw(a), raw(b)));
}
template <class T>
T Halves<T>::min(T a, T b) {
  return bits(__hmin(raw(a), raw(b)));
}
template <class T>
T Halves<T>::max(T a, T b) {
  return bits(__hmax(raw(a), raw(b)));
}
template <class T>
T Halves<T>::min_nan(T a, T b) {
  return bits(__hmin_nan(raw(a), raw(b)));
}
template <class T>
T Halves<T>::max_nan(T a, T b) {
  return bits(__hmax_nan(raw(a), raw(b)));
}
template <class T>
T Halves<T>::abs(T a) {
  return bits(__habs(raw(a)));
}
template <class T>
T Halves<T>::neg(T a) {
  return bits(__hneg(raw(a)));
}

template <class T>
bool Halves<T>::holds(const char* comparison, T a, T b) {
  const std::string_view name = comparison;
  const auto x = raw(a), y = raw(b);
  if (name == "eq") return __heq(x, y);
  if (name == "ne") return __hne(x, y);
  if (name == "lt") return __hlt(x, y);
  if (name == "le") return __hle(x, y);
  if (name == "gt") return __hgt(x, y);
  if (name == "ge") return __hge(x, y);
  if (name == "equ") return __hequ(x, y);
  if (name == "neu") return __hneu(x, y);
  if (name == "ltu") return __hltu(x, y);
  if (name == "leu") return __hleu(x, y);
  if (name == "gtu") return __hgtu(x, y);
  return __hgeu(x, y);
}

template struct Halves<F16>;
template struct Halves<Bf16>;

}  // namespace ptxsim::nvidia
