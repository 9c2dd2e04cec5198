// What the plugin reads in the PPP frames that pppd sends and receives: bounds-checked views over
// somebody else's bytes. Nothing is copied but text; a view is valid as long as the frame is.
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
  kFrameOther,           // another control protocol, or too short to say
  kFrameNetwork,         // a network protocol's data: the protocol number is 0x3fff at most
  kFrameLcp,             // a whole LCP packet
  kFrameAuthentication,  // a whole packet of PAP, CHAP or EAP
};

// A packet of one of these protocols within a frame; they all begin alike. `data` is what follows
// its four bytes of header, cut at the length that the packet itself states (what follows that is
// padding).
struct ControlPacket {
  uint8_t code;
  uint8_t identifier;
  const uint8_t* data;
  size_t data_bytes;
};

// Looks into `frame`, which begins with the address and control bytes as pppd's snoop hooks get it.
// `protocol` is set when there is one; `packet` with kFrameLcp and kFrameAuthentication.
enum FrameKind classify_frame(const uint8_t* frame, size_t bytes, uint16_t* protocol,
                              struct ControlPacket* packet);

// The options of a Configure packet, one by one.
struct LcpOptions {
  const uint8_t* next;
  size_t bytes_left;
};
struct LcpOption {
  uint8_t type;
  uint8_t bytes;  // as it stands there: type and length byte included
  const uint8_t* data;
};

// 1 and the next option, or 0: no more, or what is left is malformed.
int next_lcp_option(struct LcpOptions* options, struct LcpOption* option);

// Writes what a peer sent as text into `out`, terminated and cut to fit whole: printable ASCII as
// it is, a backslash doubled, any other byte as \xNN.
void copy_printable(const uint8_t* text, size_t text_bytes, char* out, size_t out_bytes);

#ifdef __cplusplus
}
#endif
