// The measurements; each function runs `rounds` rounds and prints its tables.
#pragma once

namespace pppol2tp::bench {

void measure_floors();
void measure_bursts(int rounds);
void measure_latency(int rounds);
void measure_sleepers(int rounds);
void measure_reader(int rounds);
void measure_waking();
void measure_memory(int rounds);

}  // namespace pppol2tp::bench
