#include "agent/scrape.h"

#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "agent/base/quote.h"
#include "agent/http/negotiation.h"

namespace pppol2tp {
namespace {

using metrics::FamilySet;
using metrics::Format;

constexpr std::uint32_t kMaxShards = 1000;
constexpr std::string_view kParameters = "collect[], exclude[], shard, shards, created";

// In order of preference, for a client that has none.
constexpr std::array kFormats = {Format::text, Format::openmetrics};
constexpr std::array<http::MediaType, kFormats.size()> kOffers = {
    {{"text/plain", "0.0.4"}, {"application/openmetrics-text", "1.0.0"}}};

// A client that accepts none of our formats gets the text format, as from every exporter.
Format format_for(std::string_view accept) {
  return kFormats[http::choose(accept, kOffers).value_or(0)];
}

Result<std::uint32_t> parse_number(const http::Parameter& parameter, std::uint32_t least,
                                   std::uint32_t most) {
  const std::string& text = parameter.value;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return fail(parameter.name, ": ", in_quotes(text, kQuoteLimit),
                " is not allowed; allowed: a number from ", least, " to ", most);
  }
  return number;
}

// Parses a query, parameter by parameter.
class QueryReader {
 public:
  Result<void> read(const http::Parameter& parameter) {
    const std::string& name = parameter.name;
    if (name == "collect[]") return add_families(collected_, parameter);
    if (name == "exclude[]") return add_families(excluded_, parameter);
    if (name == "shard") return set(shard_, parameter, 0, kMaxShards - 1);
    if (name == "shards") return set(shards_, parameter, 1, kMaxShards);
    if (name == "created") return set(created_, parameter, 0, 1);
    return fail("unknown parameter ", in_quotes(name, kQuoteLimit), "; allowed: ", kParameters);
  }

  Result<void> apply_to(metrics::Scrape& scrape) const {
    if (shard_.has_value() != shards_.has_value()) {
      return fail(shard_ ? "shard: given without shards" : "shards: given without shard");
    }
    if (shard_ && *shard_ >= *shards_) {
      return fail("shard: ", *shard_, " is not below shards, which is ", *shards_);
    }
    scrape.shard = {shard_.value_or(0), shards_.value_or(1)};
    scrape.with_created = created_.value_or(0) == 1;
    if (collected_) scrape.families &= *collected_;
    if (excluded_) scrape.families &= ~*excluded_;
    return {};
  }

 private:
  static Result<void> add_families(std::optional<FamilySet>& set,
                                   const http::Parameter& parameter) {
    const auto found = metrics::parse_families(parameter.value);
    if (!found) {
      return fail(parameter.name, ": ", found.error().message,
                  "; allowed: ", metrics::allowed_families());
    }
    set = set.value_or(FamilySet()) | *found;
    return {};
  }

  static Result<void> set(std::optional<std::uint32_t>& number, const http::Parameter& parameter,
                          std::uint32_t least, std::uint32_t most) {
    if (number) return fail(parameter.name, ": given twice; allowed: once");
    const auto parsed = parse_number(parameter, least, most);
    if (!parsed) return parsed.error();
    number = *parsed;
    return {};
  }

  std::optional<FamilySet> collected_;
  std::optional<FamilySet> excluded_;
  std::optional<std::uint32_t> shard_;
  std::optional<std::uint32_t> shards_;
  std::optional<std::uint32_t> created_;
};

}  // namespace

Result<metrics::Scrape> parse_scrape(const http::Request& request, const FamilySet& shown) {
  metrics::Scrape scrape;
  scrape.format = format_for(request.header("Accept"));
  scrape.is_gzip = http::accepts_coding(request.header("Accept-Encoding"), "gzip");
  scrape.families = shown;
  QueryReader reader;
  for (const http::Parameter& parameter : http::parse_query(request.query)) {
    if (auto read = reader.read(parameter); !read) return read.error();
  }
  if (auto applied = reader.apply_to(scrape); !applied) return applied.error();
  return scrape;
}

void set_headers(http::ResponseWriter& response, const metrics::Scrape& scrape) {
  response.set_content_type(metrics::content_type(scrape.format));
  if (scrape.is_gzip) response.set_header("Content-Encoding", "gzip");
  response.set_header("Vary", "Accept, Accept-Encoding");
}

}  // namespace pppol2tp
