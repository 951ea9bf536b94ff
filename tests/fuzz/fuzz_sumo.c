/* Whatever the text: it is a movement, and coverage makes a plan of it, or it is complained about.
 */
#include "tests/fuzz/fuzz_trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_nodes(data, size, MOVEMENT_SUMO);
}
