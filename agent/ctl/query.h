// Selects and sorts sessions: `user=alice`, `state!=up`, `receive_bytes_total>1e9`,
// `peer_text~congest`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"
#include "agent/ctl/fields.h"

namespace pppol2tp::ctl {

// FIELD, one of = != ~ < >, and a value. ~ is true if the field's text contains the value; < and >
// compare numbers. A field without a value is neither less than, greater than, nor equal to
// anything.
class Condition {
 public:
  static Result<Condition> parse(std::string_view text);

  bool holds(const model::Session& session, const Moment& moment) const;

 private:
  enum class Relation : std::uint8_t { equal, unequal, holds, less, greater };

  const Field* field_ = nullptr;
  Relation relation_ = Relation::equal;
  std::string text_;
  double number_ = 0;
};

// A field's name; a leading minus reverses the order. Numbers are compared as numbers; text as
// text, except for numbers in it. Sessions without a value come last in either order.
class Order {
 public:
  static Result<Order> parse(std::string_view text);

  void sort(std::vector<const model::Session*>& sessions, const Moment& moment) const;

 private:
  const Field* field_ = nullptr;
  bool descending_ = false;
};

// Comma-separated names of fields.
Result<std::vector<const Field*>> parse_columns(std::string_view text);

}  // namespace pppol2tp::ctl
