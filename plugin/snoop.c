// Looks at the control frames: for the asyncmaps, which an L2TP daemon that acts as LNS needs
// (pppol2tp_send_accm_hook; RFC 2661, section 4.4.6, Set-Link-Info), and for the telemetry, which
// takes LCP and authentication packets.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

// After libc's headers.
#include <linux/if_pppol2tp.h>

#include "plugin/accm.h"
#include "plugin/control_frames.h"
#include "plugin/shim.h"
#include "plugin/telemetry.h"

static void (*next_receive_hook)(unsigned char* frame, int bytes);
static void (*next_send_hook)(unsigned char* frame, int bytes);

static struct AccmNegotiation accm;

// Upstream's plugin snoops only as LNS, so only then this one logs and calls the hook.
static int logs(int what) {
  return plugin_options.lns_mode && (plugin_options.debug_mask & what);
}

static void tell_accm(void) {
  telemetry_accm(accm.send, accm.receive);
  if (logs(PPPOL2TP_MSG_CONTROL)) {
    dbglog("Telling L2TP: Send ACCM = %08x; Receive ACCM = %08x", accm.send, accm.receive);
  }
  if (plugin_options.lns_mode && pppol2tp_send_accm_hook != NULL) {
    pppol2tp_send_accm_hook(pppol2tp_tunnel_id, pppol2tp_session_id, accm.send, accm.receive);
  }
}

static int note_asyncmap(const struct LcpOption* option, int is_rejected, int incoming) {
  const char* direction = incoming ? "incoming" : "outgoing";
  if (is_rejected) {
    if (logs(PPPOL2TP_MSG_DATA)) {
      dbglog("Rejected ACCM negotiation; defaulting (%s)", direction);
    }
    return note_rejected_accm(&accm);
  }
  uint32_t map;
  memcpy(&map, option->data, sizeof(map));
  if (logs(PPPOL2TP_MSG_DATA)) {
    dbglog("Found ACCM of %08x (%s)", map, direction);
  }
  return note_acknowledged_accm(&accm, map, incoming);
}

// Not inlined: most frames have no options, LCP echos above all.
__attribute__((noinline)) static void look_at_options(const struct ControlPacket* packet,
                                                      int incoming) {
  struct LcpOptions options = {packet->data, packet->data_bytes};
  struct LcpOption option;
  while (next_lcp_option(&options, &option)) {
    if (logs(PPPOL2TP_MSG_DEBUG)) {
      dbglog("Found option type %02x; len %d", option.type, option.bytes);
    }
    if (option.type == kLcpOptionAsyncMap && option.bytes == 2 + kLcpAsyncMapBytes &&
        note_asyncmap(&option, packet->code == kLcpConfigureReject, incoming)) {
      tell_accm();
    }
  }
}

static void look_at_lcp(const struct ControlPacket* packet, int incoming) {
  if (packet->code == kLcpConfigureAck || packet->code == kLcpConfigureReject) {
    look_at_options(packet, incoming);
  }
}

static void look_at(const unsigned char* frame, int bytes, int incoming) {
  uint16_t protocol = 0;
  struct ControlPacket packet;
  const struct ControlPacket* for_telemetry = NULL;
  switch (classify_frame(frame, bytes < 0 ? 0 : (size_t)bytes, &protocol, &packet)) {
    case kFrameNetwork:
      if (logs(PPPOL2TP_MSG_DEBUG)) {
        dbglog("Turning off snooping: Network protocol %04x found.", protocol);
      }
      break;
    case kFrameLcp:
      for_telemetry = &packet;
      look_at_lcp(&packet, incoming);
      break;
    case kFrameAuthentication:
      for_telemetry = &packet;
      break;
    case kFrameOther:
      break;
  }
  statistics_read(telemetry_frame(protocol, for_telemetry, incoming, plugin_options.fd));
}

static void on_received(unsigned char* frame, int bytes) {
  if (next_receive_hook != NULL) {
    next_receive_hook(frame, bytes);
  }
  look_at(frame, bytes, 1);
}

static void on_sent(unsigned char* frame, int bytes) {
  if (next_send_hook != NULL) {
    next_send_hook(frame, bytes);
  }
  look_at(frame, bytes, 0);
}

void install_snoop_hooks(void) {
  next_receive_hook = snoop_recv_hook;
  next_send_hook = snoop_send_hook;
  snoop_recv_hook = on_received;
  snoop_send_hook = on_sent;
}
