// Writes or reads a ring with the plugin/ring that it was compiled with: this tree's, or the same
// with one section and one event more (see ../CMakeLists.txt).
//   speaker write RING   publishes one session with all sections that it knows, and prints them
//   speaker read RING    prints the newest session's records, and its state in the table
// One line each: where it was found, the section's name in SessionState, its bytes in hex.
#include <cstdio>
#include <cstring>
#include <type_traits>

#include "plugin/ring/publisher.h"
#include "plugin/ring/reader.h"
#include "plugin/ring/session_table.h"

namespace {

using namespace pppol2tp::ring;

constexpr Geometry kGeometry{64, 1};  // each session gets the slot of the one before

template <typename Section>
void print(const char* where, const char* name, const Section& section) {
  std::printf("%s %s ", where, name);
  unsigned char bytes[sizeof section];
  std::memcpy(bytes, &section, sizeof section);
  for (const unsigned char byte : bytes) std::printf("%02x", byte);
  std::printf("\n");
}

void print_state(const char* where, const SessionState& state) {
  print(where, "identity", state.identity);
#define EVENT(name, number, Section, member, meaning) print(where, #member, state.member);
#include "plugin/ring/events.def"
#undef EVENT
}

// Filled with bytes that no other section has.
template <typename Section>
Section filled(EventType type) {
  Section section;
  std::memset(static_cast<void*>(&section), static_cast<int>(type), sizeof section);
  return section;
}

template <typename Section>
void publish(Publisher& publisher, EventType type) {
  if constexpr (std::is_same_v<Section, NetworkSection>) {
    type == EventType::ipv4_changed ? publisher.publish_ipv4(filled<Section>(type))
                                    : publisher.publish_ipv6(filled<Section>(type));
  } else {
    publisher.publish(filled<Section>(type));
  }
}

int write(const char* path) {
  Publisher publisher;
  const SegmentStatus status = publisher.open(path, SessionIdentity{}, &kGeometry);
  if (status != SegmentStatus::attached) {
    std::fprintf(stderr, "%s: %s\n", path, to_text(status));
    return 1;
  }
#define EVENT(name, number, Section, member, meaning) \
  if (EventType::name != EventType::ended) publish<Section>(publisher, EventType::name);
#include "plugin/ring/events.def"
#undef EVENT
  publish<EndSection>(publisher, EventType::ended);  // the end
  print_state("said", publisher.state());
  return 0;
}

int read(const char* path) {
  Segment segment;
  const SegmentStatus status = segment.open_for_reading(path);
  if (status != SegmentStatus::attached) {
    std::fprintf(stderr, "%s: %s\n", path, to_text(status));
    return 1;
  }
  SessionState heard{};
  int unknown = 0;
  Reader reader(segment);
  Record last{};
  const std::size_t records = reader.poll(
      [&](const Record& record) {
        last = record;
        if (record.header.identity.instance != heard.identity.instance) heard = {};
        heard.identity = record.header.identity;
        unknown += apply_body(record, heard) ? 0 : 1;
      },
      SIZE_MAX);
  print_state("heard", heard);
  SessionState state;
  const SlotReading reading = read_session(segment, last.header.slot, state);
  if (reading.has_state && reading.generation == last.header.generation)
    print_state("table", state);
  std::printf("records %zu\nunknown %d\ncorrupt %llu\n", records, unknown,
              static_cast<unsigned long long>(reader.counts().corrupt));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 3 && std::strcmp(arguments[1], "write") == 0) return write(arguments[2]);
  if (count == 3 && std::strcmp(arguments[1], "read") == 0) return read(arguments[2]);
  std::fprintf(stderr, "usage: %s write|read RING\n", arguments[0]);
  return 2;
}
