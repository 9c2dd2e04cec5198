// Parses the PPP frames that pppd sends and receives: bounds-checked views of the frame's bytes.
// Only text is copied; a view is valid as long as the frame is.
//
// For C and C++. Pure; any thread.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Codes and options that matter here: RFC 1661, sections 5 and 6.2; RFC 1662, section 7.1.
enum {
  kLcpConfigureRequest = 1,
  kLcpConfigureAck = 2,
  kLcpConfigureReject = 4,
  kLcpTerminateRequest = 5,
  kLcpEchoRequest = 9,
  kLcpEchoReply = 10,
  kLcpOptionAsyncMap = 2,
  kLcpOptionAuthentication = 3,
  kLcpAsyncMapBytes = 4,
};

// PPP protocol numbers.
enum {
  kProtocolLcp = 0xc021,
  kProtocolPap = 0xc023,
  kProtocolChap = 0xc223,
  kProtocolEap = 0xc227,
};

enum FrameKind {
  kFrameOther,           // another control protocol, or too short to tell
  kFrameNetwork,         // a network protocol's data: the protocol number is 0x3fff at most
  kFrameLcp,             // a whole LCP packet
  kFrameAuthentication,  // a whole packet of PAP, CHAP or EAP
};

// A packet of one of these protocols within a frame; all have the same header. `data` is what
// follows the four bytes of header, up to the length that the packet states (the rest is padding).
struct ControlPacket {
  uint8_t code;
  uint8_t identifier;
  const uint8_t* data;
  size_t data_bytes;
};

// Examines `frame`, which begins with the address and control bytes, as pppd's snoop hooks get it.
// Sets `protocol` if there is one, and `packet` for kFrameLcp and kFrameAuthentication.
enum FrameKind classify_frame(const uint8_t* frame, size_t bytes, uint16_t* protocol,
                              struct ControlPacket* packet);

// The options of a Configure packet, one by one.
struct LcpOptions {
  const uint8_t* next;
  size_t bytes_left;
};
struct LcpOption {
  uint8_t type;
  uint8_t bytes;  // as in the packet: type and length byte included
  const uint8_t* data;
};

// Returns 1 and the next option, or 0 if there is no more or the rest is malformed.
int next_lcp_option(struct LcpOptions* options, struct LcpOption* option);

// Writes a peer's text into `out`, terminated; what does not fit is left out, and no escape is cut.
// Printable ASCII stays as it is, a backslash is doubled, any other byte becomes \xNN.
void copy_printable(const uint8_t* text, size_t text_bytes, char* out, size_t out_bytes);

#ifdef __cplusplus
}
#endif
