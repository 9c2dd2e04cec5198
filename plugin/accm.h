// Follows the negotiation of the two asyncmaps (ACCM, RFC 1662, section 7.1) through the
// Configure-Acks and Configure-Rejects that are seen on the link.
//
// The values stay in network byte order, as they stand in the frames: so has upstream's plugin
// always given them to pppol2tp_send_accm_hook, and other plugins know them that way.
//
// For C and C++. Plain data, one thread.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct AccmNegotiation {
  uint32_t send;
  uint32_t receive;
  uint8_t send_seen;
  uint8_t receive_seen;
};

// Both return 1 when both maps are known: `send` and `receive` then hold, and both have to be seen
// again before the next 1.
int note_acknowledged_accm(struct AccmNegotiation* accm, uint32_t map, int incoming);
int note_rejected_accm(struct AccmNegotiation* accm);

#ifdef __cplusplus
}
#endif
