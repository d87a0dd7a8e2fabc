#include "apps/arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "core/error.h"

namespace cimera::apps {
namespace {

namespace po = boost::program_options;

std::string dashed(const std::string& name) { return "--" + name; }

po::options_description describe(std::span<const char* const> accepted) {
  po::options_description description;
  for (const char* name : accepted) {
    const Option& option = option_named(name);
    if (*option.value == '\0') description.add_options()(name, option.meaning);
    else description.add_options()(name, po::value<std::vector<std::string>>(), option.meaning);
  }
  return description;
}

[[noreturn]] void fail_unknown(const std::string& command, std::string name, std::span<const char* const> accepted) {
  if (!name.starts_with('-')) name = dashed(name);
  std::vector<std::string> known;
  for (const char* option : accepted) known.push_back(dashed(option));
  fail_input({command}, unknown_name("option", name, known));
}

template <class T>
T parse(const std::string& option, const std::string& text, const char* kind) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) fail_input({dashed(option)}, fmt::format("'{}': expected {}", text, kind));
  return value;
}

std::int64_t parse_integer(const std::string& option, const std::string& text, std::int64_t lowest) {
  const auto value = parse<std::int64_t>(option, text, "a whole number");
  if (value < lowest) fail_input({dashed(option)}, fmt::format("{}: must be at least {}", text, lowest));
  return value;
}

/// Options and operands in order; an operand has no key.
std::vector<po::option> parse_words(const std::string& command, std::span<const char* const> accepted,
                                    const std::vector<std::string>& words) {
  const po::options_description description = describe(accepted);
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing &
                    ~po::command_line_style::allow_short;
  try {
    return po::command_line_parser(words).options(description).style(style).run().options;
  } catch (const po::unknown_option& error) {
    fail_unknown(command, error.get_option_name(), accepted);
  } catch (const po::invalid_syntax& error) {
    std::string name = error.get_option_name();
    while (name.starts_with('-')) name.erase(0, 1);
    const Option& option = option_named(name);
    fail_input({dashed(name)},
               *option.value == '\0' ? "takes no value" : fmt::format("needs a value: {}", option.value));
  }
}

void check_operands(const std::string& command, std::span<const char* const> wanted,
                    const std::vector<std::string>& given) {
  const auto needed = std::ranges::count_if(wanted, [](const char* name) { return *name != '['; });
  const bool any = !wanted.empty() && std::string_view(wanted.back()).ends_with("...]");
  if ((any || given.size() <= wanted.size()) && std::ssize(given) >= needed) return;
  const std::string usage = fmt::format("{}", fmt::join(wanted, " "));
  if (given.size() > wanted.size())
    fail_input({command}, fmt::format("unexpected argument '{}'; it takes {}", given[wanted.size()],
                                      usage.empty() ? "options only" : usage));
  fail_input({command}, fmt::format("needs {}; `cimera {} --help` explains", usage, command));
}

}  // namespace

const Option& option_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Option& option : option_table()) {
    if (name == option.name) return option;
    known.emplace_back(option.name);
  }
  fail_input(unknown_name("option", name, known));
}

Arguments::Arguments(const std::string& command, std::span<const char* const> accepted,
                     std::span<const char* const> operands, const std::vector<std::string>& words) {
  for (const po::option& option : parse_words(command, accepted, words)) {
    if (option.string_key.empty()) operands_.insert(operands_.end(), option.value.begin(), option.value.end());
    else add(option_named(option.string_key), option.value);
  }
  for (const std::string& word : operands_)
    if (word.starts_with('-')) fail_unknown(command, word, accepted);
  check_operands(command, operands, operands_);
}

void Arguments::add(const Option& option, const std::vector<std::string>& values) {
  if (has(option.name) && !option.repeats) fail_input({dashed(option.name)}, "is given twice");
  std::vector<std::string>& given = given_[option.name];
  given.insert(given.end(), values.begin(), values.end());
}

std::string Arguments::text(const std::string& option) const {
  const std::vector<std::string>& values = all(option);
  return values.empty() ? "" : values.back();
}

const std::vector<std::string>& Arguments::all(const std::string& option) const {
  static const std::vector<std::string> kNone;
  const auto found = given_.find(option);
  return found == given_.end() ? kNone : found->second;
}

std::int64_t Arguments::integer(const std::string& option, std::int64_t otherwise, std::int64_t lowest) const {
  return has(option) ? parse_integer(option, text(option), lowest) : otherwise;
}

std::vector<std::int64_t> Arguments::integers(const std::string& option, std::int64_t lowest) const {
  std::vector<std::int64_t> values;
  for (const std::string& entry : list(option)) values.push_back(parse_integer(option, entry, lowest));
  return values;
}

std::vector<double> Arguments::numbers(const std::string& option) const {
  std::vector<double> values;
  for (const std::string& entry : list(option)) {
    values.push_back(parse<double>(option, entry, "a number"));
    if (!std::isfinite(values.back())) fail_input({dashed(option)}, fmt::format("{}: must be finite", entry));
  }
  return values;
}

std::vector<std::string> Arguments::list(const std::string& option) const {
  std::vector<std::string> entries;
  if (!has(option)) return entries;
  const std::string whole = text(option);
  for (std::size_t begin = 0; begin <= whole.size();) {
    const std::size_t end = std::min(whole.find(',', begin), whole.size());
    entries.push_back(whole.substr(begin, end - begin));
    if (entries.back().empty()) fail_input({dashed(option)}, fmt::format("'{}': an entry of the list is empty", whole));
    begin = end + 1;
  }
  return entries;
}

}  // namespace cimera::apps
