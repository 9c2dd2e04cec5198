#include "agent/metrics/gzip.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <zlib.h>

#include <array>

namespace pppol2tp::metrics {
namespace {

// Room for data that cannot be compressed: stored blocks of 65535 bytes with five bytes each (RFC
// 1951, 3.2.4), and the empty one at the end.
std::size_t most_bytes(std::size_t text_bytes) {
  return text_bytes + text_bytes / 1024 + 512;
}

void append_little_endian(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

struct Deflater::Memory {
  // isal_deflate_stateless_init() leaves some of it as it was, hist_bits for one: how far back
  // repetitions are looked for.
  isal_zstream stream{};
  std::array<std::uint8_t, ISAL_DEF_LVL1_DEFAULT> level;
  std::string out;
};

Deflater::Deflater() : memory_(new Memory) {}
Deflater::~Deflater() = default;

Segment Deflater::deflate(std::string_view text) {
  isal_zstream& stream = memory_->stream;
  isal_deflate_stateless_init(&stream);
  stream.level = 1;
  stream.level_buf = memory_->level.data();
  stream.level_buf_size = static_cast<std::uint32_t>(memory_->level.size());
  stream.flush = FULL_FLUSH;
  stream.end_of_stream = 0;
  stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<std::uint32_t>(text.size());
  std::string& out = memory_->out;
  if (out.size() < most_bytes(text.size())) out.resize(most_bytes(text.size()));
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  isal_deflate_stateless(&stream);  // cannot fail: there is room for the worst case

  Segment segment;
  segment.deflated.assign(out.data(), stream.total_out);
  segment.crc = crc32_gzip_refl(0, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  segment.text_bytes = text.size();
  segment.crc_shift =
      static_cast<std::uint32_t>(crc32_combine_gen(static_cast<z_off_t>(text.size())));
  return segment;
}

void GzipBooks::add(const Segment& segment) {
  crc_ = static_cast<std::uint32_t>(crc32_combine_op(crc_, segment.crc, segment.crc_shift));
  text_bytes_ += segment.text_bytes;
}

std::string GzipBooks::trailer() const {
  std::string out("\x03\0", 2);  // a last block, empty, in deflate's fixed code
  append_little_endian(out, crc_);
  append_little_endian(out, static_cast<std::uint32_t>(text_bytes_));
  return out;
}

}  // namespace pppol2tp::metrics
