#include "tests/architecture/room_graph.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace cimera::architecture {
namespace {

namespace fs = std::filesystem;

constexpr std::ptrdiff_t kMaxLines = 500;
constexpr std::ptrdiff_t kMaxHeaderLines = 300;

// Headers that the build generates (cmake/CimeraVersion.cmake).
const std::set<std::string_view> kGenerated = {"core/version.h", "tests/paths.h"};

// Where SystemC may be seen. Everything else talks to the timing room through plain types.
constexpr std::string_view kSystemcPlaces[] = {"models/timing/", "tests/timing/", "tests/systemc_main.cpp"};

struct Include {
  int line;
  bool system;  // <...>, not "..."
  std::string name;
};

std::vector<Include> includes(const SourceFile& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> found;
  std::istringstream text(file.text);
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) found.push_back({number, match[1] == "<", match[2]});
  }
  return found;
}

bool is_cpp(const SourceFile& file) { return file.path.ends_with(".h") || file.path.ends_with(".cpp"); }

std::string place(const SourceFile& file, int line) { return file.path + ":" + std::to_string(line) + ": "; }

// The room that a path lies in, or nullptr. Of models and models/ops, the longer one.
const Room* room_of(std::string_view path, const std::vector<Room>& table) {
  const Room* best = nullptr;
  for (const Room& room : table) {
    const bool inside = path.starts_with(room.directory) && path.substr(room.directory.size()).starts_with("/");
    if (inside && (best == nullptr || room.directory.size() > best->directory.size())) best = &room;
  }
  return best;
}

// All rooms that `room` may include: itself only if the table has a cycle.
std::set<std::string_view> reach(const Room& room, const std::vector<Room>& table) {
  std::set<std::string_view> reached;
  const std::function<void(const Room&)> visit = [&](const Room& from) {
    for (const std::string_view name : from.uses) {
      const auto next = std::ranges::find(table, name, &Room::directory);
      if (reached.insert(name).second && next != table.end()) visit(*next);
    }
  };
  visit(room);
  return reached;
}

}  // namespace

const std::vector<Room>& rooms() {
  static const std::vector<Room> kRooms = {
      {"core", {}},
      {"devices", {"core"}},
      {"kernels", {"core"}},
      {"models/ops", {"devices"}},
      {"models/cost", {"models/ops"}},
      {"models/timing", {"models/ops", "models/cost"}},
      {"models/functional", {"models/ops", "kernels", "workloads"}},
      {"workloads", {"kernels"}},
      {"mapping", {"models/ops", "models/cost", "workloads"}},
      {"study", {"mapping", "models/ops", "models/cost", "models/timing", "models/functional", "workloads"}},
      {"apps", {"study"}},
      {"python", {"study"}},
      {"examples", {"study"}},
      {"bench", {"study"}},
      {"tests", {"study", "apps"}},
  };
  return kRooms;
}

std::vector<SourceFile> read_sources(const fs::path& root) {
  static const std::set<std::string> kEndings = {".h", ".cpp", ".py"};
  std::vector<SourceFile> files;
  for (fs::recursive_directory_iterator entry(root), end; entry != end; ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory()) {
      if (name.starts_with(".") || name == "__pycache__" || (entry.depth() == 0 && name.starts_with("build"))) {
        entry.disable_recursion_pending();
      }
    } else if (kEndings.contains(entry->path().extension().string())) {
      std::ifstream stream(entry->path(), std::ios::binary);
      files.push_back(
          {fs::relative(entry->path(), root).generic_string(), std::string(std::istreambuf_iterator(stream), {})});
    }
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::vector<std::string> check_table(const std::vector<Room>& table) {
  std::vector<std::string> problems;
  for (const Room& room : table) {
    for (const std::string_view name : room.uses) {
      if (std::ranges::find(table, name, &Room::directory) == table.end()) {
        problems.push_back(std::string(room.directory) + " uses " + std::string(name) + ", which is no room");
      }
    }
    if (reach(room, table).contains(room.directory)) {
      problems.push_back(std::string(room.directory) + " reaches itself: the table has a cycle");
    }
  }
  return problems;
}

std::vector<std::string> check_edges(const std::vector<SourceFile>& files, const std::vector<Room>& table) {
  std::vector<std::string> problems;
  std::set<std::string_view> known = kGenerated;
  for (const SourceFile& file : files) known.insert(file.path);

  for (const SourceFile& file : files) {
    if (!is_cpp(file)) continue;
    const Room* from = room_of(file.path, table);
    if (from == nullptr) {
      problems.push_back(file.path + ": lies in no room; rooms are listed in tests/architecture/room_graph.cpp");
      continue;
    }
    const std::set<std::string_view> allowed = reach(*from, table);
    for (const Include& include : includes(file)) {
      if (include.system) continue;
      const Room* to = room_of(include.name, table);
      if (to == nullptr || !known.contains(include.name)) {
        problems.push_back(place(file, include.line) + "\"" + include.name +
                           "\" is no file of a room; write the path from the root of the repository");
      } else if (to != from && !allowed.contains(to->directory)) {
        problems.push_back(place(file, include.line) + std::string(from->directory) + " may not include " +
                           std::string(to->directory) + " (\"" + include.name + "\")");
      }
    }
  }
  return problems;
}

std::vector<std::string> check_cycles(const std::vector<SourceFile>& files) {
  std::map<std::string, std::vector<std::string>> graph;
  for (const SourceFile& file : files) {
    for (Include& include : includes(file)) {
      if (!include.system) graph[file.path].push_back(std::move(include.name));
    }
  }

  std::vector<std::string> problems;
  std::set<std::string> done;
  std::vector<std::string> path;
  const std::function<void(const std::string&)> visit = [&](const std::string& file) {
    if (const auto start = std::ranges::find(path, file); start != path.end()) {
      std::string cycle = "include cycle: ";
      for (auto step = start; step != path.end(); ++step) cycle += *step + " -> ";
      problems.push_back(cycle + file);
      return;
    }
    if (done.contains(file)) return;
    path.push_back(file);
    if (const auto edges = graph.find(file); edges != graph.end()) {
      for (const std::string& next : edges->second) visit(next);
    }
    path.pop_back();
    done.insert(file);
  };
  for (const auto& [file, edges] : graph) visit(file);
  return problems;
}

std::vector<std::string> check_systemc(const std::vector<SourceFile>& files) {
  static const std::regex kSystemc(R"(^(systemc|tlm)(\.h)?$|^(sysc|tlm_core|tlm_utils)/)");
  std::vector<std::string> problems;
  for (const SourceFile& file : files) {
    if (std::ranges::any_of(kSystemcPlaces, [&](std::string_view at) { return file.path.starts_with(at); })) continue;
    for (const Include& include : includes(file)) {
      if (std::regex_search(include.name, kSystemc)) {
        problems.push_back(place(file, include.line) + "<" + include.name + "> is for models/timing only");
      }
    }
  }
  return problems;
}

std::vector<std::string> check_sizes(const std::vector<SourceFile>& files) {
  std::vector<std::string> problems;
  for (const SourceFile& file : files) {
    const std::ptrdiff_t limit = file.path.ends_with(".h") ? kMaxHeaderLines : kMaxLines;
    const std::ptrdiff_t lines = std::ranges::count(file.text, '\n');
    if (lines > limit) {
      problems.push_back(file.path + ": " + std::to_string(lines) + " lines, at most " + std::to_string(limit));
    }
  }
  return problems;
}

}  // namespace cimera::architecture
