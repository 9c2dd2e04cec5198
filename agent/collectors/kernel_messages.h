// What the agent and its kernel reader say to each other, as bytes. Both are the same program, so
// numbers are the processor's own and there are no versions. Pure.
//
// The reader believes nothing that it decodes: a question holds ids and nothing else, and bytes
// that are no question are none. See kernel_reader.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/collectors/kernel_desk.h"

namespace pppol2tp::collectors {

struct KernelReport {
  KernelAnswers answers;
  bool is_news = false;     // the model should hear of it at once; a walk's findings have time
  bool is_restart = false;  // the reader that was asked is no more, and a question with it
};

inline constexpr std::size_t kMostQuestionBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMostReportBytes = std::size_t{256} << 20;

std::vector<std::uint8_t> encode(const KernelQuestions& questions);
std::vector<std::uint8_t> encode(const KernelReport& report);

// Nothing: it is not, as a whole and without a rest, what encode() makes.
std::optional<KernelQuestions> decode_questions(std::span<const std::uint8_t> bytes);
std::optional<KernelReport> decode_report(std::span<const std::uint8_t> bytes);

}  // namespace pppol2tp::collectors
