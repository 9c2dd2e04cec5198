// One line for each thing seen, to the file that PROBE_OUTPUT names. Each is one write() to a file
// that is opened for it, so that nothing stays open in the process that is looked at, lines of
// several processes do not mix, and a process that dies has told everything. errno stays what it
// was.
#pragma once

__attribute__((visibility("hidden"), format(printf, 1, 2))) void record(const char* format, ...);
