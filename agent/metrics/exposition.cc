#include "agent/metrics/exposition.h"

#include <optional>
#include <span>
#include <utility>

#include "agent/metrics/render.h"

namespace pppol2tp::metrics {
namespace {

// Large enough for one system call, small enough to stay in the processor's cache until it is sent.
constexpr std::size_t kPieceBytes = 128 * 1024;

// With more sessions than these have, looking at them takes so long that the client gets something
// before; with fewer, one segment less is worth more.
constexpr std::size_t kFewPages = 16;

}  // namespace

// One answer: collects text, compresses what is not compressed yet, and sends it.
class Exposition::Answer {
 public:
  Answer(const Scrape& scrape, HeaderSegments& headers, Workspace& workspace, Sink& sink)
      : scrape_(scrape),
        headers_(headers),
        deflater_(workspace.deflater),
        out_(workspace.out),
        scratch_(workspace.scratch),
        sink_(sink) {
    if (!scrape.is_gzip) return;
    if (!deflater_) deflater_.emplace();
    out_.append(kGzipHead);
  }

  // False, here and below: the client accepts no more.
  bool add_text(std::string_view text) {
    if (text.empty()) return true;
    if (!scrape_.is_gzip) {
      out_.append(text);
    } else {
      add_segment(deflater_->deflate(text));
    }
    return send_if_enough();
  }

  bool flush() { return send() && sink_.flush(); }

  template <typename Item>
  bool add_families(const BlockCache<Item>& cache,
                    const std::vector<std::shared_ptr<const Block>>& blocks) {
    std::vector<ItemSet> items;
    for (const auto& block : blocks) {
      items.push_back(items_of(scrape_.shard, block->labels->shard_keys()));
    }
    const auto& families = cache.families();
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (!scrape_.families[static_cast<std::size_t>(families[i])]) continue;
      add_header(families[i]);
      const bool with_created = scrape_.with_created && scrape_.format == Format::openmetrics &&
                                family(families[i]).kind == Kind::counter;
      for (std::size_t n = 0; n < blocks.size(); ++n) {
        const View view{scrape_.shard, with_created ? blocks[n]->start_time : nullptr};
        if (!add_samples(*blocks[n]->families[i], view, items[n])) return false;
      }
    }
    return true;
  }

  bool finish() {
    if (!add_text(ending(scrape_.format))) return false;
    if (scrape_.is_gzip) out_.append(books_.trailer());
    return out_.size() == 0 || sink_.write_last(out_.text_in_room());
  }

 private:
  void add_header(FamilyId id) {
    if (scrape_.is_gzip) return add_segment(headers_.of(id, scrape_.format, *deflater_));
    out_.append(header_text(id, scrape_.format));
  }

  // `items`: those of the view's shard.
  bool add_samples(const FamilyBlock& samples, const View& view, const ItemSet& items) {
    if (samples.is_empty()) return true;
    if (scrape_.is_gzip) {
      add_segment(*samples.segment(view, items, *deflater_, scratch_));
    } else {
      samples.append_text(out_, items, view.start.get());
    }
    return send_if_enough();
  }

  void add_segment(const Segment& segment) {
    if (segment.text_bytes == 0) return;
    books_.add(segment);
    out_.append(segment.deflated);
  }

  bool send_if_enough() { return out_.size() < kPieceBytes || send(); }

  bool send() {
    const bool is_taken = out_.size() == 0 || sink_.write(out_.text_in_room());
    out_.clear();
    return is_taken;
  }

  const Scrape& scrape_;
  HeaderSegments& headers_;
  std::optional<Deflater>& deflater_;
  TextBuffer& out_;
  TextBuffer& scratch_;
  Sink& sink_;
  GzipBooks books_;
};

Exposition::Exposition(const std::vector<std::string>& session_labels)
    : sessions_(session_schema(), Scope::session, FamilyId::session_info, session_labels),
      tunnels_(tunnel_schema(), Scope::tunnel, FamilyId::tunnel_info, {}) {}

bool Exposition::write(model::Snapshot snapshot, const AgentFacts& agent, const Scrape& scrape,
                       Sink& sink) {
  const auto workspace = workspaces_.lend();
  Answer answer(scrape, headers_, *workspace, sink);
  const bool with_totals = scrape.shard.index == 0;
  if (with_totals && !answer.add_text(agent_text(agent, scrape.format, scrape.families))) {
    return false;
  }
  if (snapshot.sessions.pages().size() > kFewPages && !answer.flush()) return false;
  if (with_totals && !answer.add_text(host_text(snapshot, tallies_.of(snapshot), scrape.format,
                                                scrape.families))) {
    return false;
  }
  const std::int64_t offset = snapshot.realtime_offset_ns;
  auto session_pages = snapshot.sessions.pages();
  auto tunnel_pages = snapshot.tunnels.pages();
  snapshot = {};
  const auto tunnels = tunnels_.blocks(std::move(tunnel_pages), offset);
  const auto sessions = sessions_.blocks(std::move(session_pages), offset);
  return answer.add_families(tunnels_, tunnels) && answer.add_families(sessions_, sessions) &&
         answer.finish();
}

std::string to_text(Exposition& exposition, const model::Snapshot& snapshot,
                    const AgentFacts& agent, const Scrape& scrape) {
  class StringSink final : public Sink {
   public:
    bool write(std::span<char> piece) override {
      text.append(piece.begin(), piece.end());
      return true;
    }
    bool flush() override { return true; }
    std::string text;
  };
  StringSink sink;
  exposition.write(snapshot, agent, scrape, sink);
  return std::move(sink.text);
}

}  // namespace pppol2tp::metrics
