// What: stream capture: what it records instead of running it, which calls it forbids, and to whom.
// Threads: under the driver's lock; the calling thread's own mode counts.
// Errors: a forbidden call returns its code and makes the captures that forbid it invalid.
#pragma once

#include "tests/ptxsim/driver/call.h"

namespace ptxsim {

// Whether the calling thread may make "potentially unsafe" calls, as cuMemAlloc; if not, what such
// a call returns.
bool unsafe_calls_allowed(const State& state);
Answer forbid_unsafe_call(State& state);

// STREAM_CAPTURE_IMPLICIT for the null stream while a blocking stream of its context captures. A
// query leaves that capture as it is.
enum class Query : bool { kNo, kYes };
Answer check_implicit_dependency(State& state, const Stream& stream, Query query);

// Of calls that wait for a stream or for a whole context.
Answer check_stream_not_capturing(State& state, const Stream& stream);
Answer check_context_not_capturing(State& state, const Context& context);

// The next node of the stream's capture.
Answer capture_operation(State& state, Stream& stream, Operation operation);
// The event is the point that the stream has reached.
Answer capture_event(Stream& stream, Event& event);
// The stream goes on after the event's point, and becomes part of its capture.
Answer capture_wait(State& state, Stream& stream, const Event& event);

// The stream is about to be destroyed.
void abandon_capture(State& state, const Stream& stream);

// The edge between two nodes: a programmatic one between a kernel and its programmatic successor.
CUgraphEdgeData edge_between(const Node& from, const Node& to);

}  // namespace ptxsim
