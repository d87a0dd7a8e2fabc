#include "core/yaml.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/core/error_text.h"

namespace cimera {
namespace {

std::string refusal(const std::string& text) {
  return error_text([&] { parse_yaml(text, "x.yaml"); });
}

TEST(ParseYaml, KeepsTextPlaceAndOrder) {
  const Node node = parse_yaml("# a comment\nb: 5 kOhm\na:\n  - 1\n  - {x: two words}\nc: \"007\"\nd:\n", "x.yaml");
  ASSERT_EQ(node.keys, (std::vector<std::string>{"b", "a", "c", "d"}));
  EXPECT_EQ(node.where.str(), "x.yaml:2");
  EXPECT_EQ(node.find("b")->text, "5 kOhm");
  EXPECT_EQ(node.find("b")->where.str(), "x.yaml:2");
  EXPECT_EQ(node.find("a")->where.str(), "x.yaml:3") << "a list begins at its key";
  ASSERT_EQ(node.find("a")->children.size(), 2u);
  EXPECT_EQ(node.find("a")->children[0].where.str(), "x.yaml:4");
  EXPECT_EQ(node.find("a")->children[1].find("x")->text, "two words");
  EXPECT_EQ(node.find("c")->text, "007");
  EXPECT_EQ(node.find("d")->text, "");
  EXPECT_EQ(node.find("d")->where.str(), "x.yaml:7");
  EXPECT_EQ(node.find("d")->kind, Node::Kind::kScalar);
}

TEST(ParseYaml, ReadsNestedLists) {
  const Node node = parse_yaml("[[1, 2], [3]]", "x.yaml");
  ASSERT_EQ(node.children.size(), 2u);
  EXPECT_EQ(node.children[0].children[1].text, "2");
  EXPECT_EQ(node.children[1].children[0].text, "3");
}

TEST(ParseYaml, TakesTheSourceOffAPlainScalar) {
  const Node node = parse_yaml(
      "sources: {t: \"paper, Table I\", u: mail @ home}\n"
      "a: 16 mW @ t\n"
      "b: \"16 mW @ t\"\n"
      "c: 5 bits @ 1.28 GS/s\n"
      "d: 1 @ x @ u\n",
      "x.yaml");
  EXPECT_EQ(node.find("a")->text, "16 mW");
  EXPECT_EQ(node.find("a")->source, "t");
  EXPECT_EQ(node.find("b")->text, "16 mW @ t");
  EXPECT_EQ(node.find("b")->source, "");
  EXPECT_EQ(node.find("c")->text, "5 bits @ 1.28 GS/s");
  EXPECT_EQ(node.find("d")->text, "1 @ x");
  EXPECT_EQ(node.find("d")->source, "u");
  EXPECT_EQ(node.find("sources")->find("u")->text, "mail @ home");
}

TEST(ParseYaml, HandsSourcesDown) {
  const Node node = parse_yaml(
      "sources: {t: paper, u: ours}\n"
      "source: t\n"
      "a: 1\n"
      "b: {source: u, c: 2, d: [3, 4 @ t]}\n"
      "e: {f: 5}\n",
      "x.yaml");
  EXPECT_EQ(node.find("source"), nullptr);
  EXPECT_EQ(node.find("b")->find("source"), nullptr);
  EXPECT_EQ(node.find("a")->source, "t");
  EXPECT_EQ(node.find("b")->find("c")->source, "u");
  EXPECT_EQ(node.find("b")->find("d")->children[0].source, "u");
  EXPECT_EQ(node.find("b")->find("d")->children[1].source, "t");
  EXPECT_EQ(node.find("e")->find("f")->source, "t");
  EXPECT_EQ(node.find("sources")->find("t")->source, "");
}

TEST(ParseYaml, RefusesWrongSources) {
  EXPECT_EQ(refusal("sources:\n  t1: paper\na: 1 @ t\n"), "x.yaml:3: unknown source 't'. Sources: t1.");
  EXPECT_EQ(refusal("sources:\n  t: paper\n  u: book\na: 1 @ t\n"), "x.yaml:3: source 'u' is not used by any value");
  EXPECT_EQ(refusal("sources: {t: }\na: 1 @ t"), "x.yaml:1: source 't': expected a text");
  EXPECT_EQ(refusal("sources: [t]\na: 1 @ t"), "x.yaml:1: sources: expected key: text");
  EXPECT_EQ(refusal("a:\n  source: {t: 1}\n"), "x.yaml:2: source: expected a key of 'sources'");
}

TEST(ParseYaml, RefusesDoubledKeys) {
  EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "x.yaml:3: the key 'a' appears twice");
  EXPECT_EQ(refusal("c: {a: 1, a: 2}"), "x.yaml:1: the key 'a' appears twice");
  EXPECT_EQ(refusal("c: {a: 1}\nd: {a: 2}"), "no error");
}

TEST(ParseYaml, RefusesSyntaxErrorsWithTheirLine) {
  EXPECT_EQ(refusal("a: 1\nb: [1, 2\n"), "x.yaml:3: not valid YAML: end of sequence flow not found");
  EXPECT_EQ(refusal("a: 1\n b: 2\n"), "x.yaml:2: not valid YAML: illegal map value");
  EXPECT_EQ(refusal("a: @b"), "x.yaml:1: not valid YAML: unknown token");
}

TEST(ParseYaml, RefusesWhatTheLanguageLeavesOut) {
  const std::string no_anchors =
      "x.yaml:1: anchors and aliases (& and *) are not supported; quote the text if it is none";
  EXPECT_EQ(refusal("a: &x 1\nb: *x"), no_anchors);
  EXPECT_EQ(refusal("a: &x [1]"), no_anchors);
  EXPECT_EQ(refusal("a: !!int 5"), "x.yaml:1: YAML tags are not supported: tag:yaml.org,2002:int");
  EXPECT_EQ(refusal("a: !thing {b: 1}"), "x.yaml:1: YAML tags are not supported: !thing");
  EXPECT_EQ(refusal("a: 1\n---\nb: 2"), "x.yaml:2: a second YAML document; one file holds one");
  EXPECT_EQ(refusal("? [a]\n: b"), "x.yaml:1: a key must be a word, not a list or a mapping");
  EXPECT_EQ(refusal(": b"), "x.yaml:1: a key is empty");
  EXPECT_EQ(refusal(""), "x.yaml: the file is empty");
  EXPECT_EQ(refusal("# only a comment\n"), "x.yaml: the file is empty");
}

TEST(ParseYaml, RefusesHostileInput) {
  std::string bomb = "a: &a [x, x]\n";
  for (char c = 'b'; c < 'z'; ++c)
    bomb += std::string(1, c) + ": &" + c + " [*" + char(c - 1) + ", *" + char(c - 1) + "]\n";
  EXPECT_EQ(refusal(bomb), "x.yaml:1: anchors and aliases (& and *) are not supported; quote the text if it is none");

  std::string deep;
  for (int i = 0; i < 70; ++i) deep += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_EQ(refusal(deep), "x.yaml:65: nested deeper than 64 levels");
  EXPECT_NE(refusal(std::string(200000, '[')), "no error");
  EXPECT_NE(refusal(std::string(200000, '{')), "no error");
  EXPECT_EQ(refusal("a: " + std::string(5 << 20, 'x')), "x.yaml: larger than the allowed 4194304 bytes");

  std::string many = "start: 1\n";
  for (int i = 0; i < 100000; ++i) many += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(parse_yaml(many, "x.yaml").keys.size(), 100001u);
}

/// Every prefix of a valid file, and every file with one byte changed, is read or refused: no crash, no other
/// exception.
TEST(ParseYaml, SurvivesDamagedFiles) {
  const std::string good = "sources: {t: \"paper\"}\nsource: t\ncell:\n  r: 5 kOhm @ t\n  l: [1, 2]\nx: |\n  block\n";
  int refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::vector<std::string> damaged{good.substr(0, i)};
    for (const char c : {'\0', '\xff', '[', '}', ':', '&', '\n', '"'}) {
      damaged.push_back(good);
      damaged.back()[i] = c;
    }
    for (const std::string& text : damaged) {
      try {
        parse_yaml(text, "x.yaml");
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), Error::Kind::kInput);
        EXPECT_EQ(std::string(error.what()).rfind("x.yaml", 0), 0u) << error.what();
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 100);
}

class ReadDocument : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) { write_whole(folder_ / (name + ".yaml"), text); }

  Node read(const std::string& name, const std::vector<std::string>& overrides = {}) {
    return read_document(folder_ / (name + ".yaml"), find_base(), overrides);
  }

  std::string refusal(const std::string& name) {
    std::string text = error_text([&] { read(name); });
    for (std::size_t at; (at = text.find(folder_.string() + "/")) != std::string::npos;)
      text.erase(at, folder_.string().size() + 1);
    return text;
  }

 private:
  FindBase find_base() const {
    return [this](const std::string& name, const Where& where) {
      const std::filesystem::path file = folder_ / (name + ".yaml");
      if (!exists(file)) fail_input(where, "no base '" + name + "'");
      return file;
    };
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(ReadDocument, StartsFromItsBases) {
  write("grand", "sources: {g: grand paper}\nsource: g\na: 1\nb: 1\nc: {d: 1, e: 1}\n");
  write("parent", "base: grand\nsources: {p: parent paper}\nsource: p\nb: 2\nc: {e: 2}\n");
  write("child", "base: parent\nsources: {c: child paper}\nc: {e: 3 @ c}\n");
  const Node node = read("child", {"a=9"});
  EXPECT_EQ(node.find("base"), nullptr);
  EXPECT_EQ(node.find("a")->text, "9");
  EXPECT_EQ(node.find("b")->text, "2");
  EXPECT_EQ(node.find("b")->source, "p");
  EXPECT_EQ(node.find("c")->find("d")->text, "1");
  EXPECT_EQ(node.find("c")->find("d")->source, "g");
  EXPECT_EQ(node.find("c")->find("e")->text, "3");
  EXPECT_EQ(node.find("c")->find("e")->source, "c");
}

TEST_F(ReadDocument, RefusesCirclesAndMissingBases) {
  write("a", "x: 1\nbase: b\n");
  write("b", "base: a\n");
  write("self", "base: self\n");
  write("orphan", "x: 1\nbase: nobody\n");
  write("odd", "base: [a]\n");
  EXPECT_EQ(refusal("a"), "b.yaml:1: base: 'a' leads back to itself");
  EXPECT_EQ(refusal("self"), "self.yaml:1: base: 'self' leads back to itself");
  EXPECT_EQ(refusal("orphan"), "orphan.yaml:2: no base 'nobody'");
  EXPECT_EQ(refusal("odd"), "odd.yaml:1: base: expected a name");
  EXPECT_EQ(refusal("absent"), "absent.yaml: no such file");
}

}  // namespace
}  // namespace cimera
