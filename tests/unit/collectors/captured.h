// Messages captured from kernels, in l2tp_messages/ and route_messages/: by kernel and title.
#pragma once

#include <linux/netlink.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace pppol2tp::test {

using Datagram = std::vector<std::uint8_t>;

inline std::vector<std::string> captured_lines(const std::string& folder, const std::string& kernel,
                                               std::string_view title) {
  std::ifstream file(PPPOL2TP_SOURCE_DIR "/tests/unit/collectors/" + folder + "/" + kernel +
                     ".hex");
  std::vector<std::string> found;
  bool is_wanted = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("# ")) {
      is_wanted = std::string_view(line).substr(2) == title;
    } else if (is_wanted) {
      found.push_back(line);
    }
  }
  return found;
}

inline std::vector<Datagram> captured(const std::string& kernel, std::string_view title,
                                      const std::string& folder = "l2tp_messages") {
  std::vector<Datagram> found;
  for (const std::string& line : captured_lines(folder, kernel, title)) {
    Datagram& datagram = found.emplace_back();
    for (std::size_t i = 0; i + 1 < line.size(); i += 2) {
      datagram.push_back(static_cast<std::uint8_t>(std::stoi(line.substr(i, 2), nullptr, 16)));
    }
  }
  return found;
}

// Visits the complete messages of the datagram. Each is a copy of exactly its length, so that the
// address sanitizer detects reads past its end.
template <typename Visit>
void for_each_message(const Datagram& datagram, Visit&& visit) {
  for (std::size_t at = 0; at + sizeof(nlmsghdr) <= datagram.size();) {
    nlmsghdr header;
    std::memcpy(&header, datagram.data() + at, sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size() - at) return;
    const Datagram copy(datagram.data() + at, datagram.data() + at + header.nlmsg_len);
    visit(*reinterpret_cast<const nlmsghdr*>(copy.data()));
    at += NLMSG_ALIGN(header.nlmsg_len);
  }
}

// Sets the payload of the attribute at `path` (ids from the outside in) of the first message.
inline void overwrite_u64(Datagram& datagram, std::initializer_list<std::uint16_t> path,
                          std::uint64_t value) {
  std::size_t begin = 20;  // nlmsghdr and genlmsghdr
  std::size_t end = datagram.size();
  for (const std::uint16_t wanted : path) {
    while (begin + 4 <= end) {
      std::uint16_t length = 0;
      std::uint16_t id = 0;
      std::memcpy(&length, &datagram[begin], sizeof length);
      std::memcpy(&id, &datagram[begin + 2], sizeof id);
      if ((id & NLA_TYPE_MASK) == wanted) {
        end = begin + length;
        begin += 4;
        break;
      }
      begin += NLMSG_ALIGN(length);
    }
  }
  if (begin + sizeof value == end) std::memcpy(&datagram[begin], &value, sizeof value);
}

}  // namespace pppol2tp::test
