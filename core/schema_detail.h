// What schema.h is made of: struct members with their types erased, so that reading and printing compile once.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/quantity.h"
#include "core/schema_scalar.h"

namespace cimera {

struct FieldInfo;
struct Node;
template <class T>
class Schema;

namespace detail {

struct Structure;

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
  std::vector<std::vector<std::string>> any_of;  ///< groups of keys; the file gives at least one of each

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
