// What the shim, the part of the plugin that knows pppd, tells of this process' session; the shim's
// only way to the rest of the plugin.
//
// Nothing here fails, waits, logs, or changes errno. Before telemetry_open(), and in a process that
// must keep silent, every call does nothing. One thread, and of each process only the one that owns
// the session: a child of fork that comes here was made by pppd's detach(), has the session now,
// and says all anew under its own pid; children that run scripts are told apart by
// telemetry_forked().
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "plugin/control_frames.h"

#ifdef __cplusplus
extern "C" {
#endif

struct TelemetryOpening {
  const char* ring_path;
  int fd;  // the session's socket
  int is_lns;
  int send_sequence;
  int receive_sequence;
  int reorder_timeout_ms;
  int debug_mask;
  int stats_interval_s;  // 0: only events
  int tunnel_id;         // as the caller's options say: used when the socket does not tell
  int session_id;
  const char* ipparam;  // NULL: none
  const char* pppd_version;
};

void telemetry_open(const struct TelemetryOpening* opening);

// Why nothing is being published; NULL when it is. `error` is set to an errno that tells more, or
// 0. Says so once in the process' life, so that it is logged once.
const char* telemetry_trouble(int* error);

void telemetry_interface(const char* name);

void telemetry_phase(int phase, int status);
void telemetry_transmit_configured(int negotiated_mtu, int mtu);
void telemetry_receive_configured(int negotiated_mru, int mru);
void telemetry_accm(uint32_t send, uint32_t receive);  // network byte order
void telemetry_authenticated(int peer_authenticated, const char* peer_name);
void telemetry_ipv4_up(const uint8_t* local, const uint8_t* remote);  // 4 bytes each
void telemetry_ipv4_down(void);
void telemetry_ipv6_up(const uint8_t* local_id, const uint8_t* remote_id);  // 8 bytes each
void telemetry_ipv6_down(void);
void telemetry_link_down(int status);
// A frame on its way in or out; `packet`: what is in it of LCP or of an authentication protocol,
// NULL for any other frame. Returns how long the statistics' timer has to wait from now on, in
// milliseconds: they were read along with the frame. 0: leave the timer as it is.
uint32_t telemetry_frame(uint16_t protocol, const struct ControlPacket* packet, int incoming,
                         int fd);

// Reads the statistics of the session's socket now, unless only events are wanted.
void telemetry_read_counters(int fd);

// The statistics' timer: how long to wait for the first and then for each next one, in
// milliseconds, and what to do when it is due. A delay of 0: no timer. When that is:
// stats_schedule.h.
uint32_t telemetry_first_delay_ms(void);
uint32_t telemetry_timer_due(int fd);

// From pppd's signal handlers: touches an atomic, nothing else.
void telemetry_signal(int signal);

// In a child that is about to run a script.
void telemetry_forked(void);

// In the parent of detach(): the child has the session now.
void telemetry_handed_over(int child);

// The last word. `fd` is the session's socket, or -1 when it is closed. Also called in the handler
// of a fatal signal, where it keeps to what is async-signal-safe, and is silent when the signal
// struck while something was being published: then the kernel's mark in the session table tells the
// agent.
void telemetry_exit(int status, int fd);

#ifdef __cplusplus
}
#endif
