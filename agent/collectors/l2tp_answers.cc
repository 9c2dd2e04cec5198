#include "agent/collectors/l2tp_answers.h"

#include <cerrno>

#include "agent/collectors/netlink_bytes.h"

namespace pppol2tp::collectors {

Error l2tp_error(int error_number) {
  if (error_number == EPERM) return fail("not allowed to ask the kernel: CAP_NET_ADMIN is missing");
  return fail_errno(error_number, "generic netlink l2tp");
}

std::optional<Result<L2tpFact>> find_answer(std::vector<std::uint8_t>& bytes, std::size_t length,
                                            std::uint32_t sequence) {
  std::optional<Result<L2tpFact>> answer;
  for_each_message(bytes, length, [&](const nlmsghdr& header) {
    if (header.nlmsg_seq != sequence) return true;
    const int error = error_number_of(header);
    if (error == ENODEV || error == ENOENT) {
      answer = L2tpFact{};
    } else {
      answer = error != 0 ? Result<L2tpFact>(l2tp_error(error)) : decode_l2tp(header);
    }
    return false;
  });
  return answer;
}

Result<WalkPart> find_walk_part(std::vector<std::uint8_t>& bytes, std::size_t length,
                                std::uint32_t sequence) {
  WalkPart part;
  std::optional<Error> error;
  for_each_message(bytes, length, [&](const nlmsghdr& header) {
    if (header.nlmsg_seq != sequence) return true;
    if (const int number = error_number_of(header); number != 0) error = l2tp_error(number);
    if ((header.nlmsg_flags & NLM_F_DUMP_INTR) != 0) {
      error = fail("generic netlink l2tp: the walk was interrupted by a change");
    }
    part.is_last = header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR;
    if (!part.is_last) part.facts.push_back(decode_l2tp(header));
    return !part.is_last && !error;
  });
  if (error) return *error;
  return part;
}

}  // namespace pppol2tp::collectors
