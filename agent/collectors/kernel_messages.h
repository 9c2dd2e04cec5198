// The messages between the agent and its kernel reader, as bytes. Both are the same program, so
// numbers have the processor's byte order and there are no versions. Pure.
//
// The reader does not trust what it decodes: a question has only ids, and invalid bytes are dropped
// as a whole. See kernel_reader.h.
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
  bool is_news = false;     // the model should get it at once; what a walk finds can wait
  bool is_restart = false;  // the reader has died, and its pending questions with it
};

inline constexpr std::size_t kMostQuestionBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMostReportBytes = std::size_t{256} << 20;

std::vector<std::uint8_t> encode(const KernelQuestions& questions);
std::vector<std::uint8_t> encode(const KernelReport& report);

// nullopt: the bytes are not exactly one message as encode() makes it.
std::optional<KernelQuestions> decode_questions(std::span<const std::uint8_t> bytes);
std::optional<KernelReport> decode_report(std::span<const std::uint8_t> bytes);

}  // namespace pppol2tp::collectors
