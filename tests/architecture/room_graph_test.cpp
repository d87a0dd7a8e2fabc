#include "tests/architecture/room_graph.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/paths.h"

namespace cimera::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::filesystem::path kRoot = CIMERA_SOURCE_DIR;

// The repository as it is.

TEST(RoomGraph, TableHasNoCycle) { EXPECT_THAT(check_table(rooms()), IsEmpty()); }

TEST(RoomGraph, EachIncludeFollowsTheTable) { EXPECT_THAT(check_edges(read_sources(kRoot), rooms()), IsEmpty()); }

TEST(RoomGraph, NoHeaderIncludesItself) { EXPECT_THAT(check_cycles(read_sources(kRoot)), IsEmpty()); }

TEST(RoomGraph, SystemcStaysInTiming) { EXPECT_THAT(check_systemc(read_sources(kRoot)), IsEmpty()); }

TEST(RoomGraph, FilesKeepTheirBudget) { EXPECT_THAT(check_sizes(read_sources(kRoot)), IsEmpty()); }

TEST(RoomGraph, EachRoomHasAReadme) {
  for (const Room& room : rooms()) {
    const std::filesystem::path directory = kRoot / room.directory;
    if (!std::filesystem::exists(directory) || std::filesystem::is_empty(directory)) continue;  // for later
    std::ifstream readme(directory / "README.md");
    const std::string text(std::istreambuf_iterator<char>(readme), {});
    EXPECT_GE(std::ranges::count(text, '\n'), 5) << room.directory << "/README.md is missing or says too little";
  }
}

// A source that no CMakeLists.txt names is never compiled.
TEST(RoomGraph, EachSourceIsBuilt) {
  for (const SourceFile& file : read_sources(kRoot)) {
    if (!file.path.ends_with(".cpp") || file.path == "tests/systemc_main.cpp") continue;
    std::filesystem::path directory = (kRoot / file.path).parent_path();
    while (!std::filesystem::exists(directory / "CMakeLists.txt")) directory = directory.parent_path();
    const std::string name = std::filesystem::relative(kRoot / file.path, directory).generic_string();
    std::ifstream lists(directory / "CMakeLists.txt");
    std::string word;
    bool named = false;
    while (!named && lists >> word) named = word == name || word == name + ")";
    EXPECT_TRUE(named) << (directory / "CMakeLists.txt") << " does not name " << name;
  }
}

// The rules on small repositories that break them.

const std::vector<Room> kTwoRooms = {{"low", {}}, {"low/inner", {"low"}}, {"high", {"low/inner"}}};

SourceFile file(std::string path, std::string text = "") { return {std::move(path), std::move(text)}; }

TEST(RoomGraphRules, UpwardIncludeIsRefused) {
  const auto problems =
      check_edges({file("low/a.cpp", "int i;\n#include \"high/b.h\"\n"), file("high/b.h")}, kTwoRooms);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("low/a.cpp:2: low may not include high")));
}

TEST(RoomGraphRules, OuterRoomMayNotIncludeInnerRoom) {
  const auto problems =
      check_edges({file("low/a.h", "#include \"low/inner/b.h\"\n"), file("low/inner/b.h")}, kTwoRooms);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("low may not include low/inner")));
}

TEST(RoomGraphRules, OwnRoomAndRoomsBelowAreAllowed) {
  EXPECT_THAT(check_edges({file("high/a.cpp", "#include \"high/a.h\"\n#include \"low/b.h\"\n#include <vector>\n"),
                           file("high/a.h"), file("low/b.h")},
                          kTwoRooms),
              IsEmpty());
}

TEST(RoomGraphRules, GeneratedHeaderIsKnown) {
  EXPECT_THAT(check_edges({file("core/a.cpp", "#include \"core/version.h\"\n")}, rooms()), IsEmpty());
}

TEST(RoomGraphRules, IncludeThatIsNotAPathFromTheRootIsRefused) {
  const auto problems = check_edges({file("low/a.cpp", "#include \"a.h\"\n"), file("low/a.h")}, kTwoRooms);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("is no file of a room")));
}

TEST(RoomGraphRules, FileOutsideEveryRoomIsRefused) {
  EXPECT_THAT(check_edges({file("utils/a.cpp")}, kTwoRooms), ElementsAre(HasSubstr("lies in no room")));
}

TEST(RoomGraphRules, CycleInTheTableIsFound) {
  EXPECT_THAT(check_table({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}),
              ElementsAre(HasSubstr("b reaches itself"), HasSubstr("c reaches itself")));
  EXPECT_THAT(check_table({{"a", {"nowhere"}}}), ElementsAre(HasSubstr("nowhere, which is no room")));
}

TEST(RoomGraphRules, CycleOfHeadersIsFound) {
  EXPECT_THAT(check_cycles({file("a.cpp", "#include \"b.h\"\n"), file("b.h", "#include \"c.h\"\n"),
                            file("c.h", "#include \"b.h\"\n")}),
              ElementsAre("include cycle: b.h -> c.h -> b.h"));
}

TEST(RoomGraphRules, SystemcElsewhereIsRefused) {
  EXPECT_THAT(check_systemc({file("study/a.cpp", "#include <systemc>\n"), file("core/a.h", "#  include <tlm.h>\n"),
                             file("apps/a.cpp", "#include <tlm_utils/simple_target_socket.h>\n"),
                             file("models/timing/a.h", "#include <systemc>\n")}),
              ElementsAre(HasSubstr("study/a.cpp:1"), HasSubstr("core/a.h:1"), HasSubstr("apps/a.cpp:1")));
}

TEST(RoomGraphRules, LongFilesAreRefused) {
  EXPECT_THAT(check_sizes({file("a.h", std::string(300, '\n')), file("b.h", std::string(301, '\n')),
                           file("c.cpp", std::string(500, '\n')), file("d.py", std::string(501, '\n'))}),
              ElementsAre("b.h: 301 lines, at most 300", "d.py: 501 lines, at most 500"));
}

}  // namespace
}  // namespace cimera::architecture
