// Follows the negotiation of the two asyncmaps (ACCM, RFC 1662, section 7.1) by the Configure-Acks
// and Configure-Rejects on the link.
//
// The values stay in network byte order, as in the frames: upstream's plugin gives them to
// pppol2tp_send_accm_hook in that order, and other plugins expect it.
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

// Both return 1 when both maps are known: `send` and `receive` are then valid, and both must be
// seen again before the next 1.
int note_acknowledged_accm(struct AccmNegotiation* accm, uint32_t map, int incoming);
int note_rejected_accm(struct AccmNegotiation* accm);

#ifdef __cplusplus
}
#endif
