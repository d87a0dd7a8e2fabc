// The subcommands of cimera: an explicit table, one line each.
#pragma once

#include <span>
#include <string>

#include "apps/arguments.h"

namespace cimera::apps {

struct Command {
  const char* name;                         ///< "compare", "describe"
  const char* summary;                      ///< a line
  std::span<const char* const> operands;    ///< "KIND", "NAME"
  std::span<const char* const> options;     ///< names in option_table(), `help` last
  const char* examples;                     ///< lines for help
  void (*run)(const Arguments& arguments);  ///< prints its result on standard output; throws Error
};

std::span<const Command> command_table();
/// Throws Error(kInput) with the nearest name.
const Command& command_named(const std::string& name);

std::string help();                        ///< of cimera
std::string help(const Command& command);  ///< of one subcommand

// The subcommands themselves.
void run_compare(const Arguments& arguments);
void run_run(const Arguments& arguments);
void run_explain(const Arguments& arguments);
void run_sweep(const Arguments& arguments);
void run_mvm(const Arguments& arguments);
void run_list(const Arguments& arguments);
void run_describe(const Arguments& arguments);
void run_validate(const Arguments& arguments);
void run_export(const Arguments& arguments);

}  // namespace cimera::apps
