// Declares our event for LTTng-UST. Included several times, as its rules demand (lttng-ust(3)).
#undef LTTNG_UST_TRACEPOINT_PROVIDER
#define LTTNG_UST_TRACEPOINT_PROVIDER pppol2tp_bench

#undef LTTNG_UST_TRACEPOINT_INCLUDE
#define LTTNG_UST_TRACEPOINT_INCLUDE "tests/bench/ring/lttng_record.h"

#if !defined(PPPOL2TP_BENCH_LTTNG_RECORD_H) || defined(LTTNG_UST_TRACEPOINT_HEADER_MULTI_READ)
#define PPPOL2TP_BENCH_LTTNG_RECORD_H

#include <lttng/tracepoint.h>

// clang-format off: the macros' own layout
LTTNG_UST_TRACEPOINT_EVENT(pppol2tp_bench, record,
                           LTTNG_UST_TP_ARGS(const unsigned char*, bytes, unsigned long, length),
                           LTTNG_UST_TP_FIELDS(lttng_ust_field_sequence(unsigned char, bytes, bytes,
                                                                        unsigned long, length)))
// clang-format on

#endif

#include <lttng/tracepoint-event.h>
