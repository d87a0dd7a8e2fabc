#include "workloads/data/npy_header.h"

#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cimera::workloads {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersion1Prefix = 10;  // magic, version, 2 bytes of length
constexpr std::size_t kVersion2Prefix = 12;  // 4 bytes of length

/// Reads the dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class Literal {
 public:
  Literal(std::string_view text, const Where& where) : text_(text), where_(where) {}

  void read_into(NpyHeader& header) {
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!take('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr") {
        if (peek() == '[') fail_input(where_, "arrays of records are not supported, only of plain numbers");
        header.descr = string();
        descr = true;
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
        order = true;
      } else if (key == "shape") {
        header.shape = tuple();
        shape = true;
      } else {
        broken();
      }
      if (peek() != '}') expect(',');
    }
    if (!descr || !order || !shape) broken();
  }

 private:
  [[noreturn]] void broken() const { fail_input(where_, "the .npy header is damaged"); }

  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) broken();
  }
  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') broken();
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) broken();
    std::string value(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return value;
  }
  bool boolean() {
    peek();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    broken();
  }
  Shape tuple() {
    Shape shape;
    expect('(');
    while (!take(')')) {
      peek();
      std::int64_t size = -1;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
      if (error != std::errc() || size < 0) broken();
      at_ = static_cast<std::size_t>(end - text_.data());
      shape.push_back(size);
      if (peek() != ')') expect(',');
    }
    return shape;
  }

  std::string_view text_;
  const Where& where_;
  std::size_t at_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view bytes, const Where& where) {
  if (bytes.empty()) fail_input(where, "the file is empty");
  if (!bytes.starts_with(kMagic)) fail_input(where, "it is no .npy file: it does not start with \\x93NUMPY");
  if (bytes.size() < kVersion1Prefix) fail_input(where, "the .npy file is truncated");
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3) fail_input(where, fmt::format(".npy version {} is unknown; 1 to 3 are", version));
  const std::size_t prefix = version == 1 ? kVersion1Prefix : kVersion2Prefix;
  if (bytes.size() < prefix) fail_input(where, "the .npy file is truncated");
  std::size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (bytes.size() - prefix < length) fail_input(where, "the .npy file is truncated inside its header");
  NpyHeader header;
  Literal(bytes.substr(prefix, length), where).read_into(header);
  header.data_offset = prefix + length;
  return header;
}

std::string format_npy_header(const std::string& descr, const Shape& shape) {
  constexpr std::size_t kAlignment = 64;
  const std::string sizes =
      shape.size() == 1 ? fmt::format("{},", shape[0]) : fmt::format("{}", fmt::join(shape, ", "));
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, sizes);
  dictionary.append(kAlignment - (kVersion1Prefix + dictionary.size() + 1) % kAlignment, ' ');
  dictionary += '\n';
  std::string out(kMagic);
  out += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
  return out + dictionary;
}

}  // namespace cimera::workloads
