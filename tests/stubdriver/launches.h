/* What the stub driver remembers of launches and of captures: without locks, since launches of
 * several threads must not wait for each other, nor share a cache line. */
#ifndef STUBDRIVER_LAUNCHES_H
#define STUBDRIVER_LAUNCHES_H

#include <cuda.h>

void stubdriver_record_launch(const CUlaunchConfig* config, CUfunction kernel);

/* The status that stubdriver_set_capturing set for the stream; else "none". */
int stubdriver_capture_status(CUstream stream);

#endif
