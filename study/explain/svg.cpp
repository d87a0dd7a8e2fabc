#include "study/explain/svg.h"

#include <cmath>

#include <fmt/format.h>

#include "study/text.h"

namespace cimera::study {
namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') result += "&amp;";
    else if (c == '<') result += "&lt;";
    else if (c == '>') result += "&gt;";
    else result += c;
  }
  return result;
}

const char* anchor_name(Anchor anchor) {
  if (anchor == Anchor::kStart) return "start";
  return anchor == Anchor::kMiddle ? "middle" : "end";
}

}  // namespace

Svg::Svg(double width, double height, const std::string& title)
    : body_(fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
                        "viewBox=\"0 0 {0:.0f} {1:.0f}\" font-family=\"DejaVu Sans, Arial, sans-serif\">\n"
                        "<title>{2}</title>\n",
                        width, height, escaped(title))) {
  rectangle(0, 0, width, height, "#ffffff");
}

void Svg::line(double x1, double y1, double x2, double y2, const LineStyle& style) {
  body_ += fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" stroke=\"{}\" stroke-width=\"{:.1f}\"{}/>\n", x1,
      y1, x2, y2, style.colour, style.width, style.dashed ? " stroke-dasharray=\"6 4\"" : "");
}

void Svg::polyline(const std::vector<std::pair<double, double>>& points, const LineStyle& style) {
  std::string places;
  for (const auto& [x, y] : points) places += fmt::format("{}{:.1f},{:.1f}", places.empty() ? "" : " ", x, y);
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1f}\"{}/>\n", places,
                       style.colour, style.width, style.dashed ? " stroke-dasharray=\"6 4\"" : "");
}

void Svg::rectangle(double x, double y, double width, double height, const std::string& fill) {
  body_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n", x, y,
                       width, height, fill);
}

void Svg::circle(double x, double y, double radius, const std::string& fill) {
  body_ += fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"{}\" stroke=\"#ffffff\" stroke-width=\"1.5\"/>\n", x, y,
      radius, fill);
}

void Svg::text(double x, double y, const std::string& words, const TextStyle& style) {
  const std::string turned =
      style.angle == 0 ? "" : fmt::format(" transform=\"rotate({:.1f} {:.1f} {:.1f})\"", style.angle, x, y);
  body_ +=
      fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"{:.0f}\" text-anchor=\"{}\" fill=\"{}\"{}{}>{}</text>\n",
                  x, y, style.size, anchor_name(style.anchor), style.colour, style.bold ? " font-weight=\"bold\"" : "",
                  turned, escaped(words));
}

double text_width_px(const std::string& text, double size) {
  constexpr double kWidth = 0.6;  // of a character, in sizes
  return kWidth * size * static_cast<double>(text_width(text));
}

double LogAxis::at(double value) const { return from + (to - from) * std::log(value / low) / std::log(high / low); }

std::vector<double> LogAxis::decades() const {
  std::vector<double> values;
  const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
  for (int decade = first; decade <= last; ++decade) values.push_back(std::pow(10.0, decade));
  return values;
}

}  // namespace cimera::study
