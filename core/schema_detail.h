// What schema.h is made of: struct members with their types erased, so that reading and printing compile once.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/duration.h"
#include "core/error.h"
#include "core/quantity.h"

namespace cimera {

struct FieldInfo;
struct Node;
template <class T>
class Schema;

/// The names of an enum's values in files. An enum of a schema has `EnumNames<E> enum_names(const E*)` beside it.
template <class E>
using EnumNames = std::vector<std::pair<std::string, E>>;

namespace detail {

struct Structure;

/// A scalar of a file on its way into a parameter.
struct Text {
  const std::string& text;
  const std::string& path;
  const Where& where;
};

/// How values of one C++ type are read from text and printed.
struct Scalar {
  std::string kind;     ///< "voltage (V, mV)"
  Dim dim;              ///< of numbers
  bool figure = false;  ///< a number: it has a source, and may have a range
  std::function<void(const Text& from, void* to)> read;
  std::function<std::string(const void*)> print;
  std::function<double(const void*)> number;  ///< the SI value, of numbers
};

struct Range {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
  bool open = false;  ///< `lowest` itself is not allowed
};

/// How many values a member holds, and how to reach them.
struct Holder {
  enum class Kind { kOne, kMaybe, kList, kTable };
  using Visit = std::function<void(const std::string& name, const void* element)>;

  Kind kind = Kind::kOne;
  std::function<void(void* owner)> clear;
  std::function<void*(void* owner, const std::string& name)> add;  ///< a new element; of kOne, the member
  std::function<void(const void* owner, const Visit&)> visit;
  std::function<std::shared_ptr<const void>()> fresh;  ///< a default-constructed element
};

/// One key of a mapping: a scalar, or a group when `group` is set.
struct Field {
  std::string key, meaning, fallback_meaning;
  bool needed = true;
  Holder holder;
  Scalar scalar;
  Range range;
  std::shared_ptr<const Structure> group;
};

struct Rule {
  std::string text;
  std::function<bool(const void*)> holds;
};

/// A schema without its type.
struct Structure {
  std::string name, meaning;
  std::vector<Field> fields;
  std::vector<Rule> rules;

  /// Bounds the last field. Throws std::logic_error when that is no number of dimension `dim`.
  void bound_last(std::optional<Dim> dim, Range range);
};

using SourceByPath = std::map<std::string, std::string>;

SourceByPath load(const Structure& structure, void* object, const Node& tree, bool sourced);
/// `object` may be null: then the fields have no values. `defaults` is a default-constructed object.
std::vector<FieldInfo> describe(const Structure& structure, const void* object, const void* defaults,
                                const SourceByPath& sources);
/// "1 uS .. 10 mS", "> 0 V", or "" where there is no bound.
std::string range_text(const Range& range, Dim dim);

double read_number(const Text& from, Dim dim);
std::int64_t read_whole(const Text& from, std::int64_t lowest, std::int64_t highest);
bool read_bool(const Text& from);
std::size_t read_choice(const Text& from, const std::vector<std::string>& names);

template <class V>
Scalar number_scalar(Dim dim, V (*make)(double), double (*si)(const V&)) {
  Scalar scalar{dim == Dim{} ? "number" : dim_name(dim) + " (" + dim_units(dim) + ")", dim, true, {}, {}, {}};
  scalar.read = [dim, make](const Text& from, void* to) { *static_cast<V*>(to) = make(read_number(from, dim)); };
  scalar.print = [dim, si](const void* value) { return format_si(si(*static_cast<const V*>(value)), dim); };
  scalar.number = [si](const void* value) { return si(*static_cast<const V*>(value)); };
  return scalar;
}

template <Dim D>
Scalar scalar_for(const Quantity<D>*) {
  using Q = Quantity<D>;
  return number_scalar<Q>(
      D, [](double v) { return Q::si(v); }, [](const Q& q) { return q.si(); });
}
inline Scalar scalar_for(const double*) {
  return number_scalar<double>(
      Dim{}, [](double v) { return v; }, [](const double& v) { return v; });
}
Scalar scalar_for(const Duration*);
Scalar scalar_for(const bool*);
Scalar scalar_for(const std::string*);

template <std::integral I>
Scalar scalar_for(const I*) {
  using Limits = std::numeric_limits<I>;
  constexpr auto kHighest =
      static_cast<std::int64_t>(std::min<std::uint64_t>(Limits::max(), std::numeric_limits<std::int64_t>::max()));
  Scalar scalar{"whole number", {}, true, {}, {}, {}};
  scalar.read = [](const Text& from, void* to) {
    *static_cast<I*>(to) = static_cast<I>(read_whole(from, static_cast<std::int64_t>(Limits::min()), kHighest));
  };
  scalar.print = [](const void* value) { return std::to_string(*static_cast<const I*>(value)); };
  scalar.number = [](const void* value) { return static_cast<double>(*static_cast<const I*>(value)); };
  return scalar;
}

template <class E>
requires std::is_enum_v<E> Scalar scalar_for(const E* tag) {
  const EnumNames<E> table = enum_names(tag);
  std::vector<std::string> names;
  Scalar scalar{"one of:", {}, false, {}, {}, {}};
  for (const auto& [name, value] : table) {
    scalar.kind += (names.empty() ? " " : ", ") + name;
    names.push_back(name);
  }
  scalar.read = [table, names](const Text& from, void* to) {
    *static_cast<E*>(to) = table[read_choice(from, names)].second;
  };
  scalar.print = [table](const void* value) {
    for (const auto& [name, known] : table)
      if (known == *static_cast<const E*>(value)) return name;
    return std::string("a value without a name");
  };
  return scalar;
}

/// The element type of a member, and how the member holds it. Specialised for optional, vector and map.
template <class M>
struct Held {
  using Element = M;
  static constexpr Holder::Kind kKind = Holder::Kind::kOne;
  static void clear(M&) {}
  static M& add(M& m, const std::string&) { return m; }
  template <class F>
  static void visit(const M& m, F&& f) {
    f(std::string(), m);
  }
};
template <class V>
struct Held<std::optional<V>> {
  using Element = V;
  static constexpr Holder::Kind kKind = Holder::Kind::kMaybe;
  static void clear(std::optional<V>& m) { m.reset(); }
  static V& add(std::optional<V>& m, const std::string&) { return m.emplace(); }
  template <class F>
  static void visit(const std::optional<V>& m, F&& f) {
    if (m) f(std::string(), *m);
  }
};
template <class V>
struct Held<std::vector<V>> {
  using Element = V;
  static constexpr Holder::Kind kKind = Holder::Kind::kList;
  static void clear(std::vector<V>& m) { m.clear(); }
  static V& add(std::vector<V>& m, const std::string&) { return m.emplace_back(); }
  template <class F>
  static void visit(const std::vector<V>& m, F&& f) {
    for (std::size_t i = 0; i < m.size(); ++i) f(std::to_string(i), m[i]);
  }
};
template <class V>
struct Held<std::map<std::string, V>> {
  using Element = V;
  static constexpr Holder::Kind kKind = Holder::Kind::kTable;
  static void clear(std::map<std::string, V>& m) { m.clear(); }
  static V& add(std::map<std::string, V>& m, const std::string& name) { return m[name]; }
  template <class F>
  static void visit(const std::map<std::string, V>& m, F&& f) {
    for (const auto& [name, v] : m) f(name, v);
  }
};

template <class T, class V, class U>
Field make_field(std::string key, V U::*member, std::string meaning) {
  using H = Held<V>;
  Field field;
  field.key = std::move(key), field.meaning = std::move(meaning);
  field.holder.kind = H::kKind;
  field.holder.clear = [member](void* owner) { H::clear(static_cast<T*>(owner)->*member); };
  field.holder.add = [member](void* owner, const std::string& name) -> void* {
    return &H::add(static_cast<T*>(owner)->*member, name);
  };
  field.holder.visit = [member](const void* owner, const Holder::Visit& visit) {
    H::visit(static_cast<const T*>(owner)->*member,
             [&visit](const std::string& name, const typename H::Element& element) { visit(name, &element); });
  };
  field.holder.fresh = [] { return std::make_shared<const typename H::Element>(); };
  return field;
}

template <class T, class V, class U>
Field scalar_field(std::string key, V U::*member, std::string meaning) {
  Field field = make_field<T>(std::move(key), member, std::move(meaning));
  field.scalar = scalar_for(static_cast<const typename Held<V>::Element*>(nullptr));
  return field;
}

/// The schema that argument-dependent lookup finds for T, built once.
template <class T>
const Structure& structure_of() {
  static const Structure kStructure = schema(static_cast<const T*>(nullptr)).structure();
  return kStructure;
}

template <class T, class V, class U>
Field group_field(std::string key, V U::*member, std::string meaning) {
  Field field = make_field<T>(std::move(key), member, std::move(meaning));
  field.group = std::make_shared<const Structure>(structure_of<typename Held<V>::Element>());
  return field;
}

}  // namespace detail
}  // namespace cimera
