// A request for /metrics: its parameters, and how its answer reaches the client.
//
// Parameters of the query, which a scrape configuration gives under `params`:
//   collect[]=WORD   only these families, instead of all; may be given several times
//   exclude[]=WORD   not these; may be given several times
//   shard=K&shards=N only the sessions and tunnels that fall to shard K of N, counted from 0
//   created=1        in OpenMetrics, say when each session's counters began
// A WORD is what metrics::parse_families() accepts. Families that the configuration hides stay
// hidden whatever a request asks for.
#pragma once

#include <span>

#include "agent/base/result.h"
#include "agent/http/request.h"
#include "agent/http/response.h"
#include "agent/metrics/exposition.h"

namespace pppol2tp {

// The error says in one line which parameter is wrong and what is allowed.
Result<metrics::Scrape> parse_scrape(const http::Request& request, const metrics::FamilySet& shown);

// Sets status and headers of the answer to `scrape`.
void set_headers(http::ResponseWriter& response, const metrics::Scrape& scrape);

// Sends an answer's pieces as they come.
class ResponseSink final : public metrics::Sink {
 public:
  explicit ResponseSink(http::ResponseWriter& response) : response_(response) {}

  bool write(std::span<char> piece) override { return response_.write_in_room(piece); }
  bool write_last(std::span<char> piece) override { return response_.write_last_in_room(piece); }
  bool flush() override { return response_.push(); }

 private:
  static_assert(kRoomBefore >= http::ResponseWriter::kRoomBefore);
  static_assert(kRoomAfter >= http::ResponseWriter::kRoomAfter);

  http::ResponseWriter& response_;
};

}  // namespace pppol2tp
