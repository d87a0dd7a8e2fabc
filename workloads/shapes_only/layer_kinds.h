// The kinds of layers that a catalog file may name, one row each.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "workloads/shapes_only/draft.h"
#include "workloads/shapes_only/layer_text.h"

namespace cimera::workloads {

/// One row of the table.
struct LayerKind {
  const char* name;
  const char* form;                             ///< "conv:OUT,KxK[,stride=S]..."
  std::size_t values;                           ///< how many values without a key
  std::span<const std::string_view> options;    ///< keys that may follow
  void (*add)(Draft& draft, const LayerText&);  ///< appends the layer where the draft is
};

std::span<const LayerKind> layer_kinds();

/// Appends one layer. Throws Error(kInput) at `where` for a kind that the table lacks, with the nearest; for a text
/// that does not have its form; and for shapes that do not fit.
void add_layer(Draft& draft, const std::string& text, const Where& where);

/// What convolutions have in common, read from the options stride, pad, groups, dilation.
Conv2d read_conv(const LayerText& text, std::int64_t in, std::int64_t out, const Pair& kernel);
void add_conv(Draft& draft, const LayerText& text, const Conv2d& conv);
inline constexpr std::string_view kConvOptions[] = {"stride", "pad", "groups", "dilation"};

}  // namespace cimera::workloads
