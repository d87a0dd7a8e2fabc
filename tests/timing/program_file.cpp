#include "tests/timing/program_file.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/schema.h"
#include "core/yaml.h"

namespace cimera::ops {

static EnumNames<UnitKind> enum_names(const UnitKind*) {
  EnumNames<UnitKind> names;
  for (const UnitKind kind : {UnitKind::kMvmUnit, UnitKind::kBuffer, UnitKind::kRouterLink, UnitKind::kChipLink,
                              UnitKind::kDigital, UnitKind::kCores, UnitKind::kCache, UnitKind::kMemory})
    names.emplace_back(to_string(kind), kind);
  return names;
}

static Schema<Unit> schema(const Unit*) {
  return Schema<Unit>("unit", "a unit of hardware")
      .need("kind", &Unit::kind, "what it is")
      .need("beat", &Unit::beat, "time of a beat")
      .opt("beat_bits", &Unit::beat_bits, "bits that a beat moves", "none")
      .opt("latency", &Unit::latency, "time to the next unit", "none");
}

static Schema<Rate> schema(const Rate*) {
  return Schema<Rate>("rate", "what an index of a loop needs of another")
      .opt("a", &Rate::a, "", "0")
      .opt("d", &Rate::d, "", "1")
      .opt("last", &Rate::last, "", "0")
      .opt("first", &Rate::first, "", "0");
}

}  // namespace cimera::ops

namespace cimera::timing {
namespace {

enum class WorkKind { kTransfer, kDigital };

EnumNames<WorkKind> enum_names(const WorkKind*) {
  return {{"transfer", WorkKind::kTransfer}, {"digital", WorkKind::kDigital}};
}

struct HopEntry {
  std::string unit;
  std::int64_t beats = 1, head = 0;
};

struct TaskEntry {
  std::string name;
  std::vector<HopEntry> path;
  WorkKind work = WorkKind::kTransfer;
  std::int64_t items = 1, iterations = 1, blocks = 1, in_flight = 2;
  std::optional<std::int64_t> items_last;
};

struct EdgeEntry {
  std::string from, to;
  ops::Rate row;
  std::optional<ops::Rate> column;
  std::int64_t from_columns = 1, to_columns = 1, lag = 0, capacity = 0;
};

struct File {
  std::map<std::string, ops::Unit> units;
  std::vector<TaskEntry> tasks;
  std::vector<EdgeEntry> edges;
};

Schema<HopEntry> schema(const HopEntry*) {
  return Schema<HopEntry>("hop", "a stage of a path")
      .need("unit", &HopEntry::unit, "name of the unit")
      .opt("beats", &HopEntry::beats, "beats an item", "one")
      .opt("head", &HopEntry::head, "beats after which the head goes on", "all");
}

Schema<TaskEntry> schema(const TaskEntry*) {
  return Schema<TaskEntry>("task", "one operation, repeated")
      .need("name", &TaskEntry::name, "for edges and reports")
      .group("path", &TaskEntry::path, "the units in order")
      .opt("work", &TaskEntry::work, "what it does", "a transfer")
      .opt("items", &TaskEntry::items, "items of an iteration", "one")
      .opt("items_last", &TaskEntry::items_last, "items of the last iteration of a block", "as the others")
      .opt("iterations", &TaskEntry::iterations, "of a block", "one")
      .opt("blocks", &TaskEntry::blocks, "images", "one")
      .opt("in_flight", &TaskEntry::in_flight, "iterations under way at once", "two");
}

Schema<EdgeEntry> schema(const EdgeEntry*) {
  return Schema<EdgeEntry>("edge", "tokens from a producer to a consumer")
      .need("from", &EdgeEntry::from, "task")
      .need("to", &EdgeEntry::to, "task")
      .group("row", &EdgeEntry::row, "rows needed")
      .group("column", &EdgeEntry::column, "columns needed")
      .opt("from_columns", &EdgeEntry::from_columns, "columns of the producer", "one")
      .opt("to_columns", &EdgeEntry::to_columns, "columns of the consumer", "one")
      .opt("lag", &EdgeEntry::lag, "blocks to look back", "none")
      .opt("capacity", &EdgeEntry::capacity, "producer iterations that the buffer holds", "unbounded");
}

Schema<File> schema(const File*) {
  return Schema<File>("program", "units, tasks and edges")
      .group("units", &File::units, "by name")
      .group("tasks", &File::tasks, "producers first")
      .group("edges", &File::edges, "tokens");
}

template <class Entries>
std::size_t index_of(const Entries& entries, const std::string& name) {
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (entries[i].name == name) return i;
  fail_input("no unit or task is called '" + name + "'");
}

ops::Task task_of(const TaskEntry& entry, const ops::Program& program) {
  ops::Task task;
  task.name = entry.name;
  if (entry.work == WorkKind::kTransfer) task.op.work = ops::Transfer{.end = 100, .element_bits = 8};
  else task.op.work = ops::Digital{.end = 100, .element_bits = 8};
  for (const HopEntry& hop : entry.path)
    task.op.path.push_back({ops::UnitId(index_of(program.units, hop.unit)), hop.beats, hop.head});
  task.op.items = entry.items;
  task.op.items_last = entry.items_last.value_or(entry.items);
  task.iterations = entry.iterations;
  task.blocks = entry.blocks;
  task.in_flight = entry.in_flight;
  return task;
}

}  // namespace

ops::Program read_program(const std::filesystem::path& file) {
  const auto no_base = [](const std::string& name, const Where& where) -> std::filesystem::path {
    fail_input(where, "a program has no base, not '" + name + "'");
  };
  const File loaded = load<File>(read_document(file, no_base), Figures::kFree).value;
  ops::Program program;
  program.machine = file.stem().string();
  program.layer_names = {"layer"};
  for (const auto& [name, unit] : loaded.units) {
    program.units.push_back(unit);
    program.units.back().name = program.units.back().component = name;
  }
  for (const TaskEntry& entry : loaded.tasks) program.tasks.push_back(task_of(entry, program));
  for (const EdgeEntry& entry : loaded.edges) {
    ops::Edge edge;
    edge.from = ops::TaskId(index_of(program.tasks, entry.from));
    edge.to = ops::TaskId(index_of(program.tasks, entry.to));
    edge.row = entry.row;
    edge.column = entry.column.value_or(ops::Rate{});
    edge.from_columns = entry.from_columns, edge.to_columns = entry.to_columns;
    edge.lag = entry.lag, edge.capacity = entry.capacity;
    program.edges.push_back(edge);
  }
  return program;
}

}  // namespace cimera::timing
