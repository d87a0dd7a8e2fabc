// What docs/architecture.md says and no command prints: the drawing of the rooms is the table that is enforced, and the
// tasks and edges of the layer that it follows are those of the Program.
#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "core/resources.h"
#include "mapping/map.h"
#include "tests/architecture/room_graph.h"
#include "tests/docs/markdown.h"
#include "tests/paths.h"
#include "workloads/onnx/reader.h"
#include "workloads/synthetic/digits.h"

namespace cimera::docs {
namespace {

std::string page() { return read_whole(std::filesystem::path(CIMERA_SOURCE_DIR) / "docs/architecture.md"); }

using Graph = std::map<std::string, std::set<std::string>>;

/// The edges of a mermaid drawing: lines `id["name"]` and `a --> b & c`.
Graph drawn(const std::string& drawing) {
  static const std::regex kName(R"re(^\s*(\w+)\["([^"]+)"\]\s*$)re"), kEdge(R"(^\s*(\w+) --> ([\w &]+)$)"),
      kWord(R"(\w+)");
  std::map<std::string, std::string> names;
  Graph graph;
  for (const std::string& line : lines_of(drawing)) {
    std::smatch match;
    if (std::regex_match(line, match, kName)) {
      names[match[1]] = match[2];
      graph[match[2]];
    } else if (std::regex_match(line, match, kEdge)) {
      const std::string from = names.at(match[1]), to = match[2];
      for (std::sregex_iterator word(to.begin(), to.end(), kWord), end; word != end; ++word)
        graph[from].insert(names.at(word->str()));
    }
  }
  return graph;
}

TEST(Architecture, DrawsTheRoomsAsTheyAreEnforced) {
  Graph enforced;
  for (const architecture::Room& room : architecture::rooms()) {
    std::set<std::string>& uses = enforced[std::string(room.directory)];
    for (const std::string_view use : room.uses) uses.emplace(use);
  }
  const std::vector<Block> blocks = fenced_blocks("docs/architecture.md", page());
  const auto drawing = std::ranges::find(blocks, "mermaid", &Block::info);
  ASSERT_NE(drawing, blocks.end());
  EXPECT_EQ(drawn(drawing->text), enforced);
}

using Rows = std::vector<std::vector<std::string>>;

/// The rows of the page whose first cell begins with `prefix`.
Rows rows_of_page(const std::string& prefix) {
  Rows rows;
  for (const Row& row : table_rows(page()))
    if (row.cells[0].starts_with(prefix)) rows.push_back(row.cells);
  return rows;
}

/// "chip0.tile0.fetch x 1, chip0.tile0.arrays of conv2 x 16": units and beats of one item.
std::string path_text(const ops::Program& program, const ops::Op& op) {
  std::string text;
  for (const ops::Hop& hop : op.path)
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", program.unit(hop.unit).name, hop.beats);
  return text;
}

ops::Program digits_on_isaac() {
  const workloads::Network network = workloads::load_onnx(resource(workloads::kDigitsNetwork).string());
  return mapping::map_network(network, ops::load_machine("isaac"), ops::load_machine("cpu_ddr4")).run;
}

TEST(Architecture, ListsTheTasksOfItsLayer) {
  const ops::Program program = digits_on_isaac();
  Rows tasks;
  for (const ops::Task& task : program.tasks)
    if (program.layer_names.at(task.layer.value()) == "conv2")
      tasks.push_back({task.name, std::to_string(task.iterations), path_text(program, task.op)});
  EXPECT_GE(tasks.size(), 3u);
  EXPECT_EQ(rows_of_page("conv2 "), tasks);
}

TEST(Architecture, ListsTheEdgesOfItsLayer) {
  const ops::Program program = digits_on_isaac();
  Rows edges;
  for (const ops::Edge& edge : program.edges) {
    const ops::Task &from = program.task(edge.from), &to = program.task(edge.to);
    if (program.layer_names.at(to.layer.value()) != "conv2") continue;
    edges.push_back(
        {"from " + from.name, to.name,
         fmt::format("row {} y + {}, column {} x + {}", edge.row.a, edge.row.last, edge.column.a, edge.column.last),
         edge.capacity == 0 ? "any number" : std::to_string(edge.capacity)});
  }
  EXPECT_GE(edges.size(), 3u);
  EXPECT_EQ(rows_of_page("from "), edges);
}

}  // namespace
}  // namespace cimera::docs
