#include "core/tree.h"

#include <string>

#include <gtest/gtest.h>

#include "core/yaml.h"
#include "tests/core/error_text.h"

namespace cimera {
namespace {

Node tree(const std::string& text, const std::string& file = "x.yaml") { return parse_yaml(text, file); }

/// The scalar at a path of keys and list places.
const Node& at(const Node& node, std::initializer_list<const char*> path) {
  const Node* here = &node;
  for (const char* step : path) {
    here = here->kind == Node::Kind::kList ? &here->children.at(std::stoul(step)) : here->find(step);
    if (here == nullptr) throw std::out_of_range(step);
  }
  return *here;
}

std::string refusal(const std::string& text, const std::string& override_text) {
  return error_text([&] {
    Node node = tree(text);
    apply_override(node, override_text);
  });
}

TEST(Node, FindsPutsAndErases) {
  Node node = tree("{a: 1, b: 2}");
  EXPECT_EQ(node.find("b")->text, "2");
  EXPECT_EQ(node.find("c"), nullptr);
  node.put("a", tree("7"));
  node.put("c", tree("3"));
  node.erase("b");
  node.erase("not there");
  EXPECT_EQ(node.keys, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(node.find("a")->text, "7");
  EXPECT_EQ(node.find("c")->text, "3");
}

TEST(Merged, JoinsMappingsAndReplacesTheRest) {
  const Node both = merged(tree("{a: 1, cell: {r: 1, g: 2}, list: [1, 2, 3]}", "base.yaml"),
                           tree("{cell: {g: 5, h: 6}, list: [9], z: 0}", "over.yaml"));
  EXPECT_EQ(both.keys, (std::vector<std::string>{"a", "cell", "list", "z"}));
  EXPECT_EQ(at(both, {"cell", "r"}).text, "1");
  EXPECT_EQ(at(both, {"cell", "r"}).where.str(), "base.yaml:1");
  EXPECT_EQ(at(both, {"cell", "g"}).text, "5");
  EXPECT_EQ(at(both, {"cell", "g"}).where.str(), "over.yaml:1");
  EXPECT_EQ(at(both, {"cell", "h"}).text, "6");
  EXPECT_EQ(at(both, {"list"}).children.size(), 1u);
}

TEST(Merged, KeepsTheSourceOfEachFile) {
  const Node both = merged(tree("sources: {t: paper}\nsource: t\ncell: {r: 1, g: 2}\n"),
                           tree("sources: {ours: our choice}\ncell: {g: 5 @ ours, h: 3}\n"));
  EXPECT_EQ(at(both, {"cell", "r"}).source, "t");
  EXPECT_EQ(at(both, {"cell", "g"}).source, "ours");
  EXPECT_EQ(at(both, {"cell", "h"}).source, "") << "the base's source must not pass to figures of the other file";
  EXPECT_EQ(at(both, {"sources", "t"}).text, "paper");
  EXPECT_EQ(at(both, {"sources", "ours"}).text, "our choice");
}

TEST(Merged, RefusesTwoTextsUnderOneSourceKey) {
  const std::string base = "sources: {t: paper}\na: 1 @ t";
  EXPECT_EQ(error_text([&] { merged(tree(base, "b.yaml"), tree("sources: {t: book}\na: 1 @ t", "o.yaml")); }),
            "o.yaml:1: source 't' already stands in b.yaml:1 with another text");
  EXPECT_EQ(error_text([&] { merged(tree(base, "b.yaml"), tree(base, "o.yaml")); }), "no error");
}

TEST(ApplyOverride, ReplacesAndAdds) {
  Node node = tree("cell: {r: 1 kOhm}\nparts: [{n: 1}, {n: 2}]\nempty:");
  apply_override(node, "cell.r=5 kOhm");
  apply_override(node, "cell.v=0.2 V");
  apply_override(node, "parts.1.n=7");
  apply_override(node, "new.deep.key=true");
  apply_override(node, "levels=[1, 2]");
  apply_override(node, "adc={bits: 8}");
  apply_override(node, "empty.key=1");
  apply_override(node, "name=a=b");
  EXPECT_EQ(at(node, {"cell", "r"}).text, "5 kOhm");
  EXPECT_EQ(at(node, {"cell", "r"}).where.str(), "--set");
  EXPECT_EQ(at(node, {"cell", "v"}).text, "0.2 V");
  EXPECT_EQ(at(node, {"parts", "0", "n"}).text, "1");
  EXPECT_EQ(at(node, {"parts", "1", "n"}).text, "7");
  EXPECT_EQ(at(node, {"new", "deep", "key"}).text, "true");
  EXPECT_EQ(at(node, {"levels", "1"}).text, "2");
  EXPECT_EQ(at(node, {"adc", "bits"}).text, "8");
  EXPECT_EQ(at(node, {"empty", "key"}).text, "1");
  EXPECT_EQ(at(node, {"name"}).text, "a=b");
}

TEST(ApplyOverride, LeavesItsTraceAsTheSource) {
  Node node = tree("cell: {r: 1 kOhm}");
  apply_override(node, "cell.r=5 kOhm");
  apply_override(node, "levels=[1, 2]");
  const std::string key = at(node, {"cell", "r"}).source;
  EXPECT_EQ(at(node, {"sources", key.c_str()}).text, "set by the user (--set cell.r=5 kOhm)");
  EXPECT_EQ(at(node, {"sources", at(node, {"levels", "0"}).source.c_str()}).text,
            "set by the user (--set levels=[1, 2])");
}

TEST(ApplyOverride, RefusesWhatIsNoOverride) {
  for (const std::string bad : {"", "a", "=5", ".a=5", "a.=5", "a..b=5"}) {
    EXPECT_EQ(refusal("a: 1", bad), "--set: '" + bad + "': expected key.path=value");
  }
  EXPECT_EQ(refusal("a: 1", "a=1\nb: 2"), "--set: 'a=1\nb: 2': expected key.path=value on one line");
  EXPECT_EQ(refusal("a: 1", "a=[1"), "--set: 'a=[1': '[1' is no YAML value");
  EXPECT_EQ(refusal("a: 1", "a=b: c"), "--set: 'a=b: c': 'b: c' is no YAML value");
  EXPECT_EQ(refusal("a: 1", "a=5 V @ t"), "--set: 'a=5 V @ t': a value set by the user takes no source");
}

TEST(ApplyOverride, RefusesPathsThroughValuesAndPastLists) {
  EXPECT_EQ(refusal("a: 5 V", "a.b=1"), "--set: a.b: '5 V' has no parts");
  EXPECT_EQ(refusal("a: [1, 2]", "a.2=1"), "--set: a.2: '2' is no place in a list of 2 (counted from 0)");
  EXPECT_EQ(refusal("a: [1, 2]", "a.x=1"), "--set: a.x: 'x' is no place in a list of 2 (counted from 0)");
  EXPECT_EQ(refusal("a: [1, 2]", "a.-1=1"), "--set: a.-1: '-1' is no place in a list of 2 (counted from 0)");
}

}  // namespace
}  // namespace cimera
