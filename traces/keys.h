/*
 * keys.h - the folder keys/ of a run: a profile with which Wireshark and tshark decrypt its frames.
 *
 *     WIRESHARK_CONFIG_DIR=DIR/keys tshark -r DIR/packets/car.pcapng
 *
 * An SA that tshark cannot read is left out.  SPIs are those of the receivers: where two have the
 * same, the SA that was made first stands there.
 */
#ifndef TRACES_KEYS_H
#define TRACES_KEYS_H

#include "sim/base/status.h"
#include "traces/trace.h"

/* Makes `dir`/keys and fills it. */
MUST_CHECK enum status keys_write(const char *dir, const struct trace_end *end, struct why *w);

#endif
