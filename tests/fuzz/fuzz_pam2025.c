/* Whatever the text: it is a trace of a link in time order, or it is complained about. */
#include "tests/fuzz/fuzz_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_link(data, size, REPLAY_PAM2025);
}
