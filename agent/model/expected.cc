#include "agent/model/expected.h"

#include <arpa/inet.h>

#include <array>
#include <utility>

namespace pppol2tp::model {
namespace {

// Text from shared memory may lack its terminating zero.
template <std::size_t N>
std::string_view text(const char (&field)[N]) {
  const std::string_view all(field, N);
  return all.substr(0, all.find('\0'));
}

using AddressText = std::array<char, INET6_ADDRSTRLEN>;

std::string_view peer_address(const Session& session, AddressText& buffer) {
  const ring::OpenedSection& opened = session.state.opened;
  if (opened.peer_family == ring::Family::none) return {};
  const char* const text = inet_ntop(static_cast<int>(opened.peer_family), opened.peer_address,
                                     buffer.data(), buffer.size());
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

// An address can be written in several ways. Sessions are compared in the notation of inet_ntop(3).
std::string canonical(const std::string& address) {
  for (const int family : {AF_INET, AF_INET6}) {
    std::array<unsigned char, 16> bytes{};
    AddressText buffer{};
    if (inet_pton(family, address.c_str(), bytes.data()) == 1) {
      return inet_ntop(family, bytes.data(), buffer.data(), buffer.size());
    }
  }
  return address;
}

bool matches(const std::string& wanted, std::string_view found) {
  return wanted.empty() || wanted == found;
}

bool matches(const std::optional<std::uint32_t>& wanted, std::uint32_t found) {
  return !wanted || *wanted == found;
}

}  // namespace

ExpectedSessions::ExpectedSessions(std::vector<ExpectedSession> expected)
    : expected_(std::move(expected)) {
  for (std::size_t i = 0; i < expected_.size(); ++i) {
    ExpectedSession& each = expected_[i];
    each.peer_address = canonical(each.peer_address);
    if (!each.user.empty()) {
      by_user_.emplace(each.user, i);
    } else if (!each.ipparam.empty()) {
      by_ipparam_.emplace(each.ipparam, i);
    } else if (!each.peer_address.empty()) {
      by_peer_address_.emplace(each.peer_address, i);
    } else if (!each.ifname.empty()) {
      by_ifname_.emplace(each.ifname, i);
    } else {
      by_ids_.push_back(i);
    }
  }
}

std::vector<ExpectedState> ExpectedSessions::judge(
    const CowPages<Session>::Snapshot& sessions) const {
  std::vector<ExpectedState> states;
  if (expected_.empty()) return states;
  states.reserve(expected_.size());
  for (const ExpectedSession& each : expected_) states.emplace_back().name = each.name;
  sessions.for_each([&](const Session& session) {
    if (!session.has_ended()) judge(session, states);
  });
  return states;
}

void ExpectedSessions::judge(const Session& session, std::vector<ExpectedState>& states) const {
  AddressText buffer{};
  const std::pair<const Index&, std::string_view> looked_up[] = {
      {by_user_, text(session.state.authentication.peer_name)},
      {by_ipparam_, text(session.state.opened.ipparam)},
      {by_peer_address_, peer_address(session, buffer)},
      {by_ifname_, text(session.state.identity.ifname)},
  };
  for (const auto& [index, key] : looked_up) {
    const auto [first, last] = index.equal_range(key);
    for (auto found = first; found != last; ++found) judge(session, found->second, states);
  }
  for (const std::size_t which : by_ids_) judge(session, which, states);
}

void ExpectedSessions::judge(const Session& session, std::size_t which,
                             std::vector<ExpectedState>& states) const {
  const ExpectedSession& wanted = expected_[which];
  ExpectedState& state = states[which];
  if (state.is_there && (state.is_up || !session.is_up())) return;
  AddressText buffer{};
  const bool is_it = matches(wanted.user, text(session.state.authentication.peer_name)) &&
                     matches(wanted.ipparam, text(session.state.opened.ipparam)) &&
                     matches(wanted.peer_address, peer_address(session, buffer)) &&
                     matches(wanted.ifname, text(session.state.identity.ifname)) &&
                     matches(wanted.netns, session.netns_name.data()) &&
                     matches(wanted.tunnel_id, session.ids().tunnel_id) &&
                     matches(wanted.session_id, session.ids().session_id);
  if (!is_it) return;
  state.is_there = true;
  state.is_up = session.is_up();
  state.ids = session.ids();
  state.netns_name = session.netns_name;
  state.ifname = text(session.state.identity.ifname);
}

}  // namespace pppol2tp::model
