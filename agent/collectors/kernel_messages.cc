#include "agent/collectors/kernel_messages.h"

#include <array>
#include <cstring>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace pppol2tp::collectors {
namespace {

// Types that are copied byte by byte: every byte pattern is a valid value (so no bool), and there
// is no padding, which would leak memory contents to the other process.
template <typename T>
inline constexpr bool kIsPlain =
    (std::is_integral_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T>;
template <std::size_t kLength>
inline constexpr bool kIsPlain<std::array<std::uint8_t, kLength>> = true;
template <>  // designed to be read by other processes
inline constexpr bool kIsPlain<ring::CountersSection> = true;

class Writer {
 public:
  template <typename T>
  using Struct = const T;

  template <typename... Ts>
  void operator()(const Ts&... values) {
    (put(values), ...);
  }

  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  void put_bytes(const void* from, std::size_t length) {
    const auto* const begin = static_cast<const std::uint8_t*>(from);
    bytes_.insert(bytes_.end(), begin, begin + length);
  }
  void put(bool value) { bytes_.push_back(value ? 1 : 0); }
  void put(const std::string& text) {
    put(text.size());
    put_bytes(text.data(), text.size());
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <typename T>
  void put(const std::vector<T>& items) {
    put(items.size());
    for (const T& item : items) put(item);
  }
  template <typename Key, typename T>
  void put(const std::unordered_map<Key, T>& items) {
    put(items.size());
    for (const auto& [key, item] : items) (*this)(key, item);
  }
  template <typename T>
  void put(const T& value) {
    if constexpr (kIsPlain<T>) {
      put_bytes(&value, sizeof value);
    } else {
      fields(*this, value);
    }
  }

  std::vector<std::uint8_t> bytes_;
};

// After the first byte that is missing or invalid, everything reads as empty.
class Reader {
 public:
  template <typename T>
  using Struct = T;

  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <typename... Ts>
  void operator()(Ts&... values) {
    (get(values), ...);
  }

  // Whether the message was complete, with nothing after it.
  bool is_complete() const { return is_good_ && bytes_.empty(); }

 private:
  void get_bytes(void* to, std::size_t length) {
    if (length > bytes_.size()) is_good_ = false;
    if (!is_good_) return;
    std::memcpy(to, bytes_.data(), length);
    bytes_ = bytes_.subspan(length);
  }
  // Each item has at least one byte, so a count above the number of bytes left is invalid; nothing
  // is allocated for it.
  std::size_t get_count() {
    std::size_t count = 0;
    get(count);
    if (count > bytes_.size()) is_good_ = false;
    return is_good_ ? count : 0;
  }
  void get(bool& value) {
    std::uint8_t byte = 0;
    get(byte);
    if (byte > 1) is_good_ = false;
    value = byte == 1;
  }
  void get(std::string& text) {
    text.resize(get_count());
    get_bytes(text.data(), text.size());
  }
  template <typename T>
  void get(std::optional<T>& value) {
    bool has_value = false;
    get(has_value);
    if (has_value) get(value.emplace());
  }
  template <typename T>
  void get(std::vector<T>& items) {
    const std::size_t count = get_count();
    for (std::size_t i = 0; i < count && is_good_; ++i) get(items.emplace_back());
  }
  template <typename Key, typename T>
  void get(std::unordered_map<Key, T>& items) {
    const std::size_t count = get_count();
    for (std::size_t i = 0; i < count && is_good_; ++i) {
      Key key{};
      get(key);
      get(items[key]);
    }
  }
  template <typename T>
  void get(T& value) {
    if constexpr (kIsPlain<T>) {
      get_bytes(&value, sizeof value);
    } else {
      fields(*this, value);
    }
  }

  std::span<const std::uint8_t> bytes_;
  bool is_good_ = true;
};

// All structs with several fields, written once for both directions.

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::TunnelIds>& ids) {
  codec(ids.netns, ids.tunnel_id);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::SessionIds>& ids) {
  codec(ids.netns, ids.tunnel_id, ids.session_id);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::KernelTunnel>& tunnel) {
  codec(tunnel.tunnel_id, tunnel.peer_tunnel_id, tunnel.peer_family, tunnel.peer_port,
        tunnel.peer_address, tunnel.receive_cookie_discards, tunnel.receive_invalid);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::KernelSession>& session) {
  codec(session.tunnel_id, session.session_id, session.peer_tunnel_id, session.peer_session_id,
        session.is_ppp, session.counters);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelAnswers::OfTunnel>& answer) {
  codec(answer.ids, answer.fact, answer.asked_ns);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelAnswers::OfSession>& answer) {
  codec(answer.ids, answer.fact, answer.asked_ns);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelAnswers::OfInterface>& answer) {
  codec(answer.ids, answer.name);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::LinkIds>& ids) {
  codec(ids.netns, ids.name);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::LinkEnds>& ends) {
  codec(ends.is_there, ends.local, ends.remote);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<model::LinkAddresses>& addresses) {
  codec(addresses.ipv4, addresses.ipv6);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelAnswers::OfLink>& answer) {
  codec(answer.ids, answer.addresses);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelAnswers::Namespace>& watched) {
  codec(watched.inode, watched.problem);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelQuestions>& questions) {
  codec(questions.tunnels, questions.sessions, questions.nameless);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelAnswers>& answers) {
  codec(answers.tunnels, answers.sessions, answers.interfaces, answers.links, answers.namespaces,
        answers.ethernet_sessions, answers.batch_cost_ns, answers.batch_size,
        answers.has_ended_links);
}

template <typename Codec>
void fields(Codec& codec, typename Codec::template Struct<KernelReport>& report) {
  codec(report.answers, report.is_news, report.is_restart);
}

template <typename Message>
std::vector<std::uint8_t> write(const Message& message) {
  Writer writer;
  writer(message);
  return writer.take();
}

template <typename Message>
std::optional<Message> read(std::span<const std::uint8_t> bytes) {
  Message message;
  Reader reader(bytes);
  reader(message);
  return reader.is_complete() ? std::optional(std::move(message)) : std::nullopt;
}

}  // namespace

std::vector<std::uint8_t> encode(const KernelQuestions& questions) {
  return write(questions);
}

std::vector<std::uint8_t> encode(const KernelReport& report) {
  return write(report);
}

std::optional<KernelQuestions> decode_questions(std::span<const std::uint8_t> bytes) {
  return read<KernelQuestions>(bytes);
}

std::optional<KernelReport> decode_report(std::span<const std::uint8_t> bytes) {
  return read<KernelReport>(bytes);
}

}  // namespace pppol2tp::collectors
