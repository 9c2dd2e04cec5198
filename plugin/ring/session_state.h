// The state of one session: the plugin keeps it, the session table stores it, the records carry it
// piece by piece, and the agent's model holds it.
//
// Every struct here is part of the shared memory's format: plain bytes, fixed widths, no pointers,
// no unnamed padding, sizes asserted. A published section never changes. Anything new becomes a new
// section at the end of SessionState with its own event, so that an older reader finds what it
// knows in the same place.
//
// Text is NUL-terminated within its field, truncated if it is too long, and untrusted: the peer
// chose most of it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace pppol2tp::ring {

enum class Cause : std::uint8_t {
#define CAUSE(name, number, meaning) name = number,
#include "plugin/ring/causes.def"
#undef CAUSE
};

enum class Phase : std::uint8_t {
#define PHASE(name, number, meaning) name = number,
#include "plugin/ring/phases.def"
#undef PHASE
};

enum class AuthenticationProtocol : std::uint8_t {
  none = 0,
#define AUTHENTICATION_PROTOCOL(name, number, meaning) name = number,
#include "plugin/ring/authentication.def"
};

// Which side had to authenticate. A link may have both, each with its own protocol.
enum class AuthenticationDirection : std::uint8_t {
#define AUTHENTICATION_DIRECTION(name, number, meaning) name = number,
#include "plugin/ring/authentication.def"
};

enum class AuthenticationResult : std::uint8_t {
#define AUTHENTICATION_RESULT(name, number, meaning) name = number,
#include "plugin/ring/authentication.def"
};

inline constexpr std::size_t kAuthenticationProtocols = 0  // none is none of them
#define AUTHENTICATION_PROTOCOL(name, number, meaning) +1
#include "plugin/ring/authentication.def"
    ;
inline constexpr std::size_t kAuthenticationDirections = 0
#define AUTHENTICATION_DIRECTION(name, number, meaning) +1
#include "plugin/ring/authentication.def"
    ;
inline constexpr std::size_t kAuthenticationResults = 0
#define AUTHENTICATION_RESULT(name, number, meaning) +1
#include "plugin/ring/authentication.def"
    ;

// LNS and LAC as set by pppol2tp_lns_mode; RFC 2661, section 1.2.
enum class Role : std::uint8_t { lac = 0, lns = 1 };

// The direction of a link. pppd passes through NETWORK and ESTABLISH again on its way down, so a
// phase means nothing without it.
enum class Direction : std::uint8_t { up = 0, down = 1 };

// Address families with the kernel's numbers (AF_INET, AF_INET6); none if unknown.
enum class Family : std::uint16_t { none = 0, ipv4 = 2, ipv6 = 10 };

// A session's identity. The kernel knows it by (netns, tunnel_id, session_id); these ids are used
// again, so `instance` distinguishes two sessions with the same ids. pid and start_ticks name the
// process that carries the session at present: they change when pppd detaches, the instance does
// not.
struct SessionIdentity {
  std::uint64_t netns;        // inode of pppd's network namespace (st_ino of /proc/self/ns/net)
  std::uint64_t start_ticks;  // pppd's start: /proc/PID/stat, field 22, clock ticks since boot
  std::uint32_t pid;          // pppd's, in its own pid namespace
  std::uint32_t tunnel_id;    // this host's ids, from getsockname(2) on the session's socket
  std::uint32_t session_id;
  std::uint32_t peer_tunnel_id;
  std::uint32_t peer_session_id;
  std::uint32_t instance;  // chosen at random by Publisher::open()
  char ifname[16];         // "ppp0"; empty until pppd has made its unit (phase ESTABLISH)

  friend bool operator==(const SessionIdentity&, const SessionIdentity&) = default;
};
static_assert(sizeof(SessionIdentity) == 56);

struct OpenedSection {
  std::uint64_t opened_ns;  // all times: CLOCK_BOOTTIME, nanoseconds
  Role role;
  std::uint8_t send_sequence;     // 1: pppol2tp_send_seq was given
  std::uint8_t receive_sequence;  // 1: pppol2tp_recv_seq was given
  std::uint8_t reserved[1];
  std::uint32_t reorder_timeout_ms;
  std::uint32_t debug_mask;
  std::uint32_t stats_interval_ms;  // 0: no statistics, only events
  Family peer_family;               // address of the tunnel's peer
  std::uint16_t peer_port;          // host byte order; 0 when not known
  std::uint8_t peer_address[16];    // network byte order; IPv4 in the first four bytes
  char ipparam[48];  // pppd's option ipparam: the caller's own name for the connection
  char plugin_version[16];
  char pppd_version[16];
  std::uint32_t reserved2;
};
static_assert(sizeof(OpenedSection) == 128);

struct PhaseSection {
  std::uint64_t entered_ns;  // when `current` was entered
  Phase current;
  Phase previous;
  Phase furthest;  // the furthest on the way up; running once the link was up
  Direction direction;
  std::uint32_t reserved;
  // When each phase was first entered on the way up; 0 if it was not.
  std::uint64_t establish_ns;
  std::uint64_t authenticate_ns;
  std::uint64_t network_ns;
  std::uint64_t running_ns;
};
static_assert(sizeof(PhaseSection) == 48);

struct LinkSection {
  std::uint64_t up_ns;
  std::uint32_t mtu_bytes;             // in force on the interface
  std::uint32_t mru_bytes;             // in force for receiving
  std::uint32_t negotiated_mtu_bytes;  // agreed by LCP; larger than mtu_bytes if clamped
  std::uint32_t negotiated_mru_bytes;
};
static_assert(sizeof(LinkSection) == 24);

struct AccmSection {
  std::uint32_t send;  // host byte order
  std::uint32_t receive;
  std::uint8_t known;  // 1: both were negotiated; otherwise the maps mean nothing
  std::uint8_t reserved[7];
};
static_assert(sizeof(AccmSection) == 16);

struct AuthenticationSection {
  std::uint64_t finished_ns;
  std::uint8_t peer_authenticated;  // 1: the peer proved its name to this host
  std::uint8_t reserved[7];
  char peer_name[96];  // the name the peer proved; empty if it did not have to
};
static_assert(sizeof(AuthenticationSection) == 112);

// One of IPCP (RFC 1332) and IPv6CP (RFC 5072).
struct NetworkSection {
  std::uint64_t changed_ns;
  std::uint8_t up;
  std::uint8_t reserved[7];
  std::uint8_t local_address[16];  // network byte order; IPv4 in the first four bytes
  std::uint8_t remote_address[16];
};
static_assert(sizeof(NetworkSection) == 48);

// struct pppol2tp_ioc_stats of <linux/ppp-ioctl.h>, as PPPIOCGL2TPSTATS gives it. Bytes include the
// L2TP header, not UDP and IP. All since the kernel's session began.
struct CountersSection {
  std::uint64_t read_ns;  // 0: never read
  std::uint64_t transmit_packets;
  std::uint64_t transmit_bytes;
  std::uint64_t transmit_errors;
  std::uint64_t receive_packets;
  std::uint64_t receive_bytes;
  std::uint64_t receive_sequence_discards;
  std::uint64_t receive_out_of_sequence;
  std::uint64_t receive_errors;  // as the kernel counts: includes the sequence discards
};
static_assert(sizeof(CountersSection) == 72);

struct EndSection {
  std::uint64_t ended_ns;
  Cause cause;          // none while the session lives
  Phase reached;        // the furthest phase it had reached
  std::uint8_t signal;  // the signal that ended pppd or that pppd obeyed; 0: none
  std::uint8_t reserved[1];
  std::int32_t exit_status;  // pppd's; often says less than the cause (pppd(8), EXIT STATUS)
  char peer_text[96];        // text of the peer's LCP Terminate-Request; empty without one
};
static_assert(sizeof(EndSection) == 112);

// Upper bounds of the round-trip time's buckets, inclusive as in Prometheus. After the last one a
// request is lost, and a later reply does not count.
inline constexpr std::array<std::uint64_t, 13> kEchoRttBoundsNs = {
    500'000,     1'000'000,   2'500'000,   5'000'000,     10'000'000,    25'000'000,   50'000'000,
    100'000'000, 250'000'000, 500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000};
inline constexpr std::uint64_t kEchoPatienceNs = kEchoRttBoundsNs.back();

// This host's LCP Echo-Requests (RFC 1661, section 5.8), since the session began. A request that is
// neither answered nor lost yet counts in `requests` only.
struct EchoSection {
  std::uint64_t updated_ns;  // when any of this last changed; 0: no request yet
  std::uint64_t rtt_sum_ns;  // of all replies
  std::uint64_t rtt_latest_ns;
  std::uint32_t requests;
  std::uint32_t replies;
  std::uint32_t losses;
  std::uint32_t replies_by_rtt[kEchoRttBoundsNs.size()];  // above the bound before, up to this one
};
static_assert(sizeof(EchoSection) == 88);

// Authentications with a result, since the session began. One that the peer left unanswered has
// none.
struct AttemptsSection {
  std::uint64_t latest_ns;          // 0: none yet
  AuthenticationProtocol protocol;  // of the latest
  AuthenticationDirection direction;
  AuthenticationResult result;
  std::uint8_t reserved[5];
  // [direction][protocol less one][result]
  std::uint32_t counts[kAuthenticationDirections][kAuthenticationProtocols][kAuthenticationResults];
  char claimed_name[48];  // the peer's claim, proved or not; escaped like peer_text
};
static_assert(sizeof(AttemptsSection) == 144);

struct SessionState {
  std::uint64_t records;     // how many records the session has published so far
  std::uint64_t updated_ns;  // when this was last written
  SessionIdentity identity;
  OpenedSection opened;
  PhaseSection phase;
  LinkSection link;
  AccmSection accm;
  AuthenticationSection authentication;
  NetworkSection ipv4;
  NetworkSection ipv6;
  CountersSection counters;
  EndSection end;
  EchoSection echo;
  AttemptsSection attempts;
};
static_assert(sizeof(SessionState) == 912);
static_assert(std::is_trivially_copyable_v<SessionState>);
static_assert(std::is_standard_layout_v<SessionState>);

// The row's name; "unknown" for a number without a row (shared memory may hold any).
constexpr const char* to_text(Cause cause) {
  switch (cause) {
#define CAUSE(name, number, meaning) \
  case Cause::name:                  \
    return #name;
#include "plugin/ring/causes.def"
#undef CAUSE
  }
  return "unknown";
}

constexpr const char* to_text(Phase phase) {
  switch (phase) {
#define PHASE(name, number, meaning) \
  case Phase::name:                  \
    return #name;
#include "plugin/ring/phases.def"
#undef PHASE
  }
  return "unknown";
}

constexpr const char* to_text(AuthenticationProtocol protocol) {
  switch (protocol) {
    case AuthenticationProtocol::none:
      return "none";
#define AUTHENTICATION_PROTOCOL(name, number, meaning) \
  case AuthenticationProtocol::name:                   \
    return #name;
#include "plugin/ring/authentication.def"
  }
  return "unknown";
}

constexpr const char* to_text(AuthenticationDirection direction) {
  switch (direction) {
#define AUTHENTICATION_DIRECTION(name, number, meaning) \
  case AuthenticationDirection::name:                   \
    return #name;
#include "plugin/ring/authentication.def"
  }
  return "unknown";
}

constexpr const char* to_text(AuthenticationResult result) {
  switch (result) {
#define AUTHENTICATION_RESULT(name, number, meaning) \
  case AuthenticationResult::name:                   \
    return #name;
#include "plugin/ring/authentication.def"
  }
  return "unknown";
}

inline constexpr int kCauseCount = 0
#define CAUSE(name, number, meaning) +1
#include "plugin/ring/causes.def"
#undef CAUSE
    ;

inline constexpr int kPhaseCount = 0
#define PHASE(name, number, meaning) +1
#include "plugin/ring/phases.def"
#undef PHASE
    ;

}  // namespace pppol2tp::ring
