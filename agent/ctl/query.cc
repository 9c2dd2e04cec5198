#include "agent/ctl/query.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "agent/base/concat.h"
#include "agent/base/quote.h"

namespace pppol2tp::ctl {
namespace {

Result<const Field*> field_named(std::string_view name) {
  if (const Field* field = find_field(name)) return field;
  return fail("there is no field ", in_quotes(name, kQuoteLimit),
              "; `pppol2tpctl fields` lists them");
}

bool parse_number(std::string_view text, double& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// The text for conditions and sorting: the plain value, not the form for people.
std::string plain_text(const Value& value, const Moment& moment) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<metrics::Number>(&value);
      number != nullptr && number->kind == metrics::Number::Kind::integer) {
    return std::to_string(number->integer);
  }
  if (const auto number = to_number(value, moment)) {
    std::array<char, 32> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), *number).ptr;
    return {buffer.data(), end};
  }
  return {};
}

}  // namespace

Result<Condition> Condition::parse(std::string_view text) {
  const std::size_t at = text.find_first_of("=!~<>");
  if (at == std::string_view::npos) {
    return fail("condition ", in_quotes(text, kQuoteLimit),
                ": it has none of the operators = != ~ < >");
  }
  const auto field = field_named(text.substr(0, at));
  if (!field) return field.error();
  Condition condition;
  condition.field_ = *field;
  std::size_t behind = at + 1;
  switch (text[at]) {
    case '=':
      condition.relation_ = Relation::equal;
      break;
    case '~':
      condition.relation_ = Relation::holds;
      break;
    case '<':
      condition.relation_ = Relation::less;
      break;
    case '>':
      condition.relation_ = Relation::greater;
      break;
    default:
      if (text.substr(at, 2) != "!=")
        return fail("condition ", in_quotes(text, kQuoteLimit), ": ! must be followed by =");
      condition.relation_ = Relation::unequal;
      behind = at + 2;
  }
  condition.text_ = text.substr(behind);
  const bool is_number = parse_number(condition.text_, condition.number_);
  const bool needs_number =
      condition.relation_ == Relation::less || condition.relation_ == Relation::greater;
  if (needs_number && !is_number) {
    return fail("condition ", in_quotes(text, kQuoteLimit), ": ",
                in_quotes(condition.text_, kQuoteLimit), " is not a number");
  }
  return condition;
}

bool Condition::holds(const model::Session& session, const Moment& moment) const {
  const Value value = field_->of(session, moment);
  const auto number = to_number(value, moment);
  switch (relation_) {
    case Relation::equal:
      return plain_text(value, moment) == text_;
    case Relation::unequal:
      return plain_text(value, moment) != text_;
    case Relation::holds:
      return plain_text(value, moment).find(text_) != std::string::npos;
    case Relation::less:
      return number && *number < number_;
    case Relation::greater:
      return number && *number > number_;
  }
  return false;
}

Result<Order> Order::parse(std::string_view text) {
  Order order;
  order.descending_ = text.starts_with('-');
  if (order.descending_) text.remove_prefix(1);
  const auto field = field_named(text);
  if (!field) return field.error();
  order.field_ = *field;
  return order;
}

void Order::sort(std::vector<const model::Session*>& sessions, const Moment& moment) const {
  using Key = std::pair<Value, const model::Session*>;
  std::vector<Key> keys;
  keys.reserve(sessions.size());
  for (const auto* session : sessions) keys.emplace_back(field_->of(*session, moment), session);
  const auto is_before = [&](const Key& a, const Key& b) {
    const bool a_is_there = a.first.index() != 0;
    const bool b_is_there = b.first.index() != 0;
    if (!a_is_there || !b_is_there) return a_is_there && !b_is_there;
    const Key& low = descending_ ? b : a;
    const Key& high = descending_ ? a : b;
    const auto low_number = to_number(low.first, moment);
    const auto high_number = to_number(high.first, moment);
    if (low_number && high_number) return *low_number < *high_number;
    // Numbers within text are compared as numbers: 1/9 before 1/10.
    return strverscmp(plain_text(low.first, moment).c_str(),
                      plain_text(high.first, moment).c_str()) < 0;
  };
  std::stable_sort(keys.begin(), keys.end(), is_before);
  for (std::size_t i = 0; i < keys.size(); ++i) sessions[i] = keys[i].second;
}

Result<std::vector<const Field*>> parse_columns(std::string_view text) {
  std::vector<const Field*> columns;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto field = field_named(text.substr(0, comma));
    if (!field) return field.error();
    columns.push_back(*field);
    if (comma == std::string_view::npos) return columns;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace pppol2tp::ctl
