#include "agent/ctl/json.h"

#include <nlohmann/json.hpp>

namespace pppol2tp::ctl {
namespace {

using Json = nlohmann::ordered_json;

// A peer's bytes may not be UTF-8, but JSON must be.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void put(Json& object, const Field& field, const Value& value, const Moment& moment) {
  if (const auto* text = std::get_if<std::string>(&value)) object[field.name] = *text;
  const auto* number = std::get_if<metrics::Number>(&value);
  if (number == nullptr) return;
  if (number->kind == metrics::Number::Kind::integer) {
    object[field.name] = number->integer;
  } else {
    object[field.name] = *to_number(value, moment);
  }
}

}  // namespace

std::string to_json(const model::Session& session, const Moment& moment) {
  Json object = Json::object();
  for (const Field& field : fields()) put(object, field, field.of(session, moment), moment);
  return dump(object);
}

std::string to_json(const std::vector<const model::Session*>& sessions, const Moment& moment) {
  std::string out = "[";
  for (const auto* session : sessions) {
    out += out.size() == 1 ? "\n" : ",\n";
    out += to_json(*session, moment);
  }
  return out + "\n]\n";
}

std::string to_json(double unix_seconds, const std::string& id, const char* event,
                    const std::vector<Change>& changes, const Moment& moment) {
  Json object = {{"time", unix_seconds}, {"id", id}, {"event", event}};
  for (const Change& change : changes) put(object, *change.field, change.value, moment);
  return dump(object);
}

}  // namespace pppol2tp::ctl
