#include "devices/table.h"

#include "devices/resistive_cell.h"
#include "devices/resistive_kinds.h"
#include "devices/sram.h"
#include "devices/sram_charge.h"

namespace cimera::devices {
namespace {

template <class Model, class Params>
Cell make(const Node& tree) {
  Loaded<Params> loaded = load<Params>(tree);
  return {"", std::make_shared<const Model>(loaded.value), std::move(loaded.fields), loaded.where};
}

template <class Kind>
Cell make_resistive(const Node& tree) {
  Loaded<ResistiveKind<Kind>> loaded = load<ResistiveKind<Kind>>(tree);
  check(loaded.value, loaded.where);
  return {"", std::make_shared<const ResistiveCell>(loaded.value), std::move(loaded.fields), loaded.where};
}

template <class Kind>
constexpr CellKind resistive() {
  return {Kind::kName, schema_table<ResistiveKind<Kind>>, make_resistive<Kind>};
}

template <class Model, class Params>
constexpr CellKind kind(const char* name) {
  return {name, schema_table<Params>, make<Model, Params>};
}

const CellKind kCells[] = {
    resistive<ReramKind>(),
    resistive<PcmKind>(),
    resistive<SttMramKind>(),
    resistive<FefetKind>(),
    resistive<FlashKind>(),
    kind<Sram, SramParams>("sram"),
    kind<SramCharge, SramChargeParams>("sram_charge"),
};

}  // namespace

std::span<const CellKind> cell_kinds() { return kCells; }

Cell make_cell(Node tree) {
  std::vector<std::string> names;
  for (const CellKind& known : kCells) names.emplace_back(known.name);
  const Node* named = tree.find("kind");
  if (!named || named->kind != Node::Kind::kScalar) {
    std::string message = "a cell needs 'kind', one of: ";
    for (const std::string& name : names) message += (name == names.front() ? "" : ", ") + name;
    fail_input(named ? named->where : tree.where, message);
  }
  const std::string name = named->text;
  const Where where = named->where;
  tree.erase("kind");
  for (const CellKind& known : kCells)
    if (name == known.name) {
      Cell cell = known.make(tree);
      cell.kind = name;
      return cell;
    }
  fail_input(where, unknown_name("kind of cell", name, names));
}

}  // namespace cimera::devices
