// Prints structs through their schemas: the part of schemas that people see.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "core/schema.h"

namespace cimera::detail {
namespace {

std::string print(const Field& field, const void* owner) {
  std::string text;
  field.holder.visit(owner, [&](const std::string&, const void* element) {
    text += (text.empty() ? "" : ", ") + field.scalar.print(element);
  });
  if (field.holder.kind == Holder::Kind::kMaybe && text.empty()) return "unknown";
  return field.holder.kind == Holder::Kind::kList ? "[" + text + "]" : text;
}

std::optional<double> number(const Field& field, const void* owner) {
  std::optional<double> si;
  if (field.scalar.figure && field.holder.kind != Holder::Kind::kList)
    field.holder.visit(owner, [&](const std::string&, const void* element) { si = field.scalar.number(element); });
  return si;
}

/// The sources of the elements of a list, each once.
std::string source_of(const std::string& path, const SourceByPath& sources) {
  const auto whole = sources.find(path);
  if (whole != sources.end()) return whole->second;
  const std::string elements = path + ".";
  std::vector<std::string> texts;
  for (auto it = sources.lower_bound(elements); it != sources.end() && it->first.starts_with(elements); ++it) {
    if (std::find(texts.begin(), texts.end(), it->second) == texts.end()) texts.push_back(it->second);
  }
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : "; ") + text;
  return joined;
}

class Describer {
 public:
  explicit Describer(const SourceByPath& sources) : sources_(sources) {}

  void group(const Structure& structure, const void* object, const void* defaults, const std::string& path) {
    for (const Field& field : structure.fields) {
      const std::string here = path.empty() ? field.key : path + "." + field.key;
      if (field.holder.kind == Holder::Kind::kOne || (field.group == nullptr && !is_table(field))) {
        field.group == nullptr ? scalar(field, object, defaults, here) : only_group(field, object, defaults, here);
      } else {
        elements(field, object, here);
      }
    }
  }

  std::vector<FieldInfo> take() { return std::move(fields_); }

 private:
  static bool is_table(const Field& field) { return field.holder.kind == Holder::Kind::kTable; }

  FieldInfo info(const Field& field, const std::string& path) const {
    FieldInfo info;
    info.path = path;
    info.kind = field.scalar.kind;
    if (field.holder.kind == Holder::Kind::kMaybe) info.kind += ", or unknown";
    if (field.holder.kind == Holder::Kind::kList) info.kind = "list of: " + info.kind;
    info.range = range_text(field.range, field.scalar.dim);
    info.dim = field.scalar.dim;
    info.meaning = field.meaning;
    info.source = source_of(path, sources_);
    return info;
  }

  void scalar(const Field& field, const void* object, const void* defaults, const std::string& path) {
    FieldInfo line = info(field, path);
    if (object != nullptr) line.value = print(field, object), line.number = number(field, object);
    if (!field.needed) line.fallback = print(field, defaults);
    fields_.push_back(std::move(line));
  }

  void only_group(const Field& field, const void* object, const void* defaults, const std::string& path) {
    const auto member = [&field](const void* owner) {
      const void* found = nullptr;
      if (owner != nullptr) field.holder.visit(owner, [&](const std::string&, const void* m) { found = m; });
      return found;
    };
    group(*field.group, member(object), member(defaults), path);
  }

  /// Named or numbered elements, and a group that may be left out.
  void elements(const Field& field, const void* object, const std::string& path) {
    const std::shared_ptr<const void> fresh = field.holder.fresh();
    const auto one = [&](const std::string& name, const void* element) {
      const std::string here = name.empty() ? path : path + "." + name;
      if (field.group != nullptr) return group(*field.group, element, fresh.get(), here);
      FieldInfo line = info(field, here);
      if (element != nullptr) line.value = field.scalar.print(element);
      fields_.push_back(std::move(line));
    };
    if (object != nullptr) return field.holder.visit(object, one);
    const bool list = field.holder.kind == Holder::Kind::kList;
    one(is_table(field) ? "<name>" : list ? "<n>" : "", nullptr);
  }

  const SourceByPath& sources_;
  std::vector<FieldInfo> fields_;
};

}  // namespace

void Structure::bound_last(std::optional<Dim> dim, Range range) {
  const bool fits = !fields.empty() && fields.back().group == nullptr && fields.back().scalar.figure &&
                    (!dim || *dim == fields.back().scalar.dim);
  if (!fits) throw std::logic_error("schema '" + name + "': a range does not fit the parameter before it");
  fields.back().range = range;
}

std::string range_text(const Range& range, Dim dim) {
  const bool below = std::isfinite(range.lowest);
  const bool above = std::isfinite(range.highest);
  if (below && above) return format_si(range.lowest, dim) + " .. " + format_si(range.highest, dim);
  if (below) return (range.open ? "> " : ">= ") + format_si(range.lowest, dim);
  return above ? "<= " + format_si(range.highest, dim) : "";
}

std::vector<FieldInfo> describe(const Structure& structure, const void* object, const void* defaults,
                                const SourceByPath& sources) {
  Describer describer(sources);
  describer.group(structure, object, defaults, {});
  return describer.take();
}

}  // namespace cimera::detail
