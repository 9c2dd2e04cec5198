#include "agent/model/checkpoint.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "plugin/ring/layout.h"

namespace pppol2tp::model {
namespace {

constexpr std::uint64_t kMagic = 0x31746E696F706B63;  // "ckpoint1"

// The file: Header, then one Totals, the generations, the sessions and the tunnels. The header has
// the size of each kind of element, so a version that knows more or fewer fields at an element's
// end reads the fields that both versions know.
struct Header {
  std::uint64_t magic;
  std::uint32_t body_crc;  // zlib's crc32 of all that follows the header
  std::uint32_t totals_bytes;
  std::uint32_t state_bytes;
  std::uint32_t notes_bytes;
  std::uint32_t tunnel_bytes;
  std::uint32_t reserved;
  std::uint64_t generation_count;
  std::uint64_t session_count;
  std::uint64_t tunnel_count;
  std::uint64_t ring_epoch;
  std::array<char, 40> boot_id;
  ring::ReaderPosition position;
};
static_assert(std::is_trivially_copyable_v<Header>);
static_assert(std::is_trivially_copyable_v<Totals>);
static_assert(std::is_trivially_copyable_v<Tunnel>);

// The agent's own knowledge of a session. Only append fields.
struct Notes {
  NetnsName netns_name;
  std::uint32_t slot;
  std::uint32_t generation;
  std::uint32_t has_slot;
  std::uint32_t process;
  std::uint64_t missed_records;
  std::uint64_t has_gap;
  std::uint64_t is_without_plugin;
};

// Collects small pieces into larger writes, and adds them to the checksum.
class Body {
 public:
  explicit Body(CheckpointSink& sink) : sink_(sink) { piece_.reserve(kPieceBytes); }

  template <typename T>
  void put(const T& value) {
    put_bytes(&value, sizeof value);
  }
  void put_bytes(const void* from, std::size_t size) {
    piece_.append(static_cast<const char*>(from), size);
    if (piece_.size() >= kPieceBytes) flush();
  }
  void flush() {
    crc_ = static_cast<std::uint32_t>(
        crc32_z(crc_, reinterpret_cast<const unsigned char*>(piece_.data()), piece_.size()));
    if (written_) written_ = sink_.append(piece_);
    piece_.clear();
  }

  std::uint32_t crc() const { return crc_; }
  const Result<void>& written() const { return written_; }

 private:
  static constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

  CheckpointSink& sink_;
  std::string piece_;
  std::uint32_t crc_ = 0;
  Result<void> written_;
};

class TextSink final : public CheckpointSink {
 public:
  Result<void> append(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  Result<void> overwrite_begin(std::string_view bytes) override {
    text.replace(0, bytes.size(), bytes);
    return {};
  }
  std::string text;
};

std::string_view bytes_of(const Header& header) {
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

// Takes elements from the front of the bytes, each of the size that its writer used.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  bool take(T& value, std::size_t size) {
    if (size > bytes_.size()) return false;
    std::memcpy(static_cast<void*>(&value), bytes_.data(), std::min(size, sizeof value));
    bytes_.remove_prefix(size);
    return true;
  }
  bool is_empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

std::uint32_t crc_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

// The count is checked against the bytes present before memory is allocated for it.
bool is_size_right(const Header& header, std::size_t body_bytes) {
  const auto times = [](std::uint64_t count, std::uint64_t size) {
    return static_cast<unsigned __int128>(count) * size;
  };
  // So that few bytes cannot ask for much memory.
  const bool has_ids = header.state_bytes >= sizeof(ring::SessionIdentity) &&
                       header.tunnel_bytes >= sizeof(TunnelIds);
  return has_ids && header.totals_bytes + times(header.generation_count, sizeof(std::uint32_t)) +
                            times(header.session_count,
                                  std::uint64_t{header.state_bytes} + header.notes_bytes) +
                            times(header.tunnel_count, header.tunnel_bytes) ==
                        body_bytes;
}

}  // namespace

Result<void> write_checkpoint(Snapshot snapshot, const Place& place, CheckpointSink& sink) {
  Header header{};
  header.magic = kMagic;
  header.totals_bytes = sizeof(Totals);
  header.state_bytes = sizeof(ring::SessionState);
  header.notes_bytes = sizeof(Notes);
  header.tunnel_bytes = sizeof(Tunnel);
  header.generation_count = place.known_generations.size();
  header.ring_epoch = place.ring_epoch;
  header.position = place.position;
  place.boot_id.copy(header.boot_id.data(), header.boot_id.size() - 1);
  // Written again at the end, with the numbers of elements and their checksum.
  if (const auto begun = sink.append(bytes_of(header)); !begun) return begun;

  Body body(sink);
  body.put(snapshot.totals);
  body.put_bytes(place.known_generations.data(),
                 place.known_generations.size() * sizeof(std::uint32_t));
  snapshot.sessions.drain([&](const Session& session) {
    ++header.session_count;
    body.put(session.state);
    body.put(Notes{session.netns_name, session.slot, session.generation, session.has_slot,
                   static_cast<std::uint32_t>(session.process), session.missed_records,
                   session.has_gap, session.is_without_plugin});
  });
  snapshot.tunnels.drain([&](const Tunnel& tunnel) {
    ++header.tunnel_count;
    body.put(tunnel);
  });
  body.flush();
  if (!body.written()) return body.written();
  header.body_crc = body.crc();
  return sink.overwrite_begin(bytes_of(header));
}

std::string encode_checkpoint(Snapshot snapshot, const Place& place) {
  TextSink sink;
  static_cast<void>(write_checkpoint(std::move(snapshot), place, sink));  // never fails here
  return std::move(sink.text);
}

std::uint64_t most_checkpoint_bytes(std::uint64_t sessions, std::uint64_t tunnels) {
  const std::uint64_t bytes =
      sizeof(Header) + sizeof(Totals) + ring::kMaxSessionSlots * sizeof(std::uint32_t) +
      sessions * (sizeof(ring::SessionState) + sizeof(Notes)) + tunnels * sizeof(Tunnel);
  return bytes + bytes / 2;
}

Result<Checkpoint> decode_checkpoint(std::string_view bytes, std::string_view boot_id) {
  Header header;
  if (bytes.size() < sizeof header) return Error{"shorter than a checkpoint's header"};
  std::memcpy(static_cast<void*>(&header), bytes.data(), sizeof header);
  const std::string_view body = bytes.substr(sizeof header);
  if (header.magic != kMagic) return Error{"not a checkpoint of this format"};
  if (!is_size_right(header, body.size())) return Error{"its length is not what its header says"};
  if (crc_of(body) != header.body_crc) return Error{"its checksum does not hold"};
  header.boot_id.back() = '\0';
  if (boot_id != header.boot_id.data()) return Error{"it is from before the last boot"};

  Checkpoint checkpoint;
  Model::Memory& memory = checkpoint.memory;
  memory.ring_epoch = header.ring_epoch;
  checkpoint.position = header.position;
  checkpoint.position.hole_count =
      std::min<std::uint32_t>(header.position.hole_count, ring::kMaxHoles);
  memory.known_generations.resize(header.generation_count);
  memory.sessions.resize(header.session_count);
  memory.tunnels.resize(header.tunnel_count);

  Cursor cursor(body);
  bool is_whole = cursor.take(memory.totals, header.totals_bytes);
  for (std::uint32_t& generation : memory.known_generations) {
    is_whole = is_whole && cursor.take(generation, sizeof generation);
  }
  for (Session& session : memory.sessions) {
    Notes notes{};
    is_whole = is_whole && cursor.take(session.state, header.state_bytes) &&
               cursor.take(notes, header.notes_bytes);
    session.netns_name = notes.netns_name;
    session.netns_name.back() = '\0';
    session.slot = notes.slot;
    session.generation = notes.generation;
    session.has_slot = notes.has_slot == 1;
    session.process = notes.process == 1   ? ProcessView::visible
                      : notes.process == 2 ? ProcessView::invisible
                                           : ProcessView::unknown;
    session.missed_records = notes.missed_records;
    session.has_gap = notes.has_gap == 1;
    session.is_without_plugin = notes.is_without_plugin == 1;
  }
  for (Tunnel& tunnel : memory.tunnels) {
    is_whole = is_whole && cursor.take(tunnel, header.tunnel_bytes);
    tunnel.netns_name.back() = '\0';
  }
  if (!is_whole || !cursor.is_empty()) return Error{"its elements do not add up"};
  return checkpoint;
}

}  // namespace pppol2tp::model
